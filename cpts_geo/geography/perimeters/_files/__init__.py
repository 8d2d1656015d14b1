"""Perimeters that come from a file of an analyst: lists, polygons, and what would be asked."""
