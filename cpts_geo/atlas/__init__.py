"""Figures, maps and files for people. Computes nothing: it shows what it is given."""
