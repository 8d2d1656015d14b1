"""Rules of a queue for tests that change one of them, and a week whose Mondays are busy."""

from __future__ import annotations

from cpts_geo.capacity.queue.rules import Rules

#: Requests Monday..Friday relative to the mean day.
WEEKDAY_FACTORS = (1.30, 1.00, 0.90, 0.85, 0.95)


def queue(target: float = 0.95, deadline_days: int = 1, dispersion: float = 1.0) -> Rules:
    """Nineteen requests in twenty, today or the next opening day, Poisson, unless said."""
    return Rules(target, deadline_days, dispersion)
