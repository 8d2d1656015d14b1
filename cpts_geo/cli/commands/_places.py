"""The command that finds places: communes, zones, CPTS, départements, and how to ask for each."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from cpts_geo.cli._options import EmbeddedOnly
from cpts_geo.cli._terminal import echo, results, table_view
from cpts_geo.french import counted, number, typeset

#: Rows shown: more are a text to make precise.
_SHOWN: Final = 60
_HEADERS: Final = ("Code", "Nom", "Type", "Dép.", "Habitants", "À taper")


def places(
    text: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TEXTE",
            help="Une partie du nom, un sigle ou un code ; un département donne ses "
            "intercommunalités.",
            show_default=False,
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--type",
            help="Seulement : commune, arrondissement, epci, ept, tvs, cpts ou departement.",
        ),
    ] = None,
    departement: Annotated[
        str | None, typer.Option(help="Seulement dans ce département (45, 2A, Loiret…).")
    ] = None,
    embedded_only: EmbeddedOnly = False,
) -> None:
    """Chercher un lieu : son code, et ce qu’il faut taper."""
    # Imported here so that --help answers at once.
    from cpts_geo.geography.perimeters.known import known_cpts  # noqa: PLC0415
    from cpts_geo.geography.zones.places import every_place, find_places  # noqa: PLC0415
    from cpts_geo.sources.embedding import embedded  # noqa: PLC0415

    known = known_cpts(
        embedded.load_communes(),
        arrondissements=embedded.load_arrondissements(),
        former=embedded.load_former_communes(),
        partial=True,
        fetched=not embedded_only,
    )
    every = every_place(dict(known.names))
    found = find_places(every, " ".join(text or ()), kind=kind, departement=departement)
    rows = [
        (
            row["code"],
            row["name"],
            row["type"],
            row["departement"],
            number(row["population"]) if row["population"] == row["population"] else "",
            typeset(row["option"]),
        )
        for row in found.head(_SHOWN).to_dict("records")
    ]
    results().print(table_view(_HEADERS, rows, right=False))
    if (more := len(found) - len(rows)) > 0:
        echo(
            f"Et {counted(more, 'autre lieu', 'autres lieux')} : ajoutez un mot, --type ou "
            "--departement."
        )
