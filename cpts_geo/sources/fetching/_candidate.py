"""One candidate of a source: brought, and judged before it is kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import requests
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from cpts_geo.errors import CptsGeoError, DataFileError
from cpts_geo.files import open_regular, reason, why_unread
from cpts_geo.sources.catalogue.catalogue import Source, sha256_of
from cpts_geo.sources.catalogue.listing import listed_address
from cpts_geo.sources.fetching._download import Told, download, partial_dir
from cpts_geo.sources.fetching._inspection import check_content, check_form
from cpts_geo.sources.fetching._web import Pace, network_refusal

#: What to do where no candidate has the file.
REMEDY: Final = (
    "vérifiez la connexion et réessayez, ou déposez ces fichiers, sous ces noms, dans un dossier "
    "indiqué par --mirror."
)
#: Bytes copied at a time.
_PIECE: Final = 1 << 20


@dataclass
class Candidate:
    """A place where the file of a source may be, an address or the copy of a mirror; ``address``
    and ``sha256`` say what came."""

    name: str
    source: Source
    cache: Path
    session: requests.Session
    pace: Pace
    copy: Path | None = None
    progress: bool = False
    address: str = ""
    sha256: str = ""
    _folders: set[Path] = field(default_factory=set)

    @property
    def file(self) -> str:
        """Name of the file in the cache."""
        return self.source.file or ""

    @property
    def folder(self) -> Path:
        """Where the file waits to be judged."""
        return partial_dir(self.name, self.cache)

    def bring(self, target: Path) -> None:
        """Bring the file, and refuse what is not of its form."""
        self.address = url = self.name
        target.parent.mkdir(parents=True, exist_ok=True)
        if self.copy is not None:
            self._copy(self.copy, target)
        elif self.source.service is not None:
            # Imported here: it brings geometry libraries that plain files do without.
            from cpts_geo.sources.fetching._services import collect  # noqa: PLC0415

            try:
                content = collect(
                    url, service=self.source.service, session=self.session, pace=self.pace
                )
            except requests.RequestException as error:
                raise network_refusal(error, url) from error
            target.write_bytes(content)
        else:
            body, self.address = self._download(url)
            try:
                listed = listed_address(body, self.source, base=self.address)
            except DataFileError:
                body.unlink()
                raise
            if listed:
                body.unlink()
                body, self.address = self._download(listed)
            body.replace(target)
        self.sha256 = sha256_of(target)
        check_form(target, self.file, most=self.pace.most)

    def clean(self) -> None:
        """Throw away what came whole and was judged; what was cut waits for its end."""
        for folder in {self.folder, *self._folders}:
            if self.sha256 or not (folder / "body").is_file():
                shutil.rmtree(folder, ignore_errors=True)

    def _copy(self, copy: Path, target: Path) -> None:
        try:
            stream = open_regular(copy)
        except OSError as error:
            raise DataFileError(
                f"illisible ({reason(error)})", remedy="donnez-en le droit de lecture."
            ) from error
        with stream, target.open("wb") as out:
            self.pace.check_size(os.fstat(stream.fileno()).st_size, announced=True)
            # A file may grow while it is read, or say that it is empty.
            while piece := stream.read(_PIECE):
                self.pace.check_size(out.tell() + len(piece))
                out.write(piece)

    def _download(self, address: str) -> tuple[Path, str]:
        folder = partial_dir(address, self.cache)
        self._folders.add(folder)
        with _bar(self.file, shown=self.progress) as told:
            return download(
                address,
                folder,
                session=self.session,
                pace=self.pace,
                # Some servers announce a gzip file as a packing for the journey.
                unpack=not self.file.endswith((".gz", ".tgz")),
                told=told,
            )


def judged(candidate: Candidate, expected: str | None) -> str:
    """Bring a candidate's file into its folder, hash checked; give the vintage of its content,
    empty when it says none."""
    path = candidate.folder / candidate.file
    try:
        candidate.bring(path)
    except (CptsGeoError, OSError):
        raise
    except Exception as error:
        # What comes from a network may break a library in any way.
        raise DataFileError(f"réponse illisible ({why_unread(error)})", remedy=REMEDY) from error
    if expected not in (None, candidate.sha256):
        said = f"sha256 {candidate.sha256}, {expected} attendu"
        if candidate.source.sha256:
            raise DataFileError(f"pas le fichier du catalogue ({said})", remedy=REMEDY)
        raise DataFileError(
            f"contenu différent de celui du verrou ({said}) : « --update » l’accepte", remedy=REMEDY
        )
    return check_content(path, candidate.source)


@contextmanager
def _bar(file: str, *, shown: bool) -> Iterator[Told | None]:
    """Yield what tells the progress to a bar; None where none is shown."""
    if not shown:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    console = Console(stderr=True)
    with Progress(*columns, TransferSpeedColumn(), console=console, transient=True) as progress:
        task = progress.add_task(file, total=None)
        yield lambda have, total: progress.update(task, completed=have, total=total)
