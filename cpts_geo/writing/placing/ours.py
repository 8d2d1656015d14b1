"""Which files of a folder of results a run wrote: it replaces no others."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cpts_geo.errors import OutputError, alike, one_line
from cpts_geo.files import listed_outputs
from cpts_geo.foreign import shown_path
from cpts_geo.sources.catalogue.catalogue import sha256_of


def check_foreign(folder: Path, names: Iterable[str], *, manifest: str) -> None:
    """
    Refuse to replace files that no manifest lists as they are; all of them are named.

    Parameters
    ----------
    folder : Path
        Folder of results; it may not be there.
    names : iterable of str
        Files to write or delete, from this folder.
    manifest : str
        The one of them that lists those of earlier runs.

    Raises
    ------
    OutputError
        Files of the same names that somebody else wrote, or completed since.

    Examples
    --------
    >>> check_foreign(Path("absent"), ["index.html"], manifest="manifest.json")
    """
    known = listed_outputs(folder / manifest)
    there = [name for name in sorted({*names}) if (folder / name).is_file()]
    other = [name for name in there if sha256_of(folder / name) != known.get(name)]
    # A manifest does not list itself: it is one where it lists some.
    if foreign := [name for name in other if name != manifest or not known]:
        lines = [f"« {one_line(name)} »" for name in foreign]
        raise OutputError(
            f"« {shown_path(folder)} » a des fichiers que ce calcul remplacerait, et que cpts_geo "
            "n’a pas écrits, ou qui ont été modifiés depuis : rien n’y a été changé.",
            defects=alike(lines, "autre fichier", total=len(lines)),
            remedy="déplacez-les ou renommez-les, ou choisissez un autre dossier avec --output.",
        )
