"""An analyst's list of communes: read without guessing."""
