"""Sections of the comparison of two scenarios."""
