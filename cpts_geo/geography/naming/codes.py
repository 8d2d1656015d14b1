"""INSEE codes as analysts write them, to the communes of today; and files that mix both.

Methods are those of names, plus ``repaired``: a spreadsheet turned ``01001`` into ``1001``. It is
told apart because the code in the file is not the code retained, which the reader must see.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from cpts_geo.errors import PerimeterError, one_line, quoted
from cpts_geo.geography.naming._audit import (
    Defect,
    Line,
    Method,
    Resolution,
    audit_table,
    outside_text,
    part_text,
)
from cpts_geo.geography.naming._matching import resolve_queries
from cpts_geo.geography.naming._places.gazetteer import (
    Gazetteer,
    Place,
    build_gazetteer,
    checked_departements,
    departement_of,
)
from cpts_geo.geography.naming._places.search import CANDIDATES_SHOWN, agree
from cpts_geo.geography.naming._queries import NameQuery, beside, read_queries
from cpts_geo.geography.naming.arrondissements import POSTAL
from cpts_geo.geography.naming.spelling import (
    departement_code,
    normalise_name,
    split_departement_hint,
)
from cpts_geo.settings import COG_YEAR
from cpts_geo.sources.codes import WHOLE_OF

#: Codes that are all postal codes too, from which chance no longer explains it.
_CERTAIN: Final = 3
_FLOAT_TAIL: Final = re.compile(r"[.,]0+$")


@dataclass(frozen=True)
class _CodeQuery(Line):
    """One code of a list and what stands beside it."""

    what = "code "
    name: str = ""
    departement: str | None = None


def _clean_code(text: str) -> str:
    """Code without what spreadsheets add to it."""
    return _FLOAT_TAIL.sub("", re.sub(r"\s", "", text).lstrip("'’")).upper()


def resolve_table(
    table: pd.DataFrame,
    communes: pd.DataFrame,
    *,
    former: pd.DataFrame,
    departements: Collection[str] | None = None,
    postal: Mapping[str, frozenset[str]] | None = None,
    outside: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """
    Resolve an analyst's table of names or codes to the communes of today.

    Parameters
    ----------
    table : pandas.DataFrame
        As read by :func:`cpts_geo.sources.analyst.lists.perimeter.read_perimeter_file`: ``line``,
        and ``name`` or ``code`` or both; optionally ``departement`` (empty text when not given). A
        line with a code is resolved by its code, and its name must agree.
    communes, former, departements : see there
        As for :func:`cpts_geo.geography.naming.names.resolve`.
    postal : mapping of str to frozenset of str, optional
        INSEE codes of the communes of each postal code, to tell one from an INSEE code.
    outside : pandas.DataFrame, optional
        Communes that are told to be outside the data: ``code_insee``, ``name``,
        ``collectivite_name``.

    Returns
    -------
    pandas.DataFrame
        Columns of :func:`cpts_geo.geography.naming.names.resolve`; ``published`` is the code as
        written where there is one, else the name.

    Raises
    ------
    NameResolutionError
        When a name is unknown or ambiguous; lists every defect of the table.
    PerimeterError
        When the table is empty or without name and code, or only codes are wrong or repeated.

    Examples
    --------
    >>> communes = pd.DataFrame(
    ...     {"code_insee": ["42060", "43069"], "name": ["Chenereilles", "Chenereilles"],
    ...      "departement": ["42", "43"]}
    ... )
    >>> former = pd.DataFrame(columns=["former_code", "former_name", "kind", "code_insee"])
    >>> table = pd.DataFrame({"line": [2], "name": ["Chenereilles"], "departement": ["42"]})
    >>> resolve_table(table, communes, former=former)["code_insee"].to_list()
    ['42060']
    """
    if not {"name", "code"} & set(table.columns):
        raise PerimeterError(
            "La table n’a ni colonne de noms ni colonne de codes.",
            remedy="donnez une colonne `name` ou une colonne `code`.",
        )
    gazetteer = build_gazetteer(communes, former, postal=postal, outside=outside)
    scope = checked_departements(gazetteer, departements)
    codes: list[Resolution | Defect] = []
    queries: list[NameQuery] = []
    for row in table.fillna("").to_dict("records"):
        line, code, name = int(row["line"]), str(row.get("code", "")), str(row.get("name", ""))
        written = str(row.get("departement", "")).strip()
        known = departement_of(gazetteer, written) or departement_code(written)
        departement = known if written else None
        if code.strip():
            codes.append(_resolve_code(gazetteer, _CodeQuery(line, code, name, departement)))
        else:
            query = NameQuery(line, name, scope, departement)
            queries += _with_postal(
                gazetteer, read_queries(gazetteer, query), str(row.get("postal", ""))
            )
    coded = [outcome for outcome in codes if isinstance(outcome, Resolution)]
    postal_notes, postal_defects = _postal_doubts(
        gazetteer, coded, alone=not (queries or len(coded) < len(codes))
    )
    named, name_defects = resolve_queries(gazetteer, queries, coded=[row.place for row in coded])
    table = audit_table(
        gazetteer,
        sorted([*coded, *named], key=lambda resolution: resolution.line),
        name_defects=name_defects,
        code_defects=[
            *postal_defects,
            *(outcome for outcome in codes if isinstance(outcome, Defect)),
        ],
        scoped=scope is not None,
    )
    table.attrs["notes"] = (*postal_notes, *table.attrs["notes"])
    return table


def _postal_doubts(
    gazetteer: Gazetteer, coded: Sequence[Resolution], *, alone: bool
) -> tuple[list[str], list[Defect]]:
    """What to say, or to ask, of a list of codes alone that are all postal codes too: by chance,
    one code in six is."""
    delivered = [gazetteer.postal.get(_clean_code(row.published).zfill(5), ()) for row in coded]
    if not alone or not coded or any(row.confirmed for row in coded) or not all(delivered):
        return [], []
    said = []
    for row, codes in zip(coded, delivered, strict=True):
        named = ", ".join(gazetteer.current[code].name for code in sorted(codes)[:CANDIDATES_SHOWN]
                          if code in gazetteer.current)  # fmt: skip
        commune = gazetteer.current[row.place.current]
        said.append(f"code Insee de {commune.name}, mais aussi code postal de {named}")
    if len(coded) < _CERTAIN and all(row.method != "moved" for row in coded):
        return [f"Ligne {row.line}, {quoted(row.published)} : {text} ; lu comme code Insee."
                for row, text in zip(coded, said, strict=True)], []  # fmt: skip
    return [], [
        Line(row.line, row.published).wrong(text, "code Insee ou code postal")
        for row, text in zip(coded, said, strict=True)
    ]


def _with_postal(
    gazetteer: Gazetteer, queries: Sequence[NameQuery], postal: str
) -> Sequence[NameQuery]:
    """The query of a line, narrowed by its postal code where one stands beside its name."""
    code = _clean_code(postal)
    if len(queries) != 1 or queries[0].among or not re.fullmatch(r"\d{4,5}", code):
        return queries
    return [beside(gazetteer, queries[0], code)]


def _resolve_code(gazetteer: Gazetteer, query: _CodeQuery) -> Resolution | Defect:
    """The commune of today of one code, or what is wrong with it."""
    code = _clean_code(query.published)
    method: Method
    if code in gazetteer.current:
        method, places = "exact", [gazetteer.current[code]]
    elif code in gazetteer.former:
        method, places = "moved", list(gazetteer.former[code])
    elif re.fullmatch(r"\d{4}", code) and f"0{code}" in gazetteer.current:
        method, places = "repaired", [gazetteer.current[f"0{code}"]]
    elif re.fullmatch(r"\d{4}", code) and f"0{code}" in gazetteer.former:
        method, places = "moved", list(gazetteer.former[f"0{code}"])
    else:
        return query.wrong(_unknown_text(gazetteer, query, code), "code inconnu")
    if places[0].is_arrondissement:
        return query.wrong(part_text(gazetteer, places[0]), "arrondissement municipal")
    if len({place.current for place in places}) > 1:
        found = ", ".join(f"{p.current} {gazetteer.current[p.current].name}" for p in places)
        text = f"a quitté le COG pour plusieurs communes : {found}"
        return query.wrong(text, "code partagé entre plusieurs communes")
    if contradiction := _contradiction(gazetteer, query, places):
        return query.wrong(contradiction, "code contredit")
    return Resolution(
        query.line, query.published, places[0], method, 100.0, "", False, bool(query.name.strip())
    )


def _contradiction(gazetteer: Gazetteer, query: _CodeQuery, places: Sequence[Place]) -> str:
    """Say how the name or the département beside a code contradicts it; empty when they agree."""
    commune = gazetteer.current[places[0].current]
    code = places[0].code
    official = places[0].name or commune.name
    for departement in (query.departement, split_departement_hint(query.name)[1]):
        if departement not in {None, commune.departement} and not code.startswith(str(departement)):
            beside = one_line(str(departement))
            return f"{code} est {official} ({commune.departement}), pas dans le {beside}"
    key = normalise_name(query.name)
    namesakes = gazetteer.by_key.get(key, ())
    # The name of its city says no other place than an arrondissement.
    right = {commune.code, WHOLE_OF.get(commune.code)}
    if not key or any(place.current in right for place in namesakes):
        return ""
    # Nobody here knows the name of this code, nor that name: the code is all that is said.
    if not places[0].name and not namesakes:
        return ""
    # Codes are in alphabetical order: a shifted column gives names alike, so a real neighbour wins.
    neighbours = [p for p in namesakes if p.is_current and p.departement == commune.departement]
    if not neighbours and any(
        agree(key, normalise_name(name)) for name in (commune.name, *(p.name for p in places))
    ):
        return ""
    text = f"code Insee de {official} ({commune.departement}), pas de {quoted(query.name)}"
    if namesakes:
        text += f", dont le code est {_codes_text(namesakes)}"
    return text


def _unknown_text(gazetteer: Gazetteer, query: _CodeQuery, code: str) -> str:
    """French words on a code that the COG does not know."""
    if found := gazetteer.outside.get(code):
        return outside_text(f"{code} {found[0]}", found[1])
    if name := gazetteer.lost.get(code, ""):
        return f"a quitté le COG ({name}) et sa commune actuelle n’est pas connue : donnez-la"
    text = f"inconnu du COG {COG_YEAR} et des codes qui l’ont quitté"
    if namesakes := gazetteer.by_key.get(normalise_name(query.name), ()):
        text += f" ; {quoted(query.name)} a pour code {_codes_text(namesakes)}"
    elif part := gazetteer.current.get(POSTAL.get(code, "")):
        text += f" ; code postal de {part.name}, dont le code est {part.code}"
    return text


def _codes_text(places: Sequence[Place]) -> str:
    """Codes of places with their département, three at most."""
    shown = sorted({f"{place.current} ({place.departement})" for place in places})
    return " ou ".join(shown[:3]) + (f" (et {len(shown) - 3} autres)" if len(shown) > 3 else "")
