"""Who a territory is: its number, its size for the contract (ACI), where it lies, a fact a row.

The size follows from a population: that of today's census, and that of a document where one says
it. Both are given with how far each is from the nearest edge; nothing chooses between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import pandas as pd

from cpts_geo.french import counted, number, percent
from cpts_geo.schema import COLUMNS, DEPARTEMENT, REGION, Status
from cpts_geo.sources.catalogue.catalogue import Source, sources
from cpts_geo.sources.codes import WHOLE_OF, counted_places

#: Published sizes that a contract may rest on, the surest first, and what each is called.
_SAID: Final = {
    "population_contracted": "Population du contrat (ACI)",
    "population_published": "Population publiée",
}
_GIVEN: Final = "fourni (--finess), ou data/cpts"
_ASK_FINESS: Final = "non renseigné : annuaire FINESS, catégorie 604"
_ASK_CONTRACT: Final = "non renseignée : contrat (ACI), à demander à la CPTS ou à la CPAM"


class _Zone(NamedTuple):
    """A division of France: columns of its code and name, its word, key of its source, what is said
    of one that is whole in the territory, and of communes that are in none."""

    code: str
    name: str
    label: str
    source: str
    whole: str = ""
    without: str = ""


_COMMUNES: Final = COLUMNS["population"].source
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
_COLUMNS: Final = (
    "territory", "fact", "area_code", "label", "value", "unit", "people_share", "vintage",
    "source", "grade", "status", "note",
)  # fmt: skip


@dataclass(frozen=True)
class AciSize:
    """
    Size of a CPTS for its contract, and the nearest edge.

    Parameters
    ----------
    size : int
        From 1, the smallest.
    people : float
        Population that it follows from.
    edge : float
        Nearest population at which the size changes.
    above : int
        Size that begins at this edge.
    """

    size: int
    people: float
    edge: float
    above: int

    @property
    def gap(self) -> float:
        """People from the edge, negative below."""
        return self.people - self.edge

    @property
    def words(self) -> str:
        """Size, and distance in people and in percent of the edge."""
        if not self.gap:
            return f"T{self.size}, sur le seuil de la taille {self.above}"
        share = percent(abs(self.gap) / self.edge)
        side = "au-dessus du" if self.gap > 0 else "sous le"
        away = f"à {counted(abs(self.gap), 'habitant', 'habitants')} ({share})"
        return f"T{self.size}, {away} {side} seuil de la taille {self.above}"

    @property
    def short(self) -> str:
        """The same in a line of a heading."""
        away = f"sur le seuil de la taille {self.above}"
        if self.gap:
            side = "au-dessus du seuil" if self.gap > 0 else f"sous la taille {self.above}"
            away = f"{number(abs(self.gap))} hab. {side}"
        return f"Taille {self.size} de l’ACI, {away}"


def aci_size(people: float, sizes: pd.DataFrame) -> AciSize:
    """
    Give the size that a population makes.

    Parameters
    ----------
    people : float
        Inhabitants.
    sizes : DataFrame
        As :func:`cpts_geo.sources.embedding.embedded.load_aci_sizes` gives them: a population
        equal to an edge is of the size that begins there, where the table says so.

    Returns
    -------
    AciSize
        With the nearest edge.

    Examples
    --------
    >>> from cpts_geo.sources.embedding.embedded import load_aci_sizes
    >>> [aci_size(n, load_aci_sizes()).size for n in (39_999, 40_000, 80_000, 175_000, 175_001)]
    [1, 2, 3, 3, 4]
    """
    known = sizes.to_dict("records")
    held = [x for x in known if people > x["low"] or (people == x["low"] and _included(x))]
    nearest = min(known[1:], key=lambda x: abs(x["low"] - people))
    return AciSize(held[-1]["size"], people, nearest["low"], nearest["size"])


def _included(size: Mapping[Any, Any]) -> bool:
    """Whether a population equal to the edge is of the size that begins there."""
    return bool(size["low_included"] == "oui")


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
    >>> table.set_index("fact").loc[["aci_size", "epci"], "note"].tolist()
    ['T2, à 9 077 habitants (22,7 %) au-dessus du seuil de la taille 2', 'entière']
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


def _row(fact: str, label: str, value: Any, origin: Source | None = None, **more: Any) -> Any:
    """A row: measured, of a source of the catalogue unless it says otherwise."""
    found = {"fact": fact, "label": label, "value": value, "status": Status.MEASURED.value}
    if origin is not None:
        found |= {"source": origin.attribution, "grade": origin.grade, "vintage": origin.vintage}
    return found | more


def _who(figures: pd.DataFrame, outline: pd.Series) -> Iterator[Any]:
    """Name, number, communes."""
    yield _row("name", "Nom", outline["name"], source=outline["document"])
    finess = str(outline.get("finess", ""))
    if finess:
        wanted = {code[:2] for code in figures["departement"]}
        # Mayotte is 976 for Insee, and 98 here.
        odd = finess[:2] not in wanted | ({"98"} if "976" in set(figures["departement"]) else set())
        note = f"à vérifier : {finess[:2]} n’est pas un département du territoire" if odd else ""
        yield _row("finess", "Numéro FINESS", finess, source=_GIVEN, status="announced", note=note)
    else:
        yield _row("finess", "Numéro FINESS", None, status="unknown", note=_ASK_FINESS)
    codes = figures["code_insee"]
    yield _row(
        "communes", "Communes", len(codes), sources()[_COMMUNES], unit="communes",
        note=counted_places(codes) if codes.isin(WHOLE_OF).any() else "",
    )  # fmt: skip


def _sizes(people: float, facts: pd.DataFrame, sizes: pd.DataFrame) -> Iterator[Any]:
    """Both populations, the size that each makes, and whether they agree."""
    column = COLUMNS["population"]
    now = aci_size(people, sizes)
    of_today = {"vintage": column.vintage, "unit": column.unit}
    yield _row("population", column.label, int(people), sources()[column.source], **of_today)
    yield from _size("aci_size", now, sizes, vintage=column.vintage)
    stated = _stated(facts)
    if stated is None:
        label = _SAID["population_published"]
        yield _row("population_published", label, None, status="unknown", note=_ASK_CONTRACT)
        return
    then, date = aci_size(float(stated["value"]), sizes), str(stated["date"])
    yield _row(
        str(stated["fact"]), _SAID[str(stated["fact"])], int(then.people), unit=column.unit,
        vintage=date, source=stated["document"], grade=stated["grade"], status="announced",
        note=stated["definition"],
    )  # fmt: skip
    yield from _size("aci_size_published", then, sizes, vintage=date)
    same = now.size == then.size
    yield _row(
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
    yield _row(fact, f"Taille de l’ACI ({of})", found.size, note=found.words, **shared)
    edge = f"seuil de la taille {found.above} : {number(found.edge)} habitants"
    yield _row(
        f"{fact}_gap", f"Écart au seuil le plus proche ({of})", int(found.gap), unit="habitants",
        note=f"{edge}, {percent(abs(found.gap) / found.edge)}", **shared,
    )  # fmt: skip


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
        yield _row(
            zone.code, f"{zone.label} : {name}", inside, source, area_code=code,
            unit="communes", people_share=share, note=note,
        )  # fmt: skip
    if zone.without and len(rest := figures[figures[zone.code].isna()]):
        named = f"{zone.without} : {', '.join(rest['name'].head(3))}"
        share = rest["population"].sum() / people if people else None
        yield _row(
            zone.code, zone.label, len(rest), source, unit="communes", people_share=share,
            status=Status.MEASURED.value, note=named,
        )  # fmt: skip
