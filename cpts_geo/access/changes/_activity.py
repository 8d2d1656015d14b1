"""Consultations of a doctor, as the APL counts them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cpts_geo.errors import ScenarioError
from cpts_geo.french import number

#: Consultations given to a doctor who had no liberal activity the year before.
ACTIVITY_NEW_DOCTOR: Final = 5_400.0


#: Bounds of a liberal doctor's consultations a year (DREES, workbook APL 2022-2023).
_ACTIVITY_FLOOR: Final = 3_600.0


_ACTIVITY_CAP: Final = 6_000.0


#: At or below, a doctor counts for nothing: "moins de 250", then "entre 251", 250 itself is ours.
_ACTIVITY_NEGLIGIBLE: Final = 250.0


#: Consultations a year of one doctor: beyond, ten times the busiest of France, it is a mistake.
_MOST_CONSULTATIONS: Final = 200_000.0


def acts_text(consultations: float) -> str:
    """Consultations a year as they are typed, and as they count where that differs."""
    text = f"{number(consultations)} consultations par an"
    counted = counted_acts(consultations)
    if counted == consultations:
        return text
    return f"{text}, comptées {number(counted)} par la règle de l’APL"


def counted_acts(consultations: float) -> float:
    """Consultations a year as the APL counts them; refuses a number no doctor gives."""
    if not 0 <= consultations <= _MOST_CONSULTATIONS:
        raise refused(
            [
                f"{consultations:g} consultations par an : un nombre positif est attendu, "
                f"{number(_MOST_CONSULTATIONS)} au plus"
            ]
        )
    return _bounded(float(consultations))


def refused(defects: Sequence[str]) -> ScenarioError:
    """Error that lists what no change of supply can be."""
    return ScenarioError(
        "Le changement d’offre est hors de son domaine.",
        defects=defects,
        remedy="donnez des consultations par an et des heures par semaine plausibles.",
    )


def _bounded(acts: float) -> float:
    """Consultations a year as the APL counts them: 0 up to 250, then 3,600 to 6,000 (DREES)."""
    if acts <= _ACTIVITY_NEGLIGIBLE:
        return 0.0
    return min(max(acts, _ACTIVITY_FLOOR), _ACTIVITY_CAP)
