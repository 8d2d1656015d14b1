"""Every territory of a division of France, or of a file: a folder each, and a page of all."""
