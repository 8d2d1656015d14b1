"""The command that writes a table to fill: empty, or a whole example that is marked invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cpts_geo.cli._options import on_perimeters, path_option
from cpts_geo.cli._terminal import echo

if TYPE_CHECKING:
    import pandas as pd

    from cpts_geo.analysis import Options
    from cpts_geo.geography.perimeters.request import Request


class _Table(StrEnum):
    """Tables to fill, as an analyst types them."""

    ACCES_MT = "acces-mt"
    PASSAGES = "passages"
    ZONAGE = "zonage"
    SAS = "sas"
    ACI = "aci"


@on_perimeters
def template(
    request: Request,
    options: Options,
    say: Callable[[str], None],
    table: Annotated[
        _Table,
        typer.Argument(
            metavar="TABLEAU",
            help="acces-mt (sans médecin traitant), passages (aux urgences), zonage (ZIP et ZAC, "
            "FRR, QPV), sas, ou aci (indicateurs du dialogue de gestion).",
        ),
    ],
    out: Annotated[
        Path | None, path_option("Fichier à écrire ; TABLEAU.csv dans le dossier courant.")
    ] = None,
    example: Annotated[
        bool,
        typer.Option("--example", help="Rempli de chiffres inventés, marqués comme tels."),
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Remplacer le fichier s’il existe déjà.")
    ] = False,
) -> None:
    """Écrire un tableau à remplir."""
    # Imported here so that --help answers at once.
    from cpts_geo.errors import AskedError, OutputError  # noqa: PLC0415
    from cpts_geo.files import write_french_csv  # noqa: PLC0415
    from cpts_geo.foreign import shown_path  # noqa: PLC0415
    from cpts_geo.indicators.filled.blank import blank_table  # noqa: PLC0415
    from cpts_geo.sources.analyst.aci.template import aci_template  # noqa: PLC0415

    path = out or Path(f"{table.value.replace('-', '_')}.csv")
    if path.exists() and not replace:
        raise OutputError(
            f"« {shown_path(path)} » existe déjà, et peut être rempli : il n’est pas remplacé.",
            remedy="choisissez un autre nom avec --out, ou ajoutez --replace.",
        )
    named = bool(request.territories) or not request.published
    if example and not named:
        raise AskedError(
            "Un exemple se remplit pour un territoire, et aucun n’est nommé.",
            remedy=f"nommez-en un : cpts-geo template {table.value} beauce_gatinais --example.",
        )
    areas, members = _areas(request, fetched=options.fetched) if named else ([], None)
    if table is _Table.ACI:
        keys = [""] if members is None else [str(key) for key in members["territory"].unique()]
        heads, rows = aci_template(keys, example_year=date.today().year if example else None)
    else:
        heads, rows = blank_table(table.value, areas=areas, members=members, example=example)
    write_french_csv(heads, rows, path)
    echo(f"Tableau à remplir : {path.resolve()}")


def _areas(request: Request, *, fetched: bool) -> tuple[list[pd.DataFrame], pd.DataFrame]:
    """Areas and communes of the territories asked for, as a run finds them."""
    from cpts_geo.geography.cog.former import former_communes  # noqa: PLC0415
    from cpts_geo.geography.perimeters.partition import places_of  # noqa: PLC0415
    from cpts_geo.geography.perimeters.request import find_perimeters  # noqa: PLC0415
    from cpts_geo.indicators.filled.areas import areas_of  # noqa: PLC0415
    from cpts_geo.sources.embedding import embedded  # noqa: PLC0415

    whole, arrondissements = embedded.load_communes(), embedded.load_arrondissements()
    found = find_perimeters(
        request, whole, former=former_communes(whole, fetched=fetched),
        arrondissements=arrondissements, fetched=fetched,
    )  # fmt: skip
    national = places_of(whole, arrondissements, found.members["code_insee"])
    columns = ["territory", "code_insee"]
    members = found.members[columns].merge(national, on="code_insee", validate="m:1")
    names = found.identity["name"]
    members["territory_name"] = members["territory"].map(names)
    areas = [
        areas_of(members[members["territory"] == key], name=str(name), communes=whole)
        for key, name in names.items()
    ]
    return areas, members
