"""The booking queue: slots, a deadline, and the share of requests served in time."""
