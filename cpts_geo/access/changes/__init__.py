"""Changes of supply as typed, and what they do to the published APL."""
