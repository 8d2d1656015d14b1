"""Two scenarios side by side: what the second changes; today beside the years to come."""
