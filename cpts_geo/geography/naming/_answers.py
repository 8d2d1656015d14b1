"""What is said of a name: the commune retained, the question, or the names most like it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rapidfuzz.distance import OSA

from cpts_geo.errors import one_line
from cpts_geo.geography.naming._audit import (
    Defect,
    Method,
    Resolution,
    candidates_text,
    outside_text,
)
from cpts_geo.geography.naming._options import HOLDING, SHORT, Option
from cpts_geo.geography.naming._places.gazetteer import Gazetteer, Place, in_scope
from cpts_geo.geography.naming._places.search import (
    CANDIDATES_SHOWN,
    holding_places,
    key_of,
    nearest_places,
    one_per_commune,
    scored,
)
from cpts_geo.geography.naming._places.whereabouts import INSIDE, NEAR, Whereabouts
from cpts_geo.geography.naming._queries import NameQuery, Scope
from cpts_geo.geography.naming.spelling import normalise_name
from cpts_geo.settings import FUZZY_MIN_MARGIN, FUZZY_MIN_SCORE
from cpts_geo.sources.codes import WHOLE_OF

Found = Sequence[tuple[float, Place]]
#: Likeness from which a name near the list is shown beside one that is far.
_LIKE: Final = 75.0


def resolution(
    gazetteer: Gazetteer,
    query: NameQuery,
    method: Method,
    found: tuple[float, Place],
    *,
    others: Found,
) -> Resolution:
    """The place retained, with what else the name could have meant."""
    score, place = found
    # Its chief town is a delegated commune of another name: the commune was renamed on merging.
    own_past = [past.name for past in gazetteer.former.get(place.code, ()) if place.is_current]
    renamed = bool(own_past) and key_of(place) not in map(normalise_name, own_past)
    alternatives = candidates_text(gazetteer, others)
    return Resolution(
        query.line, query.published, place, method, score, alternatives, renamed,
        confirmed=query.said_where, named=method in ("exact", "normalised"),
        removed=query.removed,
    )  # fmt: skip


def asked(
    gazetteer: Gazetteer,
    query: NameQuery,
    options: Sequence[Option],
    *,
    inside: Sequence[Option],
    where: Whereabouts | None,
) -> Defect:
    """The question of a name that several places may mean, or of one that is far from the list."""
    borne = [option.place for option in options if option.tier < SHORT]
    places = [option.place for option in inside if option.tier < HOLDING] or borne
    text = candidates_text(gazetteer, one_per_commune(query.key, places))
    if inside or where is None:
        how = "portent ce nom" if {*places} <= {*borne} else "peuvent être écrites ainsi"
        text = f"plusieurs communes {how} : {text}"
        return query.wrong(text, "nom de plusieurs communes", candidates=places)
    [near] = nearest_places(gazetteer, [query.key], scope=where.departements)
    like = [pair for pair in near[:CANDIDATES_SHOWN] if pair[0] >= _LIKE]
    said = f" ; près du reste : {candidates_text(gazetteer, like)}" if like else ""
    text = f"n’existe pas là où est le reste de la liste{said} ; existe ailleurs : {text}"
    return query.wrong(text, "commune loin du reste", candidates=[] if like else borne)


def closest(
    gazetteer: Gazetteer,
    query: NameQuery,
    near: Found,
    *,
    where: Whereabouts | None,
) -> Resolution | Defect:
    """Accept a misspelling, or say what the name may stand for."""
    elsewhere = scored(query.key, gazetteer.by_key.get(query.key, ()))
    lost = [f"{c} {n}" for c, n in gazetteer.lost.items() if normalise_name(n) == query.key]
    words = [p for p in holding_places(gazetteer, query.key) if in_scope(p, query.narrow)]
    holding = one_per_commune(query.key, words)
    if away := _outside_text(gazetteer, query):
        return query.wrong(away, "commune hors des données")
    here, held = near, holding
    if where and query.narrow is None:
        here, held = ([pair for pair in pairs if where.level(gazetteer, pair[1]) <= NEAR]
                      for pairs in (near, holding))  # fmt: skip
    runner_up = here[1][0] if len(here) > 1 else 0.0
    # A name borne elsewhere is no misspelling, a shortened one is never corrected, the number of an
    # arrondissement never guessed.
    close = bool(here) and here[0][0] >= FUZZY_MIN_SCORE and not (elsewhere or lost or held)
    close = close and here[0][1].code not in WHOLE_OF
    clear = close and here[0][0] - runner_up >= FUZZY_MIN_MARGIN
    # « Hrerin » is one slip of the hand away from Hérin, and from Herrin.
    slips = [OSA.distance(query.key, key_of(place)) for _, place in here[: CANDIDATES_SHOWN * 2]]
    clear = clear and slips[0] < min(slips[1:], default=slips[0] + 1)
    if clear and here[0][1].is_current and _is_here(gazetteer, query, here[0][1], where):
        return resolution(gazetteer, query, "fuzzy", here[0], others=here[1:4])
    reason = "plusieurs noms sont presque aussi proches" if close and not clear else "nom inconnu"
    text = f"{reason} {place_text(searched(gazetteer, query), query.narrow or query.scope)}"
    if lost:
        text += f" ; ancienne commune dont la commune actuelle n’est pas connue : {', '.join(lost)}"
    if elsewhere:
        text += f" ; existe ailleurs : {candidates_text(gazetteer, elsewhere)}"
    shown: dict[str, tuple[float, Place]] = {}
    for score, place in (*holding, *near):
        shown.setdefault(place.current, (score, place))
    candidates = [*shown.values()][:CANDIDATES_SHOWN]
    if candidates:
        text += f" ; noms les plus proches : {candidates_text(gazetteer, candidates)}"
    kind = "nom inconnu" if reason == "nom inconnu" else "nom ambigu"
    return query.wrong(text, kind, candidates=[place for _, place in held])


def _outside_text(gazetteer: Gazetteer, query: NameQuery) -> str:
    """Say that a name is that of a commune, or of a collectivité, that no data cover; empty where
    it may be another."""
    borne = gazetteer.by_key.get(query.key, ())
    for code, (name, collectivite) in gazetteer.outside.items():
        area = code[:3]
        asked = query.narrow is not None and area in query.narrow
        if query.key in (normalise_name(name), normalise_name(collectivite)) and (
            asked or (query.narrow is None and not borne)
        ):
            return outside_text(f"{code} {name}", collectivite)
    return ""


def _is_here(
    gazetteer: Gazetteer, query: NameQuery, place: Place, where: Whereabouts | None
) -> bool:
    """Whether a place is where the list is, or where the line says."""
    return query.narrow is not None or not where or where.level(gazetteer, place) <= INSIDE


def searched(gazetteer: Gazetteer, query: NameQuery) -> Scope:
    """Départements where names like an unknown one are looked for."""
    # What is no département holds no place: all such scopes are searched as one.
    return None if query.narrow is None else query.narrow & gazetteer.departements


def place_text(scope: Scope, asked: Scope) -> str:
    """French words on where a name was looked for."""
    if scope is None and asked is None:
        return "en France"
    codes = ", ".join(map(one_line, sorted(scope or asked or ())))
    return f"dans le{'s départements' if ',' in codes else ' département'} {codes}"
