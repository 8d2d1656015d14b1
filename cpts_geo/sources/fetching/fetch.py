"""Bring producers' files into the cache, verified, and write down where they came from.

For each source: the cache, then a mirror, then its addresses in order, then the one of the lock.
What arrives is looked at before it takes its place: its form, its SHA-256, then the vintage that
its content says. The bytes it replaces are kept, for the other locks that share the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final, Literal

from rapidfuzz import process

from cpts_geo import settings
from cpts_geo.errors import CptsGeoError, DataFileError, OutputError, nested, quoted, written
from cpts_geo.french import counted
from cpts_geo.sources._bounds.limits import most_bytes
from cpts_geo.sources.catalogue.catalogue import Source, sha256_of, sources
from cpts_geo.sources.catalogue.lock import Locked, alone, cache_refused, read_lock, write_entry
from cpts_geo.sources.fetching._candidate import REMEDY, Candidate, judged
from cpts_geo.sources.fetching._inspection import check_content
from cpts_geo.sources.fetching._leftovers import set_aside, sweep, sweep_starts, taken_back
from cpts_geo.sources.fetching._web import Pace, open_session
from cpts_geo.sources.fetching.cached import erased

_State = Literal["cache", "miroir", "téléchargé"]
#: How the copy of a mirror is named, before its file.
_MIRROR: Final = "miroir : "
_FIRST_BYTES: Final = (
    "somme de contrôle non publiée par le producteur : première réception, jugée sur sa forme, "
    "son millésime et ses totaux connus ; le verrou garde désormais ces octets-là."
)
_NO_ADDRESS_REMEDY: Final = (
    "pour ce qui n’a pas d’adresse, déposez le fichier, sous le nom dit ici, dans un dossier "
    "indiqué par --mirror."
)


@dataclass(frozen=True)
class _Outcome:
    """A source that is in the cache: its file (its parsed table when the file was erased), what
    :class:`cpts_geo.sources.catalogue.lock.Locked` knows of it, and how it came."""

    key: str
    path: Path
    sha256: str
    address: str
    vintage: str
    state: _State


@dataclass(frozen=True)
class _Run:
    """What holds for every source of one call."""

    cache: Path
    lock: Path
    mirror: Path | None
    offline: bool
    update: bool
    progress: bool
    say: Callable[[str], None]


def fetch(
    keys: Sequence[str] | None = None,
    *,
    mirror: Path | None = None,
    offline: bool = False,
    update: bool = False,
    say: Callable[[str], None] = lambda _: None,
    progress: bool = False,
) -> list[_Outcome]:
    """
    Have the files of these sources in :func:`cpts_geo.settings.cache_dir`.

    A file must have the SHA-256 of the catalogue, else the one of the lock: two people who share
    a lock have the same bytes, or an error.

    Parameters
    ----------
    keys : sequence of str, optional
        Keys of the catalogue; the national sources by default.
    mirror : Path, optional
        Folder of files named as in the catalogue, tried before any address;
        :func:`cpts_geo.settings.mirror_dir` by default.
    offline : bool
        Whether no address is tried.
    update : bool
        Whether a new content is taken for the sources whose hash is only in the lock.
    say : callable
        Receives French lines that tell the progress.
    progress : bool
        Whether a bar is shown on the error output.

    Returns
    -------
    list
        One a source, in the order asked for: key, path (of the file; of the parsed table when the
        file was erased), sha256, address and vintage (as
        :class:`cpts_geo.sources.catalogue.lock.Locked` says them), state (``cache``, ``miroir`` or
        ``téléchargé``).

    Raises
    ------
    DataFileError
        A key, the mirror or the lock is wrong; or some source could not be had: every candidate is
        listed with its reason, once all other sources are there.
    OutputError
        The cache cannot be made.
    """
    wanted = _asked(keys, sources())
    cache, lock = settings.cache_dir(), settings.lock_path()
    mirror = mirror or settings.mirror_dir()
    if mirror is not None and not mirror.is_dir():
        raise DataFileError(
            f"Le miroir « {mirror} » n’est pas un dossier.",
            remedy="indiquez un dossier existant avec --mirror ou CPTS_GEO_MIRROR.",
        )
    read_lock(lock)
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cache_refused(cache, error) from error
    had: list[_Outcome] = []
    failed: list[tuple[str, CptsGeoError]] = []
    run = _Run(cache, lock, mirror, offline, update, progress, say)
    sweep(cache, say=say)
    for source in wanted:
        try:
            had.append(_have(source, run))
        except CptsGeoError as error:
            failed.append((f"{source.key} ({source.file})", error))
            say(f"{source.key} : échec")
    if failed:
        raise DataFileError(
            f"Sources qui n’ont pas pu être obtenues : {len(failed)} sur {len(wanted)}.",
            defects=[nested(f"{name} : {error.summary}", error.defects) for name, error in failed],
            remedy=" ; ".join(dict.fromkeys(e.remedy.rstrip(".") for _, e in failed)) + ".",
        )
    return had


def _asked(keys: Sequence[str] | None, known: Mapping[str, Source]) -> list[Source]:
    """Sources of these keys, once each; every key that is wrong is told with what is near it."""
    if not keys:
        return [source for source in known.values() if source.national]
    defects = []
    for key in dict.fromkeys(keys):
        if key not in known:
            near = [name for name, _, _ in process.extract(key, list(known), limit=3)]
            defects.append(f"{quoted(key)} est inconnue ; proches : {', '.join(near)}")
        elif known[key].file is None:
            defects.append(f"« {key} » n’a pas de fichier : ses chiffres sont embarqués")
    if defects:
        raise DataFileError(
            "Ces sources ne peuvent pas être demandées.",
            defects=defects,
            remedy="« cpts-geo data status » donne la liste des sources.",
        )
    return [known[key] for key in dict.fromkeys(keys)]


def _have(source: Source, run: _Run) -> _Outcome:
    """Have the file of one source, alone at it."""
    file = source.file or ""

    def waits() -> None:
        run.say(f"{source.key} : un autre processus s’en occupe, attente")

    with alone(file, run.cache, waits=waits):
        try:
            outcome = _had(source, file, run) or _bring(source, file, run)
            names = [f"{_MIRROR}{file}", *_addresses(source, run)]
            sweep_starts(names, run.cache, say=run.say)
            return outcome
        except OSError as error:
            raise cache_refused(run.cache, error) from error


def _expected(source: Source, run: _Run) -> str | None:
    """SHA-256 that the file must have; None where nobody says it."""
    entry = None if run.update else read_lock(run.lock).get(source.key)
    return source.sha256 or (entry.sha256 if entry else None)


def _had(source: Source, file: str, run: _Run) -> _Outcome | None:
    """What the cache holds already, when its bytes are known to be the right ones."""
    path, expected = run.cache / file, _expected(source, run)
    entry = read_lock(run.lock).get(source.key)
    table = erased(source, entry, run.cache) if entry and not run.update else None
    if entry and table:
        run.say(f"{source.key} : déjà lu, et effacé depuis{_words(entry.vintage)}")
        return _Outcome(source.key, table, entry.sha256, entry.address, entry.vintage, "cache")
    if expected is None:
        return None
    found = sha256_of(path) if path.is_file() else None
    if found != expected and not taken_back(path, expected, found=found):
        if found:
            run.say(f"{source.key} : le fichier du cache n’est pas celui attendu, il est repris")
        return None
    if entry is None or (entry.file, entry.sha256) != (file, expected):
        # Brought under another lock: the catalogue's hash proves it.
        entry = _locked(path, expected, f"cache : {file}", check_content(path, source))
        write_entry(source.key, entry, run.lock, cache=run.cache)
    run.say(f"{source.key} : déjà dans le cache{_words(entry.vintage)}")
    return _Outcome(source.key, path, expected, entry.address, entry.vintage, "cache")


def _locked(path: Path, sha256: str, address: str, vintage: str) -> Locked:
    """Entry of the lock for a file that came today."""
    today = datetime.now(UTC).date().isoformat()
    return Locked(path.name, sha256, path.stat().st_size, today, address, vintage)


def _words(vintage: str) -> str:
    """Vintage in brackets; nothing where it is unknown."""
    return f" (millésime {vintage})" if vintage else ""


def _bring(source: Source, file: str, run: _Run) -> _Outcome:
    """Try each candidate in order; all of them failing is an error that lists them."""
    refusals = []
    pace = Pace(most_bytes(source.megabytes))
    addresses = _addresses(source, run)
    copy = run.mirror / file if run.mirror else None
    with open_session(pace) as session:
        new = partial(
            Candidate,
            source=source,
            cache=run.cache,
            session=session,
            pace=pace,
            progress=run.progress,
        )
        candidates = [new(f"{_MIRROR}{file}", copy=copy)] if copy and copy.is_file() else []
        candidates += [new(address) for address in addresses if not run.offline]
        for candidate in candidates:
            try:
                return _keep(candidate, run)
            except OutputError:
                raise  # the lock cannot be written: no candidate would do better
            except CptsGeoError as error:
                said = " ; ".join([error.summary, *written(error.defects)])
                refusals.append(f"{candidate.name} : {said}")
            if candidate is not candidates[-1]:
                run.say(f"{source.key} : candidat suivant, le précédent ne convient pas")
    if copy and not copy.is_file():
        special = copy.exists()  # a pipe would never end, a device would fill the disk
        said = "n’est pas un fichier ordinaire" if special else "le miroir n’a pas ce fichier"
        refusals.append(f"{_MIRROR}{file} : {said}" if special else said)
    if run.offline and addresses:
        untried = counted(len(addresses), "adresse non essayée", "adresses non essayées")
        refusals.append(f"hors ligne : {untried}")
    if not addresses:
        where = f"vient du paquet {source.package}" if source.package else "plus aucune adresse"
        refusals.append(f"{where} : seul un miroir peut l’apporter")
    raise DataFileError(
        "aucun candidat ne convient",
        defects=refusals,
        remedy=REMEDY if addresses else _NO_ADDRESS_REMEDY,
    )


def _addresses(source: Source, run: _Run) -> list[str]:
    """Those of the catalogue, then the one of the lock: a dated address outlives a redirect."""
    entry = None if run.update else read_lock(run.lock).get(source.key)
    locked = [entry.address] if entry and entry.address.startswith(("http://", "https://")) else []
    return list(dict.fromkeys([*source.addresses, *locked]))


def _keep(candidate: Candidate, run: _Run) -> _Outcome:
    """Bring a candidate, check it, and only then give it its place and its line in the lock."""
    source = candidate.source
    arrived = candidate.folder / candidate.file
    expected = _expected(source, run)
    try:
        arrived.unlink(missing_ok=True)
        vintage = judged(candidate, expected)
        path = run.cache / candidate.file
        entry = _locked(arrived, candidate.sha256, candidate.address, vintage)
        replaced = sha256_of(path) if path.is_file() else candidate.sha256
        if replaced != candidate.sha256 and not source.personal:
            set_aside(path, replaced)
        arrived.replace(path)
    finally:
        candidate.clean()
    write_entry(source.key, entry, run.lock, cache=run.cache)
    copied = candidate.copy is not None
    run.say(f"{source.key} : {'copié du miroir' if copied else 'téléchargé'}{_words(vintage)}")
    if expected is None:
        run.say(f"{source.key} : à savoir, {_FIRST_BYTES}")
    state: _State = "miroir" if copied else "téléchargé"
    return _Outcome(source.key, path, candidate.sha256, candidate.address, vintage, state)
