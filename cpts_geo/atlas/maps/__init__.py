"""Maps: the interactive one, the still one, and what lies under both."""
