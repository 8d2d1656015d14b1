"""The identity of a territory, a fact a row.

Its size for the contract follows from a population: that of today's census, and that of a document
where one says it. Both are given with how far each is from the nearest edge; nothing chooses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from cpts_geo.french import number, percent
from cpts_geo.indicators.identity._facts import _COMMUNES, _ZONES, _fact_row, _inside
from cpts_geo.indicators.identity.sizes import AciSize, aci_size
from cpts_geo.schema import COLUMNS
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.codes import WHOLE_OF, counted_places

#: Published sizes that a contract may rest on, the surest first, and what each is called.
_SAID: Final = {
    "population_contracted": "Population du contrat (ACI)",
    "population_published": "Population publiée",
}
_GIVEN: Final = "fourni (--finess), ou data/cpts"
_ASK_FINESS: Final = "non renseigné : annuaire FINESS, catégorie 604"
_ASK_CONTRACT: Final = "non renseignée : à lire sur le contrat (ACI), ou à demander à la CPAM"
_COLUMNS: Final = (
    "territory", "fact", "area_code", "label", "value", "unit", "people_share", "vintage",
    "source", "grade", "status", "note",
)  # fmt: skip


def _stated(facts: pd.DataFrame) -> Mapping[Any, Any] | None:
    """The fact on its population: that of its contract, else the one published; None for none."""
    for fact in _SAID:
        for row in facts[facts["fact"] == fact].to_dict("records"):
            return row
    return None


def identity_table(
    figures: pd.DataFrame,
    outline: pd.Series,
    *,
    key: str,
    facts: pd.DataFrame,
    sizes: pd.DataFrame,
    places: pd.DataFrame,
) -> pd.DataFrame:
    """
    Say who a territory is, a fact a row.

    Parameters
    ----------
    figures : DataFrame
        Its communes: code_insee, population, and the codes and names of their zones.
    outline : Series
        name, finess (empty where unknown), document, communes, population.
    key : str
        Key of the territory.
    facts : DataFrame
        Facts published of it.
    sizes : DataFrame
        As :func:`aci_size` takes them.
    places : DataFrame
        All communes of France, cities by arrondissement where the territory has some: what is
        counted of each zone.

    Returns
    -------
    DataFrame
        territory, fact, area_code (of a zone, else empty), label, value (a text or a number; empty
        where unknown), unit, people_share (of the territory's people, for a zone), vintage, source,
        grade, status, note (whole or part, distance to an edge, whom to ask).

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> france = embedded.load_communes()
    >>> mine = france[france["epci"] == "200070183"]
    >>> table = identity_table(
    ...     mine, pd.Series({"name": "Val", "finess": "", "document": "", "communes": len(mine),
    ...                      "population": mine["population"].sum()}),
    ...     key="val", facts=embedded.load_facts().iloc[:0], sizes=embedded.load_aci_sizes(),
    ...     places=france,
    ... )
    >>> table.set_index("fact").loc["epci", "note"]
    'entière'
    """
    rows = [
        *_who(figures, outline),
        *_sizes(float(outline["population"]), facts, sizes),
        *(row for zone in _ZONES for row in _inside(zone, figures, places)),
    ]
    table = pd.DataFrame(rows, columns=list(_COLUMNS)).assign(territory=key)
    texts = [name for name in _COLUMNS if name not in ("value", "people_share")]
    table[texts] = table[texts].fillna("")
    return table


def _who(figures: pd.DataFrame, outline: pd.Series) -> Iterator[Any]:
    """Name, number, communes."""
    yield _fact_row("name", "Nom", outline["name"], source=outline["document"])
    finess = str(outline.get("finess", ""))
    if finess:
        wanted = {code[:2] for code in figures["departement"]}
        # Mayotte is 976 for Insee, and 98 here.
        odd = finess[:2] not in wanted | ({"98"} if "976" in set(figures["departement"]) else set())
        note = f"à vérifier : {finess[:2]} n’est pas un département du territoire" if odd else ""
        yield _fact_row(
            "finess", "Numéro FINESS", finess, source=_GIVEN, status="announced", note=note
        )
    else:
        yield _fact_row("finess", "Numéro FINESS", None, status="unknown", note=_ASK_FINESS)
    codes = figures["code_insee"]
    yield _fact_row(
        "communes", "Communes", len(codes), sources()[_COMMUNES], unit="communes",
        note=counted_places(codes) if codes.isin(WHOLE_OF).any() else "",
    )  # fmt: skip


def _sizes(people: float, facts: pd.DataFrame, sizes: pd.DataFrame) -> Iterator[Any]:
    """Both populations, the size that each makes, and whether they agree."""
    column = COLUMNS["population"]
    now = aci_size(people, sizes)
    of_today = {"vintage": column.vintage, "unit": column.unit}
    yield _fact_row("population", column.label, int(people), sources()[column.source], **of_today)
    yield from _size("aci_size", now, sizes, vintage=column.vintage)
    stated = _stated(facts)
    if stated is None:
        label = _SAID["population_published"]
        yield _fact_row("population_published", label, None, status="unknown", note=_ASK_CONTRACT)
        return
    then, date = aci_size(float(stated["value"]), sizes), str(stated["date"])
    yield _fact_row(
        str(stated["fact"]), _SAID[str(stated["fact"])], int(then.people), unit=column.unit,
        vintage=date, source=stated["document"], grade=stated["grade"], status="announced",
        note=stated["definition"],
    )  # fmt: skip
    yield from _size("aci_size_published", then, sizes, vintage=date)
    same = now.size == then.size
    yield _fact_row(
        "aci_sizes_agree", "Même taille pour les deux populations", "oui" if same else "non",
        status="computed", note="" if same else _disagreement(now, then, date=date),
    )  # fmt: skip


def _disagreement(now: AciSize, then: AciSize, *, date: str) -> str:
    """Say that the population of today and that of a document do not make the same size."""
    edge = ", juste sur le seuil" if not then.gap else ""
    return (
        f"Les {number(then.people)} habitants publiés en {date[:4]} font une taille "
        f"{then.size}{edge} ; les {number(now.people)} de {COLUMNS['population'].vintage}, une "
        f"taille {now.size} : le contrat dit laquelle vaut."
    )


def _size(fact: str, found: AciSize, sizes: pd.DataFrame, *, vintage: str) -> Iterator[Any]:
    """A size, and the distance to its nearest edge, in people and in percent of it."""
    text = sizes.set_index("size").loc[found.size]
    of = {
        "aci_size": "population d’aujourd’hui", "aci_size_published": "population du document"
    }[fact]  # fmt: skip
    shared: dict[str, Any] = {
        "source": text["document"], "grade": text["grade"], "status": "computed", "vintage": vintage
    }  # fmt: skip
    yield _fact_row(fact, f"Taille de l’ACI ({of})", found.size, note=found.words, **shared)
    edge = f"seuil de la taille {found.above} : {number(found.edge)} habitants"
    yield _fact_row(
        f"{fact}_gap", f"Écart au seuil le plus proche ({of})", int(found.gap), unit="habitants",
        note=f"{edge}, {percent(abs(found.gap) / found.edge)}", **shared,
    )  # fmt: skip
