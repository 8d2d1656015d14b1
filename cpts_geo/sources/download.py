"""One address to one whole file: retried, resumed after a cut, and listed where it is a list."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from cpts_geo import __version__
from cpts_geo.errors import DataFileError, one_line

#: First wait before another try, in seconds; it doubles each time.
_BACKOFF_S = 1.0
#: A server that asks for longer than this is left for the next candidate, or the next day.
_LONGEST_WAIT_S: Final = 60.0
#: Times a body that was cut is asked for again within one call; the next call goes on from there.
_ATTEMPTS: Final = 5
#: Seconds to reach a server, then between two packets of it.
_TIMEOUT_S: Final = (10.0, 60.0)
#: Small, because what a cut leaves of the last piece is lost.
_CHUNK: Final = 1 << 14
#: Longer than any list of the files of a data set.
_LONGEST_LIST: Final = 20_000_000
_BUSY: Final = (429, 500, 502, 503, 504)
_STATUS: Final = {
    401: "accès refusé",
    403: "accès refusé",
    404: "introuvable",
    410: "retiré",
    429: "trop de demandes",
}
_RETRY_LATER: Final = "réessayez plus tard."

#: Called with the bytes already here and the bytes expected (None: not announced).
Told = Callable[[int, int | None], None]


class _CutError(Exception):
    """The body did not come whole; what came of it can be used, or was thrown away."""


class _Patience(Retry):
    """Retries of the library, deaf to a server that would make an analyst wait for an hour."""

    def parse_retry_after(self, retry_after: str) -> float:
        """
        Seconds a server asks to wait, bounded.

        Parameters
        ----------
        retry_after : str
            Header of the answer: seconds, or a date.

        Returns
        -------
        float
            Seconds to wait.
        """
        return min(super().parse_retry_after(retry_after), _LONGEST_WAIT_S)


@dataclass(frozen=True)
class _Begun:
    """What is known of a body that began to arrive: how to ask for the rest of the same one."""

    have: int = 0
    validator: str = ""
    total: int | None = None


def open_session() -> requests.Session:
    """
    Session whose retries, with growing waits, are the library's.

    Returns
    -------
    requests.Session
        Asks again after 429 and 5xx (``Retry-After`` is respected up to a minute) and after a
        connection that failed; says who it is; asks for bytes as they are stored.
    """
    retries = _Patience(
        total=4,
        connect=1,  # no network at all is said at once, for each of twenty sources
        backoff_factor=_BACKOFF_S,
        status_forcelist=_BUSY,
        allowed_methods={"GET"},
        raise_on_status=False,
    )
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retries))
    session.headers["User-Agent"] = f"Mozilla/5.0 (compatible; cpts_geo/{__version__})"
    # A body packed on the fly could be neither measured, nor resumed, nor hashed as published.
    session.headers["Accept-Encoding"] = "identity"
    return session


def partial_dir(address: str, folder: Path) -> Path:
    """
    Where what has arrived of an address waits for its end.

    Parameters
    ----------
    address : str
        Address of the file.
    folder : Path
        The cache.

    Returns
    -------
    Path
        A folder of its own for each address, so that one candidate never goes on another's.

    Examples
    --------
    >>> partial_dir("https://exemple.fr/a.csv", Path("cache")).as_posix()
    'cache/.partial/14459ba6dfe8'
    """
    return folder / ".partial" / hashlib.sha256(address.encode()).hexdigest()[:12]


def download(
    address: str,
    folder: Path,
    *,
    session: requests.Session,
    unpack: bool = True,
    told: Told | None = None,
) -> tuple[Path, str]:
    """
    Bring the whole file of an address, going on from what a previous try left.

    Parameters
    ----------
    address : str
        What to ask for; redirects are followed.
    folder : Path
        Folder of this address alone, see :func:`partial_dir`; made when missing. What has
        arrived stays there when the connection or the disk fails.
    session : requests.Session
        See :func:`open_session`.
    unpack : bool
        Whether a packing that the server adds for the journey is undone; not for a file that
        is itself a gzip, which some servers announce as such a packing.
    told : callable, optional
        Told of the bytes that have arrived.

    Returns
    -------
    path : Path
        The file, whole: as long as the server announced.
    address : str
        The address it came from, after redirects.

    Raises
    ------
    DataFileError
        The server refuses, is not there, or cuts every try.
    OSError
        The disk refuses what arrives.
    """
    folder.mkdir(parents=True, exist_ok=True)
    body = folder / "body"
    cut = _CutError()
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(_BACKOFF_S * 2 ** (attempt - 1))
        try:
            return body, _bring(address, body, session=session, unpack=unpack, told=told)
        except _CutError as error:
            cut = error
        except urllib3.exceptions.HTTPError as error:
            # The body is read under requests, which would have wrapped this one.
            cut = _CutError(type(error).__name__)
        except requests.RequestException as error:
            raise network_refusal(error, address) from error
    kept = _begun(body).have
    if not kept:
        body.unlink(missing_ok=True)
    raise DataFileError(
        f"connexion coupée {_ATTEMPTS} fois ({cut or 'réponse incomplète'})"
        + (f" ; {kept} octets gardés" if kept else " ; ce serveur ne permet pas de reprendre"),
        remedy="relancez la commande : elle reprend où elle s’est arrêtée.",
    )


def network_refusal(error: requests.RequestException, address: str) -> DataFileError:
    """
    Say in French what the library says of the network.

    Parameters
    ----------
    error : requests.RequestException
        What the library raised.
    address : str
        What was asked for.

    Returns
    -------
    DataFileError
        To raise.

    Examples
    --------
    >>> network_refusal(requests.Timeout(), "https://exemple.fr").summary
    'pas de réponse dans le délai'
    """
    said: dict[type[Exception], str] = {
        requests.exceptions.SSLError: "certificat du serveur refusé",
        requests.Timeout: "pas de réponse dans le délai",
        requests.ConnectionError: "connexion impossible",
        requests.exceptions.ChunkedEncodingError: "connexion coupée",
        requests.TooManyRedirects: "redirections sans fin",
        ValueError: f"adresse invalide « {one_line(address)} »",
    }
    text = next((french for kind, french in said.items() if isinstance(error, kind)), "")
    return DataFileError(text or one_line(str(error)), remedy=_RETRY_LATER)


def _begun(body: Path) -> _Begun:
    """What an earlier try left, when it can be gone on with: some bytes, and whose they are."""
    try:
        state = json.loads(body.with_name("state.json").read_text(encoding="utf-8"))
        begun = _Begun(body.stat().st_size, str(state["validator"]), state["total"])
    except (OSError, ValueError, KeyError, TypeError):
        return _Begun()
    return begun if begun.have and begun.validator else _Begun()


def _bring(
    address: str, body: Path, *, session: requests.Session, unpack: bool, told: Told | None
) -> str:
    begun = _begun(body)
    # If-Range: the rest of the same file, or the whole of the new one if it has changed.
    asked = {"Range": f"bytes={begun.have}-", "If-Range": begun.validator} if begun.have else {}
    with session.get(address, headers=asked, stream=True, timeout=_TIMEOUT_S) as response:
        if begun.have and response.status_code in (206, 416):
            if not _goes_on(response, begun):
                body.unlink()
                raise _CutError("la suite proposée n’est pas celle du début reçu")
            if response.status_code == 416:
                return response.url  # nothing was missing
        elif response.status_code != 200:
            status = response.status_code
            said = _STATUS.get(status, "panne du serveur" if status >= 500 else "refus")
            raise DataFileError(f"réponse {status} ({said})", remedy=_RETRY_LATER)
        else:
            begun = _start(response, body, unpack=unpack)
        have = begun.have
        with body.open("ab") as stream:
            for chunk in response.raw.stream(_CHUNK, decode_content=unpack):
                stream.write(chunk)
                have += len(chunk)
                if told:
                    told(have, begun.total)
        if begun.total is not None and have != begun.total:
            raise _CutError(f"{have} octets sur {begun.total}")
        return response.url


def _validator(response: requests.Response) -> str:
    """Name of these very bytes given by the server; a weak tag does not promise the same ones."""
    tag = response.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified", "")


def _goes_on(response: requests.Response, begun: _Begun) -> bool:
    """Whether an answer to a request for the rest is the rest of what is here."""
    given = re.fullmatch(
        r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)", response.headers.get("Content-Range", "")
    )
    if given is None:
        return False
    start, total = given.groups()
    if response.status_code == 416:
        return total == str(begun.have)
    same_length = begun.total is None or total in ("*", str(begun.total))
    # Some servers ignore If-Range and send the end of another file.
    return (
        start == str(begun.have) and same_length and _validator(response) in ("", begun.validator)
    )


def _start(response: requests.Response, body: Path, *, unpack: bool) -> _Begun:
    """Forget what was here, and write down whose bytes are to come."""
    packed = unpack and response.headers.get("Content-Encoding", "identity") != "identity"
    length = response.headers.get("Content-Length", "")
    begun = _Begun(
        validator="" if packed else _validator(response),
        total=int(length) if length.isdigit() and not packed else None,
    )
    body.write_bytes(b"")
    state = json.dumps({"validator": begun.validator, "total": begun.total})
    body.with_name("state.json").write_text(state, encoding="utf-8")
    return begun


def listed_address(path: Path, pattern: str, *, base: str) -> str | None:
    """
    Address of the wanted file, when what an address served is the list of files of a data set.

    Parameters
    ----------
    path : Path
        What was served.
    pattern : str
        Regular expression looked for in the title and the address of each file.
    base : str
        Address of the list, for addresses relative to it.

    Returns
    -------
    str or None
        The most recently modified match, the first of the list among equals; None when this is
        no list of data.gouv.fr (``resources``) nor of Opendatasoft (``attachments``).

    Raises
    ------
    DataFileError
        The list has no such file; what it has is listed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "list"
    ...     text = '{"resources": [{"title": "reg24", "url": "/f/24.parquet"}]}'
    ...     _ = path.write_text(text)
    ...     listed_address(path, "reg24", base="https://exemple.fr/api")
    'https://exemple.fr/f/24.parquet'
    """
    if path.stat().st_size > _LONGEST_LIST:
        return None
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    entries = isinstance(content, dict) and (content.get("resources") or content.get("attachments"))
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return None
    files = [_listed(entry) for entry in entries]
    wanted = [file for file in files if any(re.search(pattern, text) for text in file[1:])]
    if not wanted:
        raise DataFileError(
            f"aucun fichier « {pattern} » dans la liste du jeu de données",
            defects=[one_line(f"{title} {address}") for _, title, address in files[:20]],
            remedy="adaptez « resource » dans sources/catalogue_*.toml.",
        )
    return urljoin(base, max(wanted, key=lambda file: file[0])[2])


def _listed(entry: dict[str, Any]) -> tuple[str, str, str]:
    """Date, title and address of a file of a list, in either form."""
    described = entry | (entry["metas"] if isinstance(entry.get("metas"), dict) else {})
    address = next(
        (
            entry[name]
            for name in ("url", "href", "latest")
            if isinstance(entry.get(name), str) and entry[name]
        ),
        "",
    )
    return str(described.get("last_modified") or ""), str(described.get("title") or ""), address
