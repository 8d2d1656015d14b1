"""What access brings to communes: minutes to care, the APL of changes; and where care is."""

from __future__ import annotations

from typing import Final

from cpts_geo.schema._column import Column
from cpts_geo.schema._gps import GP_VINTAGES

_EMERGENCY: Final = (2020, 2025)
#: Facility -> family of the counts that say where it is.
FACILITIES: Final = {"gp": "gps", "emergency": "emergency_departments"}
#: Facility -> vintages of these counts, and its French words.
_WORDS: Final = {
    "gp": (tuple(GP_VINTAGES), "généraliste libéral le plus proche", "généralistes libéraux"),
    "emergency": (_EMERGENCY, "service d’urgences le plus proche", "urgences"),
}
_CELLS: Final = 2024


def _emergency(vintage: int) -> Column:
    """Emergency departments of one BPE."""
    return Column(
        f"emergency_departments_{vintage}", "Services d’urgences", "services", "count", 0,
        f"insee_bpe_{vintage}", str(vintage),
        "Établissements avec un service d’urgences (BPE, D106).",
        table="figures", family="emergency_departments", fetched=vintage > _EMERGENCY[0],
        whole=True,
        secrecy="public", listed=True,
    )  # fmt: skip


EMERGENCY: Final = tuple(map(_emergency, _EMERGENCY))


def minutes_name(facility: str, series: str, vintage: int) -> str:
    """
    Name of the column of the minutes to the nearest facility.

    Parameters
    ----------
    facility : {"gp", "emergency"}
        Facility of :data:`FACILITIES`.
    series : {"approx", "file", "roads", "insee"}
        By the distance, of the analyst's table, on the roads of an extract, of Insee's cells.
    vintage : int
        Year of the counts that say where the facility is.

    Returns
    -------
    str
        Name, a key of :data:`cpts_geo.schema.COLUMNS`.

    Examples
    --------
    >>> minutes_name("gp", "approx", 2017)
    'gp_minutes_approx_2017'
    """
    return f"{facility}_minutes_{series}_{vintage}"


def _minutes(facility: str, series: str, vintage: int) -> Column:
    """Minutes to a facility, by one series of travel times."""
    words, kind = _WORDS[facility][1:]
    label, source, how = {
        "approx": ("Minutes approchées", "travel_surrogate", "approchées par la distance"),
        "file": ("Minutes", "travel_file", "de la table des temps fournie par l’analyste"),
        "roads": (
            "Minutes par la route",
            "travel_roads",
            "calculées sur un extrait d’OpenStreetMap",
        ),
        "insee": ("Minutes", "insee_access_times_24", "de l’Insee, moyenne des habitants"),
    }[series]
    return Column(
        name=minutes_name(facility, series, vintage),
        label=f"{label} jusqu’au {words}",
        unit="min",
        kind="derived",
        decimals=0,
        source=source,
        vintage=f"{kind} {vintage}",
        definition=f"Minutes en voiture {how}, jusqu’au {words} ({kind} de {vintage}) ; 0 dans sa "
        "commune. Près ne veut pas dire disponible.",
        table="access",
        family=f"{facility}_minutes_{series}",
        secrecy="public",
    )


def _change(number: int, *, after: bool) -> Column:
    """Shift of the APL under a change of supply, or the APL after it."""
    return Column(
        name=f"apl_{'after' if after else 'shift'}_{number}",
        label=f"{'APL après' if after else 'Écart d’APL'} (scénario {number})",
        unit="consultations par an et par habitant standardisé",
        kind="derived",
        decimals=2,
        source="apl_shift",
        vintage=f"scénario {number}",
        definition="APL publiée et son écart si l’offre d’une commune change, par les bassins de "
        "20 minutes ; temps approchés ou fournis, consultations supposées.",
        table="access",
        signed=not after,
        secrecy="public",
    )


_CHANGES: Final = tuple((_change(k, after=False), _change(k, after=True)) for k in (1, 2, 3))
#: Columns of each change of supply that one page may show: the shift of the APL, the APL after.
CHANGES: Final = tuple((shift.name, after.name) for shift, after in _CHANGES)

ACCESS: Final = (
    *(
        _minutes(facility, series, vintage)
        for facility, (vintages, _, _) in _WORDS.items()
        for series in ("approx", "file", "roads")
        for vintage in vintages
    ),
    *(_minutes(facility, "insee", _CELLS) for facility in _WORDS),
    *(column for pair in _CHANGES for column in pair),
)
