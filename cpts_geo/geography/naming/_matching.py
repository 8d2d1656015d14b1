"""Published names: the places each may mean, and which is retained, the list being one place.

Names that are sure say where the list is. Homonyms, shortened names, former names and misspellings
are then looked for there; what is elsewhere is never taken, and what remains doubtful is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from cpts_geo.errors import one_line
from cpts_geo.french import number
from cpts_geo.geography.naming._answers import (
    Found,
    asked,
    closest,
    place_text,
    resolution,
    searched,
)
from cpts_geo.geography.naming._audit import (
    Defect,
    Resolution,
    part_text,
)
from cpts_geo.geography.naming._options import (
    SHORT,
    famous,
    is_shadowed,
    near_of,
    options_of,
    picked_of,
    where_of,
)
from cpts_geo.geography.naming._places.gazetteer import Gazetteer, Place, in_scope
from cpts_geo.geography.naming._places.search import (
    agree,
    key_of,
    nearest_places,
    scored,
    similarity,
)
from cpts_geo.geography.naming._places.whereabouts import (
    INSIDE,
    SAME,
    Whereabouts,
)
from cpts_geo.geography.naming._queries import MAX_LETTERS, NameQuery, Scope
from cpts_geo.geography.naming.spelling import (
    normalise_name,
)

#: Distinct names for which names alike are looked for; no list misspells as many and is usable.
MAX_SEARCHED: Final = 2_000


def resolve_queries(
    gazetteer: Gazetteer, queries: Sequence[NameQuery], *, coded: Collection[Place] = ()
) -> tuple[list[Resolution], list[Defect]]:
    """Resolutions in the order of the queries, and one defect for each of the other queries.

    `coded` are the places of the same list that are known by their codes.
    """
    outcomes: dict[int, Resolution | Defect] = {}
    open_queries: dict[int, NameQuery] = {}
    for i, query in enumerate(queries):
        if len(query.published) > MAX_LETTERS:
            letters = number(len(query.published))
            text = f"trop long : {letters} caractères, {MAX_LETTERS} au plus"
            outcomes[i] = query.wrong(text, "nom trop long")
        elif not query.key:
            outcomes[i] = query.wrong("nom vide ou sans lettre", "nom vide")
        elif query.choice is not None:
            outcomes[i] = _apply_choice(gazetteer, query)
        else:
            open_queries[i] = query
    chosen = [each.place for each in outcomes.values() if isinstance(each, Resolution)]
    where = where_of(gazetteer, [*coded, *chosen], list(open_queries.values()))
    pending: dict[tuple[Scope, str], list[int]] = {}
    for i, query in open_queries.items():
        if outcome := _named(gazetteer, query, where):
            outcomes[i] = outcome
        else:
            pending.setdefault((searched(gazetteer, query), query.key), []).append(i)
    alike = _names_alike(gazetteer, list(pending)[:MAX_SEARCHED])
    beyond = (
        f"ne ressemble à aucune commune connue (au-delà de {number(MAX_SEARCHED)} noms inconnus, "
        "les noms proches ne sont plus cherchés)"
    )
    for wanted, members in pending.items():
        for i in members:
            if wanted in alike:
                outcomes[i] = closest(gazetteer, queries[i], alike[wanted], where=where)
            else:
                outcomes[i] = queries[i].wrong(beyond, "nom qui ne ressemble à aucune commune")
    ordered = [outcomes[i] for i in range(len(queries))]
    return (
        [outcome for outcome in ordered if isinstance(outcome, Resolution)],
        [outcome for outcome in ordered if isinstance(outcome, Defect)],
    )


def _named(
    gazetteer: Gazetteer, query: NameQuery, where: Whereabouts | None
) -> Resolution | Defect | None:
    """The place of a name that some place bears or begins with; None where none does."""
    options = options_of(gazetteer, query, where)
    if not options:
        parts = [p for p in gazetteer.by_key.get(query.key, ()) if in_scope(p, query.narrow)]
        return (
            query.wrong(part_text(gazetteer, parts[0]), "arrondissement municipal")
            if parts
            else None
        )
    placed = where is not None or query.narrow is not None
    inside = [o for o in options if o.level <= INSIDE or query.narrow is not None]
    if where and not inside:
        # A département is wide: what bears the name there is not far, what is short for it may be.
        known = where.departements
        inside = [o for o in options if o.tier < SHORT and o.place.departement in known]
    picked = picked_of(inside) if placed else famous(gazetteer, inside)
    picked = picked or near_of(options, inside)
    if picked is None and all(option.tier >= SHORT for option in inside or options):
        # What holds its words, or is like it, is looked for where the list is.
        return None
    if picked is None or (placed and is_shadowed(picked, inside)):
        return asked(gazetteer, query, options, inside=inside, where=where)
    homonyms = [p for p in gazetteer.by_key.get(query.key, ()) if in_scope(p, query.scope)]
    shorts = [option.place for option in options] if picked.tier >= SHORT else []
    others = [p for p in (*homonyms, *shorts) if p.current != picked.place.current]
    score = similarity(query.key, key_of(picked.place))
    found = score, picked.place
    made = resolution(
        gazetteer, query, picked.method, found, others=scored(query.key, dict.fromkeys(others))
    )
    rivals = [o.place for o in inside if o.tier == SHORT and (not placed or o.level == SAME)]
    return replace(made, rivals=tuple(rivals)) if picked.tier < SHORT else made


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
        text = f"le choix, {official}, n’est pas {place_text(query.narrow, query.scope)}"
        return query.wrong(text, "choix impossible")
    same = gazetteer.by_key.get(query.key, ())
    homonyms = [p for p in same if in_scope(p, query.scope) and p.current != allowed[0].current]
    others = scored(query.key, homonyms)
    borne = {option.place: option for option in options_of(gazetteer, query, None)}
    tiers = sorted(borne[p] for p in allowed if p in borne and borne[p].tier < SHORT)
    if tiers:
        return resolution(gazetteer, query, tiers[0].method, (100.0, tiers[0].place), others=others)
    alike = [place for place in allowed if agree(query.key, key_of(place))]
    if not alike:
        text = f"le choix, {official}, est trop différent"
        return query.wrong(text, "choix impossible")
    best = scored(query.key, alike)[0]
    return resolution(gazetteer, query, "fuzzy", best, others=others)


def _names_alike(
    gazetteer: Gazetteer, wanted: Sequence[tuple[Scope, str]]
) -> dict[tuple[Scope, str], Found]:
    """Nearest places of each key in its départements."""
    by_scope: defaultdict[Scope, list[str]] = defaultdict(list)
    for scope, key in wanted:
        by_scope[scope].append(key)
    found: dict[tuple[Scope, str], Found] = {}
    for scope, keys in by_scope.items():
        nearest = nearest_places(gazetteer, keys, scope=scope)
        found |= {(scope, key): near for key, near in zip(keys, nearest, strict=True)}
    return found


def _key(place: Place) -> str:
    """Normalised name of a place."""
    return normalise_name(place.name)
