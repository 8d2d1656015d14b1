"""The places that a name may mean, by the evidence of the name and of the place; and which of them
is kept, the list being one place."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from cpts_geo.geography.naming._audit import Method
from cpts_geo.geography.naming._places.gazetteer import Gazetteer, Place, in_scope
from cpts_geo.geography.naming._places.search import (
    holding_places,
    is_usual_short_name,
    key_of,
)
from cpts_geo.geography.naming._places.whereabouts import (
    INSIDE,
    NEAR,
    SAME,
    Whereabouts,
    whereabouts,
)
from cpts_geo.geography.naming._queries import NameQuery
from cpts_geo.geography.naming.spelling import (
    key_with_article,
    normalise_name,
    split_departement_hint,
)
from cpts_geo.sources.codes import WHOLE_OF


class Option(NamedTuple):
    """A place that a name may mean: how it is named, in decreasing order of evidence, and where."""

    tier: int
    level: int
    method: Method
    place: Place


#: Tiers of a name letter for letter, with its article, but for both; former ones; then the names
#: that begin with it, and those that only hold its words.
EXACT, ARTICLE, KEY, FORMER_ARTICLE, FORMER, SHORT, FORMER_SHORT, HOLDING = range(8)
#: Tiers of names whose article is the one written.
_WRITTEN: Final = (EXACT, ARTICLE, FORMER_ARTICLE)
_METHODS: Final[tuple[Method, ...]] = (
    "exact", "normalised", "normalised", "moved", "moved", "short", "short", "short",
)  # fmt: skip


def options_of(gazetteer: Gazetteer, query: NameQuery, where: Whereabouts | None) -> list[Option]:
    """Places that bear a name or begin with it, the surest first."""
    text = unicodedata.normalize("NFC", split_departement_hint(query.text)[0].strip())
    article = key_with_article(query.text)
    found = []
    for place in (*gazetteer.by_key.get(query.key, ()), *holding_places(gazetteer, query.key)):
        if not in_scope(place, query.narrow) or place.is_arrondissement:
            continue
        if place.code in WHOLE_OF and normalise_name(place.name) != query.key:
            continue  # a city is not short for its arrondissements
        if query.among is not None and place.current not in query.among:
            continue
        if (key := key_of(place)) != query.key:
            begins = SHORT if place.is_current else FORMER_SHORT
            tier = begins if key.startswith(f"{query.key} ") else HOLDING
        elif place.is_current:
            same_article = key_with_article(place.name) == article
            tier = EXACT if place.name == text else ARTICLE if same_article else KEY
        else:
            tier = FORMER_ARTICLE if key_with_article(place.name) == article else FORMER
        level = where.level(gazetteer, place) if where else INSIDE
        found.append(Option(tier, level, _METHODS[tier], place))
    return sorted(found)


def currents(options: Iterable[Option]) -> set[str]:
    """Communes of today of some options."""
    return {option.place.current for option in options}


def picked_of(inside: Sequence[Option]) -> Option | None:
    """The option retained among those where the list is; None where several could be."""
    living = [option for option in inside if option.tier <= KEY]
    best = [option for option in living if option.tier == living[0].tier]
    # A name that holds the words of a former one is no rival of it.
    best = best or [o for o in inside if o.tier < HOLDING or inside[0].tier >= SHORT]
    if len(currents(best)) > 1:
        best = [option for option in best if option.level == SAME]
    # What begins a former name is shown, and not taken.
    return best[0] if len(currents(best)) == 1 and best[0].tier < FORMER_SHORT else None


def famous(gazetteer: Gazetteer, options: Sequence[Option]) -> Option | None:
    """The commune that alone bears a name, where nothing says where the list is: no larger one must
    be called so for short."""
    first = options[0]
    namesakes = [option for option in options if option.tier < SHORT]
    if any(option.tier in _WRITTEN for option in namesakes):
        namesakes = [option for option in namesakes if option.tier in _WRITTEN]
    people = gazetteer.people
    shorts = [o.place for o in options if o.tier == SHORT]
    larger = [p for p in shorts if people.get(p.code, 0) > people.get(first.place.code, 0)]
    unsure = larger or (shorts if first.tier > KEY else [])
    alone = currents(namesakes) == {first.place.current}
    return first if alone and not unsure else None


def near_of(options: Sequence[Option], inside: Sequence[Option]) -> Option | None:
    """A commune that alone in France bears a name, near the list but in no département of it."""
    borne = [option for option in options if option.tier < SHORT]
    alone = not inside and len(currents(borne)) == 1
    return borne[0] if alone and borne[0].tier <= KEY and borne[0].level == NEAR else None


def is_shadowed(picked: Option, inside: Sequence[Option]) -> bool:
    """Whether a name could as well be, shortened or former, that of a commune nearer to the list
    than the one that bears it."""
    rivals = [o for o in inside if o.place.current != picked.place.current]
    if picked.level == SAME:
        # « Chaume » is rather short for « Chaume-lès-Baigneux » than the name of « La Chaume ».
        return picked.tier == KEY and any(o.level == SAME and o.tier == SHORT for o in rivals)
    return any(
        (option.level == SAME and option.tier < HOLDING) or picked.tier <= KEY < option.tier < SHORT
        for option in rivals
    )


def where_of(
    gazetteer: Gazetteer, known: Sequence[Place], queries: Sequence[NameQuery]
) -> Whereabouts | None:
    """Where the list is: by what is sure, else by the only département that has all its names, else
    by names that one commune alone bears; None where nothing says."""
    alone = [_alone(gazetteer, query) for query in queries]
    sure = [
        place
        for query, place in zip(queries, alone, strict=True)
        if place and (query.narrow is not None or not is_usual_short_name(gazetteer, query.key))
    ]
    if known or sure:
        return whereabouts(gazetteer, [*known, *sure])
    if len(queries) < 2:
        return None
    each = [options_of(gazetteer, query, None) for query in queries]
    borne = [place for place in alone if place]
    if not set.intersection(*(_departements(options, FORMER_SHORT) for options in each)):
        return whereabouts(gazetteer, borne) if borne else None
    return _shared(gazetteer, each)


def _departements(options: Sequence[Option], last: int) -> set[str]:
    """Départements of the options up to a tier."""
    return {option.place.departement for option in options if option.tier <= last}


def _shared(gazetteer: Gazetteer, each: Sequence[Sequence[Option]]) -> Whereabouts | None:
    """Where a list is whose names are all in one département, in full, and in no other, larger, for
    short; None where several départements have them."""
    full = set.intersection(*(_departements(options, KEY) for options in each))
    wide = set.intersection(*(_departements(options, FORMER_SHORT) for options in each))
    found = full if len(full) == 1 else wide
    if len(found) != 1:
        return None
    [departement] = found
    people = {
        code: sum(
            max(gazetteer.people.get(o.place.current, 0) for o in options
                if o.place.departement == code and o.tier <= FORMER_SHORT)
            for options in each
        )
        for code in wide
    }  # fmt: skip
    if max(people.values()) > people[departement]:
        return None
    inside = [[o for o in options if o.place.departement == departement and o.tier < HOLDING]
              for options in each]  # fmt: skip
    # A name that two communes may bear says nothing more of where the list is.
    clear = [options[0].place for options in inside
             if len(currents(options)) == 1 and options[0].tier <= KEY]  # fmt: skip
    where = whereabouts(gazetteer, clear)
    return replace(where, departements=where.departements | found)


def _alone(gazetteer: Gazetteer, query: NameQuery) -> Place | None:
    """The commune of today that alone bears a name where it is looked for; None without."""
    same = [
        place
        for place in gazetteer.by_key.get(query.key, ())
        if in_scope(place, query.narrow)
        and (query.among is None or place.current in query.among)
        and not place.is_arrondissement
    ]
    bearers = {place.current for place in same}
    return next((p for p in same if p.is_current), None) if len(bearers) == 1 else None
