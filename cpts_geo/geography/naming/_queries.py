"""One line of a list as what it asks: a name, where to look for it, what stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from cpts_geo.geography.naming._audit import FOOTNOTE, Line
from cpts_geo.geography.naming._places.gazetteer import Gazetteer, Place, departement_of, in_scope
from cpts_geo.geography.naming._places.search import agree
from cpts_geo.geography.naming.arrondissements import CITIES, POSTAL
from cpts_geo.geography.naming.spelling import (
    departement_code,
    normalise_name,
    split_departement_hint,
)
from cpts_geo.sources.cells import Cell, parts_of, read_cell
from cpts_geo.sources.codes import WHOLE_OF, code_departements

Scope = frozenset[str] | None
_FORMER: Final = re.compile(
    r"(?i)(?:ex|ancien(?:ne(?:ment)?)?|commune\s+(?:d[ée]l[ée]gu[ée]e|associ[ée]e|nouvelle))\b"
)
#: Letters of a text that is taken apart; the longest name of France has 45.
MAX_LETTERS: Final = 200


@dataclass(frozen=True)
class NameQuery(Line):
    """One published name, and where to look for it: scopes are départements, None all of France."""

    scope: Scope
    departement: str | None = None
    choice: str | None = None
    #: What names the place in what is published; all of it by default.
    name: str = ""
    #: Communes that a postal code beside the name leaves; None without.
    among: frozenset[str] | None = None
    #: A figure beside the name that is a département, or the mark of a footnote.
    mark: str | None = None
    #: What was taken away to read the name, in French words.
    removed: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """What is looked for."""
        return self.name or self.published

    @cached_property
    def key(self) -> str:
        """Normalised name."""
        return normalise_name(self.text)

    @cached_property
    def narrow(self) -> Scope:
        """Départements left by the list, the column and the hint in parentheses."""
        scope = self.scope
        for code in (self.departement, self.mark, split_departement_hint(self.text)[1]):
            if code is not None:
                scope = frozenset({code}) & (frozenset({code}) if scope is None else scope)
        return scope

    @property
    def said_where(self) -> bool:
        """Whether the line itself says in which département its commune is."""
        hint = self.mark or split_departement_hint(self.text)[1]
        return self.departement is not None or (hint is not None and not self.footnote)

    @property
    def footnote(self) -> bool:
        """Whether the figure beside the name has the form of a footnote: « (2) »."""
        return bool(FOOTNOTE.search(self.published))


def read_queries(gazetteer: Gazetteer, query: NameQuery) -> list[NameQuery]:
    """What a line asks: itself where its text is a name as it stands, else what is left of it once
    taken apart; several where it names several communes."""
    if query.choice is not None or len(query.published) > MAX_LETTERS or _is_name(gazetteer, query):
        return [query]
    parts = parts_of(query.published) if query.key else []
    # « Saint-Joseph, La Réunion »: a commune has that name too.
    if len(parts) > 1 and not any(departement_of(gazetteer, part) for part in parts):
        each = [_part(gazetteer, query, part) for part in parts]
        if all(each):
            return [part for part in each if part]
    return [_read(gazetteer, query) or query]


def _part(gazetteer: Gazetteer, query: NameQuery, text: str) -> NameQuery | None:
    """One of the communes that a line names; None where its text is no name."""
    alone = replace(query, name=text, removed=("comme l’une des communes de la cellule",))
    found = alone if _is_name(gazetteer, alone) else _read(gazetteer, alone)
    return found if found and _is_name(gazetteer, found) else None


def _is_name(gazetteer: Gazetteer, query: NameQuery) -> bool:
    """Whether a place bears the text as it stands, where the line says that it is."""
    same = gazetteer.by_key.get(query.key, ())
    hint = split_departement_hint(query.text)[1]
    if hint is None:
        return bool(same)
    return any(in_scope(place, query.narrow) for place in same)


def _read(gazetteer: Gazetteer, query: NameQuery) -> NameQuery | None:
    """The line taken apart; None where nothing could be taken away."""
    cell = read_cell(query.text)
    if normalise_name(cell.name) in CITIES.values() and not _is_whole(gazetteer, query.text, cell):
        return None
    name, mark, removed = cell.name, None, []
    if cell.cedex:
        removed.append("sans « CEDEX »")
    areas = [cell.area] if cell.area else []
    for aside in cell.asides:
        inner = next(_named_in(gazetteer, aside), None)
        if area := departement_of(gazetteer, aside):
            areas.append(area)
        elif _FORMER.match(aside) and normalise_name(name) not in gazetteer.by_key and inner:
            # A part that no table knows is where it says that it is.
            name, removed = inner.name, [*removed, f"d’après « {aside} »"]
        else:
            removed.append(f"sans « {aside} »")
    if areas:
        known = departement_of(gazetteer, areas[-1])
        mark = known or departement_code(areas[-1])
        # « 12 Cravant », « Dry (3) »: a figure whose département has no such commune numbers the
        # line, or calls a note.
        inside = [
            p for p in gazetteer.by_key.get(normalise_name(name), ()) if p.departement == mark
        ]
        numbers = re.match(rf"\W*{cell.area}\W", query.text) or len(cell.area) == 1
        if not inside and cell.area and numbers:
            mark, removed = None, [*removed, f"sans « {cell.area} »"]
    if not normalise_name(name) or (name == query.text.strip() and not (cell.code or areas)):
        return None
    found = replace(query, name=name, mark=mark, removed=(*query.removed, *removed))
    return beside(gazetteer, found, cell.code, cedex=cell.cedex) if cell.code else found


def _is_whole(gazetteer: Gazetteer, text: str, cell: Cell) -> bool:
    """Whether what is beside the name of a divided city says the city, and no arrondissement: the
    number of one is never guessed."""
    city = next(code for code, key in CITIES.items() if key == normalise_name(cell.name))
    area = not cell.area or departement_of(gazetteer, cell.area) == city[:2]
    numbered = cell.cedex and re.search(r"(?i)cedex\s+\d", text)
    return area and not numbered and cell.code in ("", city)


def beside(gazetteer: Gazetteer, query: NameQuery, code: str, *, cedex: bool = False) -> NameQuery:
    """The query, narrowed by the code beside its name: that of the commune, or a postal one; of one
    that is neither, the département is kept."""
    code = code if len(code) == 5 else f"0{code}"
    places = [*gazetteer.former.get(code, ())]
    if code in gazetteer.current:
        places.append(gazetteer.current[code])
    if any(agree(query.key, normalise_name(place.name)) for place in places):
        said = f"avec le code Insee {code}"
        return replace(query, choice=code, removed=(*query.removed, said))
    delivered = gazetteer.postal.get(code, frozenset())
    if part := POSTAL.get(code):
        delivered |= {part, WHOLE_OF[part]}
    if delivered and not cedex:
        said = f"avec le code postal {code}"
        return replace(query, among=delivered, removed=(*query.removed, said))
    areas = code_departements(code)
    codes = (c for c, place in gazetteer.current.items() if place.departement in areas)
    said = f"avec « {code} », dont n’est pris que le département"
    return replace(query, among=frozenset(codes), removed=(*query.removed, said))


def _named_in(gazetteer: Gazetteer, text: str) -> Iterator[Place]:
    """Communes of today that end a text, as in « commune déléguée de Gennes »."""
    words = text.split()
    for start in range(len(words)):
        for place in gazetteer.by_key.get(normalise_name(" ".join(words[start:])), ()):
            if place.is_current and place.code not in WHOLE_OF:
                yield place
