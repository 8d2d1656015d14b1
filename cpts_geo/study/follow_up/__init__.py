"""A registre held month by month against what the model expected, and against the year before."""
