"""The indicators of the ACI of a territory: given, gauged against their targets, written."""
