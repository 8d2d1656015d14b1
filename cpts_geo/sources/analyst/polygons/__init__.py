"""An analyst's polygons: read in a process apart, with the CRS they declare."""
