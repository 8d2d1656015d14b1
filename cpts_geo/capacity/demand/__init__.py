"""Requests that deserve a slot: how many a year, and a day."""
