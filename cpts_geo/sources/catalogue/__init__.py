"""What each figure comes from: sources, what they must hold, what was fetched."""
