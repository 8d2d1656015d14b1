"""Commands on data: fetch the producers' files, say what is at hand, verify it, recompile."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cpts_geo import settings
from cpts_geo.cli._options import path_option
from cpts_geo.cli._terminal import echo, results, teller
from cpts_geo.errors import DataFileError
from cpts_geo.french import counted, number, typeset
from cpts_geo.sources.catalogue.catalogue import OPEN_LICENCE

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

data_app = typer.Typer(
    help="Données embarquées et fichiers des producteurs.", rich_markup_mode=None
)
#: From this width on, the table of sources also says what each is.
_WIDE = 160
#: The licence of most sources, where columns are narrow.
_OPEN = "LO 2.0"


@data_app.callback(invoke_without_command=True)
def _data(context: typer.Context) -> None:
    """Show the help where no command of data is typed."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@data_app.command("fetch")
def _fetch(
    keys: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CLÉ",
            help="Clés des sources (voir « data status ») ; les sources nationales par défaut.",
            show_default=False,
        ),
    ] = None,
    mirror: Annotated[
        Path | None,
        path_option("Dossier de fichiers déjà téléchargés, essayé d’abord."),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="N’essayer aucune adresse.")] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Accepter un contenu nouveau, et l’écrire au verrou.")
    ] = False,
) -> None:
    """Télécharger et vérifier les fichiers des producteurs."""
    # Imported here so that --help answers at once.
    from cpts_geo.api.places import fetched_files  # noqa: PLC0415

    if offline and update and mirror is None and settings.mirror_dir() is None:
        raise DataFileError(
            "--update demande un contenu nouveau, et --offline n’en cherche aucun.",
            remedy="retirez l’une de ces options, ou indiquez un miroir avec --mirror.",
        )
    had = fetched_files(
        keys or (),
        mirror=mirror,
        offline=offline,
        update=update,
        say=teller(),
        progress=sys.stderr.isatty(),
    )
    echo(
        f"{counted(len(had), 'source prête', 'sources prêtes')} dans {settings.cache_dir()}\n"
        f"Verrou : {settings.lock_path()}"
    )


@data_app.command("status")
def _status() -> None:
    """Dire de chaque source si elle est là, son âge et sa licence."""
    from cpts_geo.sources.status import status_table  # noqa: PLC0415

    table = status_table()
    console = results()
    console.print(_status_view(table, wide=console.width >= _WIDE))
    for title, column in (("Autres licences", "licence"), ("À vérifier", "to_check")):
        told = table[~table[column].isin(["", OPEN_LICENCE])]
        if not told.empty:
            console.print(f"{title} :")
        for text, group in told.groupby(column, sort=False):
            console.print(f"- {', '.join(group['source'])} : {text}")
    console.print(
        f"\nCache : {settings.cache_dir()}\nVerrou : {settings.lock_path()}", soft_wrap=True
    )


@data_app.command("verify")
def _verify() -> None:
    """Vérifier que chaque fichier téléchargé est resté le même."""
    from cpts_geo.sources.status import ERASED, WRONG, verify  # noqa: PLC0415

    table = verify()
    wrong = table[table["state"].isin(WRONG)]
    if not wrong.empty:
        rows = wrong.itertuples()
        raise DataFileError(
            f"{counted(len(wrong), 'fichier', 'fichiers')} sur {len(table)} à reprendre.",
            defects=[f"{row.source} ({row.file}) : {row.state}, {row.detail}" for row in rows],
            remedy="cpts-geo data fetch " + " ".join(dict.fromkeys(wrong["source"])),
        )
    if table.empty:
        echo("Aucun fichier n’a encore été téléchargé : cpts-geo data fetch.")
    else:
        erased = table[table["state"] == ERASED]
        count = len(table) - len(erased)
        echo(f"{counted(count, 'fichier conforme', 'fichiers conformes')} au verrou.")
        for row in erased.itertuples():
            echo(f"{row.source} ({row.file}) : {row.state} ({row.detail}).")


@data_app.command("build")
def _build(
    official: Annotated[
        Path,
        path_option("Dossier des fichiers des producteurs."),
    ] = settings.OFFICIAL_DIR,
    packages: Annotated[
        Path,
        path_option("Dossier des paquets du registre, téléchargés au besoin."),
    ] = Path(".cache/packages"),
    output: Annotated[Path, path_option("Dossier à écrire.")] = settings.COMMUNES_DIR,
    cpts: Annotated[
        Path, path_option("Dossier où écrire la table des périmètres de CPTS.")
    ] = settings.CPTS_DIR,
) -> None:
    """Recompiler les données embarquées (data/)."""
    from cpts_geo.writing.embedded_data import build  # noqa: PLC0415
    from cpts_geo.writing.perimeter_table import build_perimeters  # noqa: PLC0415

    say = teller()
    build(official_dir=official, packages_dir=packages, output=output, say=say)
    build_perimeters(official_dir=official, output=cpts, say=say)


def _status_view(table: pd.DataFrame, *, wide: bool) -> Table:
    """Table of the status that holds in 80 columns; a wide one says what each source is."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    view = Table(box=SIMPLE_HEAD, padding=0, pad_edge=False, show_edge=False)
    view.caption = (
        "Millésime entre parenthèses : attendu, pas lu dans le fichier ; âge en jours ; "
        f"! : l’édition suivante devrait être parue ; {_OPEN} : {OPEN_LICENCE}"
    )
    view.caption_justify = "left"
    view.add_column("Source", no_wrap=True)
    view.add_column("État", min_width=8)
    view.add_column("Millésime", min_width=11)
    view.add_column("Âge", justify="right", no_wrap=True)
    view.add_column("Mo", justify="right", no_wrap=True)
    view.add_column("Suivante", no_wrap=True)
    view.add_column("Licence", no_wrap=True)
    if wide:
        view.add_column("Produit", no_wrap=True)
    for row in table.to_dict("records"):
        size = row["megabytes"]
        expected = re.split(r" \(|, ", row["expected_vintage"])[0]
        cells = [
            row["source"],
            row["state"],
            row["vintage"] or f"({expected})",
            number(row["age_days"]) if row["age_days"] >= 0 else "",
            number(size, 0 if size >= 10 else 1) if size >= 0 else "",
            row["next_release"] + ("!" if row["overdue"] else ""),
            _OPEN if row["licence"] == OPEN_LICENCE else "autre",
        ]
        what = [typeset(f"{row['producer']} : {row['product']}")] if wide else []
        view.add_row(*cells, *what)
    return view
