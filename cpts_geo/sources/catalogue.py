"""The catalogue of sources: what each figure comes from, with its vintage and licence."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from cpts_geo.errors import DataFileError


@dataclass(frozen=True)
class Source:
    """
    One producer's product at one vintage.

    Parameters
    ----------
    key : str
        Name of the source in the catalogue.
    producer, product, vintage, geography, licence, attribution : str
        French texts shown beside every figure that comes from it.
    grade : str
        Trust grade, A to D (see :data:`cpts_geo.schema.GRADE_LABELS`).
    file : str or None
        Name of the producer's file; None for documents quoted fact by fact.
    sha256 : str or None
        Expected SHA-256 of that file, in hexadecimal.
    package : str or None
        Registry, name and version the file is taken from, such as ``npm:name==1.0``.
    """

    key: str
    producer: str
    product: str
    vintage: str
    geography: str
    licence: str
    attribution: str
    grade: str
    file: str | None = None
    sha256: str | None = None
    package: str | None = None


@cache
def sources() -> dict[str, Source]:
    """
    Read the catalogue.

    Returns
    -------
    dict of str to Source
        Every source by key, in file order.

    Examples
    --------
    >>> sources()["drees_apl"].vintage
    '2022 et 2023'
    """
    text = (resources.files("cpts_geo.sources") / "catalogue.toml").read_text(encoding="utf-8")
    return {key: Source(key=key, **entry) for key, entry in tomllib.loads(text).items()}


def sha256_of(path: Path) -> str:
    """
    Compute the SHA-256 of a file.

    Parameters
    ----------
    path : Path
        An existing file.

    Returns
    -------
    str
        Hexadecimal digest.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "empty"
    ...     path.touch()
    ...     sha256_of(path)[:8]
    'e3b0c442'
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def verified_path(key: str, folder: Path) -> Path:
    """
    Path of a source's file, after checking that it is the expected one.

    Parameters
    ----------
    key : str
        Key of the source.
    folder : Path
        Folder that holds the producer's file under the catalogue's name.

    Returns
    -------
    Path
        The file, whose SHA-256 equals the catalogue's.

    Raises
    ------
    DataFileError
        The file is missing or differs from the one the catalogue names.

    Examples
    --------
    >>> verified_path("drees_apl", Path("absent"))
    Traceback (most recent call last):
        ...
    cpts_geo.errors.DataFileError: Fichier du producteur introuvable : ...
    """
    source = sources()[key]
    if source.file is None:
        raise DataFileError(
            f"La source « {key} » n’a pas de fichier.",
            remedy="choisissez une source qui porte un fichier dans sources/catalogue.toml.",
        )
    path = folder / source.file
    if not path.is_file():
        raise DataFileError(
            f"Fichier du producteur introuvable : {source.file} ({source.attribution}).",
            remedy=f"placez-le dans « {folder} » ou indiquez son dossier avec --official.",
        )
    found = sha256_of(path)
    if found != source.sha256:
        raise DataFileError(
            f"{source.file} n’est pas le fichier attendu ({source.attribution}).",
            defects=[f"sha256 attendu {source.sha256}", f"sha256 trouvé {found}"],
            remedy="reprenez le fichier d’origine, ou mettez à jour sha256 et millésime dans "
            "sources/catalogue.toml après avoir relu son contenu.",
        )
    return path
