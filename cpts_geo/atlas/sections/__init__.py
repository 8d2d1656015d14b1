"""Sections of the pages: one module and one template a section, its words, rows, drawing."""
