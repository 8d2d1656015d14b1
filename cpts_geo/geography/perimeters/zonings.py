"""Ready perimeters: territories made of the whole zones of an official division of communes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from cpts_geo.errors import Defect, PerimeterError, quoted
from cpts_geo.french import counted
from cpts_geo.geography.naming.spelling import departement_code, normalise_name
from cpts_geo.geography.perimeters._membership import listed_communes
from cpts_geo.geography.zones.clues import Clues, clues_of
from cpts_geo.geography.zones.keys import EPT_NUMBERS
from cpts_geo.settings import COG_YEAR
from cpts_geo.sources.catalogue.catalogue import sources

_NONE_WORDS: Final = {
    "epci": "aucune intercommunalité",
    "tvs": "aucun territoire de vie-santé",
    "departement": "aucun département",
}


@dataclass(frozen=True)
class Zoning:
    """
    A division of the communes into zones, each commune in one zone at most of each level.

    Parameters
    ----------
    kind : {"epci", "tvs", "departement"}
        Which division it is; also its option in the command line.
    zones : DataFrame
        Of each zone, under its code: name (displayed), document (French words that name the source,
        followed by the code), perimeter (French sentence on its list of communes), basis (French
        words of its kind), alias (acronym that its name does not say, or empty).
    members : DataFrame
        zone (code), code_insee (current), published (codes of the source, ``" + "`` between
        those of merged communes), method (``exact`` or ``moved``), note (French, or empty).
    """

    kind: str
    zones: pd.DataFrame
    members: pd.DataFrame

    @property
    def names(self) -> pd.Series:
        """Display name of each zone, under its code."""
        return self.zones["name"]

    def named(self, code: str) -> str:
        """
        Name a zone, its code beside.

        Parameters
        ----------
        code : str
            Code of the zone.

        Returns
        -------
        str
            Display name, and the code in parentheses.
        """
        return f"{self.names[code]} ({code})"


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
    >>> from cpts_geo.sources.embedding import embedded
    >>> epci_zoning(embedded.load_communes()).names["200068278"]
    'CC Berry Loire Puisaye'
    """
    known = communes[communes["epci"].notna()]
    return Zoning(
        kind="epci",
        zones=_zones(
            known.drop_duplicates("epci").set_index("epci")["epci_name"],
            document=f"Insee/Etalab COG {COG_YEAR}, intercommunalité SIREN",
            perimeter="Intercommunalité entière.",
            basis="intercommunalité",
        ),
        members=_members(known, "epci"),
    )


def with_ept(zoning: Zoning, bodies: pd.DataFrame) -> Zoning:
    """
    Intercommunalités, and the établissements publics territoriaux of the Métropole du Grand Paris.

    Parameters
    ----------
    zoning : Zoning
        Intercommunalités, see :func:`epci_zoning`.
    bodies : DataFrame
        code_insee, ept (SIREN), ept_name.

    Returns
    -------
    Zoning
        Both: a commune of an EPT is in it, and in the Métropole too.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> both = with_ept(epci_zoning(embedded.load_communes()), embedded.load_ept())
    >>> both.names["200057875"], both.zones.at["200057875", "alias"]
    ('EPT Est Ensemble', 'T8')
    """
    names = bodies.drop_duplicates("ept").set_index("ept")["ept_name"].sort_index()
    zones = _zones(
        "EPT " + names,
        document=f"Insee/Etalab COG {COG_YEAR}, établissement public territorial (EPT) SIREN",
        perimeter="Établissement public territorial entier, de la Métropole du Grand Paris ; ce "
        "n’est pas un EPCI à fiscalité propre.",
        basis="établissement public territorial",
    )
    zones["alias"] = zones.index.map(EPT_NUMBERS)
    return replace(
        zoning,
        zones=pd.concat([zoning.zones, zones]),
        members=pd.concat([zoning.members, _members(bodies, "ept")], ignore_index=True),
    )


def clues_to(zoning: Zoning, communes: pd.DataFrame) -> Clues:
    """
    Gather what zones are known by, besides their names.

    Parameters
    ----------
    zoning : Zoning
        The zones.
    communes : DataFrame
        Communes, or places, that it divides: code_insee, name, population.

    Returns
    -------
    Clues
        Words of their names, acronyms (of intercommunalités), towns.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> communes = embedded.load_communes()
    >>> clues_to(epci_zoning(communes), communes).meant("Poher")
    (['242900744'], True)
    """
    return clues_of(
        zoning.names,
        zoning.members,
        communes=communes,
        aliases=dict(zip(zoning.zones.index, zoning.zones["alias"], strict=True)),
        initials=zoning.kind == "epci",
    )


def inner_note(zoning: Zoning, codes: Collection[str]) -> list[str]:
    """
    Say of the zones asked for that are divided into others which these are.

    Parameters
    ----------
    zoning : Zoning
        The zones.
    codes : collection of str
        Those asked for.

    Returns
    -------
    list of str
        A French note for each that is divided: the Métropole du Grand Paris.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> both = with_ept(epci_zoning(embedded.load_communes()), embedded.load_ept())
    >>> inner_note(both, ["200070183"]), len(inner_note(both, ["200054781"]))
    ([], 1)
    """
    members = zoning.members
    notes = []
    for whole in codes:
        inside = members["code_insee"][members["zone"] == whole]
        within = members[members["code_insee"].isin(inside) & (members["zone"] != whole)]
        if len(within) and within["code_insee"].nunique() < len(inside):
            parts = [
                f"--epci {code} ({zoning.names[code]})" for code in sorted(set(within["zone"]))
            ]
            notes.append(
                f"{zoning.names[whole]} réunit {counted(len(inside), 'commune', 'communes')} ; ses "
                f"établissements publics territoriaux se prennent de même : {', '.join(parts)}."
            )
    return notes


def tvs_zoning(communes: pd.DataFrame) -> Zoning:
    """
    Territoires de vie-santé of the embedded table of communes.

    Parameters
    ----------
    communes : DataFrame
        Current communes: code_insee, tvs, tvs_name (NaN for communes of no TVS).

    Returns
    -------
    Zoning
        One zone a TVS, under the code of its main commune.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> tvs_zoning(embedded.load_communes()).names["45252"]
    'TVS Pithiviers'
    """
    source = sources()["drees_tvs_2019"]
    known = communes[communes["tvs"].notna()]
    return Zoning(
        kind="tvs",
        zones=_zones(
            "TVS " + known.drop_duplicates("tvs").set_index("tvs")["tvs_name"].sort_index(),
            document=f"{source.attribution}, TVS",
            perimeter=f"Territoire de vie-santé entier : composition de {source.vintage}, communes "
            f"du COG {COG_YEAR} ; une commune née depuis d’une fusion suit son chef-lieu.",
            basis="territoire de vie-santé",
        ),
        members=_members(known, "tvs"),
    )


def departement_zoning(communes: pd.DataFrame) -> Zoning:
    """
    Départements of the embedded table of communes.

    Parameters
    ----------
    communes : DataFrame
        Current communes: code_insee, departement, departement_name.

    Returns
    -------
    Zoning
        One zone a département, under its code.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> departement_zoning(embedded.load_communes()).names["2A"]
    'Corse-du-Sud'
    """
    known = communes.drop_duplicates("departement").set_index("departement")["departement_name"]
    return Zoning(
        kind="departement",
        zones=_zones(
            known.sort_index(),
            document=f"Insee, COG {COG_YEAR}, département",
            perimeter="Département entier.",
            basis="département",
        ),
        members=_members(communes, "departement"),
    )


def _zones(names: pd.Series, *, document: str, perimeter: str, basis: str) -> pd.DataFrame:
    """Zones of one kind under their codes, described alike."""
    return pd.DataFrame(
        {"name": names, "document": document, "perimeter": perimeter, "basis": basis, "alias": ""}
    )


def _members(known: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Communes of each zone, as their table has them."""
    codes = known["code_insee"].reset_index(drop=True)
    zones = known[kind].reset_index(drop=True)
    return pd.DataFrame(
        {"zone": zones, "code_insee": codes, "published": codes, "method": "exact", "note": ""}
    )


#: By its option in the command line.
ZONINGS: Final = {"epci": epci_zoning, "tvs": tvs_zoning, "departement": departement_zoning}


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
        Codes or names as written: ``"45"``, ``"2a"``, ``"Loiret"``.
    communes : DataFrame
        Current communes: code_insee, name, departement, departement_name, population.

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
    >>> from cpts_geo.sources.embedding import embedded
    >>> communes = embedded.load_communes()
    >>> len(zones_of_departements(epci_zoning(communes), ["45"], communes)[0])
    16
    """
    areas = communes.drop_duplicates("departement")
    named = dict(
        zip(areas["departement_name"].map(normalise_name), areas["departement"], strict=True)
    )
    wanted = [named.get(normalise_name(text), departement_code(text)) for text in departements]
    known = set(communes["departement"].unique())
    if unknown := [code for code in wanted if code not in known]:
        raise PerimeterError(
            "Département inconnu.",
            defects=[Defect(quoted(code), "inconnu") for code in unknown],
            remedy="donnez des numéros ou des noms de département : 45, 2A, Loiret.",
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


def every_zone(zoning: Zoning, communes: pd.DataFrame) -> tuple[list[str], list[str]]:
    """
    Give all the zones of a division.

    Parameters
    ----------
    zoning : Zoning
        The division.
    communes : DataFrame
        Current communes: code_insee, name.

    Returns
    -------
    tuple of list of str and list of str
        Codes in the order of their names; a French note on the communes that are in none.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> communes = embedded.load_communes()
    >>> len(every_zone(epci_zoning(communes), communes)[0])
    1255
    """
    held = zoning.members["code_insee"]
    codes = sorted(zoning.members["zone"].unique(), key=lambda code: (zoning.names[code], code))
    nowhere = communes.loc[~communes["code_insee"].isin(held), ["code_insee", "name"]]
    return codes, _nowhere_note(zoning, nowhere)


def _crossing_notes(zoning: Zoning, inside: pd.DataFrame) -> list[str]:
    """French note on the zones that cross a limit of département."""
    spread = inside.groupby("zone")["departement"].agg(lambda codes: sorted(set(codes)))
    crossing = [
        f"{zoning.named(str(zone))}, départements {', '.join(codes)}"
        for zone, codes in spread.items()
        if len(codes) > 1
    ]
    if not crossing:
        return []
    return [f"À cheval sur plusieurs départements, sans rien y couper : {' ; '.join(crossing)}."]


def _outside_notes(zoning: Zoning, elsewhere: pd.DataFrame, home: pd.Series) -> list[str]:
    """French notes on the communes of the départements that no zone chosen holds."""
    notes = [
        f"Communes d’un autre territoire, {zoning.named(str(zone))}, dont la plupart des "
        f"habitants sont dans le département {home[str(zone)]} : {listed_communes(group)}."
        for zone, group in elsewhere.groupby("zone")
    ]
    return [*notes, *_nowhere_note(zoning, elsewhere[elsewhere["zone"].isna()])]


def _nowhere_note(zoning: Zoning, nowhere: pd.DataFrame) -> list[str]:
    """French note on communes that are in no zone."""
    if nowhere.empty:
        return []
    return [f"Dans {_NONE_WORDS[zoning.kind]} : {listed_communes(nowhere)}."]
