"""Where to open: the question, its solutions, what they give to people."""
