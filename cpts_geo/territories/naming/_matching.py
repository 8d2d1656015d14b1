"""One published name: the places it may mean, and which of them is retained."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from cpts_geo.errors import one_line
from cpts_geo.french import number
from cpts_geo.settings import FUZZY_MIN_MARGIN, FUZZY_MIN_SCORE
from cpts_geo.sources.codes import WHOLE_OF
from cpts_geo.territories.naming._audit import (
    Defect,
    Line,
    Method,
    Resolution,
    candidates_text,
    part_text,
)
from cpts_geo.territories.naming._gazetteer import (
    Gazetteer,
    Place,
    agree,
    containing_places,
    in_scope,
    nearest_places,
    similarity,
)
from cpts_geo.territories.naming.spelling import (
    key_with_article,
    normalise_name,
    split_departement_hint,
)

Scope = frozenset[str] | None
Found = Sequence[tuple[float, Place]]

#: Distinct names for which names alike are looked for; no list misspells as many and is usable.
MAX_SEARCHED: Final = 2_000
#: Letters of a name that is looked for; the longest of France has 45.
MAX_LETTERS: Final = 200


@dataclass(frozen=True)
class NameQuery(Line):
    """One published name, and where to look for it: scopes are départements, None all of France."""

    scope: Scope
    departement: str | None = None
    choice: str | None = None

    @cached_property
    def key(self) -> str:
        """Normalised name."""
        return normalise_name(self.published)

    @cached_property
    def narrow(self) -> Scope:
        """Départements left by the list, the column and the hint in parentheses."""
        scope = self.scope
        for code in (self.departement, split_departement_hint(self.published)[1]):
            if code is not None:
                scope = frozenset({code}) & (frozenset({code}) if scope is None else scope)
        return scope


def resolve_queries(
    gazetteer: Gazetteer, queries: Sequence[NameQuery]
) -> tuple[list[Resolution], list[Defect]]:
    """Resolutions in the order of the queries, and one defect for each of the other queries."""
    outcomes: dict[int, Resolution | Defect] = {}
    pending: dict[tuple[Scope, str], list[int]] = {}
    for i, query in enumerate(queries):
        if len(query.published) > MAX_LETTERS:
            letters = number(len(query.published))
            text = f"trop long : {letters} caractères, {MAX_LETTERS} au plus"
            outcomes[i] = query.wrong(text, "nom trop long")
        elif query.choice is not None:
            outcomes[i] = _apply_choice(gazetteer, query)
        elif outcome := _same_name(gazetteer, query):
            outcomes[i] = outcome
        else:
            # What is no département holds no place: all such scopes are searched as one.
            scope = None if query.narrow is None else query.narrow & gazetteer.departements
            pending.setdefault((scope, query.key), []).append(i)
    alike = _names_alike(gazetteer, list(pending)[:MAX_SEARCHED])
    beyond = (
        f"ne ressemble à aucune commune connue (au-delà de {number(MAX_SEARCHED)} noms inconnus, "
        "les noms proches ne sont plus cherchés)"
    )
    for wanted, members in pending.items():
        for i in members:
            if wanted in alike:
                outcomes[i] = _closest(gazetteer, queries[i], *alike[wanted])
            else:
                outcomes[i] = queries[i].wrong(beyond, "nom qui ne ressemble à aucune commune")
    ordered = [outcomes[i] for i in range(len(queries))]
    return (
        [outcome for outcome in ordered if isinstance(outcome, Resolution)],
        [outcome for outcome in ordered if isinstance(outcome, Defect)],
    )


def _names_alike(
    gazetteer: Gazetteer, wanted: Sequence[tuple[Scope, str]]
) -> dict[tuple[Scope, str], tuple[Found, Found]]:
    """Nearest places, and places that hold every word, of each key in its départements."""
    by_scope: defaultdict[Scope, list[str]] = defaultdict(list)
    for scope, key in wanted:
        by_scope[scope].append(key)
    found: dict[tuple[Scope, str], tuple[Found, Found]] = {}
    for scope, keys in by_scope.items():
        nearest = nearest_places(gazetteer, keys, scope=scope)
        containing = containing_places(gazetteer, keys, scope=scope)
        for key, near, holding in zip(keys, nearest, containing, strict=True):
            found[scope, key] = near, holding
    return found


def _same_name(gazetteer: Gazetteer, query: NameQuery) -> Resolution | Defect | None:
    """Exact, normalised or moved; None when no place of the départements bears the name."""
    if not query.key:
        return query.wrong("nom vide ou sans lettre", "nom vide")
    same = gazetteer.by_key.get(query.key, ())
    inside = [place for place in same if in_scope(place, query.narrow)]
    tiers = _tiers(query, inside) if inside else []
    if not tiers:
        parts = [place for place in inside if place.is_arrondissement]
        if not parts:
            return None
        return query.wrong(part_text(gazetteer, parts[0]), "arrondissement municipal")
    method, places = tiers[0]
    homonyms = _scored(query.key, [p for p in same if in_scope(p, query.scope)])
    if len({place.current for place in places}) > 1:
        text = candidates_text(gazetteer, _scored(query.key, places))
        text = f"plusieurs communes portent ce nom : {text}"
        return query.wrong(text, "nom de plusieurs communes")
    others = [pair for pair in homonyms if pair[1].current != places[0].current]
    return _resolution(gazetteer, query, method, (100.0, places[0]), others=others)


def _tiers(query: NameQuery, places: Sequence[Place]) -> list[tuple[Method, list[Place]]]:
    """Places in decreasing order of evidence; empty tiers are left out."""
    text = unicodedata.normalize("NFC", split_departement_hint(query.published)[0].strip())
    article = key_with_article(query.published)
    current = [place for place in places if place.is_current]
    old = [place for place in places if not place.is_current and not place.is_arrondissement]
    tiers: list[tuple[Method, list[Place]]] = [
        ("exact", [place for place in current if place.name == text]),
        ("normalised", [place for place in current if key_with_article(place.name) == article]),
        ("normalised", current),
        ("moved", [place for place in old if key_with_article(place.name) == article]),
        ("moved", old),
    ]
    return [tier for tier in tiers if tier[1]]


def _apply_choice(gazetteer: Gazetteer, query: NameQuery) -> Resolution | Defect:
    """Resolution to the code chosen for a name; a defect where the name cannot mean it."""
    code = str(query.choice)
    allowed = [
        place
        for place in gazetteer.places
        if not place.is_arrondissement
        and (place.current == code if code in gazetteer.current else place.code == code)
    ]
    if not allowed:
        text = f"le code choisi, {one_line(code)}, est inconnu du COG"
        return query.wrong(text, "choix impossible")
    official = f"{code} {allowed[0].name} ({allowed[0].departement})"
    if not in_scope(allowed[0], query.narrow):
        text = f"le choix, {official}, n’est pas {_place_text(query)}"
        return query.wrong(text, "choix impossible")
    same = gazetteer.by_key.get(query.key, ())
    homonyms = [p for p in same if in_scope(p, query.scope) and p.current != allowed[0].current]
    others = _scored(query.key, homonyms)
    if tiers := _tiers(query, [place for place in allowed if place in same]):
        method, places = tiers[0]
        return _resolution(gazetteer, query, method, (100.0, places[0]), others=others)
    alike = [place for place in allowed if agree(query.key, normalise_name(place.name))]
    if not alike:
        text = f"le choix, {official}, est trop différent"
        return query.wrong(text, "choix impossible")
    best = _scored(query.key, alike)[0]
    return _resolution(gazetteer, query, "fuzzy", best, others=others)


def _closest(
    gazetteer: Gazetteer,
    query: NameQuery,
    near: Found,
    holding: Found,
) -> Resolution | Defect:
    """Accept a misspelling, or say what the name may stand for."""
    elsewhere = _scored(query.key, gazetteer.by_key.get(query.key, ()))
    runner_up = near[1][0] if len(near) > 1 else 0.0
    lost = [f"{c} {n}" for c, n in gazetteer.lost.items() if normalise_name(n) == query.key]
    # A name borne elsewhere is no misspelling: the commune lies outside the départements given.
    close = bool(near) and near[0][0] >= FUZZY_MIN_SCORE and not elsewhere and not lost
    # The number of an arrondissement is never guessed.
    close = close and near[0][1].code not in WHOLE_OF
    clear = close and near[0][0] - runner_up >= FUZZY_MIN_MARGIN
    if clear and near[0][1].is_current:
        return _resolution(gazetteer, query, "fuzzy", near[0], others=near[1:4])
    reason = "plusieurs noms sont presque aussi proches" if close and not clear else "nom inconnu"
    text = f"{reason} {_place_text(query)}"
    if lost:
        text += f" ; ancienne commune dont la commune actuelle n’est pas connue : {', '.join(lost)}"
    if elsewhere:
        text += f" ; existe ailleurs : {candidates_text(gazetteer, elsewhere)}"
    held = {place.current for _, place in holding}
    candidates = [*holding, *(pair for pair in near if pair[1].current not in held)][:5]
    if candidates:
        text += f" ; noms les plus proches : {candidates_text(gazetteer, candidates)}"
    return query.wrong(text, "nom inconnu" if reason == "nom inconnu" else "nom ambigu")


def _resolution(
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
    renamed = bool(own_past) and normalise_name(place.name) not in map(normalise_name, own_past)
    alternatives = candidates_text(gazetteer, others)
    return Resolution(query.line, query.published, place, method, score, alternatives, renamed)


def _scored(key: str, places: Sequence[Place]) -> list[tuple[float, Place]]:
    """Similarity and place, the most like a key first."""
    scored = [(similarity(key, normalise_name(place.name)), place) for place in places]
    return sorted(scored, key=lambda pair: (-pair[0], not pair[1].is_current, pair[1].code))


def _place_text(query: NameQuery) -> str:
    """French words on where a name was looked for."""
    if query.narrow is None:
        return "en France"
    codes = ", ".join(map(one_line, sorted(query.narrow or query.scope or ())))
    return f"dans le{'s départements' if ',' in codes else ' département'} {codes}"
