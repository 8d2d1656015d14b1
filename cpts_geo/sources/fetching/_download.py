"""One address to one whole file: retried, bounded, and resumed after a cut."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests
import urllib3

from cpts_geo.errors import DataFileError
from cpts_geo.files import parsed_json
from cpts_geo.sources.fetching import _web as web
from cpts_geo.sources.fetching._web import Pace, TooLargeError

#: Times a body that was cut is asked for again within one call; the next call goes on from there.
_ATTEMPTS: Final = 5
#: Seconds between two packets of a server.
_SILENCE_S: Final = 60.0
#: Small, because what a cut leaves of the last piece is lost.
_CHUNK: Final = 1 << 14
#: Digits of a length: more are no size of a file.
_LENGTH: Final = r"[0-9]{1,15}"

_PARTIAL: Final = "réponse incomplète"

#: Called with the bytes already here and the bytes expected (None: not announced).
Told = Callable[[int, int | None], None]


class _CutError(Exception):
    """The body did not come whole; what came of it can be used, or was thrown away."""


@dataclass(frozen=True)
class _Begun:
    """What is known of a body that began to arrive: how to ask for the rest of the same one."""

    have: int = 0
    validator: str = ""
    total: int | None = None


def partial_dir(address: str, folder: Path) -> Path:
    """Folder, of its own for each address, where what has arrived waits for its end."""
    return folder / ".partial" / hashlib.sha256(address.encode()).hexdigest()[:12]


def download(
    address: str,
    folder: Path,
    *,
    session: requests.Session,
    pace: Pace,
    unpack: bool = True,
    told: Told | None = None,
) -> tuple[Path, str]:
    """Bring the whole file of an address, going on from what a previous try left in its folder;
    give the file, and the address after redirects."""
    folder.mkdir(parents=True, exist_ok=True)
    body = folder / "body"
    cut = ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(min(web.BACKOFF_S * 2 ** (attempt - 1), pace.left()))
        try:
            with _answer(address, body, session=session, pace=pace) as response:
                return body, _bring(response, body, pace=pace, unpack=unpack, told=told)
        except DataFileError as error:
            if isinstance(error, TooLargeError) or not _begun(body).have:
                body.unlink(missing_ok=True)
            raise
        except _CutError as error:
            cut = str(error)
        except urllib3.exceptions.HTTPError as error:
            # The body is read under requests, which would have wrapped this one.
            cut = _in_french(error)
        except requests.RequestException as error:
            raise web.network_refusal(error, address) from error
    kept = _begun(body).have
    if not kept:
        body.unlink(missing_ok=True)
    raise DataFileError(
        f"connexion coupée {_ATTEMPTS} fois ({cut})"
        + (f" ; {kept} octets gardés" if kept else " ; ce serveur ne permet pas de reprendre"),
        remedy="relancez la commande : elle reprend où elle s’est arrêtée.",
    )


def _in_french(error: urllib3.exceptions.HTTPError) -> str:
    """What cut a body, in French."""
    said: dict[type[Exception], str] = {
        urllib3.exceptions.TimeoutError: "pas de réponse dans le délai",
        urllib3.exceptions.SSLError: "liaison chiffrée rompue",
        urllib3.exceptions.DecodeError: "contenu mal compressé",
    }
    return next((words for kind, words in said.items() if isinstance(error, kind)), _PARTIAL)


def _begun(body: Path) -> _Begun:
    """What an earlier try left, when it can be gone on with: some bytes, and whose they are."""
    try:
        state = parsed_json(body.with_name("state.json").read_bytes())
        begun = _Begun(body.stat().st_size, state["validator"], state["total"])
    except (OSError, ValueError, KeyError, TypeError):
        return _Begun()
    # What goes back into a header is a text that came in one.
    said = isinstance(begun.validator, str) and re.fullmatch(r"[ -~]+", begun.validator)
    known = begun.total is None or type(begun.total) is int
    return begun if begun.have and said and known else _Begun()


def _answer(
    address: str, body: Path, *, session: requests.Session, pace: Pace
) -> requests.Response:
    """Ask for what lacks: all of it, or the rest of what an earlier try left."""
    begun = _begun(body)
    # If-Range: the rest of the same file, or the whole of the new one if it has changed.
    asked = {"Range": f"bytes={begun.have}-", "If-Range": begun.validator} if begun.have else {}
    return web.ask(address, session=session, pace=pace, silence=_SILENCE_S, headers=asked)


def _bring(
    response: requests.Response, body: Path, *, pace: Pace, unpack: bool, told: Told | None
) -> str:
    """Append the body of an answer to what is here; give its address."""
    begun = _begun(body)
    if begun.have and response.status_code in (206, 416):
        if not _goes_on(response, begun):
            body.unlink()
            raise _CutError("la suite proposée n’est pas celle du début reçu")
        if response.status_code == 416:
            return response.url  # nothing was missing
    elif response.status_code != 200:
        raise web.status_refusal(response.status_code)
    else:
        length = response.headers.get("Content-Length", "")
        if re.fullmatch(_LENGTH, length):
            pace.check_size(int(length), announced=True)
        begun = _start(response, body, unpack=unpack)
    have = begun.have
    with body.open("ab") as stream:
        for chunk in response.raw.stream(_CHUNK, decode_content=unpack):
            have += len(chunk)
            pace.check_size(have)
            stream.write(chunk)
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
    packing = response.headers.get("Content-Encoding", "identity").strip().lower()
    packed = unpack and packing not in ("", "identity")
    length = response.headers.get("Content-Length", "")
    begun = _Begun(
        validator="" if packed else _validator(response),
        total=int(length) if re.fullmatch(_LENGTH, length) and not packed else None,
    )
    body.write_bytes(b"")
    state = json.dumps({"validator": begun.validator, "total": begun.total})
    body.with_name("state.json").write_text(state, encoding="utf-8")
    return begun
