"""Two scenarios side by side: what the second changes; many territories at once."""
