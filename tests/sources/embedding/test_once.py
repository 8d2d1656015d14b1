"""A table read once a process: as long as its files are the same, and by several threads."""

from __future__ import annotations

import threading
from pathlib import Path

import pandas as pd

from cpts_geo.sources.embedding._once import once


def test_a_table_is_read_again_when_its_file_changes(tmp_path: Path) -> None:
    file, reads = tmp_path / "a", []

    @once("a", folder=lambda: tmp_path)
    def load() -> pd.DataFrame:
        reads.append(file.read_text())
        return pd.DataFrame({"text": reads[-1:]})

    for text in ("x", "x", "y", "x"):
        file.write_text(text)
        assert load().at[0, "text"] == text
    assert reads == ["x", "y", "x"]
    mine = load()
    mine["text"] = "changed"
    assert load().at[0, "text"] == "x"


def test_a_thread_keeps_its_table_while_another_reads_newer_files(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("old")
    met, done = threading.Event(), threading.Event()

    class Kept(pd.DataFrame):
        """A table that waits, where it is copied for the first time, until another is kept."""

        def copy(self, deep: bool = True) -> pd.DataFrame:
            if threading.current_thread() is slow and not met.is_set():
                met.set()
                done.wait(10)
            return pd.DataFrame(super().copy(deep))

    @once("a", folder=lambda: tmp_path)
    def load() -> pd.DataFrame:
        return Kept({"text": [file.read_text()]})

    found: list[str] = []
    slow = threading.Thread(target=lambda: found.append(load().at[0, "text"]))
    slow.start()
    assert met.wait(10)
    file.write_text("new")
    assert load().at[0, "text"] == "new"
    done.set()
    slow.join(10)
    assert found == ["old"]


def test_threads_that_read_at_once_all_get_a_table(tmp_path: Path) -> None:
    """Each may find nothing kept, read, and let go what another has just kept."""
    (tmp_path / "a").write_text("x")
    start, found = threading.Barrier(6), []

    @once("a", folder=lambda: tmp_path)
    def load() -> pd.DataFrame:
        start.wait(10)  # all have found nothing
        return pd.DataFrame({"a": [1]})

    threads = [threading.Thread(target=lambda: found.append(load())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(found) == 6
