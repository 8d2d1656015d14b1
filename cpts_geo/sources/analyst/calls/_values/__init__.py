"""Cells of a call log to values: times, outcomes, ages, counts; defects by line."""
