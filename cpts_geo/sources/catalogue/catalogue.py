"""The catalogue of sources: what each figure comes from, with its vintage and licence."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

from cpts_geo.errors import DataFileError
from cpts_geo.foreign import shown_path

#: Licence of most sources; what follows it in a catalogue is a remark.
OPEN_LICENCE = "Licence Ouverte 2.0"
_FILES = (
    "embedded.toml",
    "population.toml",
    "care.toml",
    "computed.toml",
)


@dataclass(frozen=True)
class Total:
    """
    A figure of a producer's table that is known beforehand, within a tolerance.

    Bytes whose hash nobody published are judged by it at their first reception.

    Parameters
    ----------
    label : str
        French name of what is counted.
    low, high : float
        Range it must be in.
    column : str or None
        Column whose values are added up; None to count rows.
    mean : bool
        Whether the mean of the column is taken instead of its sum.
    where : dict of str to str
        Column -> regular expression that its text must match in full; all rows by default.
    newest : str or None
        Column of years of which only the last one is kept.
    """

    label: str
    low: float
    high: float
    column: str | None = None
    mean: bool = False
    where: dict[str, str] = field(default_factory=dict)
    newest: str | None = None


@dataclass(frozen=True)
class Source:
    """
    One producer's product at one vintage.

    Parameters
    ----------
    key : str
        Name of the source in the catalogue: its family, then its vintage where it has several.
    producer, product, vintage, geography, licence, attribution : str
        French texts shown beside every figure that comes from it.
    grade : str
        Trust grade, A to D (see :data:`cpts_geo.schema.GRADE_LABELS`).
    file : str or None
        Name of its file in the cache; None for documents quoted fact by fact.
    sha256 : str or None
        Expected SHA-256 of that file, in hexadecimal; None where no file was at hand.
    package : str or None
        Registry, name and version the file is taken from, such as ``npm:name==1.0``.
    addresses : tuple of str
        Candidate addresses, tried in order; empty when nobody serves the file any more.
    reader : str or None
        Name of its reader in :data:`cpts_geo.sources.readers.registry.READERS`.
    inner, resource : str or None
        Regular expressions of the member to read in an archive, and of the file to take where an
        address is the list of a data set's (data.gouv.fr, Opendatasoft attachments).
    service : {"wfs", "arcgis"} or None
        Kind of feature service its addresses ask; None for plain files.
    holds : str or None
        Vintage its content must say; None for an address that serves whatever is newest.
    next_release : str or None
        When the producer is expected to publish the next vintage, ``YYYY-MM``.
    national : bool
        Whether ``cpts-geo data fetch`` brings it without being asked for it by name.
    personal : bool
        Whether its file names people: once read, only counts are kept and the file is deleted.
    megabytes : float or None
        Size announced or seen, for people to choose, and to bound what a server may send, see
        :func:`cpts_geo.sources._bounds.limits.most_bytes`; None unknown.
    totals : tuple of Total
        Figures that its table must hold; empty where none is known.
    equipped_only : bool
        Whether communes without any are not listed: their count is then a known zero.
    overseas : bool
        Whether overseas communes are covered.
    trust : str
        What was not verified of its address, form or licence; empty for nothing.
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
    addresses: tuple[str, ...] = ()
    reader: str | None = None
    inner: str | None = None
    resource: str | None = None
    service: str | None = None
    holds: str | None = None
    next_release: str | None = None
    national: bool = False
    personal: bool = False
    megabytes: float | None = None
    totals: tuple[Total, ...] = ()
    equipped_only: bool = False
    overseas: bool = True
    trust: str = ""

    @property
    def family(self) -> str:
        """Product without its vintage: sources of one family are read by one reader."""
        return re.sub(r"_\d{4}$", "", self.key)

    @property
    def credit(self) -> str:
        """Attribution and licence, which some attributions hold."""
        held = self.licence in self.attribution
        return self.attribution if held else f"{self.attribution} ({self.licence})"


@cache
def sources() -> dict[str, Source]:
    """
    Read the catalogue.

    Returns
    -------
    dict of str to Source
        Every source by key: those of the embedded data, then those that are fetched.

    Examples
    --------
    >>> sources()["drees_apl_2023"].vintage
    '2022 et 2023'
    """
    folder = resources.files("cpts_geo.sources.catalogue")
    texts = [(folder / name).read_text(encoding="utf-8") for name in _FILES]
    families = {family: entry for text in texts for family, entry in tomllib.loads(text).items()}
    found: dict[str, Source] = {}
    for family, entry in families.items():
        # What a family says holds for each of its vintages, unless the vintage says otherwise.
        common = {name: value for name, value in entry.items() if not isinstance(value, dict)}
        vintages = {name: value for name, value in entry.items() if isinstance(value, dict)}
        for name, own in (vintages or {"": {}}).items():
            key = f"{family}_{name}" if name else family
            described = common | own
            described["addresses"] = tuple(described.get("addresses", ()))
            described["totals"] = tuple(Total(**said) for said in described.get("totals", ()))
            found[key] = Source(key=key, **described)
    return found


def credits_of(shown: Iterable[Source]) -> str:
    """
    Credit the sources of what is shown: a page, a map, a file.

    Parameters
    ----------
    shown : iterable of Source
        Sources, in the order to name them.

    Returns
    -------
    str
        Each attribution with its own licence, in French.

    Examples
    --------
    >>> credits_of([sources()["travel_file"]])
    "temps de trajet fournis par l'analyste (licence de la table fournie)"
    """
    return " ; ".join(source.credit for source in shown)


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
        In hexadecimal.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digests_of(files: Iterable[tuple[str, str]], *, beside: Mapping[str, str]) -> dict[str, str]:
    """
    Gather the SHA-256 of files by name, each its own where two bear the same one.

    Parameters
    ----------
    files : iterable of (str, str)
        Name and digest of each.
    beside : mapping of str to str
        Digests that are known already, by name.

    Returns
    -------
    dict of str to str
        Those known, then these; the second file of a name has « (2) » after it.

    Examples
    --------
    >>> digests_of([], beside={"liste.csv": "0" * 64}) == {"liste.csv": "0" * 64}
    True
    """
    found = dict(beside)
    for own, digest in files:
        rank, name = 1, own
        while found.get(name, digest) != digest:
            rank += 1
            name = f"{own} ({rank})"
        found[name] = digest
    return found


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
    """
    source = sources()[key]
    if source.file is None:
        raise DataFileError(
            f"La source « {key} » n’a pas de fichier.",
            remedy="choisissez une source qui porte un fichier dans sources/catalogue/*.toml.",
        )
    path = folder / source.file
    if not path.is_file():
        raise DataFileError(
            f"Fichier du producteur introuvable : {source.file} ({source.attribution}).",
            remedy=f"placez-le dans « {shown_path(folder)} » ou indiquez son dossier avec "
            "--official.",
        )
    found = sha256_of(path)
    if found != source.sha256:
        raise DataFileError(
            f"{source.file} n’est pas le fichier attendu ({source.attribution}).",
            defects=[f"sha256 attendu {source.sha256}", f"sha256 trouvé {found}"],
            remedy="reprenez le fichier d’origine, ou mettez à jour sha256 et millésime dans "
            "sources/catalogue/*.toml après avoir relu son contenu.",
        )
    return path
