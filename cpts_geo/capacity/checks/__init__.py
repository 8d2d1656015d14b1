"""The model held against simulations and against what was observed."""
