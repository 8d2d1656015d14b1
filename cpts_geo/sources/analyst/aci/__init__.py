"""Indicators of the ACI as a coordinator fills them: what they are, and the table that is read."""
