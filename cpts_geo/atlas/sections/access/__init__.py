"""Sections on access: minutes to care, changes of supply, where to open."""
