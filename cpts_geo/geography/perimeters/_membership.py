"""Which communes make a territory: the published lists, or an analyst's own file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import pandas as pd

from cpts_geo.errors import DataFileError, Defect, PerimeterError, one_line
from cpts_geo.french import slug
from cpts_geo.geography.naming.codes import resolve_table
from cpts_geo.geography.naming.names import resolve
from cpts_geo.geography.naming.spelling import normalise_name
from cpts_geo.sources.embedding import embedded

#: Columns of the table of border communes, cut by the limit of a polygon.
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

    def only(self, key: str) -> Perimeters:
        """
        Give one of the territories, as if it had been asked for alone; the notes are of the set.

        Parameters
        ----------
        key : str
            Key of the territory.

        Returns
        -------
        Perimeters
            A copy of its rows.
        """
        members, audit, border = (
            table[table["territory"] == key].reset_index(drop=True)
            for table in (self.members, self.audit, self.border)
        )
        return replace(
            self,
            identity=self.identity.loc[[key]],
            members=members,
            audit=audit,
            border=border,
            notes=(),
            published=tuple(name for name in self.published if name == key),
        )


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
