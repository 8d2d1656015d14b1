"""A fact of an identity, and those on the zones that a territory lies in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pandas as pd

from cpts_geo.french import number
from cpts_geo.schema import COLUMNS, DEPARTEMENT, REGION, Status
from cpts_geo.sources.catalogue.catalogue import Source, sources

#: Source of the communes, with their EPCI, département and région.
_COMMUNES: Final = COLUMNS["population"].source


class _Zone(NamedTuple):
    """A division of France: columns of its code and name, its word, key of its source, what is said
    of one that is whole in the territory, and of communes that are in none."""

    code: str
    name: str
    label: str
    source: str
    whole: str = ""
    without: str = ""


#: In the order of a sheet.
_ZONES: Final = (
    _Zone(DEPARTEMENT.members, DEPARTEMENT.names, "Département", _COMMUNES),
    _Zone(REGION.members, REGION.names, "Région", _COMMUNES),
    _Zone(
        "epci", "epci_name", "Intercommunalité", _COMMUNES, "entière", "hors intercommunalité"
    ),
    _Zone(
        "tvs", "tvs_name", "Territoire de vie-santé", "drees_tvs_2019", "entier",
        "la ville est partagée entre plusieurs territoires de vie-santé",
    ),
)  # fmt: skip


def _fact_row(fact: str, label: str, value: Any, origin: Source | None = None, **more: Any) -> Any:
    """A row: measured, of a source of the catalogue unless it says otherwise."""
    found = {"fact": fact, "label": label, "value": value, "status": Status.MEASURED.value}
    if origin is not None:
        found |= {"source": origin.attribution, "grade": origin.grade, "vintage": origin.vintage}
    return found | more


def _inside(zone: _Zone, figures: pd.DataFrame, places: pd.DataFrame) -> Iterator[Any]:
    """Zones of a division that the territory touches, the largest part first: communes of it, its
    share of the people, whole or not."""
    source, people = sources()[zone.source], figures["population"].sum()
    every = places[zone.code].value_counts()
    known = figures[figures[zone.code].notna()]
    groups = known.groupby([zone.code, zone.name])["population"].agg(["size", "sum"])
    ranked = groups.sort_values("sum", ascending=False).reset_index()
    for code, name, inside, held in ranked.itertuples(index=False, name=None):
        total = int(every[code])
        share = held / people if people else None
        part = f"{inside} commune{'s' if inside > 1 else ''} sur {number(total)}"
        note = zone.whole if inside == total else f"en partie : {part}" if zone.whole else part
        yield _fact_row(
            zone.code, f"{zone.label} : {name}", inside, source, area_code=code,
            unit="communes", people_share=share, note=note,
        )  # fmt: skip
    if zone.without and len(rest := figures[figures[zone.code].isna()]):
        named = f"{zone.without} : {', '.join(rest['name'].head(3))}"
        share = rest["population"].sum() / people if people else None
        yield _fact_row(
            zone.code, zone.label, len(rest), source, unit="communes", people_share=share,
            status=Status.MEASURED.value, note=named,
        )  # fmt: skip
