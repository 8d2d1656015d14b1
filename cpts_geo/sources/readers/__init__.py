"""Readers: a producer's file in, a checked table out."""
