"""What every page, map and chart shares: colours, words, cells, templates."""
