"""Slips of who writes a scenario: what is wrong, in French, and what was probably meant."""
