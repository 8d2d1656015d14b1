"""Options that several commands take, and how a path is typed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from cpts_geo.asked import typed_path


def path_option(text: str) -> Any:
    """An option that is a path, with its French help."""
    return typer.Option(parser=typed_path, metavar="CHEMIN", help=text)


Output = Annotated[Path, path_option("Dossier des résultats.")]
OUTPUTS: Final = Path("outputs")
Defaults = Annotated[
    Path | None,
    path_option(
        "Vos valeurs par défaut (fichier TOML) à la place de celles du paquet : une table par "
        "paramètre changé."
    ),
]
Draws = Annotated[
    int | None, typer.Option(help="Tirages de l’incertitude ; un nombre convenable par défaut.")
]
KnownLinesFile = Annotated[
    Path | None,
    path_option(
        "Votre copie de data/cpts/known_lines.csv, avec vos lignes : ce que recevrait une "
        "ligne est appris d’elles."
    ),
]
