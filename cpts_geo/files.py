"""Write files whole or not at all: under a temporary name, then renamed."""

from __future__ import annotations

import contextlib
import csv
import errno
import hashlib
import json
import lzma
import os
import re
import shutil
import stat
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from cpts_geo.errors import OutputError
from cpts_geo.foreign import for_spreadsheet, shown_path

if TYPE_CHECKING:
    import pandas as pd

#: In a manifest, the files of earlier runs that still stand: those of other territories.
BEFORE: Final = "outputs_before"
_TOO_DEEP: Final = "ses listes ou ses tables sont imbriquées trop profondément"
#: A key of more than fifty parts, in TOML; a scenario has two.
_DEEP_KEY: Final = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){51}"""
)
_KINDS: Final = (
    (stat.S_ISDIR, "un dossier"),
    (stat.S_ISFIFO, "un tube nommé"),
    (stat.S_ISCHR, "un périphérique"),
    (stat.S_ISBLK, "un périphérique"),
    (stat.S_ISSOCK, "un socket"),
)
_REASONS: Final = {
    errno.ENOSPC: "plus de place sur le disque",
    errno.EDQUOT: "votre part du disque est pleine (quota)",
    errno.EFBIG: "fichier plus gros que ce que le système permet",
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.EROFS: "disque en lecture seule",
    errno.EIO: "le disque répond mal",
    errno.ENOENT: "fichier ou dossier introuvable",
    errno.ENOTDIR: "le chemin passe par un fichier",
    errno.EEXIST: "un fichier porte déjà ce nom",
    errno.EISDIR: "c’est un dossier",
    errno.ENAMETOOLONG: "nom trop long",
    errno.EINVAL: "nom que ce disque refuse",
    errno.EXDEV: "le dossier est sur un autre disque",
    errno.ELOOP: "ses liens tournent en rond",
    errno.EBUSY: "occupé par un autre programme",
    errno.EMFILE: "trop de fichiers ouverts",
    errno.ENFILE: "trop de fichiers ouverts",
    errno.ENOMEM: "plus de mémoire",
    errno.ENXIO: "ce n’est pas un fichier ordinaire",
    errno.ESTALE: "le disque du réseau ne répond plus",
}
#: What the libraries raise of an archive that is damaged, or packed in a way they do not know.
UNREADABLE: Final = (
    zipfile.BadZipFile,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    zlib.error,
    lzma.LZMAError,
    MemoryError,
)


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """
    Write a file under a temporary name beside it, then rename it.

    Parameters
    ----------
    path : Path
        The file to make or replace.
    write : callable
        Receives the temporary path and writes it whole.

    Raises
    ------
    OutputError
        It cannot be written; the file that stood there, if any, is untouched.
    """
    # The process number keeps two runs into one folder apart.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent, name=path.name)
        write(temporary)
        temporary.replace(path)
    except OSError as error:
        raise OutputError(
            f"Impossible d’écrire « {shown_path(path)} » : {reason(error)}.",
            remedy="fermez le fichier s’il est ouvert dans un autre programme, vérifiez la place "
            "disponible, ou choisissez un autre dossier (--output).",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def sweep(folder: Path, *, name: str = "") -> None:
    """
    Remove what writes that were killed have left.

    Parameters
    ----------
    folder : Path
        Where :func:`write_atomically` writes, or folders are made under such a name.
    name : str
        Of the file that was to be written; any by default.
    """
    for left, process in unfinished(folder, name=name).items():
        if not _is_running(process):
            with contextlib.suppress(OSError):
                shutil.rmtree(left) if left.is_dir() else left.unlink()


def unfinished(folder: Path, *, name: str = "") -> dict[Path, int]:
    """
    Find what is being written, or was left by a write that was killed.

    Parameters
    ----------
    folder, name : optional
        As for :func:`sweep`; there may be no such folder.

    Returns
    -------
    dict of Path to int
        Temporary files and folders, and the process that made each.

    Examples
    --------
    >>> unfinished(Path("absent"))
    {}
    """
    pattern = re.compile(rf"\.{re.escape(name) or '.+'}\.(\d+)\.part")
    paths = list(folder.iterdir()) if folder.is_dir() else []
    found = {path: pattern.fullmatch(path.name) for path in paths}
    return {path: int(match[1]) for path, match in found.items() if match}


def _is_running(process: int) -> bool:
    """Whether it may still write; Windows keeps by itself a file that a process has open."""
    if os.name == "nt":
        return process == os.getpid()
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def reason(error: OSError) -> str:
    """
    Say in French why the system refused a file.

    Parameters
    ----------
    error : OSError
        The refusal.

    Returns
    -------
    str
        A few French words; the number of the refusal where the case is rare.

    Examples
    --------
    >>> reason(OSError(28, "No space left on device"))
    'plus de place sur le disque'
    """
    if isinstance(error, _SpecialFileError):
        return str(error)
    unknown = f"refus n° {error.errno} du système" if error.errno else "refus du système"
    return _REASONS.get(error.errno or 0, unknown)


def why_unread(error: Exception) -> str:
    """
    Say in French why a library could not read a file, without its own words.

    Parameters
    ----------
    error : Exception
        What it raised: its message may quote a line that names someone.

    Returns
    -------
    str
        French words.

    Examples
    --------
    >>> why_unread(KeyError("x"))
    'le fichier est abîmé'
    """
    if isinstance(error, MemoryError):
        # Damaged figures ask for all the memory there is, too.
        return "la mémoire de cet ordinateur ne suffit pas, ou le fichier est abîmé"
    return "le fichier est abîmé"


class _SpecialFileError(OSError):
    """What should be a file of data is a pipe, a device...: reading it may never end."""


def special(mode: int) -> str:
    """
    Say what a path leads to, when it is no regular file.

    Parameters
    ----------
    mode : int
        As ``os.stat`` gives it.

    Returns
    -------
    str
        French noun phrase; empty for a regular file.

    Examples
    --------
    >>> special(stat.S_IFIFO), special(stat.S_IFREG)
    ('un tube nommé', '')
    """
    if stat.S_ISREG(mode):
        return ""
    return next((words for test, words in _KINDS if test(mode)), "autre chose")


def open_regular(path: Path) -> BinaryIO:
    """
    Open a file of data to read it, never waiting for whoever writes in a pipe.

    Parameters
    ----------
    path : Path
        The file; links are followed.

    Returns
    -------
    BinaryIO
        To close.

    Raises
    ------
    OSError
        It is no regular file, or cannot be opened; :func:`reason` says which.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    number = os.open(path, flags)
    if kind := special(os.fstat(number).st_mode):
        os.close(number)
        raise _SpecialFileError(f"ce n’est pas un fichier ordinaire, c’est {kind}")
    return open(number, "rb")  # noqa: PTH123 - not a path


def parsed_json(content: bytes | str) -> Any:
    """
    Parse JSON that others may have written.

    Parameters
    ----------
    content : bytes or str
        What a file holds, in UTF-8, with or without a mark of its order of bytes.

    Returns
    -------
    object
        What it says.

    Raises
    ------
    ValueError
        It is no JSON, nests too deeply, or holds a number of thousands of digits.

    Examples
    --------
    >>> parsed_json(b'{"draws": 200}')
    {'draws': 200}
    """
    text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error


def parsed_toml(text: str) -> dict[str, Any]:
    """
    Parse TOML that others may have written.

    Parameters
    ----------
    text : str
        What a file holds.

    Returns
    -------
    dict
        Its keys and tables.

    Raises
    ------
    ValueError
        It is no TOML, holds a number of thousands of digits, or (:class:`RecursionError`, its
        cause) nests too deeply.

    Examples
    --------
    >>> parsed_toml("draws = 200")
    {'draws': 200}
    """
    try:
        # The time and the memory that a key takes grow with the square of its depth.
        if _DEEP_KEY.search(text):
            raise RecursionError
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """
    Write a table as UTF-8 CSV with a comma, unknown values empty, no text that is a formula.

    Parameters
    ----------
    table : DataFrame
        Written without its index.
    path : Path
        Target file.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "table.csv")
    ...     write_csv(pd.DataFrame({"name": ["=1+1", "Dry", "-3,5"], "gap": [-1, 0, 1]}), path)
    ...     path.read_text(encoding="utf-8").split()
    ['name,gap', "'=1+1,-1", 'Dry,0', '"-3,5",1']
    """
    # Imported here: whoever only asks for help does not wait for it.
    import pandas as pd  # noqa: PLC0415

    texts = [
        name
        for name, column in table.items()
        if pd.api.types.is_string_dtype(column) or pd.api.types.is_object_dtype(column)
    ]
    safe = table.assign(**{str(name): table[name].map(_neutral) for name in texts})
    safe.columns = [_neutral(str(name)) for name in safe.columns]
    write_atomically(path, lambda part: safe.to_csv(part, index=False, lineterminator="\n"))


def write_french_csv(
    heads: Sequence[str], rows: Iterable[Sequence[str | float | None]], path: Path
) -> None:
    """
    Write a table as the CSV that a French Excel opens by a double click.

    Parameters
    ----------
    heads : sequence of str
        Headings.
    rows : iterable of sequence
        Texts, numbers, or None where the value is unknown.
    path : Path
        Target file: UTF-8 with its mark, semicolons, decimal commas, no text that is a formula.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "table.csv")
    ...     write_french_csv(["Commune", "APL"], [["=1+1", 1.25], ["Dry", None]], path)
    ...     path.read_text(encoding="utf-8-sig").split()
    ['Commune;APL', "'=1+1;1,25", 'Dry;']
    """

    def written(cell: str | float | None) -> str:
        if cell is None:
            return ""
        return str(_neutral(cell)) if isinstance(cell, str) else f"{cell:.12g}".replace(".", ",")

    def write(part: Path) -> None:
        with part.open("w", encoding="utf-8-sig", newline="") as stream:
            lines = csv.writer(stream, delimiter=";", lineterminator="\r\n")
            lines.writerows([written(cell) for cell in row] for row in (heads, *rows))

    write_atomically(path, write)


def _neutral(cell: object) -> object:
    """The cell as a spreadsheet shows it and does not compute it."""
    return for_spreadsheet(cell) if isinstance(cell, str) else cell


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """
    Write a table as Parquet (of geometries: GeoParquet), zstd.

    Parameters
    ----------
    table : DataFrame
        Written without its index.
    path : Path
        Target file.
    """
    write_atomically(
        path,
        lambda part: table.to_parquet(part, index=False, compression="zstd", compression_level=15),
    )


def write_json(content: dict[str, Any], path: Path) -> None:
    """
    Write a JSON document, two spaces, keys in the given order.

    Parameters
    ----------
    content : dict
        Serialisable content.
    path : Path
        Target file.
    """
    write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", path)


def write_text(content: str, path: Path) -> None:
    """
    Write a text file in UTF-8.

    Parameters
    ----------
    content : str
        Whole content.
    path : Path
        Target file.
    """

    def write(part: Path) -> None:
        part.write_text(content, encoding="utf-8", newline="\n")

    write_atomically(path, write)


def listed_outputs(manifest: Path) -> dict[str, str]:
    """
    Read which files a manifest says were written beside it.

    Parameters
    ----------
    manifest : Path
        Manifest of an earlier run; it may not be there, or be another file of that name.

    Returns
    -------
    dict of str to str
        SHA-256 by file name, those of the runs before it included (:data:`BEFORE`).

    Examples
    --------
    >>> listed_outputs(Path("absent.json"))
    {}
    """
    try:
        with open_regular(manifest) as file:
            told = parsed_json(file.read())
        listed = {**told.get(BEFORE, {}), **told["outputs"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    # Other names, or digests, are those of no file that a run wrote.
    return {
        name: digest
        for name, digest in listed.items()
        if isinstance(digest, str) and stays_inside(name)
    }


def stays_inside(name: str) -> bool:
    """
    Tell whether a name that a manifest gives is of a file of its folder, on any system.

    Parameters
    ----------
    name : str
        With ``/`` between its parts.

    Returns
    -------
    bool
        Links are not followed.

    Examples
    --------
    >>> [stays_inside(name) for name in ("a/b.csv", "../b.csv", "/dev/zero", "C:b.csv", "a//b")]
    [True, False, False, False, False]
    """
    parts = {*name.split("/")}
    return not re.search(r"[\\:\0\ud800-\udfff]", name) and parts.isdisjoint({"", ".", ".."})


@cache
def code_digest() -> str:
    """
    Fingerprint of the code of the package, its data apart.

    Returns
    -------
    str
        SHA-256, in hexadecimal: what other code would derive is derived again.

    Examples
    --------
    >>> len(code_digest())
    64
    """
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*")):
        parts = file.relative_to(Path(__file__).parent).parts
        if file.is_file() and not {"__pycache__", "_data"} & {*parts}:
            digest.update("/".join(parts).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
