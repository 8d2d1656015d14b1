"""What is read at a path that somebody gives: a regular file, or a refusal, and never a wait."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cpts_geo.errors import DataFileError, TravelError
from cpts_geo.files import _SpecialFileError, open_regular, reason
from cpts_geo.sources.catalogue.lock import _MAX_BYTES, read_lock
from cpts_geo.sources.roads._tiles import build_tiles

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="système POSIX")


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _folder(path: Path) -> None:
    path.mkdir()


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_pipe, "c’est un tube nommé"),
        (_device, "c’est un périphérique"),
        (_folder, "c’est un dossier"),
        (_socket, "ce n’est pas un fichier ordinaire"),
    ],
)
def test_it_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None], words: str
) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    path = Path("x.pbf")
    make(path)
    free = os.dup(0)
    os.close(free)
    with pytest.raises(OSError) as refused:
        open_regular(path)
    assert words in reason(refused.value)
    # Nothing stays open.
    again = os.dup(0)
    os.close(again)
    assert again == free
    # A lock, a road network: both are files.
    with pytest.raises(DataFileError, match=r"Le verrou « x\.pbf » est illisible") as lock:
        read_lock(path)
    assert words in lock.value.defects[0]
    with pytest.raises(TravelError, match=r"« x\.pbf » ne peut pas être lu") as roads:
        build_tiles(path)
    assert words in roads.value.summary


def test_a_missing_road_network_is_said_in_french(tmp_path: Path) -> None:
    with pytest.raises(TravelError, match="fichier ou dossier introuvable"):
        build_tiles(tmp_path / "absent.pbf")


def test_the_size_of_a_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock.toml"
    path.write_text("#" * (_MAX_BYTES - 1) + "\n", encoding="utf-8")
    assert read_lock(path) == {}
    path.write_text("#" * _MAX_BYTES + "\n", encoding="utf-8")
    with pytest.raises(DataFileError, match="il dépasse 10 Mo"):
        read_lock(path)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOENT, "No such file or directory"), "fichier ou dossier introuvable"),
        (OSError(errno.EIO, "Input/output error"), "le disque répond mal"),
        (OSError(errno.EPIPE, "Broken pipe"), f"refus n° {errno.EPIPE} du système"),
        (OSError("in English"), "refus du système"),
        (_SpecialFileError("un tube"), "un tube"),
    ],
)
def test_a_refusal_of_the_system_is_said_in_french(error: OSError, words: str) -> None:
    assert reason(error) == words
