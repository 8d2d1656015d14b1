"""What access brings to communes: minutes to care, the APL of changes; and where care is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cpts_geo.schema._care import VINTAGES
from cpts_geo.schema._column import Column, Status
from cpts_geo.schema._gps import GP_VINTAGES


@dataclass(frozen=True)
class _TimeUnit:
    """Words of the unit of travel times: beside a number, of one and of several in a sentence."""

    short: str
    one: str
    many: str


TIME_UNIT: Final = _TimeUnit("min", "minute", "minutes")
_CELLS_VINTAGE: Final = 2025


@dataclass(frozen=True)
class Facility:
    """
    A place of care whose nearest one is looked for, in the words of all that speak of it.

    Parameters
    ----------
    counts : str
        Family of the counts that say where it is.
    vintages : tuple of int
        Years of these counts.
    counted : str
        What they count.
    name, short : str
        The facility, after « jusqu’au »; in a table.
    place : str
        The same after « à 10 minutes au plus ».
    """

    counts: str
    vintages: tuple[int, ...]
    counted: str
    name: str
    short: str
    place: str


FACILITIES: Final = {
    "gp": Facility(
        "gps", tuple(GP_VINTAGES), "généralistes libéraux", "généraliste libéral", "généraliste",
        "d’une commune où exerce un généraliste libéral",
    ),
    "emergency": Facility(
        "emergency_departments", VINTAGES, "urgences", "service d’urgences",
        "service d’urgences", "d’un service d’urgences",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class TravelSeries:
    """
    Where travel times come from, in the words of all that speak of it.

    Parameters
    ----------
    key : str
        What names of columns hold.
    source : str
        Key of the source.
    label, how : str
        What follows « Minutes » in a label, « Minutes en voiture » in a definition.
    whose : str
        Whose times they are, beside any figure that comes from them.
    held_by : str
        What holds those that an analyst gives; empty for others.
    """

    key: str
    source: str
    label: str
    how: str
    whose: str
    held_by: str = ""

    def family(self, facility: str) -> str:
        """
        Name that the vintages of the times to a facility share.

        Parameters
        ----------
        facility : str
            Key of :data:`FACILITIES`.

        Returns
        -------
        str
            A family of :data:`cpts_geo.schema.COLUMNS`.
        """
        return f"{facility}_minutes_{self.key}"

    def column(self, facility: str, vintage: int) -> str:
        """
        Name of the column of the times to the nearest facility.

        Parameters
        ----------
        facility : str
            Key of :data:`FACILITIES`.
        vintage : int
            Year of the counts that say where it is.

        Returns
        -------
        str
            A key of :data:`cpts_geo.schema.COLUMNS`.
        """
        return f"{self.family(facility)}_{vintage}"


APPROX: Final = TravelSeries(
    "approx", "travel_surrogate", " approchées", "approchées par la distance", "temps approchés"
)
FILE: Final = TravelSeries(
    "file", "travel_file", "", "de la table des temps fournie par l’analyste",
    "temps fournis par l’analyste", "la table des temps",
)  # fmt: skip
ROADS: Final = TravelSeries(
    "roads", "travel_roads", " par la route", "calculées sur un extrait d’OpenStreetMap",
    "temps calculés par la route", "l’extrait de routes",
)  # fmt: skip
CELLS: Final = TravelSeries(
    "insee", "insee_access_times_24", "", "de l’Insee, moyenne des habitants", "temps de l’Insee"
)
DREES: Final = TravelSeries(
    "drees", "drees_minutes_2019", "", "de la Drees, moyenne des heures creuses et de pointe",
    "temps de la Drees",
)  # fmt: skip
#: The best first.
TRAVEL_SERIES: Final = (ROADS, FILE, CELLS, DREES, APPROX)
#: What the minutes of DREES go to.
EMERGENCY_OR_SMUR: Final = Facility(
    "emergency_departments", (2019,), "urgences et SMUR", "service d’urgences ou SMUR",
    "service d’urgences ou SMUR", "d’un service d’urgences ou d’un SMUR",
)  # fmt: skip
#: What DREES publishes of communes, and no other producer: to an emergency department or a SMUR.
PUBLISHED: Final = Column(
    name="minutes_su_smur_2019",
    label=f"{TIME_UNIT.many.capitalize()} jusqu’au service d’urgences ou SMUR le plus proche",
    unit=TIME_UNIT.short,
    kind="rate",
    decimals=0,
    source=DREES.source,
    vintage="31 décembre 2019",
    definition=f"{TIME_UNIT.many.capitalize()} en voiture jusqu’au service d’urgences ou SMUR le "
    "plus proche au 31 décembre 2019, moyenne des heures creuses et de pointe, publiées par la "
    "Drees ; 0 dans sa commune. Près ne veut pas dire disponible.",
    table="figures",
    weight="population",
    family=DREES.family("emergency"),
    listed=True,
    secrecy="public",
)


def _minutes(facility: str, series: TravelSeries, vintage: int) -> Column:
    """Minutes to a facility, by one series of travel times."""
    care = FACILITIES[facility]
    unit = TIME_UNIT.many.capitalize()
    return Column(
        name=series.column(facility, vintage),
        label=f"{unit}{series.label} jusqu’au {care.name} le plus proche",
        unit=TIME_UNIT.short,
        kind="derived",
        decimals=0,
        source=series.source,
        vintage=f"{care.counted} {vintage}",
        definition=f"{unit} en voiture {series.how}, jusqu’au {care.name} le plus proche "
        f"({care.counted} de {vintage}) ; 0 dans sa commune. Près ne veut pas dire disponible.",
        table="access",
        family=series.family(facility),
        secrecy="public",
    )


def _change(number: int, *, after: bool) -> Column:
    """Shift of the APL under a change of supply, or the APL after it."""
    return Column(
        name=f"apl_{'after' if after else 'shift'}_{number}",
        label=f"{'APL après' if after else 'Écart d’APL'} (changement {number})",
        unit="consultations par an et par habitant standardisé",
        kind="derived",
        decimals=2,
        source="apl_shift",
        vintage=f"changement {number}",
        definition="APL publiée et son écart si l’offre d’une commune change, par les bassins de "
        f"20 {TIME_UNIT.many} ; temps approchés ou fournis, consultations supposées.",
        table="access",
        signed=not after,
        secrecy="public",
    )


_CHANGES: Final = tuple((_change(k, after=False), _change(k, after=True)) for k in (1, 2, 3))
#: Columns of each change of supply that one page may show: the shift of the APL, the APL after.
CHANGES: Final = tuple((shift.name, after.name) for shift, after in _CHANGES)

#: Of a whole territory: what a map of several shows beside what is counted of them.
SLOTS: Final = Column(
    name="places_wanted",
    label="Créneaux nécessaires par jour",
    unit="créneaux par jour",
    kind="count",
    decimals=0,
    source="places_wanted",
    vintage="scénario",
    definition="Créneaux de soins non programmés qu’il faudrait par jour, d’après l’activité du "
    "territoire lui-même ; un ordre de grandeur n’est qu’un intervalle.",
    table="access",
    best=Status.ESTIMATED,
    secrecy="public",
)

ACCESS: Final = (
    *(
        _minutes(facility, series, vintage)
        for facility, care in FACILITIES.items()
        for series in (APPROX, FILE, ROADS)
        for vintage in care.vintages
    ),
    *(_minutes(facility, CELLS, _CELLS_VINTAGE) for facility in FACILITIES),
    *(column for pair in _CHANGES for column in pair),
    SLOTS,
)
