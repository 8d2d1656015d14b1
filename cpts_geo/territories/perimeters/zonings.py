"""Ready perimeters: territories made of the whole zones of an official division of communes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import Indel, Levenshtein

from cpts_geo.errors import MAX_DEFECTS, Defect, PerimeterError
from cpts_geo.french import counted, slug
from cpts_geo.settings import COG_YEAR
from cpts_geo.territories.naming.audit import quoted
from cpts_geo.territories.naming.spelling import departement_code, normalise_name
from cpts_geo.territories.perimeters.membership import Perimeters, territory_keys

#: Nearest zones shown for one that is not recognised.
_SHOWN: Final = 3
#: Words that say what kind of zone it is, and link words: "CC des Loges" is called "les Loges".
_KINDS: Final = frozenset(
    ["cc", "ca", "cu", "tvs", "communaute", "communes", "agglomeration", "urbaine"]
)
_LINKS: Final = frozenset({"de", "du", "des", "d", "la", "le", "les", "lez", "l"})
_CODE: Final = re.compile(r"\d[\dAB]?\d*")
_Key = Callable[[str], str]
_KIND_WORDS: Final = {"epci": "intercommunalité", "tvs": "territoire de vie-santé"}
_NONE_WORDS: Final = {"epci": "aucune intercommunalité", "tvs": "aucun territoire de vie-santé"}


@dataclass(frozen=True)
class Zoning:
    """
    A division of the communes into zones, each commune in one zone at most.

    Parameters
    ----------
    kind : {"epci", "tvs"}
        Which division it is; also its option in the command line.
    document : str
        French words that name the source, followed by the code of a zone.
    perimeter : str
        French sentence on the list of communes of any of its zones.
    names : Series of str
        Display name of each zone, indexed by its code.
    members : DataFrame
        zone (code), code_insee (current), published (codes of the source, ``" + "`` between
        those of merged communes), method (``exact`` or ``moved``), note (French, or empty).
    remarks : dict of str to str
        French sentences on one zone, by its code.
    unusable : dict of str to str
        Why a zone cannot be a perimeter, by its code.
    inputs : dict of str to str
        SHA-256 of the file it was read from, by file name; empty for embedded data.
    """

    kind: str
    document: str
    perimeter: str
    names: pd.Series
    members: pd.DataFrame
    remarks: dict[str, str] = field(default_factory=dict)
    unusable: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)


def epci_zoning(communes: pd.DataFrame) -> Zoning:
    """
    Intercommunalités of the embedded table of communes.

    Parameters
    ----------
    communes : DataFrame
        Current communes: code_insee, epci, epci_name (NaN for communes of no EPCI).

    Returns
    -------
    Zoning
        One zone an EPCI, under its SIREN.

    Examples
    --------
    >>> from cpts_geo.sources import embedded
    >>> epci_zoning(embedded.load_communes()).names["200068278"]
    'CC Berry Loire Puisaye'
    """
    known = communes[communes["epci"].notna()]
    members = pd.DataFrame(
        {
            "zone": known["epci"],
            "code_insee": known["code_insee"],
            "published": known["code_insee"],
            "method": "exact",
            "note": "",
        }
    )
    return Zoning(
        kind="epci",
        document=f"Insee/Etalab COG {COG_YEAR}, intercommunalité SIREN",
        perimeter="Intercommunalité entière.",
        names=known.drop_duplicates("epci").set_index("epci")["epci_name"],
        members=members.reset_index(drop=True),
    )


def find_zones(zoning: Zoning, asked: Sequence[str]) -> tuple[list[str], list[str]]:
    """
    Find the zones that codes or names designate.

    Parameters
    ----------
    zoning : Zoning
        The division.
    asked : sequence of str
        Codes, or names without regard to case, accents and the kind of zone they start with.

    Returns
    -------
    tuple of list of str and list of str
        Codes in the order asked, each once; French notes on the names that were recognised.

    Raises
    ------
    PerimeterError
        A zone is unknown, its name is borne by several, or it cannot be a perimeter; lists
        every one with the nearest.

    Examples
    --------
    >>> from cpts_geo.sources import embedded
    >>> find_zones(epci_zoning(embedded.load_communes()), ["Terres du Val de Loire"])[0]
    ['200070183']
    """
    codes: list[str] = []
    notes: list[str] = []
    defects: list[Defect] = []
    keys: tuple[_Key, ...] = (normalise_name, _name_key)
    names = {key: _by_key(zoning, key) for key in keys}
    for written in dict.fromkeys(asked):
        text, found = _matching(zoning, written, names)
        codes += found
        if len(found) > 1:
            several = " ou ".join(_named(zoning, code) for code in found)
            defects.append(Defect(f"{quoted(text)} : nom de plusieurs, {several}", "nom ambigu"))
        elif not found:
            # Those near are looked for where they are shown: it is what takes time.
            shown = _nearest(zoning, text) if len(defects) < MAX_DEFECTS else []
            near = " ; ".join(_named(zoning, code) for code in shown)
            defects.append(Defect(f"{quoted(text)} : inconnu ; au plus près : {near}", "inconnu"))
        elif why := zoning.unusable.get(found[0]):
            defects.append(Defect(f"{quoted(text)} : {why}", "inutilisable"))
        elif text != found[0] and normalise_name(text) != normalise_name(zoning.names[found[0]]):
            notes.append(f"{quoted(text)} pris pour {_named(zoning, found[0])}.")
    if defects:
        raise PerimeterError(
            f"{_KIND_WORDS[zoning.kind].capitalize()} : "
            f"{counted(len(defects), 'point', 'points')} à corriger.",
            defects=defects,
            remedy=f"donnez le code {'SIREN' if zoning.kind == 'epci' else 'du TVS'}, ou un nom "
            f"qui n’est porté que par un seul (--{zoning.kind}, répétable).",
        )
    return list(dict.fromkeys(codes)), notes


def _by_key(zoning: Zoning, key: _Key) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, name in zoning.names.items():
        found.setdefault(key(name), []).append(str(code))
    return found


def _matching(
    zoning: Zoning, written: str, names: dict[_Key, dict[str, list[str]]]
) -> tuple[str, list[str]]:
    """Text that is compared, and codes of the zones it designates."""
    text = written.strip()
    if _CODE.fullmatch(text.upper()):
        text = text.upper()
        return text, [text] if text in zoning.names.index else []
    same = (by_key[key(text)] for key, by_key in names.items() if key(text) in by_key)
    return text, next(same, [])


def _name_key(name: str) -> str:
    """Key of a zone's name without the words that only say its kind."""
    words = normalise_name(name).split()
    while len(words) > 1 and words[0] in _KINDS | _LINKS:
        words = words[1:]
    return " ".join(words)


def _named(zoning: Zoning, code: str) -> str:
    return f"{zoning.names[code]} ({code})"


def _nearest(zoning: Zoning, text: str) -> list[str]:
    names = zoning.names.map(_name_key)
    alike: Callable[..., float] = Indel.normalized_similarity
    query, choices = _name_key(text), dict(names)
    if _CODE.fullmatch(text):
        # One wrong figure is one mistake.
        alike = Levenshtein.normalized_similarity
        query, choices = text, dict(zip(names.index, names.index, strict=True))
    return [str(code) for _, _, code in process.extract(query, choices, scorer=alike, limit=_SHOWN)]


def zones_of_departements(
    zoning: Zoning, departements: Collection[str], communes: pd.DataFrame
) -> tuple[list[str], list[str]]:
    """
    Zones of some départements: those where most of the people of the zone live there.

    Parameters
    ----------
    zoning : Zoning
        The division.
    departements : collection of str
        Codes as written: ``"45"``, ``"2a"``.
    communes : DataFrame
        Current communes: code_insee, name, departement, population.

    Returns
    -------
    tuple of list of str and list of str
        Codes in the order of their names; French notes that name the zones that cross a limit
        of département, kept whole, and the communes that are in none of these zones.

    Raises
    ------
    PerimeterError
        A code is no département, or no zone has most of its people there.

    Examples
    --------
    >>> from cpts_geo.sources import embedded
    >>> communes = embedded.load_communes()
    >>> len(zones_of_departements(epci_zoning(communes), ["45"], communes)[0])
    16
    """
    wanted = [departement_code(text) for text in departements]
    known = set(communes["departement"])
    if unknown := [code for code in wanted if code not in known]:
        raise PerimeterError(
            "Département inconnu.",
            defects=[Defect(quoted(code), "inconnu") for code in unknown],
            remedy="donnez des numéros de département : 45, 2A, 971.",
        )
    table = zoning.members.merge(
        communes[["code_insee", "name", "departement", "population"]], on="code_insee"
    )
    people = table.groupby(["zone", "departement"])["population"].sum().reset_index()
    people = people.sort_values(["population", "departement"], ascending=[False, True])
    home = people.drop_duplicates("zone").set_index("zone")["departement"]
    codes = sorted(home.index[home.isin(wanted)], key=lambda code: (zoning.names[code], code))
    inside = table[table["zone"].isin(codes)]
    outside = communes[
        communes["departement"].isin(wanted) & ~communes["code_insee"].isin(inside["code_insee"])
    ]
    elsewhere = outside[["code_insee", "name"]].merge(
        zoning.members[["zone", "code_insee"]], on="code_insee", how="left"
    )
    notes = [*_crossing_notes(zoning, inside), *_outside_notes(zoning, elsewhere, home)]
    if not codes:
        raise PerimeterError(
            f"{_NONE_WORDS[zoning.kind].capitalize()} n’a la plupart de ses habitants dans le "
            f"département {', '.join(wanted)}.",
            defects=notes,
            remedy=f"choisissez avec --{zoning.kind}, ou donnez une liste avec --perimeter.",
        )
    return codes, notes


def _crossing_notes(zoning: Zoning, inside: pd.DataFrame) -> list[str]:
    spread = inside.groupby("zone")["departement"].agg(lambda codes: sorted(set(codes)))
    crossing = [
        f"{_named(zoning, str(zone))}, départements {', '.join(codes)}"
        for zone, codes in spread.items()
        if len(codes) > 1
    ]
    if not crossing:
        return []
    return [f"À cheval sur plusieurs départements, sans rien y couper : {' ; '.join(crossing)}."]


def _outside_notes(zoning: Zoning, elsewhere: pd.DataFrame, home: pd.Series) -> list[str]:
    notes = [
        f"Communes d’un autre territoire, {_named(zoning, str(zone))}, dont la plupart des "
        f"habitants sont dans le département {home[str(zone)]} : {_listed(group)}."
        for zone, group in elsewhere.groupby("zone")
    ]
    nowhere = elsewhere[elsewhere["zone"].isna()]
    if len(nowhere):
        notes.append(f"Dans {_NONE_WORDS[zoning.kind]} : {_listed(nowhere)}.")
    return notes


def _listed(communes: pd.DataFrame) -> str:
    pairs = zip(communes["name"], communes["code_insee"], strict=True)
    return ", ".join(f"{name} ({code})" for name, code in pairs)


def zoning_perimeters(
    zoning: Zoning,
    codes: Sequence[str],
    communes: pd.DataFrame,
    *,
    name: str | None = None,
    notes: Sequence[str] = (),
    folder: str | None = None,
) -> Perimeters:
    """
    Make one territory of each zone.

    Parameters
    ----------
    zoning : Zoning
        The division.
    codes : sequence of str
        Codes of the zones wanted, at least one.
    communes : DataFrame
        Current communes: code_insee, name, departement.
    name : str, optional
        Name of the territory, when there is one; the zone's own by default.
    notes : sequence of str, optional
        What was adapted to find the zones.
    folder : str, optional
        Name of the set; the key of the territory when there is one, else made of the codes.

    Returns
    -------
    Perimeters
        Territories in the order of `codes`, each with all the communes of its zone.

    Examples
    --------
    >>> from cpts_geo.sources import embedded
    >>> communes = embedded.load_communes()
    >>> found = zoning_perimeters(epci_zoning(communes), ["200070183"], communes)
    >>> found.identity.index[0], len(found.members)
    ('cc_des_terres_du_val_de_loire', 25)
    """
    labels = [name] if name else [str(zoning.names[code]) for code in codes]
    keys = territory_keys(labels, codes)
    identity = pd.DataFrame(
        {
            "name": labels,
            "document": [f"{zoning.document} {code}" for code in codes],
            "perimeter": [
                " ".join(filter(None, [zoning.perimeter, zoning.remarks.get(code)]))
                for code in codes
            ],
        },
        index=pd.Index(keys, name="territory"),
    )
    rows = zoning.members[zoning.members["zone"].isin(codes)]
    rows = rows.merge(communes[["code_insee", "name", "departement"]], on="code_insee")
    territory = rows["zone"].map(dict(zip(codes, keys, strict=True)))
    rank = territory.map({key: rank for rank, key in enumerate(keys)})
    rows = rows.assign(territory=territory).iloc[rank.argsort(kind="stable")]
    audit = rows[["territory", "published", "code_insee", "name", "departement", "method"]]
    # No document spells these names: the codes of the division are what was published.
    members = rows[["territory", "code_insee", "note"]].assign(
        published="", basis=_KIND_WORDS[zoning.kind]
    )
    return Perimeters(
        identity=identity,
        members=members.reset_index(drop=True),
        audit=audit.assign(score=100.0, alternatives="").reset_index(drop=True),
        notes=tuple(notes),
        inputs=zoning.inputs,
        folder=folder or (keys[0] if len(keys) == 1 else slug(f"{zoning.kind} {' '.join(codes)}")),
    )
