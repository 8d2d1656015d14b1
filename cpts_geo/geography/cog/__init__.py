"""Communes through the years: events between two COG, and tables moved along them."""
