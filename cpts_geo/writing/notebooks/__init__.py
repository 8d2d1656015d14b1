"""Notebooks executed for other territories, each written with its page, whole or not at all."""
