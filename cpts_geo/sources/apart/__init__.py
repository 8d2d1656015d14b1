"""Risky parsers run in a process apart, within bounds of memory and time."""
