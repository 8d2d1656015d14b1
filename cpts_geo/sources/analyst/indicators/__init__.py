"""Indicators that an analyst brings: an export of Géoclip, by areas of one level."""
