"""One bound: its limit, what it refuses in words, and the page that lists many of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Unit = Literal[
    "octets", "lignes", "colonnes", "cellules", "caractères", "secondes", "sommets", "territoires",
    "entités", "contours", "couches", "champs", "paires",
    "fois", "octets par seconde", "redirections", "fichiers", "pages", "membres",
    "listes et objets",
]  # fmt: skip
_PAGE: Final = """# Bounds

What an analyst brings is read within these bounds, or refused in a French sentence with what to do.
They are generous for real use, and what is beyond is refused without filling the memory. This page
is written from `cpts_geo/sources/bounds/files.py`; `tests/test_bounds.py` reads each bound
on both sides and checks that the page is up to date.

| Bound | Limit | What it bounds | Refusal | Test |
|---|---|---|---|---|"""


@dataclass(frozen=True)
class Bound:
    """
    One limit, and the refusal of what is beyond it.

    Parameters
    ----------
    key : str
        Name of the bound, used by readers and by tests.
    limit : int
        The largest value that passes.
    unit : str
        What is counted, a French plural.
    what : str
        English words for the table of bounds: what is bounded, and why so.
    sentence : str, optional
        French summary of the refusal; ``{name}``, ``{found}`` and ``{limit}`` are filled, and
        ``{where}`` by those readers that know it. Empty for what only enters into another bound.
    remedy : str, optional
        French words of what to do, ``{limit}`` filled; empty as the sentence is.
    """

    key: str
    limit: int
    unit: Unit
    what: str
    sentence: str = ""
    remedy: str = ""


def quantity(value: int, unit: str) -> str:
    """
    Write a count with its unit.

    Parameters
    ----------
    value : int
        The count.
    unit : str
        French plural; bytes are written in kilo-, mega- or gigabytes.

    Returns
    -------
    str
        French words.

    Examples
    --------
    >>> quantity(20_400_000, "octets"), quantity(1, "lignes"), quantity(999, "octets")
    ('20,4 Mo', '1 ligne', '999 octets')
    """
    if unit == "octets":
        for size, word in ((10**9, "Go"), (10**6, "Mo"), (10**3, "ko")):
            if value >= size:
                return f"{value / size:.4g}".replace(".", ",") + f" {word}"
    plain = unit.removesuffix("s") if value == 1 else unit
    return f"{value:,}".replace(",", "\u202f") + f" {plain}"


def excess(found: int, limit: int, *, unit: str) -> str:
    """
    Write a count that is beyond a limit, so that it never reads as the limit itself.

    Parameters
    ----------
    found, limit : int
        The count, and what it should not pass.
    unit : str
        As for :func:`quantity`.

    Returns
    -------
    str
        French words.

    Examples
    --------
    >>> excess(1_300_000, 1_000_000, unit="octets"), excess(1_000_001, 1_000_000, unit="octets")
    ('1,3 Mo', 'plus de 1 Mo')
    """
    shown, most = quantity(found, unit), quantity(limit, unit)
    return f"plus de {most}" if shown == most else shown


def bounds_page(
    bounds: Sequence[Bound], *, head: str = _PAGE, tests: str = "tests/test_bounds.py"
) -> str:
    """
    Write bounds as a page for people.

    Parameters
    ----------
    bounds : sequence of Bound
        In the order to show.
    head : str
        What stands above the rows; that of an analyst's files by default.
    tests : str
        File of the test that reads each bound on both sides.

    Returns
    -------
    str
        Markdown: key, limit, what is bounded (English), sentence shown (French) with its remedy,
        arguments of pytest that run its test.

    Examples
    --------
    >>> rows = Bound("rows", 100_000, "lignes", "rows of a list", "Trop de lignes.", "coupez.")
    >>> bounds_page([rows]).splitlines()[-1].split(" | ")[1].replace("\u202f", " ")
    '100 000 lignes'
    """
    lines = [
        f"| `{b.key}` | {quantity(b.limit, b.unit)} | {b.what} | {_shown(b)} "
        f"| `{tests} -k {b.key}` |"
        for b in bounds
    ]
    return "\n".join([head, *lines, ""])


def _shown(bound: Bound) -> str:
    if not bound.sentence:
        return "—"
    sentence = bound.sentence.format(name="…", found="…", limit="…", where="…")
    return f"{sentence} *À faire :* {bound.remedy.format(limit=quantity(bound.limit, bound.unit))}"
