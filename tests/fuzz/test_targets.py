"""Every reader of foreign files is fuzzed, and what goes wrong there is seen."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from cpts_geo.errors import TableError
from cpts_geo.sources.readers.registry import READERS
from tests.cli.test_broken import DOORS
from tests.conftest import ROOT
from tests.fuzz.seeds import WRITTEN, keep
from tests.fuzz.targets import TARGETS, in_this_process, wrong


def test_every_door_and_every_reader_is_a_target() -> None:
    names = {name.rpartition(".")[0] for name in TARGETS if not name.startswith("reader.")}
    # A command is no reader; what is fetched is read by the readers below.
    assert names - {"kept", "state", "listing"} == set(DOORS) - {"fetched"}
    assert {name.removeprefix("reader.") for name in TARGETS} >= set(READERS)


def test_every_kind_of_file_of_a_door_is_known_here() -> None:
    texts = [path.read_text("utf-8") for path in (ROOT / "cpts_geo").rglob("*.py")]
    keys = {key for text in texts for key in re.findall(r"Door\(\s*key=\"(\w+)\"", text)}
    assert keys <= {each.seeds for each in TARGETS.values()} | set(DOORS)


def _fails(path: Path) -> None:
    raise {b"a": ZeroDivisionError(), b"b": TableError("Non.", remedy="")}.get(
        path.read_bytes(), TableError("x\n" + "y" * 5_000, remedy="faites autrement.")
    )


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"a", "ZeroDivisionError at ?"), (b"b", "without a remedy"), (b"c", "endless line")],
)
def test_what_is_wrong_is_told(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "essai.csv"
    path.write_bytes(content)
    assert what in wrong(_fails, path)


def test_a_refusal_in_words_is_right(tmp_path: Path) -> None:
    assert wrong(DOORS["lock"], tmp_path) == ""
    assert wrong(lambda path: path.exists(), tmp_path) == ""


@pytest.mark.parametrize("whose", [*WRITTEN], ids="".join)
def test_small_files_damaged_anywhere(tmp_path: Path, whose: tuple[str, str]) -> None:
    draw = random.Random(19)
    targets = [each for each in TARGETS.values() if each.seeds == whose[0]]
    with in_this_process():
        for target in [each for each in targets if each.file.endswith(whose[1])]:
            for text in WRITTEN[whose]:
                content = text.encode()
                for _ in range(8 if whose[0] != "change" else 2):
                    cut, length = draw.randrange(len(content)), draw.randint(0, 9)
                    noise = draw.randbytes(draw.randint(0, 4))
                    path = tmp_path / target.file
                    path.write_bytes(content[:cut] + noise + content[cut + length :])
                    assert wrong(target.read, path) == "", (target.name, path.read_bytes())


def test_a_seed_that_is_large_is_not_kept(tmp_path: Path) -> None:
    keep(tmp_path, "lock", suffix=".toml", content=b"a = 1")
    keep(tmp_path, "lock", suffix=".toml", content=bytes(200_000))
    assert len([*(tmp_path / "lock.toml").iterdir()]) == 1


@pytest.mark.parametrize("name", ["kept.json", "state.json"])
@pytest.mark.parametrize(
    "content",
    [
        b'{"outputs": ' + b"[" * 100_000,
        b'{"outputs": {"\\u0000": "a", "/dev/zero": "a", "../a": "a", "b": 1}, "content": "%s"}'
        % (b"0" * 64),
        b'{"validator": "a\\nb", "total": "9"}',
    ],
    ids=["nested", "outside", "header"],
)
def test_what_is_taken_up_again_is_never_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / "body").write_bytes(b"x")
    path = tmp_path / TARGETS[name].file
    path.write_bytes(content)
    assert wrong(TARGETS[name].read, path) == ""
    listed, kept, begun = TARGETS[name].read(path)  # type: ignore[misc]
    assert (listed, kept, begun.have) == ({}, False, 0)
