"""Sections on capacity: slots needed, months, publics, telephone, future."""
