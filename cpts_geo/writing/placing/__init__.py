"""How files take their place in a folder of results: all of them, or none."""
