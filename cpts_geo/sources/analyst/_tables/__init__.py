"""Texts and workbooks of analysts as rows: one behaviour for every kind of file."""
