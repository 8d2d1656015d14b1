"""A TOML file of an analyst, read whole; what stops it is said in French, line by line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cpts_geo.capacity.scenario._slips.meant import in_toml, no_such_day, plain_spaces
from cpts_geo.errors import CptsGeoError, ScenarioError, one_line
from cpts_geo.files import parsed_toml
from cpts_geo.french import joined
from cpts_geo.sources.door import Door, read_bytes

#: Where the library says that a TOML is wrong; else it is at its end.
_PLACE: Final = re.compile(r"at line (\d+), column (\d+)")
_NAME: Final = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_NAMES: Final = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_TABLE: Final = re.compile(rf"\s*\[\s*({_NAMES})\s*\]\s*(?:#.*)?")
_ENTRY: Final = re.compile(rf"\s*\[\[\s*({_NAMES})\s*\]\]\s*(?:#.*)?")
_PAIR: Final = re.compile(rf"\s*({_NAMES})\s*=(.*)")
_COLON: Final = re.compile(rf"\s*({_NAMES})\s*:(.*)")
_APOSTROPHE: Final = re.compile(r"'([^\"]*'[^\"]*)'")
_LONG_TEXT: Final = re.compile(r"\"\"\"|'''")
#: A text that lacks its quotes, or has those of books.
_WORDS: Final = re.compile(r"[«“„]?\s*[^\W\d_][^\"\[\]{}=#]*")
_DATES: Final = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")
_TIMES: Final = {2: "deux", 3: "trois", 4: "quatre"}


def read_toml(path: Path, *, door: Door, what: str, known: str) -> dict[str, Any]:
    """Values of a TOML file; every way it can fail becomes one error of the package.

    `what` it is, and what it may be instead (`known`), are French words.
    """
    remedy = "enregistrez le fichier en TOML, encodage UTF-8"
    try:
        text = read_bytes(path, door).decode("utf-8-sig")
        return parsed_toml(text)
    except CptsGeoError as error:
        reasons, remedy = [error.summary], f"{error.remedy.rstrip('.')} ; {known}"
    except UnicodeDecodeError as error:
        reasons = [f"il n'est pas en UTF-8 (octet {error.start})"]
    except tomllib.TOMLDecodeError as error:
        reasons, remedy = (
            _mistakes(text, str(error)),
            "corrigez ces lignes du fichier (TOML, UTF-8)",
        )
    except ValueError as error:  # Python reads no integer of more than 4,300 digits
        deep = isinstance(error.__cause__, RecursionError)
        reasons = [str(error) if deep else "un nombre y a des milliers de chiffres"]
    raise ScenarioError(
        f"Le fichier de {what} {one_line(path.name)} est illisible.",
        defects=reasons,
        remedy=f"{remedy}.",
    )


def _mistakes(text: str, said: str) -> list[str]:
    """Every line that is not TOML and whose meaning is plain, and what is written twice."""
    lines = text.split("\n")
    twice, wrong = _written_twice(lines), dict(_written_otherwise(lines))
    place = _PLACE.search(said)
    found = [*twice, *wrong.values()]
    again = said.startswith(("Cannot overwrite", "Cannot declare"))
    if (again and twice) or (place and int(place[1]) in wrong):
        return found
    where = "ligne {}, colonne {}".format(*place.groups()) if place else "fin du fichier"
    # A key within braces, or that a dotted key has made already.
    again = again or said.startswith("Duplicate")
    reason = "une clé y est écrite deux fois" if again else "ce n'est pas du TOML correct"
    line = lines[int(place[1]) - 1].strip() if place else ""
    quoted = f" : « {one_line(line)} »" if line else ""
    return [*found, f"{reason} ({where}){quoted}{_open_quote(line)}"]


def _open_quote(line: str) -> str:
    """Say that a line lacks a quote, where it does."""
    inner = line.replace('\\"', "")
    lacks = inner.count('"') % 2 == 1 and not _LONG_TEXT.search(inner)
    return ' : il manque un guillemet droit " pour ouvrir ou fermer un texte' if lacks else ""


def _outside_texts(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Lines with their number, but for those of a text of several lines."""
    inside = False
    for number, line in enumerate(lines, 1):
        if not inside:
            yield number, line
        inside ^= len(_LONG_TEXT.findall(line)) % 2 == 1


def _written_twice(lines: list[str]) -> list[str]:
    """Keys and tables that several lines give."""
    places: dict[tuple[str, ...], list[int]] = {}
    tables, inside = set(), tuple[str, ...]()
    for number, line in _outside_texts(lines):
        if found := _ENTRY.fullmatch(line):
            inside = (*_path(found[1]), str(number))  # each entry is a table of its own
        elif found := _TABLE.fullmatch(line):
            inside = _path(found[1])
            tables.add(inside)
            places.setdefault(inside, []).append(number)
        elif found := _PAIR.fullmatch(line):
            places.setdefault((*inside, *_path(found[1])), []).append(number)
    return [
        f"la {_called(path, tables)} est écrite {_TIMES.get(len(at), len(at))} fois "
        f"(lignes {joined([str(number) for number in at])})"
        for path, at in places.items()
        if len(at) > 1
    ]


def _path(names: str) -> tuple[str, ...]:
    """Names of a dotted key, without their quotes."""
    return tuple(name.strip("\"'") for name in re.findall(_NAME, names))


def _called(path: tuple[str, ...], tables: set[tuple[str, ...]]) -> str:
    """A key or a table as a message names it."""
    name = one_line(".".join(path))
    return f"table « [{name}] »" if path in tables else f"clé « {name} »"


def _written_otherwise(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Lines that are no TOML, each with what to write instead, where that is plain."""
    for number, line in _outside_texts(lines):
        found = _PAIR.fullmatch(line)
        if not found:
            # A list may stand on several lines.
            # As other formats write it.
            if (other := _COLON.fullmatch(line)) and (right := _right(other[2].strip())):
                yield number, f"ligne {number} : écrivez « {one_line(f'{other[1]} = {right}')} »"
                continue
            days = _DATES.sub(_day, line)
            if days != line and '"' not in line:
                yield number, f"ligne {number} : écrivez « {one_line(days.strip())} »"
            continue
        name, value = found[1], found[2].strip()
        # A text may hold anything, and go on below.
        if '"' in value or _is_toml(f"x = {value}"):
            continue
        if value.startswith("'"):
            if text := _APOSTROPHE.fullmatch(value):
                wrong, right = one_line(line.strip()), one_line(f'{name} = "{text[1]}"')
                yield number, f"ligne {number} : « {wrong} » : écrivez « {right} »"
            continue
        value = value.partition("#")[0].rstrip()
        wrong = f"ligne {number} : « {one_line(f'{name} = {value}')} »"
        if no_such_day(value):
            yield number, f"{wrong} : ce jour n’existe pas"
        elif (right := _right(value)) is not None:
            yield number, f"{wrong} : écrivez « {one_line(f'{name} = {right}')} »"


def _right(value: str) -> str | None:
    """A value as TOML writes it; None where it is not plain what was meant."""
    candidates = [in_toml(value), _DATES.sub(_day, value)]
    if _WORDS.fullmatch(value):
        candidates.append(f'"{plain_spaces(value)}"')
    return next((each for each in candidates if each and _is_toml(f"x = {each}")), None)


def _day(found: re.Match[str]) -> str:
    """A day as TOML writes it, or as it was where there is none such."""
    return in_toml(found[0]) or found[0]


def _is_toml(line: str) -> bool:
    """Whether a line is TOML by itself."""
    try:
        tomllib.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
