"""Two scenarios side by side, many territories at once, today beside the years to come."""
