"""Readers of communes: COG, contours, EPCI, TVS, perimeters of the CPTS, people and ages."""
