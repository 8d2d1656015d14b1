"""Published commune names to INSEE codes, never guessing silently.

A name is looked for in four ways, in this order: ``exact`` (letter for letter), ``normalised``
(same key, see :mod:`cpts_geo.geography.naming.spelling`), ``moved`` (the name of a delegated,
associated or merged commune: the commune of today is returned) and ``fuzzy`` (a misspelling).
A fuzzy match is accepted only when the name is borne by no commune of France, past or present,
when it is near enough to one commune, and clearly nearer to it than to any other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import pandas as pd

from cpts_geo.errors import one_line, quoted
from cpts_geo.geography.naming._audit import Defect, audit_table
from cpts_geo.geography.naming._matching import resolve_queries
from cpts_geo.geography.naming._places.gazetteer import build_gazetteer, checked_departements
from cpts_geo.geography.naming._queries import NameQuery, read_queries

#: In the place of a method, in the audit: what was read of a file, and is no commune.
LEFT_OUT: Final = "left_out"


def resolve(
    names: Sequence[str],
    communes: pd.DataFrame,
    *,
    former: pd.DataFrame,
    departements: Collection[str] | None = None,
    choices: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """
    Resolve published commune names to the communes of today.

    Parameters
    ----------
    names : sequence of str
        Names as published; ``"Chenereilles (42)"`` states the département.
    communes : pandas.DataFrame
        Communes of today, and arrondissements where they are places: ``code_insee``, ``name``,
        ``departement``.
    former : pandas.DataFrame
        Former communes: ``former_code``, ``former_name``, ``kind``, ``code_insee`` of today.
    departements : collection of str, optional
        Départements to look in; the whole of France by default.
    choices : mapping of str to str, optional
        INSEE code to retain for a published name, among what the name may mean: one too unlike it
        is refused.

    Returns
    -------
    pandas.DataFrame
        One row a commune of today, in the order of the list: ``published`` (verbatim),
        ``code_insee``, ``name``, ``departement``, ``method`` (exact, normalised, fuzzy, moved; or
        whole, for Paris, Lyon or Marseille listed with arrondissements of theirs),
        ``score`` (similarity of the spellings, 0-100) and ``alternatives`` (``code name
        (département) score`` separated by ``"; "``: homonyms in the départements, or the nearest
        other names of a fuzzy match).

    Raises
    ------
    NameResolutionError
        When names are unknown or ambiguous; lists all of them with the nearest candidates.
    PerimeterError
        When the list is empty, a commune is far from the others, or a département is unknown.

    Examples
    --------
    >>> communes = pd.DataFrame(
    ...     {"code_insee": ["43205", "42192"],
    ...      "name": ["Saint-Just-Malmont", "Rozier-Côtes-d'Aurec"],
    ...      "departement": ["43", "42"]}
    ... )
    >>> former = pd.DataFrame(columns=["former_code", "former_name", "kind", "code_insee"])
    >>> table = resolve(
    ...     ["Saint-Just-Malomont", "ROZIER COTES D’AUREC"], communes,
    ...     former=former, departements=["42", "43"],
    ... )
    >>> table[["code_insee", "method"]].to_numpy().tolist()
    [['43205', 'fuzzy'], ['42192', 'normalised']]
    """
    gazetteer = build_gazetteer(communes, former)
    scope = checked_departements(gazetteer, departements)
    written = ["" if pd.isna(name) else str(name) for name in names]
    chosen = {name.strip(): code for name, code in (choices or {}).items()}
    queries = [
        NameQuery(line, name, scope, choice=chosen.get(name.strip()))
        for line, name in enumerate(written, start=1)
    ]
    queries = [each for query in queries for each in read_queries(gazetteer, query)]
    unused = chosen.keys() - {name.strip() for name in written}
    idle = [
        Defect(
            0,
            f"choix {quoted(name)} → {one_line(chosen[name])} : ce nom n’est pas dans la liste",
            "choix impossible",
        )
        for name in sorted(unused)
    ]
    resolved, defects = resolve_queries(gazetteer, queries)
    return audit_table(
        gazetteer, resolved, name_defects=[*idle, *defects], scoped=scope is not None
    )


def find_codes(
    names: Sequence[str], communes: pd.DataFrame, *, former: pd.DataFrame
) -> tuple[dict[str, str], dict[str, str]]:
    """
    Find the commune of today of each name, without refusing the others.

    Parameters
    ----------
    names : sequence of str
        Names as written, each once.
    communes, former : DataFrame
        As in :func:`resolve`.

    Returns
    -------
    tuple of dict of str to str
        INSEE code of each name found; French words on what is near each of the others, or empty.

    Examples
    --------
    >>> communes = pd.DataFrame(
    ...     {"code_insee": ["45130"], "name": ["Dry"], "departement": ["45"]}
    ... )
    >>> former = pd.DataFrame(columns=["former_code", "former_name", "kind", "code_insee"])
    >>> find_codes(["DRY", "Dri"], communes, former=former)
    ({'DRY': '45130'}, {'Dri': 'noms les plus proches : 45130 Dry (45) 67/100'})
    """
    gazetteer = build_gazetteer(communes, former)
    queries = [NameQuery(line, name, None) for line, name in enumerate(names)]
    resolved, defects = resolve_queries(gazetteer, queries)
    codes = {names[row.line]: row.place.current for row in resolved}
    return codes, {names[each.line]: each.text.partition(" ; ")[2] for each in defects}
