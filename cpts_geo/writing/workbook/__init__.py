"""Workbooks of a French spreadsheet: what a sheet is, how sheets become a file."""
