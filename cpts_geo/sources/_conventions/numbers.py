"""Which columns of the hand-written tables of data/cpts are numbers."""

from __future__ import annotations

from typing import Final

#: Columns of the hand-written tables that are numbers; the others are text.
NUMBERS: Final[dict[str, dict[str, type]]] = {
    "facts": {"value": float},
    "sites": {"hours_per_week": float},
    "aci_sizes": {"size": int, "low": float},
    # How many people its proxy stands for, and the bounds of its count, of the share that deserves
    # a slot, of the share that found one; a number may be missing.
    "known_lines": dict.fromkeys(
        (
            "people_factor", "count_low", "count_high",
            "share_low", "share_likely", "share_high", "served_low", "served_high",
        ),
        float,
    ),
}  # fmt: skip
