"""Floating catchments: weights of time, care shared between those who reach it."""
