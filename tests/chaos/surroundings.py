"""What a run finds around it: the date, the language, little memory, data that were touched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

from cpts_geo import settings
from tests.chaos import child
from tests.chaos.runs import (
    REPORT,
    Bench,
    Job,
    SkippedError,
    aftermath,
    contents,
    different,
    forget,
    left_over,
    output_of,
)

CLOCKS = ("1970-01-01T12:00:00", "2100-02-28T23:59:00")
#: Languages, by name: variables.
LOCALES = {
    "C": {"LC_ALL": "C"},
    "POSIX": {"LC_ALL": "POSIX"},
    "C, sans UTF-8": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "terminal en ASCII": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
    "fr_FR.UTF-8": {"LC_ALL": "fr_FR.UTF-8"},
    "fr_FR, sans UTF-8": {"LC_ALL": "fr_FR.ISO-8859-1", "PYTHONUTF8": "0"},
    "tr_TR.UTF-8": {"LC_ALL": "tr_TR.UTF-8"},
    "inconnue": {"LC_ALL": "xx_YY", "PYTHONUTF8": "0"},
}
#: Megabytes that a run may ask for: of addresses, of its own.
MEMORY = {"512 Mo d’adresses": (child.AS, 512), "512 Mo à elle": (child.OWN, 512)} | {
    f"{size} Mo à elle": (child.OWN, size) for size in (64, 128, 200, 256, 320, 400)
}
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_IO_THREADS"), "1"
)


def other_date(bench: Bench, job: Job, clock: str) -> tuple[str, list[str]]:
    """At another date, the same figures: only the date that is shown differs."""
    whole, _ = bench.whole(job)
    folder = bench.new()
    output = output_of(job, folder)
    found = bench.run(job.arguments(bench, folder / "out"), folder, **{child.CLOCK: clock})
    broken = found.defects() + bench.survivors(folder) + left_over(output)
    here, there = (_without_dates(each) for each in (output, whole))
    broken += [
        f"« {name} » diffère"
        for name in sorted({*here, *there})
        if here.get(name) != there.get(name)
    ]
    forget(folder)
    return clock, broken


def _without_dates(folder: Path) -> dict[str, bytes]:
    """Content of each file that says figures, days apart; a manifest and a lock say the day."""
    found = {}
    for name in contents(folder):
        content = (folder / name).read_bytes()
        if name.endswith((".html", ".ipynb")):
            # In words, at the foot of a printed page, and as computers write it.
            dates = rb"\d\d/\d\d/\d{4}|\d\d\\2f \d\d\\2f \d{4}|\d{4}-\d\d-\d\d[T \d:.Z+-]*"
            content = re.sub(dates, b"", content)
        if not name.endswith(("manifest.json", ".lock.toml")):
            found[name] = content
    return found


def language(bench: Bench, job: Job, name: str) -> tuple[str, list[str]]:
    """In another language, the same results to the byte, and sentences that are read."""
    asked = LOCALES[name]
    if name != "inconnue" and not _has(asked["LC_ALL"]):
        raise SkippedError(f"cette machine n’a pas la langue {asked['LC_ALL']}")
    folder = bench.new()
    found = bench.run(job.arguments(bench, folder / "out"), folder, **asked)
    output = output_of(job, folder)
    broken = found.defects()
    broken += different(output, contents(bench.whole(job)[0])) + left_over(output)
    forget(folder)
    return name, broken


def _has(name: str) -> bool:
    """Whether the system knows a language."""
    asked = [sys.executable, "-c", f"import locale; locale.setlocale(locale.LC_ALL, {name!r})"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def little_memory(bench: Bench, job: Job, name: str) -> tuple[str, list[str]]:
    """With little memory, the same results, or a sentence that says so."""
    if sys.platform != "linux":
        raise SkippedError("ces limites sont celles de Linux")
    variable, megabytes = MEMORY[name]
    folder = bench.new()
    told = ONE_THREAD | {variable: str(megabytes * 1_000_000)}
    found = bench.run(job.arguments(bench, folder / "out"), folder, **told)
    broken = [] if found.code and _of_memory(found.err) else found.defects()
    broken += aftermath(bench, job, folder)
    forget(folder)
    return f"{name}, {'fini' if found.code == 0 else 'refusé'}", broken


def _of_memory(err: str) -> bool:
    """Whether a refusal says what lacks."""
    return "mémoire" in err and "À faire :" in err and "Traceback" not in err


def data_files() -> list[str]:
    """Embedded files that a run may read."""
    found = (path for path in settings.DATA_DIR.rglob("*") if path.is_file())
    names = (path.relative_to(settings.DATA_DIR).as_posix() for path in found)
    return sorted(name for name in names if name.count("/") and not name.endswith(".md"))


def changed_byte(bench: Bench, name: str, draw: Random) -> tuple[str, list[str]]:
    """With a byte of an embedded file changed: refused or told, by its name; or nothing changes."""
    folder = bench.new()
    data = folder / "data"
    shutil.copytree(settings.DATA_DIR, data, copy_function=os.link)
    content = bytearray((data / name).read_bytes())
    at = draw.randrange(len(content))
    digits = [place for place, byte in enumerate(content) if 48 <= byte <= 57]
    if name.endswith((".csv", ".toml", ".json")) and digits and draw.random() < 0.5:
        # A digit for another: nothing in the form of the file tells it.
        at = draw.choice(digits)
        content[at] = 48 + (content[at] - 48 + draw.randrange(1, 10)) % 10
    else:
        content[at] ^= draw.randrange(1, 256)
    (data / name).unlink()
    (data / name).write_bytes(content)
    found = bench.run(REPORT.arguments(bench, folder / "out"), folder, **{child.DATA: str(data)})
    short = Path(name).name
    told = short in found.out + found.err
    if found.code:
        broken = found.defects(refused=(short, Path(name).stem))
        said = "refusé"
    elif told:
        broken, said = [], "dit"
    else:
        here, there = (_without_dates(each) for each in (folder / "out", bench.whole(REPORT)[0]))
        broken = [f"« {each} » diffère, sans un mot" for each in there if here[each] != there[each]]
        said = "sans effet"
    forget(folder)
    return f"{name}, octet {at}, {said}", broken
