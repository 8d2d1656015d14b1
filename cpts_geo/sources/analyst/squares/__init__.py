"""Squares of 200 m and the people in them: Insee's file, or an invented one in its layout."""
