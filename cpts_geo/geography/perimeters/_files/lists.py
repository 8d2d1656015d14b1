"""Lists of communes as perimeters: one territory, or those that a column or titles name."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from cpts_geo.errors import PerimeterError, one_line
from cpts_geo.foreign import Reading, decodable, shown_name, visible
from cpts_geo.french import number, signed_percent, slug
from cpts_geo.geography.perimeters._files.resolving import left_out, resolved
from cpts_geo.geography.perimeters._membership import Perimeters, territory_keys
from cpts_geo.schema import COLUMNS
from cpts_geo.sources.analyst.lists.perimeter import read_perimeter_file
from cpts_geo.sources.catalogue.catalogue import sha256_of


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
    audits = resolved(tables, communes, former=former, departements=departements)
    notes = [
        # What was left out is in the audit, which says it.
        *(
            Reading(visible(note))
            for note in read.attrs["notes"]
            if note not in read.attrs["notes_left_out"]
        ),
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
    audit = pd.concat([audit, left_out(read.attrs["left_out"], audit)], ignore_index=True)
    audit = audit.assign(file=file, sheet=read.attrs["sheet"])
    folder = keys[0] if len(keys) == 1 else slug(path.stem)
    inputs = {file: sha256_of(path)}
    return Perimeters(identity, members, audit, tuple(notes), inputs, folder=folder)


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
