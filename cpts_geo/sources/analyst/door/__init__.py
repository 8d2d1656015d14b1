"""The one door by which an analyst's files come in: bytes, texts, sheets, and their bounds."""
