"""Numbers and days of nobody, drawn or joined from pieces, and the call logs that hold them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path

Cell = str | tuple[str, ...]
ROWS = 30


def write_log(
    folder: Path,
    cells: Sequence[Cell],
    *,
    header: str = "x",
    titles: Sequence[str] = (),
    name: str = "journal.csv",
) -> Path:
    """Write a log of which the last columns hold ``cells``."""
    lines = [*titles, f"date;issue;{header}"]
    for place, cell in enumerate(cells):
        parts = (cell,) if isinstance(cell, str) else cell
        quoted = ";".join(f'"{part}"' for part in parts)
        lines.append(f"{1 + place % 28:02}/03/2024 08:30;RDV;{quoted}")
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def births(seed: int = 11, rows: int = ROWS) -> list[date]:
    """Days of birth of nobody, over a century."""
    draw = random.Random(seed)
    return [
        date(draw.randint(1925, 2023), draw.randint(1, 12), draw.randint(1, 28))
        for _ in range(rows)
    ]


def phones(seed: int = 11, rows: int = ROWS) -> list[str]:
    """Phones of nobody."""
    draw = random.Random(seed)
    return [f"0{draw.randint(1, 7)}{draw.randint(0, 10**8 - 1):08}" for _ in range(rows)]


def nirs(seed: int = 11, rows: int = ROWS) -> list[str]:
    """NIR of nobody, without their key."""
    draw = random.Random(seed)
    return [
        f"{draw.randint(1, 2)}{born:%y%m}{draw.randint(1, 95):02}{draw.randint(0, 999_999):06}"
        for born in births(seed, rows)
    ]


def letters(seed: int = 11, rows: int = ROWS) -> list[str]:
    """Two letters a row."""
    draw = random.Random(seed)
    return ["".join(draw.choices("ABCDEFGHJKLMNPRSTV", k=2)) for _ in range(rows)]


def callers(seed: int = 11, rows: int = 200) -> list[str]:
    """Numbers of records that come back from call to call."""
    draw = random.Random(seed)
    known = [str(draw.randint(10_000_000, 99_999_999)) for _ in range(60)]
    return [draw.choice(known) for _ in range(rows)]


def pairs(phone: str, mark: str) -> str:
    """Write a phone by pairs."""
    return mark.join(phone[i : i + 2] for i in range(0, 10, 2))
