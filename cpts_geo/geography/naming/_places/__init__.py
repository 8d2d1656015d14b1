"""Every place that a list may name: its names, what is like them, where a list is."""
