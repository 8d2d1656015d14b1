"""Studies and reports that several test files read: made once, kept between workers and runs.

What is kept stands in ``.cache/tests``, in a folder named by all that it rests on: the code, the
data, the locks and the Python. Any change makes another folder, and the oldest ones go.
Nothing here is asked for under a monkeypatch: what it changed would be kept.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from filelock import FileLock

from cpts_geo.analysis import Analysis, Options, analyse
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.writing.report import write_report

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".cache" / "tests"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def _folder() -> Path:
    """Return the folder of this code and these data; the oldest of others go."""
    files = [ROOT / "requirements-test.lock"]
    files += [p for name in ("cpts_geo", "data") for p in (ROOT / name).rglob("*") if p.is_file()]
    # Bytes of Python are made from the sources, which are read.
    read = sorted(path for path in files if path.suffix != ".pyc")
    sums = [f"{p.relative_to(ROOT)} {hashlib.sha256(p.read_bytes()).hexdigest()}" for p in read]
    folder = KEPT / _digest("\n".join([sys.version, *sums]))
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(KEPT / "lock"):
        # Another run, on the code of a minute ago, may still read the last but one.
        others = sorted((p for p in KEPT.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime)
        for other in others[:-3]:
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)
    return folder


def _said(value: Any) -> str:
    """Write an argument so that equal texts mean equal results: a file is its name and content."""
    if isinstance(value, Path) and value.is_file():
        return f"{value.name} {hashlib.sha256(value.read_bytes()).hexdigest()}"
    if isinstance(value, Path):
        raise TypeError(f"{value} is no file: what it holds would not be part of the name")
    return repr(value)


def _name(*arguments: Any, **options: Any) -> str:
    """Name a result by its arguments, and by what this session has fetched (nothing, as a rule)."""
    fetched = sorted(p.name for p in Path(os.environ["CPTS_GEO_CACHE"]).rglob("*"))
    named = [f"{key}={_said(value)}" for key, value in sorted(options.items())]
    return _digest("\n".join([*map(_said, arguments), *named, *fetched]))


def kept_file(name: str, make: Callable[[], Any]) -> Any:
    """Return what `make` gives, from the file of that name when it was made before."""
    path = _folder() / f"{name}.pickle"
    with FileLock(path.with_suffix(".lock")):
        if not path.is_file():
            draft = path.with_suffix(".draft")
            draft.write_bytes(pickle.dumps(make()))
            draft.replace(path)
    return pickle.loads(path.read_bytes())


def made_by(file: str) -> str:
    """Name the report that a test file makes of its own inputs: by that file, and by today."""
    return _digest(f"{date.today()} {Path(file).read_text('utf-8')}")


def kept_folder(name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder of that name that `make` fills; whoever reads it leaves it as it is."""
    folder = _folder() / name
    with FileLock(_folder() / f"{name}.lock"):
        if not folder.is_dir():
            draft = _folder() / f"{name}.draft"
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            make(draft)
            draft.rename(folder)
    return folder


def _run(territories: Sequence[str] = (), **asked: Any) -> Analysis:
    """Run what is asked for: fields of a request, and of the options."""
    of_request = {field.name for field in fields(Request)}
    request = {name: value for name, value in asked.items() if name in of_request}
    options = {name: value for name, value in asked.items() if name not in of_request}
    return analyse(Request(territories, **request), Options(**options))


def analysed(*territories: Any, **asked: Any) -> Analysis:
    """Return ``analyse(...)`` of these fields of :class:`Request` and :class:`Options`."""
    return kept_file(_name(*territories, **asked), lambda: _run(*territories, **asked))


def reported(*territories: Any, **asked: Any) -> Path:
    """Return the folder of the report of ``analyse(...)``, which says today's date."""
    name = _name(f"report {date.today()}", *territories, **asked)
    return kept_folder(name, lambda folder: write_report(analysed(*territories, **asked), folder))
