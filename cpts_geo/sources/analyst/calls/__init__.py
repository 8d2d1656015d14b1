"""Logs of calls and of appointments: columns, words, values, and what may not be kept."""
