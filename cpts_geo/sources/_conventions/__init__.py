"""Conventions of writing that producers' files and analysts' share: text, codes, tables."""
