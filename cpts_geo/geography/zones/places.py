"""Every place of France that can be asked for, found by any part of its name, or by its code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import Indel

from cpts_geo.errors import Defect, PerimeterError, quoted
from cpts_geo.geography.naming.spelling import (
    departement_code,
    normalise_name,
    split_departement_hint,
)
from cpts_geo.geography.zones.keys import (
    _LINKS,
    EPT_NUMBERS,
    _acronym_key,
    _acronyms,
    _bare_key,
)
from cpts_geo.sources.embedding import embedded

#: What a kind of place is called, by the word that asks for it.
_PLACE_KINDS: Final = {
    "commune": ("commune", "ancienne commune", "hors des données"),
    "arrondissement": ("arrondissement",),
    "epci": ("EPCI",),
    "ept": ("EPT",),
    "tvs": ("TVS",),
    "cpts": ("CPTS",),
    "departement": ("département",),
}
_COLUMNS: Final = ["type", "code", "name", "departement", "population", "option"]
_WITH_ACRONYMS: Final = ("EPCI", "EPT")
#: Rank of a place that does not fit.
_NOT: Final = 9
#: Names shown where none fits.
_NEAREST: Final = 5


def every_place(cpts: Mapping[str, str] = MappingProxyType({})) -> pd.DataFrame:
    """
    Gather every place that can be asked for, or is known not to be.

    Parameters
    ----------
    cpts : mapping of str to str, optional
        Names of CPTS besides the embedded ones, by code: those of fetched layers, whose
        départements and people are not looked for.

    Returns
    -------
    DataFrame
        type (French words), code, name, departement (codes, joined by a comma, the most populated
        first), population (people, NaN unknown), option (French: what to type for it).

    Raises
    ------
    DataFileError
        An embedded file is missing or altered.

    Examples
    --------
    >>> places = every_place()
    >>> places[places["code"] == "200070183"][["type", "departement", "option"]].values.tolist()
    [['EPCI', '45, 41', '--epci 200070183']]
    """
    communes, parts = embedded.load_without_contours()
    bodies = communes.merge(embedded.load_ept(), on="code_insee").assign(
        ept_name=lambda table: "EPT " + table["ept_name"]
    )
    health = pd.concat([communes, parts]).dropna(subset=["tvs"])
    health["tvs_name"] = "TVS " + health["tvs_name"]
    areas = communes.assign(area=communes["departement"])
    every = [
        _single(communes, "commune"),
        _single(parts, "arrondissement"),
        _zones(communes, ("epci", "epci_name"), kind="EPCI", option="--epci "),
        _zones(bodies, ("ept", "ept_name"), kind="EPT", option="--epci "),
        _zones(health, ("tvs", "tvs_name"), kind="TVS", option="--tvs "),
        _zones(areas, ("area", "departement_name"), kind="département", option="--departement "),
        _cpts(pd.concat([communes, parts])),
        _former(communes),
        _outside(),
    ]
    table = pd.concat(every, ignore_index=True)
    known = set(table["code"])
    rows = [("CPTS", code, name, "", float("nan"), f"--cpts {code}")
            for code, name in cpts.items() if code not in known]  # fmt: skip
    return pd.concat([table[_COLUMNS], pd.DataFrame(rows, columns=_COLUMNS)], ignore_index=True)


def _single(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Communes, or arrondissements: a list names them."""
    table = rows.rename(columns={"code_insee": "code"})
    return table.assign(type=kind, option=_listed(table["code"]))


def _listed(codes: pd.Series) -> pd.Series:
    """How a commune is asked for."""
    listed: pd.Series = codes + " dans une liste (--perimeter)"
    return listed


def _zones(rows: pd.DataFrame, columns: tuple[str, str], *, kind: str, option: str) -> pd.DataFrame:
    """Zones that communes are in, by the columns of their code and of their name."""
    code, name = columns
    people = rows.groupby([code, "departement"])["population"].sum().reset_index()
    people = people.sort_values(["population", "departement"], ascending=[False, True])
    zones = people.groupby(code)
    names = rows.dropna(subset=[code]).drop_duplicates(code).set_index(code)[name]
    found = pd.DataFrame(
        {
            "name": names,
            "departement": zones["departement"].agg(", ".join),
            "population": zones["population"].sum(),
        }
    )
    codes = found.index.astype(str)
    return found.assign(type=kind, code=codes, option=option + codes)


def _cpts(places: pd.DataFrame) -> pd.DataFrame:
    """CPTS whose perimeter is embedded, communes in doubt left out."""
    listed = embedded.load_perimeters().query("remarque == ''")
    listed = listed.assign(cpts_code=listed["source"] + ":" + listed["territory"])
    rows = listed[["cpts_code", "cpts", "code_insee"]].merge(
        places[["code_insee", "departement", "population"]], on="code_insee"
    )
    return _zones(rows, ("cpts_code", "cpts"), kind="CPTS", option="--cpts ")


def _former(communes: pd.DataFrame) -> pd.DataFrame:
    """Former communes, and former names, with their commune of today."""
    former = embedded.load_former_communes().dropna(subset=["former_name"])
    today = communes.set_index("code_insee")
    # An arrondissement is a place of its own.
    former = former[former["kind"] != "arrondissement-municipal"]
    now = former["code_insee"]
    return pd.DataFrame(
        {
            "type": "ancienne commune",
            "code": former["former_code"],
            "name": former["former_name"],
            "departement": now.map(today["departement"]),
            "option": _listed(now + " (" + now.map(today["name"]) + ")"),
        }
    )


def _outside() -> pd.DataFrame:
    """Communes of overseas collectivités, of which nothing is known here."""
    outside = embedded.load_outside_communes()
    said = "collectivité d’outre-mer (" + outside["collectivite_name"] + "), hors des données"
    return pd.DataFrame(
        {
            "type": "hors des données",
            "code": outside["code_insee"],
            "name": outside["name"],
            "departement": outside["collectivite"],
            "option": said,
        }
    )


def find_places(
    places: pd.DataFrame, text: str, *, kind: str | None = None, departement: str | None = None
) -> pd.DataFrame:
    """
    Find places by any part of their name, or by their code.

    Accents, case, hyphens, link words, the order of words and ``St`` or ``Saint`` do not matter. A
    département stands for its intercommunalités too.

    Parameters
    ----------
    places : DataFrame
        See :func:`every_place`.
    text : str
        Part of a name, acronym or code; empty for all of a kind or of a département.
    kind : str, optional
        ``commune``, ``arrondissement``, ``epci``, ``ept``, ``tvs``, ``cpts`` or ``departement``.
    departement : str, optional
        Code or name of the only département to look in.

    Returns
    -------
    DataFrame
        Rows of `places`, the nearest to the text first, then the most populated.

    Raises
    ------
    PerimeterError
        Nothing is found (the nearest names are shown), nothing is asked for, or the département or
        the kind is unknown.

    Examples
    --------
    >>> places = every_place()
    >>> find_places(places, "poher")[["type", "name"]].values.tolist()
    [['EPCI', 'CC Poher Communauté'], ['commune', 'Cléden-Poher']]
    >>> len(find_places(places, "", kind="epci", departement="45"))
    16
    """
    if kind is not None and kind not in _PLACE_KINDS:
        raise PerimeterError(
            "Type de lieu inconnu.",
            defects=[Defect(quoted(kind), "inconnu")],
            remedy=f"choisissez parmi : {', '.join(_PLACE_KINDS)}.",
        )
    if not text.strip() and departement is None:
        raise PerimeterError(
            "Aucun lieu n’est demandé.",
            remedy="donnez un nom ou une partie d’un nom, ou --departement avec --type.",
        )
    kept = places[places["type"].isin(_PLACE_KINDS[kind])] if kind else places
    text, hint = split_departement_hint(text.strip())
    if hint is not None:
        kept = kept[_in_departement(kept, hint)]
    if departement is not None:
        code = _departement(places, departement)
        if code is None:
            raise PerimeterError(
                "Département inconnu.",
                defects=[Defect(quoted(departement), "inconnu")],
                remedy="donnez un numéro ou un nom de département : 45, 2A, Loiret.",
            )
        kept = kept[_in_departement(kept, code)]
    if not text:
        return kept.sort_values(["type", "population"], ascending=[True, False])
    found = _ranked(places, kept, text)
    if found.empty:
        raise _nothing(kept, text)
    return found


def _departement(places: pd.DataFrame, text: str) -> str | None:
    """Code of the département that a text is the code or the name of."""
    areas = places[places["type"] == "département"]
    named = areas["code"][areas["name"].map(normalise_name) == normalise_name(text)]
    return next(iter([*areas["code"][areas["code"] == departement_code(text)], *named]), None)


def _in_departement(places: pd.DataFrame, code: str) -> pd.Series:
    """Whether each place is in a département, in part at least."""
    within: pd.Series = places["departement"].str.split(", ").map(lambda codes: code in codes)
    return within


def _ranked(places: pd.DataFrame, kept: pd.DataFrame, text: str) -> pd.DataFrame:
    """Places that a text designates, the nearest first; the intercommunalités of the département
    that it is come after this one."""
    rank = _ranks(kept, text)
    if area := _departement(places, text):
        both = kept["type"].isin(_WITH_ACRONYMS) & _in_departement(kept, area)
        rank = rank.mask(both, rank.clip(upper=1))
    found = kept.assign(rank=rank)[rank < _NOT]
    found = found.sort_values(["rank", "population"], ascending=[True, False], kind="stable")
    return found.drop(columns="rank")


def _ranks(kept: pd.DataFrame, text: str) -> pd.Series:
    """How near each place is to a text: its code, acronym or whole name; its beginning; its words;
    parts of them."""
    query, own, letters = normalise_name(text), _bare_key(text), _acronym_key(text)
    words = [word for word in query.split() if word not in _LINKS] or query.split()
    ranks = []
    for kind, code, name in zip(kept["type"], kept["code"], kept["name"], strict=True):
        key, rank = normalise_name(name), _NOT
        if text.upper() == code.upper():
            rank = 0
        elif words and all(word in key for word in words):
            rank = 2 if set(words) <= set(key.split()) else 3
            if (bare := _bare_key(name)).startswith(own):
                rank = 0 if bare == own else 1
        elif kind in _WITH_ACRONYMS and letters:
            short = EPT_NUMBERS.get(code) == letters or letters in _acronyms(name)
            rank = 0 if short else _NOT
        ranks.append(rank)
    return pd.Series(ranks, index=kept.index, dtype=int)


def _nothing(kept: pd.DataFrame, text: str) -> PerimeterError:
    """Refusal of a text that no place fits, with those whose names are most like it."""
    keys = kept["name"].map(_bare_key)
    alike = process.extract(
        _bare_key(text), dict(keys), scorer=Indel.normalized_similarity, limit=_NEAREST
    )
    near = kept.loc[[row for *_, row in alike]]
    return PerimeterError(
        f"Aucun lieu ne contient {quoted(text)}.",
        defects=[
            f"au plus près : {name} ({kind} {code}, {where}), {option}"
            for name, kind, code, where, option in zip(
                near["name"], near["type"], near["code"], near["departement"], near["option"],
                strict=True,
            )
        ],
        remedy="cherchez une partie plus courte du nom, ou tous ceux d’un département avec "
        "--departement.",
    )  # fmt: skip
