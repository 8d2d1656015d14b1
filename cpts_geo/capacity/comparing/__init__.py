"""Two scenarios side by side: what the second changes."""
