"""Lines of a filled table: what each says of an area, or of a commune, and what is wrong of it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cpts_geo.errors import Defect, quoted
from cpts_geo.foreign import shown_name
from cpts_geo.french import joined
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst.filled._cells import disagrees, read_date, read_number
from cpts_geo.sources.analyst.filled.templates import (
    NO_COMMUNE,
    Line,
    Template,
    headings,
    level_words,
)

#: What stands between two zonings of a commune.
_BETWEEN: Final = re.compile(r"[,;+/&\n]|\bet\b", re.IGNORECASE)
#: A commune, or a zoning, of none.
_NONE: Final = frozenset({"aucun", NO_COMMUNE, "non", "neant", "hors zonage"})


@dataclass(frozen=True)
class Said:
    """Cells of one line by key, and where what is wrong of them is told."""

    cells: Mapping[str, str]
    line: int
    defects: list[str]

    def __getitem__(self, key: str) -> str:
        return self.cells.get(key, "")

    def wrong(self, text: str, kind: str = "cellule impossible") -> None:
        """Tell a defect of this line."""
        self.defects.append(Defect(f"ligne {self.line} : {text}", kind))

    def number(
        self, key: str, *, most: float, whole: bool, percent: bool = False, alone: bool = True
    ) -> Any:
        """Read the number of a column."""
        name = headings()[key]
        return read_number(self[key], most=most, whole=whole, percent=percent, alone=alone,
                           wrong=lambda text: self.wrong(f"{name} : {text}"))  # fmt: skip

    def origin(self) -> dict[str, str]:
        """Date, producer and remark; a figure without the first two is refused."""
        iso = read_date(self["date"], wrong=self.wrong)
        if not self["date"]:
            self.wrong("une valeur sans date", "valeur sans date")
        producer = shown_name(self["producer"])
        if not producer:
            self.wrong("une valeur sans producteur", "valeur sans producteur")
        return {"date": iso, "producer": producer, "remark": shown_name(self["remark"])}


def line_rows(template: Template, said: Said) -> list[dict[str, Any]]:
    """One figure of an area; none for a line that nobody filled."""
    line = template.lines.get(said["line"].strip().lower())
    values = [key for key in ("number", "population", "share", "value") if key in template.columns]
    if not any(said[key] for key in values):
        return []
    if plain(said["table"]) != template.key:
        said.wrong(f"tableau {quoted(said['table'])} au lieu de {quoted(template.key)}")
    if line is None:
        said.wrong(f"ligne {quoted(said['line'])} inconnue ; existe : {joined([*template.lines])}",
                   "ligne inconnue")  # fmt: skip
        return []
    found = _figures(line, said, values)
    row = {
        "territory": said["territory"],
        "line": line.code,
        "level": _level(line, said),
        "area_code": said["area_code"],
        "detail": shown_name(said["detail"]),
        **found,
        **said.origin(),
    }
    return [row]


def _figures(line: Line, said: Said, values: Sequence[str]) -> dict[str, Any]:
    """Number, population and share that a line gives."""
    whole = line.kind in ("people", "doctors", "visits")
    if "value" in values:
        percent = line.kind == "share"
        given = said.number("value", most=line.most, whole=whole, percent=percent)
        column = "share" if percent else "number"
        return {column: given.value, "masked": given.masked}
    number = said.number("number", most=float("inf"), whole=True)
    population = said.number("population", most=float("inf"), whole=True)
    share = said.number(
        "share",
        most=line.most if line.kind == "share" else 100.0,
        whole=False,
        percent=True,
        alone=math.isnan(number.value / population.value if population.value else math.nan),
    )
    if number.value > population.value:
        said.wrong("plus de personnes que la population", "nombre au-dessus de la population")
    elif disagrees(number, population, share):
        said.wrong(
            "la part n’est pas le nombre rapporté à la population", "part et nombre contraires"
        )
    return {
        "number": number.value,
        "population": population.value,
        "share": share.value,
        "masked": number.masked or share.masked,
    }


def _level(line: Line, said: Said) -> str:
    """Level of the area of a line."""
    words = {plain(text): key for key, text in level_words().items()}
    text = plain(said["level"]) or plain(level_words()["cpts"])
    level = words.get(text, "")
    if level not in line.levels:
        expected = joined([level_words()[key] for key in line.levels])
        said.wrong(f"niveau {quoted(said['level'])} ; attendu : {expected}")
    return level


def zoned_rows(template: Template, said: Said) -> list[dict[str, Any]]:
    """The zonings of a commune, a row each; none for a line that nobody filled."""
    written = said["zoning"]
    if not written and not said["people"]:
        return []
    commune = said["code_insee"].strip().upper()
    none = plain(commune) == NO_COMMUNE
    # Said of a commune: it is in none of them.
    if plain(written) in _NONE and not none:
        return [_zoned("", commune, said, float("nan"), masked=False)]
    codes = _zonings(template, written)
    if codes is None:
        known = joined([each.upper() for each in template.lines])
        said.wrong(f"zonage {quoted(written)} inconnu ; existe : {known}", "zonage inconnu")
        return []
    people = said.number("people", most=float("inf"), whole=True)
    if len(codes) > 1 and said["people"]:
        said.wrong(
            f"zonage {quoted(written)} et un nombre d’habitants : une ligne par zonage, chacune "
            "avec ses habitants",
            "habitants de plusieurs zonages",
        )
    return [_zoned(code, commune, said, people.value, masked=people.masked) for code in codes]


def _zoned(code: str, commune: str, said: Said, people: float, *, masked: bool) -> dict[str, Any]:
    """A row of a zoning; of no line where the commune is in none."""
    none = plain(commune) == NO_COMMUNE
    told = code or said["date"] or said["producer"]
    return {
        "territory": said["territory"],
        "line": code,
        "level": "commune",
        "area_code": NO_COMMUNE if none else commune.zfill(5) if commune.isdigit() else commune,
        "detail": said["commune"],
        "number": people,
        "masked": masked,
        **(said.origin() if told else dict.fromkeys(("date", "producer", "remark"), "")),
    }


def _zonings(template: Template, written: str) -> list[str] | None:
    """Codes of the zonings that a cell names, by letters or in full; None for another word."""
    words = {code: code for code in template.lines}
    for code, line in template.lines.items():
        words |= {plain(text): code for text in (line.label, line.label.partition(" (")[0])}
    if (whole := words.get(plain(written))) is not None:
        return [whole]
    # « Zone … (ZIP) » says it twice.
    bare = re.sub(r"\([^)]*\)", " ", written)
    named = [words.get(plain(part)) for part in _BETWEEN.split(bare) if plain(part)]
    found = [code for code in named if code is not None]
    return list(dict.fromkeys(found)) if named and len(found) == len(named) else None
