"""Sections on the territory itself: its answer, figures, map, communes, sources."""
