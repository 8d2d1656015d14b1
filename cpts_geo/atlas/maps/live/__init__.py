"""The map that answers: geometry written once, a column a layer, drawn by one script."""
