"""The nearest place of care: minutes, and the people within reach."""
