"""Which communes make a territory: the published lists, or an analyst's own file."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pandas as pd

from cpts_geo.errors import DataFileError, Defect, PerimeterError, one_line
from cpts_geo.foreign import decodable, shown_name, visible
from cpts_geo.french import number, signed_percent, slug
from cpts_geo.schema import COLUMNS
from cpts_geo.sources.analyst.lists.perimeter import read_perimeter_file
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.sources.embedding import embedded
from cpts_geo.territories.naming.codes import resolve_table
from cpts_geo.territories.naming.names import LEFT_OUT, resolve
from cpts_geo.territories.naming.spelling import normalise_name

#: Columns of the table of border communes; see :mod:`cpts_geo.territories.perimeters._polygons`.
BORDER_COLUMNS: Final = (
    "territory",
    "code_insee",
    "name",
    "kept",
    "area_share",
    "population",
    "population_inside",
    "population_inside_status",
    "weight",
)
#: The page of the index, and codes of départements and of France.
_RESERVED_KEY: Final = re.compile(r"index|fr|\d{1,3}|2[ab]")


@dataclass(frozen=True)
class Perimeters:
    """
    Communes of the territories to analyse, and how each was recognised.

    Parameters
    ----------
    identity : DataFrame
        Indexed by territory: name, document, perimeter (French sentence on the list).
    members : DataFrame
        territory, published, code_insee, basis, note.
    audit : DataFrame
        territory, published, code_insee, name, departement, method, score, alternatives, and for a
        list of a file: file, sheet, line (``"3 + 6"`` where several lines name one commune); a line
        that was left out has no code, the method ``left_out`` and why in alternatives.
    notes : tuple of str
        What was adapted to find the communes, in French; what concerns one territory is in its
        sentence of `identity`.
    inputs : dict of str to str
        SHA-256 of the file the communes come from, by file name.
    border : DataFrame
        Columns of :data:`BORDER_COLUMNS`, one row a commune that the limit of a polygon cuts;
        empty where no polygon was given.
    folder : str
        Name of the set of territories, fit for a folder; empty for the five CPTS.
    published : tuple of str
        Territories that are among the five CPTS, whose scenario, facts and centres are theirs.
    """

    identity: pd.DataFrame
    members: pd.DataFrame
    audit: pd.DataFrame
    notes: tuple[str, ...] = ()
    inputs: dict[str, str] = field(default_factory=dict)
    border: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=BORDER_COLUMNS))
    folder: str = ""
    published: tuple[str, ...] = ()


def territory_keys(names: Sequence[str], codes: Sequence[str]) -> list[str]:
    """
    Key of each territory: its name made fit for a file, its code added where that is not enough.
    """
    made_of = [slug(name) for name in names]
    slugs = [f"territoire_{key}" if _RESERVED_KEY.fullmatch(key) else key for key in made_of]
    keys: list[str] = []
    for made, code in zip(slugs, codes, strict=True):
        enough = slugs.count(made) <= 1
        key = made if enough else f"{made}_{slug(code)}"
        while key in keys:
            key += "_2"
        keys.append(key)
    return keys


def listed_communes(communes: pd.DataFrame) -> str:
    """Names of communes, each with its code in parentheses, joined by commas."""
    pairs = zip(communes["name"], communes["code_insee"], strict=True)
    return ", ".join(f"{name} ({code})" for name, code in pairs)


def published_perimeters(
    territories: Sequence[str], communes: pd.DataFrame, *, former: pd.DataFrame
) -> Perimeters:
    """Lists of the five CPTS (all without any key), resolved again as published and checked."""
    identity = embedded.load_territories().set_index("territory")
    unknown = [key for key in territories if key not in identity.index]
    if unknown:
        raise PerimeterError(
            "Territoire inconnu.",
            defects=[Defect(f"« {one_line(key)} »", "inconnu") for key in unknown],
            remedy=f"choisissez parmi : {', '.join(identity.index)} ; "
            "ou donnez le nom d’une CPTS avec --cpts, ou votre liste avec --perimeter.",
        )
    identity = identity.loc[list(dict.fromkeys(territories)) or identity.index]
    members = embedded.load_perimeters()
    members = members[members["territory"].isin(identity.index)]
    whole = members.groupby("territory").agg(name=("cpts", "first"), grade=("grade", "max"))
    identity = identity.assign(
        name=whole["name"],
        document=identity["document"] + " (périmètre : confiance " + whole["grade"] + ")",
    )
    audits = []
    for key, group in members.groupby("territory", sort=False):
        listed = group[group["published"] != ""]
        choices = dict(zip(listed["published"], listed["code_insee"], strict=True))
        departements = str(identity.at[str(key), "departements"]).split()
        # The stored codes are checked below: looking inside these départements is enough.
        near = communes[communes["departement"].isin(departements)]
        past = former[former["code_insee"].isin(near["code_insee"])]
        # Only a name that several of these communes bear needs the stored choice.
        borne = near["name"].map(normalise_name)
        homonyms = set(borne[borne.duplicated()])
        ambiguous = {p: c for p, c in choices.items() if normalise_name(p) in homonyms}
        parts = []
        if len(listed):
            named = resolve(
                list(listed["published"]),
                near,
                former=past,
                departements=departements,
                choices=ambiguous,
            )
            _check_stored(named, choices)
            parts.append(named)
        rest = group[group["published"] == ""]
        if len(rest):
            parts.append(resolve_codes(rest, near, former=past))
        audits.append(pd.concat(parts, ignore_index=True).assign(territory=key))
    audit = pd.concat(audits, ignore_index=True)
    return Perimeters(
        identity=identity,
        members=members.reset_index(drop=True),
        audit=audit,
        published=tuple(identity.index),
    )


def resolve_codes(
    listed: pd.DataFrame, communes: pd.DataFrame, *, former: pd.DataFrame
) -> pd.DataFrame:
    """Audit of a list of codes (code_insee), which the names beside (name) must not contradict."""
    codes = listed[["code_insee", "name"]].rename(columns={"code_insee": "code"})
    codes = codes.assign(line=range(1, len(codes) + 1))
    return resolve_table(codes, communes, former=former)


def _check_stored(named: pd.DataFrame, choices: dict[str, str]) -> None:
    """Refuse stored codes that contradict the published names."""
    stored = named["published"].map(choices)
    wrong = named[stored != named["code_insee"]]
    if not wrong.empty:
        raise DataFileError(
            "La liste des communes d’un CPTS contredit ses noms publiés.",
            defects=[f"{row.published} : {row.code_insee} attendu" for row in wrong.itertuples()],
            remedy="corrigez data/cpts/perimeters.csv.",
        )


def file_perimeter(
    path: Path,
    communes: pd.DataFrame,
    *,
    former: pd.DataFrame,
    name: str | None = None,
    departements: Collection[str] | None = None,
    sheet: str | None = None,
    only: Collection[str] = (),
) -> Perimeters:
    """The communes and arrondissements of an analyst's CSV or XLSX, as one territory or as those
    that the list names, their keys made of their names."""
    read = read_perimeter_file(path, sheet=sheet, only=only)
    file = shown_name(path.name)
    if "territory" in read:
        tables = {str(label): rows for label, rows in read.groupby("territory", sort=False)}
    else:
        tables = {decodable(path.stem): read}
    labels = list(tables)
    if name:
        if len(labels) > 1:
            raise PerimeterError(
                f"--name nomme un seul territoire, et {file} en liste {len(labels)}.",
                defects=[f"« {one_line(label)} »" for label in labels],
                remedy="retirez --name, ou choisissez un territoire avec --only.",
            )
        labels = [name]
    keys = territory_keys(labels, [str(rank) for rank in range(1, len(labels) + 1)])
    audits = _resolved(tables, communes, former=former, departements=departements)
    notes = [
        *map(visible, read.attrs["notes"]),
        *(note for audit in audits for note in audit.attrs.get("notes", ())),
        *_population_note(read, pd.concat(audits), communes),
    ]
    listed = [each.assign(territory=key) for key, each in zip(keys, audits, strict=True)]
    audit = pd.concat(listed, ignore_index=True)
    identity = pd.DataFrame(
        {
            "name": labels,
            "document": [f"liste de communes fournie : {file}"] * len(keys),
            "perimeter": ["Périmètre fourni par l’utilisateur."] * len(keys),
        },
        index=pd.Index(keys, name="territory"),
    )
    members = audit[["published", "code_insee", "territory"]].assign(basis="fichier", note="")
    audit = pd.concat([audit, _left_out(read.attrs["left_out"], audit)], ignore_index=True)
    audit = audit.assign(file=file, sheet=read.attrs["sheet"])
    folder = keys[0] if len(keys) == 1 else slug(path.stem)
    inputs = {file: sha256_of(path)}
    return Perimeters(identity, members, audit, tuple(notes), inputs, folder=folder)


def _left_out(lines: Sequence[tuple[int, str, str]], audit: pd.DataFrame) -> pd.DataFrame:
    """Rows of the audit for what was left out, each with the territory of the line before it."""
    starts = [int(line.split(" + ")[0]) for line in audit["line"]]
    order = sorted(zip(starts, audit["territory"], strict=True))
    rows = []
    for line, text, why in lines:
        before = [territory for start, territory in order if start <= line]
        rows.append(
            {
                "territory": before[-1] if before else order[0][1],
                "published": text,
                "code_insee": "",
                "name": "",
                "departement": "",
                "method": LEFT_OUT,
                "alternatives": why,
                "line": str(line),
            }
        )
    return pd.DataFrame(rows, columns=[*audit.columns])


def _resolved(
    tables: Mapping[str, pd.DataFrame],
    communes: pd.DataFrame,
    *,
    former: pd.DataFrame,
    departements: Collection[str] | None,
) -> list[pd.DataFrame]:
    """Audit of the list of each territory, or one refusal of all that is wrong in them."""
    audits: list[pd.DataFrame] = []
    refused: list[PerimeterError] = []
    postal, outside = embedded.load_postal_codes(), embedded.load_outside_communes()
    for table in tables.values():
        # A population only checks the list, and names no commune.
        rows = table.drop(columns=["population", "territory"], errors="ignore")
        try:
            audits.append(
                resolve_table(
                    rows, communes, former=former, departements=departements,
                    postal=postal, outside=outside,
                )
            )  # fmt: skip
        except PerimeterError as error:
            refused.append(error)
    if len(refused) == 1:
        raise refused[0]
    if refused:
        raise type(refused[0])(
            f"Les listes de {len(refused)} territoires ne peuvent pas être utilisées telles "
            "quelles.",
            defects=[defect for error in refused for defect in error.defects],
            remedy=" ".join(dict.fromkeys(error.remedy for error in refused)),
        )
    return audits


def _population_note(table: pd.DataFrame, audit: pd.DataFrame, communes: pd.DataFrame) -> list[str]:
    """Say what a population column of the analyst's file amounts to, since it is not used."""
    if "population" not in table:
        return []
    given = float(table["population"].sum())
    known = communes["population"][communes["code_insee"].isin(audit["code_insee"])].sum()
    # A sum that lacks communes compares with nothing.
    whole = given > 0 and bool(table["population"].notna().all())
    gap = f", soit {signed_percent(100 * (known / given - 1))}" if whole else ""
    return [
        f"Colonne « population » de votre fichier : {number(given)} habitants en tout. Les "
        f"calculs prennent la population municipale {COLUMNS['population'].vintage} de l’Insee : "
        f"{number(known)}{gap}."
    ]
