"""Readers of care: APL, BPE, Cnam, RPPS, emergencies, times of access."""
