"""How much may be read or fetched: every limit, with the sentence that refuses."""
