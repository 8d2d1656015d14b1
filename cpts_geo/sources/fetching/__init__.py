"""Producers' files fetched into the cache, verified, and read as tables."""
