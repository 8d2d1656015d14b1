"""Processes: many at once, on this machine or a cluster, or one at a time."""
