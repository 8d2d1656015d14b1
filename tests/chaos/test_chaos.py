"""A few rounds of the fault campaign, and what would make it blind."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos import campaign as verb
from tests.chaos.campaign import KINDS, Kind, campaign, opened
from tests.chaos.runs import Bench, Ended, SkippedError, contents, different, half_done, left_over

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL, mount: POSIX")


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with opened() as place:
        yield place


def few(bench: Bench, name: str, *, rounds: int, among: slice = slice(None)) -> None:
    """Some rounds of a kind: no rule is broken."""
    (kind,) = [kind for kind in KINDS if kind.name == name]
    chosen = Kind(kind.name, lambda asked: kind.rounds(asked)[among])
    (tally,) = campaign(bench, [chosen], rounds=rounds, seed=1)
    assert tally.told == []
    if tally.skipped:
        pytest.skip("this machine cannot do it")
    assert tally.done


@pytest.mark.report
@pytest.mark.parametrize(
    ("name", "rounds"),
    [
        ("tué à un moment : data fetch", 1),
        ("tué en écrivant : data fetch", 2),
        ("disque plein : data fetch", 4),
    ],
)
def test_what_is_fetched_survives(bench: Bench, name: str, rounds: int) -> None:
    few(bench, name, rounds=rounds)


@pytest.mark.report
def test_a_report_killed_while_it_writes_survives(bench: Bench) -> None:
    few(bench, "tué en écrivant : report", rounds=10, among=slice(9, 10))


@pytest.mark.report
def test_a_report_of_little_memory_is_whole_or_refused(bench: Bench) -> None:
    few(bench, "peu de mémoire", rounds=1, among=slice(1))


@pytest.mark.report
def test_a_byte_of_the_data_is_never_a_figure(bench: Bench) -> None:
    few(bench, "octet changé", rounds=1, among=slice(3, 5))


# ---- the rules


def test_a_file_of_no_run_breaks_the_first_rule(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1")
    whole = contents(tmp_path)
    told = {"outputs": {"a.csv": whole["a.csv"]}}
    (tmp_path / "manifest.json").write_text(json.dumps(told))
    whole = contents(tmp_path)
    assert half_done(tmp_path, whole) == []
    (tmp_path / "a.csv").write_text("")
    assert len(half_done(tmp_path, whole)) == 2
    assert different(tmp_path, whole) == ["« a.csv » diffère"]
    (tmp_path / ".cpts_geo.lock").write_text("")
    (tmp_path / ".cpts_geo-x.part").mkdir()
    assert len(left_over(tmp_path)) == 2


@pytest.mark.parametrize(
    ("ended", "right"),
    [
        (Ended(0, "", "", 1), True),
        (Ended(0, "", "Traceback (most recent call last)", 1), False),
        (Ended(1, "", "Erreur : mémoire.\nÀ faire : x.", 1), True),
        (Ended(1, "", "Erreur : disque.\nÀ faire : x.", 1), False),
        (Ended(1, "", "mémoire", 1), False),
        (Ended(70, "", "Erreur inattendue : mémoire.\nÀ faire : x.", 1), False),
    ],
)
def test_how_a_run_may_end(ended: Ended, right: bool) -> None:
    assert (ended.defects(refused=("mémoire",)) == []) == right
    assert (ended.defects() == []) == (right and ended.code == 0)


def test_the_campaign_tells_what_is_broken_and_what_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def lacks(*_: object) -> tuple[str, list[str]]:
        raise SkippedError("pas de tmpfs")

    kinds = [
        Kind("bon", lambda n: [lambda *_: ("a", [])] * n),
        Kind("mauvais", lambda _: [lambda *_: ("b", ["reste « x »"])]),
        Kind("omis", lambda _: [lacks]),
    ]
    monkeypatch.setattr(verb, "KINDS", kinds)
    assert verb.main(["--rounds", "3"]) == 1
    shown = capsys.readouterr().out
    assert "ENFREINT — mauvais, b : reste « x »" in shown
    assert "omis, pas de tmpfs" in shown
    assert "4 fautes, 1 où une règle est enfreinte, 1 omises" in shown
    assert verb.main(["--only", "bon"]) == 0
    assert verb.main(["--only", "absent"]) == 2
