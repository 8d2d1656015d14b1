"""An analyst's table of travel times: read without guessing."""
