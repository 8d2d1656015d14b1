"""Readers of people: census, reference populations."""
