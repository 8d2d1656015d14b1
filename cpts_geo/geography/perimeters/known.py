"""CPTS by name: those whose perimeter is known, in the embedded table or a layer that was fetched.

A name that several perimeters bear is asked for, never guessed: two sources may draw one CPTS
otherwise, and two CPTS may bear one name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from cpts_geo.errors import CptsGeoError, DataFileError, alike
from cpts_geo.french import counted, day, joined, slug
from cpts_geo.geography.cog.events import current_codes
from cpts_geo.geography.perimeters._files.polygons import drawn_perimeters
from cpts_geo.geography.perimeters._membership import (
    Perimeters,
    published_perimeters,
    resolve_codes,
    territory_keys,
)
from cpts_geo.geography.zones.finding import find_zones
from cpts_geo.geography.zones.keys import cpts_key
from cpts_geo.schema import STATUS_MARKS, Status
from cpts_geo.settings import lock_path
from cpts_geo.sources.catalogue.catalogue import Source, sources
from cpts_geo.sources.catalogue.lock import Locked, read_lock
from cpts_geo.sources.embedding import embedded

#: Reader of the layers of perimeters that are fetched.
_LAYERS: Final = "cpts_perimeters"
_COMPLETE: Final = "oui"
#: No event of the COG is older: lists may hold codes of several COG.
_ANY_COG: Final = 1943
_REMEDY: Final = (
    "donnez un nom, ou ce qui suit « --cpts » entre parenthèses ; --partial prend une liste "
    "incomplète telle quelle ; « cpts-geo data fetch ign_cpts » apporte les périmètres de l’IGN, "
    "et --perimeter prend votre liste."
)


def perimeter_rows(
    listed: pd.DataFrame, source: Source, communes: pd.DataFrame, *, date: str
) -> pd.DataFrame:
    """
    Bring a list of the communes of CPTS to the communes of today, as the table of perimeters.

    Parameters
    ----------
    listed : DataFrame
        cpts, code_insee (of any COG), liste_complete, remarque.
    source : Source
        Where it comes from.
    communes : DataFrame
        Current communes: code_insee, name.
    date : str
        Date of the list, ISO.

    Returns
    -------
    DataFrame
        Columns of :func:`cpts_geo.sources.embedding.embedded.load_perimeters`, by territory and
        code; former communes that are one today make one row.

    Raises
    ------
    DataFileError
        Nothing tells what became of a code; every one is listed.

    Examples
    --------
    >>> listed = pd.DataFrame({"cpts": "CPTS Ici", "code_insee": ["05139", "05024", "05088"],
    ...                        "liste_complete": "oui", "remarque": ""})
    >>> source, communes = sources()["ars_paca_cpts"], embedded.load_communes()
    >>> rows = perimeter_rows(listed, source, communes, date="2026-01")
    >>> rows[["territory", "published", "code_insee"]].to_numpy().tolist()
    [['ici', '05024 + 05088', '05024'], ['ici', '05139', '05139']]
    """
    written = listed["code_insee"]
    today = written.isin(communes["code_insee"])
    codes = written.where(today, current_codes(written, from_vintage=_ANY_COG))
    lost = listed[codes.isna()]
    if len(lost):
        pairs = zip(lost["code_insee"], lost["cpts"], strict=True)
        lines = (f"code {code} ({name})" for code, name in pairs)
        raise DataFileError(
            f"Des codes n’ont pas de commune d’aujourd’hui ({source.attribution}).",
            defects=alike(lines, "code sans commune d’aujourd’hui", total=len(lost)),
            remedy="vérifiez ces codes dans le fichier d’origine.",
        )
    rows = listed.assign(
        territory=listed["cpts"].map(lambda name: slug(cpts_key(name))),
        published=written,
        code_insee=codes,
        # A list that is incomplete in one row is incomplete: « non » comes before « oui ».
        liste_complete=listed.groupby("cpts")["liste_complete"].transform("min"),
    ).sort_values(["territory", "code_insee", "published"], kind="stable")
    of_one = rows.groupby(["territory", "cpts", "liste_complete", "code_insee"], sort=False)
    table = of_one.agg(published=("published", " + ".join), remarque=("remarque", "min"))
    table = table.reset_index().assign(
        source=source.key, date=date, grade=source.grade, basis="liste publiée", note=""
    )
    table["name"] = table["code_insee"].map(communes.set_index("code_insee")["name"])
    return table[
        ["territory", "cpts", "liste_complete", "source", "date", "grade", "basis", "published",
         "code_insee", "name", "note", "remarque"]
    ]  # fmt: skip


@dataclass(frozen=True)
class KnownCpts:
    """
    Perimeters of CPTS whose name is known; the communes of one are found when it is asked for.

    Parameters
    ----------
    names : Series of str
        Name of each, by code: key of its source, and of its name.
    listed : dict of str to DataFrame
        Rows of the embedded table, by code.
    fetched : dict of str to GeoDataFrame
        Rows of a fetched layer, by code.
    unusable : dict of str to str
        Why a perimeter cannot be taken, by code.
    communes, arrondissements, former : GeoDataFrame, GeoDataFrame, DataFrame
        Current communes, arrondissements of Paris, Lyon and Marseille, former communes.
    kind : str
        Its option in the command line.
    """

    names: pd.Series
    listed: dict[str, pd.DataFrame]
    fetched: dict[str, gpd.GeoDataFrame]
    unusable: dict[str, str]
    communes: gpd.GeoDataFrame
    arrondissements: gpd.GeoDataFrame
    former: pd.DataFrame
    kind: str = "cpts"

    def named(self, code: str) -> str:
        """
        Name a perimeter, with what tells it from its namesakes.

        Parameters
        ----------
        code : str
            Its code.

        Returns
        -------
        str
            Name; document, départements, number of communes and how to ask for it in parentheses.
        """
        try:
            found = self.found(code)
        except CptsGeoError:
            # It is one of several: what is wrong with it is said when it is asked for.
            return f"{self.names[code]} (aucune commune sûre ; --cpts {code})"
        departements = sorted(set(found.audit["departement"]))
        shown = [
            found.identity["document"].iloc[0],
            f"département{'s' if len(departements) > 1 else ''} {joined(departements)}",
            counted(len(found.members), "commune", "communes"),
        ]
        return f"{self.names[code]} ({', '.join(shown)} ; --cpts {code})"

    def found(self, code: str) -> Perimeters:
        """
        Find the communes of a perimeter.

        Parameters
        ----------
        code : str
            Its code.

        Returns
        -------
        Perimeters
            Of one territory.

        Raises
        ------
        CptsGeoError
            Its communes cannot be told.
        """
        source = sources()[code.partition(":")[0]]
        if source.key == embedded.WRITTEN:
            key = code.partition(":")[2]
            return published_perimeters([key], self.communes, former=self.former)
        found = self._of_list(self.listed[code]) if code in self.listed else self._fetched(code)
        trust = f" À vérifier : {source.trust}." if source.trust else ""
        return replace(
            found,
            identity=found.identity.assign(perimeter=found.identity["perimeter"] + trust),
        )

    @property
    def _places(self) -> pd.DataFrame:
        """Communes and arrondissements, which a list may name."""
        places: pd.DataFrame = pd.concat([self.communes, self.arrondissements])
        return places

    def _fetched(self, code: str) -> Perimeters:
        """Communes of a CPTS of a fetched layer, which lists or draws them."""
        layer = self.fetched[code]
        source = sources()[code.partition(":")[0]]
        entry = read_lock(lock_path())[source.key]
        if layer["code_insee"].notna().all():
            whole = layer.assign(liste_complete=_COMPLETE, remarque="")
            date = entry.vintage or entry.fetched
            found = self._of_list(perimeter_rows(whole, source, self._places, date=date))
        else:
            found = drawn_perimeters(
                {slug(cpts_key(self.names[code])): layer.geometry.iloc[0]},
                self.communes,
                labels=[self.names[code]],
                documents=[_fetched_document(source, entry)],
                arrondissements=self.arrondissements,
            )
        said = layer["status"].dropna().unique()
        status = f" Statut dans la source : {joined(list(said))}." if len(said) else ""
        return replace(
            found,
            identity=found.identity.assign(perimeter=found.identity["perimeter"] + status),
            inputs={entry.file: entry.sha256},
        )

    def _of_list(self, rows: pd.DataFrame) -> Perimeters:
        """Communes of a list of codes, those that a remark doubts left out."""
        kept = rows[rows["remarque"] == ""]
        # Looking among these codes alone is enough: names beside are checked.
        places = self._places
        here = places["code_insee"].isin(kept["code_insee"])
        audit = resolve_codes(kept, places[here], former=self.former.iloc[:0])
        published = audit["code_insee"].map(kept.set_index("code_insee")["published"])
        [key] = rows["territory"].unique()
        method = np.where(published != audit["code_insee"], "moved", audit["method"])
        audit = audit.assign(territory=key, published=published, method=method)
        first = rows.iloc[0]
        source = sources()[first["source"]]
        identity = pd.DataFrame(
            {
                "name": [first["cpts"]],
                "document": [
                    f"{source.attribution}, {day(first['date'])} "
                    f"(périmètre : confiance {first['grade']})"
                ],
                "perimeter": [_list_sentence(rows)],
            },
            index=pd.Index([key], name="territory"),
        )
        return Perimeters(identity, kept.reset_index(drop=True), audit)


def _list_sentence(rows: pd.DataFrame) -> str:
    """What to know of a list: whole or not, rows left out; older codes stand in the audit."""
    left = rows[rows["remarque"] != ""]
    count = counted(len(rows) - len(left), "commune", "communes")
    complete, missing = _complete(rows)
    doubts = f" Sans {_doubts(left)}." if len(left) else ""
    if complete:
        return f"Liste entière, {count}.{doubts}"
    return (
        f"Périmètre partiel : la liste des communes est incomplète{missing}, et tout ce qui suit "
        f"ne porte que sur {count}.{doubts}"
    )


def _complete(rows: pd.DataFrame) -> tuple[bool, str]:
    """Whether a list is whole, and what is missing of it, in parentheses."""
    said, _, missing = rows["liste_complete"].iloc[0].partition(" : ")
    return said == _COMPLETE, f" ({missing})" if missing else ""


def _doubts(left: pd.DataFrame) -> str:
    """Communes that a remark of the list doubts, each with it."""
    doubts = zip(left["name"], left["code_insee"], left["remarque"], strict=True)
    return " ; ".join(f"{name} ({code}), {remark}" for name, code, remark in doubts)


def _fetched_document(source: Source, entry: Locked) -> str:
    """Words on a layer that draws perimeters: its communes are estimated."""
    mark = STATUS_MARKS[Status.ESTIMATED]
    vintage = entry.vintage or source.vintage
    return (
        f"{source.attribution}, {vintage}, téléchargé le {day(entry.fetched)} (périmètre : "
        f"confiance {source.grade}, communes {mark} estimées d’après le polygone)"
    )


def known_cpts(
    communes: gpd.GeoDataFrame,
    *,
    arrondissements: gpd.GeoDataFrame,
    former: pd.DataFrame,
    partial: bool,
    fetched: bool,
) -> KnownCpts:
    """
    Gather the CPTS that can be asked for by name.

    Parameters
    ----------
    communes, arrondissements, former : GeoDataFrame, GeoDataFrame, DataFrame
        Current communes, arrondissements of Paris, Lyon and Marseille, former communes.
    partial : bool
        Whether a list that is known to be incomplete may be used.
    fetched : bool
        Whether the layers that were fetched are looked at, besides the embedded table.

    Returns
    -------
    KnownCpts
        Those of the table, then those of the layers in the order of the catalogue.

    Raises
    ------
    DataFileError, TableError
        The table, or a layer that was fetched, cannot be read.

    Examples
    --------
    >>> known = known_cpts(
    ...     embedded.load_communes(),
    ...     arrondissements=embedded.load_arrondissements(),
    ...     former=embedded.load_former_communes(),
    ...     partial=False,
    ...     fetched=False,
    ... )
    >>> known.names["ars_paca_cpts:verdon"]
    'CPTS du Verdon'
    """
    table = embedded.load_perimeters()
    listed = {
        f"{source}:{territory}": rows
        for (source, territory), rows in table.groupby(["source", "territory"], sort=False)
    }
    names = {code: str(rows["cpts"].iloc[0]) for code, rows in listed.items()}
    unusable = {code: _why_unusable(rows, partial=partial) for code, rows in listed.items()}
    layers: dict[str, gpd.GeoDataFrame] = {}
    for key in (key for key, source in sources().items() if source.reader == _LAYERS):
        layers |= _of_layer(key) if fetched else {}
    names |= {code: str(rows["cpts"].iloc[0]) for code, rows in layers.items()}
    return KnownCpts(
        names=pd.Series(names),
        listed=listed,
        fetched=layers,
        unusable={code: why for code, why in unusable.items() if why},
        communes=communes,
        arrondissements=arrondissements,
        former=former,
    )


def _of_layer(key: str) -> dict[str, gpd.GeoDataFrame]:
    """Rows of a layer that was fetched, by code: those of one name where they are communes."""
    # Only a run on CPTS by name needs what reads the fetched sources.
    from cpts_geo.sources.fetching.parsed import available, load_source  # noqa: PLC0415

    if not available(key):
        return {}
    layer = load_source(key)
    by_commune = bool(layer["code_insee"].notna().all())
    parts = layer.groupby("cpts", sort=False) if by_commune else layer.groupby(level=0)
    each = [rows for _, rows in parts]
    names = [cpts_key(str(rows["cpts"].iloc[0])) for rows in each]
    keys = territory_keys(names, [str(rank) for rank in range(1, len(each) + 1)])
    return {f"{key}:{name}": rows for name, rows in zip(keys, each, strict=True)}


def _why_unusable(rows: pd.DataFrame, *, partial: bool) -> str:
    """French words on a list that is not to be used; empty for one that is."""
    left = rows[rows["remarque"] != ""]
    complete, missing = _complete(rows)
    doubts = f" ; sans {_doubts(left)}" if len(left) else ""
    if len(left) == len(rows):
        return f"liste incomplète{missing}, sans aucune commune sûre{doubts}"
    if complete or partial:
        return ""
    known = counted(len(rows) - len(left), "commune connue", "communes connues")
    return f"liste incomplète{missing} : {known}{doubts}"


def find_cpts(asked: Sequence[str], known: KnownCpts) -> Perimeters:
    """
    Find the perimeters of CPTS by their names.

    Parameters
    ----------
    asked : sequence of str
        Names, or codes of :class:`KnownCpts`.
    known : KnownCpts
        Those that can be asked for.

    Returns
    -------
    Perimeters
        One territory a CPTS, each once.

    Raises
    ------
    PerimeterError
        A name is unknown (those near are shown), borne by several (each is shown with how to ask
        for it), or its list cannot be used; every one is listed.

    Examples
    --------
    >>> known = known_cpts(
    ...     embedded.load_communes(),
    ...     arrondissements=embedded.load_arrondissements(),
    ...     former=embedded.load_former_communes(),
    ...     partial=False,
    ...     fetched=False,
    ... )
    >>> found = find_cpts(["alpes bleone durance"], known)
    >>> len(found.members), found.folder
    (44, 'alpes_bleone_durance')
    """
    codes, told = find_zones(known, asked, keys=[cpts_key], unusable=known.unusable, remedy=_REMEDY)
    parts = [known.found(code) for code in codes]
    taken = {key for part in parts for key in part.published}
    each = []
    for code, part in zip(codes, parts, strict=True):
        [key] = part.identity.index
        if not part.published:
            # The key of one of the five is kept for it.
            key = key if key not in taken else f"{key}_{slug(code)}"
            taken.add(key)
        each.append(_under(part, key))
    keys = [str(part.identity.index[0]) for part in each]
    return Perimeters(
        identity=pd.concat([part.identity for part in each]),
        members=pd.concat([part.members for part in each], ignore_index=True),
        audit=pd.concat([part.audit for part in each], ignore_index=True),
        notes=tuple(dict.fromkeys([*told, *(note for part in each for note in part.notes)])),
        inputs={name: sha for part in each for name, sha in part.inputs.items()},
        border=pd.concat([part.border for part in each], ignore_index=True),
        folder=keys[0] if len(keys) == 1 else slug(f"cpts {' '.join(keys)}"),
        published=tuple(key for part in each for key in part.published),
    )


def _under(part: Perimeters, key: str) -> Perimeters:
    """One territory under another key."""
    return replace(
        part,
        identity=part.identity.set_axis(pd.Index([key], name="territory")),
        members=part.members.assign(territory=key),
        audit=part.audit.assign(territory=key),
        border=part.border.assign(territory=key),
    )
