"""Paths as people type them: in a command, a scenario or a variable of the environment."""

from __future__ import annotations

import os
from pathlib import Path

from cpts_geo.errors import PathError, quoted


def typed_path(text: str | os.PathLike[str]) -> Path:
    """
    Give the place that a typed path means, the same whether a shell has expanded it or not.

    Parameters
    ----------
    text : str or path-like
        What was typed: shells leave the ``~`` of ``--output=~/x`` as it is.

    Returns
    -------
    Path
        With ``~`` and ``~user`` expanded; a relative path stays relative.

    Raises
    ------
    PathError
        It is empty, or names a user that this machine does not know.

    Examples
    --------
    >>> typed_path("~/resultats") == Path.home() / "resultats"
    True
    >>> typed_path("resultats").as_posix()
    'resultats'
    """
    shown = os.fspath(text)
    if not shown.strip():
        raise PathError(
            "Un chemin est vide.",
            remedy="écrivez un nom de fichier ou de dossier, ou retirez l’option (ou la variable).",
        )
    # Unlike that of pathlib, this one leaves an unknown user as it is.
    path = os.path.expanduser(shown)  # noqa: PTH111
    if path.startswith("~"):
        raise PathError(
            f"Dans {quoted(shown)}, {quoted(Path(path).parts[0])} n’est le dossier "
            "d’aucun utilisateur de cet ordinateur.",
            remedy="écrivez « ~/ » pour votre propre dossier, « ./~ » pour un nom qui commence "
            "ainsi, ou le chemin entier.",
        )
    return Path(path)
