"""Commands that check: how a file is understood, whether a folder of results still holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cpts_geo.asked import typed_path
from cpts_geo.cli._options import OUTPUTS, path_option
from cpts_geo.cli._terminal import echo, results, table_view, teller

if TYPE_CHECKING:
    from cpts_geo.geography.perimeters._membership import Perimeters

_HEADERS: Final = ("Ligne", "Écrit", "Commune", "Code", "Comment")
#: Rows shown on a terminal; --json gives them all.
_SHOWN: Final = 200


def check(
    file: Annotated[
        Path,
        typer.Argument(
            parser=typed_path,
            metavar="FICHIER",
            help="Liste, polygones, tableau à remplir ou registre.",
        ),
    ],
    departement: Annotated[
        list[str] | None,
        typer.Option(help="Département où chercher les noms d’une liste ; répétable."),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Nom d’un territoire du fichier ; répétable.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Feuille du classeur à lire.")] = None,
    layer: Annotated[str | None, typer.Option(help="Couche de polygones à lire.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Écrire le tout en JSON, pour un autre programme.")
    ] = False,
) -> None:
    """Lire un fichier et dire ce qui en est compris."""
    # Imported here so that --help answers at once.
    from cpts_geo.geography.naming.names import LEFT_OUT  # noqa: PLC0415
    from cpts_geo.geography.perimeters.checking import (  # noqa: PLC0415
        audit_lines,
        check_file,
        how_read,
    )
    from cpts_geo.sources.analyst.polygons.suffixes import draws  # noqa: PLC0415

    def drawn() -> Perimeters:
        """The perimeters that the file draws: their communes need contours."""
        from cpts_geo.geography.perimeters.request import (  # noqa: PLC0415
            Request,
            find_perimeters,
        )
        from cpts_geo.sources.embedding import embedded  # noqa: PLC0415

        return find_perimeters(
            Request(perimeter=file, only=only or (), layer=layer),
            embedded.load_communes(),
            former=embedded.load_former_communes(),
            arrondissements=embedded.load_arrondissements(),
        )

    found = check_file(
        file,
        drawn=drawn if draws(file) else None,
        departements=departement or (),
        sheet=sheet,
        only=only or (),
    )
    if as_json:
        # Plain characters: what a terminal must not receive is escaped.
        typer.echo(json.dumps(found.to_json(file), ensure_ascii=True, indent=1))
        if found.refusal is not None:
            raise SystemExit(1)
        return
    known = found.audit[found.audit["method"] != LEFT_OUT]
    if len(known):
        rows = [
            (row["line"], row["published"], row["name"], row["code_insee"], how_read(row))
            for row in known.head(_SHOWN).to_dict("records")
        ]
        results().print(table_view(_HEADERS, rows, right=False))
    lines = audit_lines(found.audit) if len(found.audit) else []
    # What is asked counts in no line: the whole would not add up.
    for line in (*lines[found.refusal is not None :], *found.notes):
        echo(line)
    if found.refusal is not None:
        raise found.refusal


def verify(
    folder: Annotated[
        Path,
        typer.Argument(parser=typed_path, metavar="DOSSIER", help="Dossier de résultats."),
    ] = OUTPUTS,
    inputs: Annotated[
        list[Path] | None,
        path_option(
            "Dossier où chercher vos fichiers (liste, tableaux, registre…), reconnus à leur nom et "
            "à leur contenu ; répétable. Le dossier des résultats, celui qui le contient et celui "
            "où vous êtes sont regardés aussi."
        ),
    ] = None,
    files_only: Annotated[
        bool, typer.Option("--files-only", help="Comparer les fichiers, sans rien recalculer.")
    ] = False,
    jobs: Annotated[int, typer.Option(help="Cœurs à occuper, pour « --all » et « grid ».")] = 1,
) -> None:
    """Vérifier des résultats (rapport, carreaux, suivi), les refaire à l’identique."""
    # Imported here so that --help answers at once.
    from cpts_geo.writing.verifying.verify import verify as verified  # noqa: PLC0415

    found = verified(folder, inputs=inputs or (), recompute=not files_only, jobs=jobs, say=teller())
    for line in found.lines:
        echo(line)
    if not found.same:
        raise SystemExit(1)
