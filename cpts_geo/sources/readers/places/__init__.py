"""Readers of places: COG, contours, EPCI, TVS, perimeters of the CPTS."""
