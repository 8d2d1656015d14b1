"""What stands in the way of files of results, told before anything is changed."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cpts_geo.errors import OutputError, one_line
from cpts_geo.files import reason
from cpts_geo.foreign import shown_path

#: How a remedy ends.
ELSEWHERE: Final = "ou choisissez un autre dossier avec --output."


def unwritable(folder: Path, error: OSError) -> OutputError:
    """
    Say that the system does not let us write in a folder.

    Parameters
    ----------
    folder : Path
        Folder of results.
    error : OSError
        What the system says.

    Returns
    -------
    OutputError
        To raise.

    Examples
    --------
    >>> print(unwritable(Path("r"), OSError(30, "read-only")).summary)
    Impossible d’écrire dans « r » : disque en lecture seule.
    """
    return OutputError(
        f"Impossible d’écrire dans « {shown_path(folder)} » : {reason(error)}.",
        remedy="choisissez un dossier où vous pouvez écrire avec --output.",
    )


def check_way(folder: Path, names: Iterable[str], *, end: str) -> None:
    """
    Refuse to write where something stands in the way of these files; all of it is listed.

    Parameters
    ----------
    folder : Path
        Folder of results; it may not be there.
    names : iterable of str
        Files to write, from this folder.
    end : str
        How the sentence ends: a full stop, or what was changed.

    Raises
    ------
    OutputError
        Something does.

    Examples
    --------
    >>> check_way(Path("absent"), ["index.html"], end=".")
    """
    if defects := _obstacles(folder, names):
        raise OutputError(
            f"Impossible d’écrire dans « {shown_path(folder)} »{end}",
            defects=defects,
            remedy=f"déplacez ou fermez ce qui est nommé ci-dessus, {ELSEWHERE}",
        )


def probe(folder: Path) -> None:
    """
    Raise OSError where a folder takes no file.

    Parameters
    ----------
    folder : Path
        A folder.

    Raises
    ------
    OSError
        It takes none.

    Examples
    --------
    >>> probe(Path())
    """
    with tempfile.TemporaryFile(dir=folder):
        pass


def _obstacles(folder: Path, names: Iterable[str]) -> list[str]:
    """What stands in the way of these files: one line each."""
    files = sorted(set(map(Path, names)))
    places = sorted({place for file in files for place in file.parents[:-1]})
    found = []
    for name, obstacle in [(p, _no_folder) for p in places] + [(f, _no_file) for f in files]:
        try:
            said = obstacle(folder / name)
        except (FileNotFoundError, NotADirectoryError):
            continue  # nothing is there; what stands above is told by itself
        except PermissionError:
            said = "est protégé, ou ouvert dans un autre programme"
        except OSError as error:
            said = f"ne convient pas ({reason(error)})"
        if said:
            found.append(f"« {one_line(name.as_posix())} » {said}")
    return found


def _no_folder(path: Path) -> str:
    """French words on what a path that must be a folder is instead; empty where all is well."""
    if path.is_symlink() and not path.exists():
        return "est un lien qui ne mène nulle part"
    if not stat.S_ISDIR(path.stat().st_mode):
        return "n’est pas un dossier : il en faut un de ce nom"
    probe(path)
    return "" if path.stat().st_dev == path.parent.stat().st_dev else "mène à un autre disque"


def _no_file(path: Path) -> str:
    """French words on what a path that must be a file is instead; empty where all is well."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        return "est un dossier : il faut un fichier de ce nom"
    if not stat.S_ISREG(mode):
        return "n’est pas un fichier ordinaire"
    # Refused to what is read-only and, on Windows, open in another program.
    path.open("r+b").close()
    return ""
