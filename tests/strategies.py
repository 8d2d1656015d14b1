"""Hypothesis strategies for what people bring: names, lists, tables, registres, scenarios.

Each is near what is right: a few slips of the hand, of a spreadsheet or of an export, at most.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from cpts_geo.geography.perimeters.request import Request
from cpts_geo.settings import CPTS_DIR
from cpts_geo.sources.embedding import embedded

SEPARATORS = (";", ",", "\t", "|")
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16")
#: What foreign text may hold: signs of formulas, marks of direction, controls, half a character.
STRANGE = "=+-@<>&\"'\u202e\u200b\u0007\x1b\u00a0\u202fé｜٣\ud800{}%"


@cache
def _communes() -> tuple[tuple[str, str, str], ...]:
    """Code, name and département of communes of every kind: a sample of one in two hundred."""
    table = embedded.load_communes()[["code_insee", "name", "departement"]]
    return tuple(table.iloc[::200].itertuples(index=False, name=None))


def _slips(name: str) -> list[str]:
    """The ways a name is written otherwise."""
    plain = name.replace("-", " ").replace("’", "'")
    return [
        name, name.upper(), name.lower(), plain, name.replace("Saint", "St"), f" {name} ",
        name[:-1], f"{name} (45)", name.replace("e", "é", 1),
        name.encode().decode("cp1252", "replace"),
    ]  # fmt: skip


def strange_text(most: int = 30) -> st.SearchStrategy[str]:
    """Texts of any characters, those of :data:`STRANGE` often."""
    return st.text(st.one_of(st.sampled_from(STRANGE), st.characters()), max_size=most)


def commune_codes() -> st.SearchStrategy[str]:
    """Codes of communes, some without their zero, some of none."""
    right = st.sampled_from(_communes()).map(lambda row: row[0])
    return st.one_of(right, right.map(lambda code: code.lstrip("0")), st.just("99999"))


def commune_names() -> st.SearchStrategy[str]:
    """Names of communes as people write them, misspelt too."""
    return st.sampled_from(_communes()).flatmap(lambda row: st.sampled_from(_slips(row[1])))


def cells() -> st.SearchStrategy[str]:
    """A cell of any table: a number, a date, a code, a name, nothing, or anything."""
    numbers = st.one_of(
        st.integers(-5, 10**6).map(str),
        st.floats(allow_nan=True).map(str),
        st.floats(0, 1).map(lambda share: f"{share:.3f}".replace(".", ",")),
        st.sampled_from(["12,5 %", "1 204", "s", "NS", "n.d.", "1e400", "<5", "#REF!", "-", "0"]),
    )
    dates = st.sampled_from(["2026-11-30", "30/11/2026", "31/02/2026", "nov.-26", "45000"])
    return st.one_of(numbers, dates, commune_codes(), commune_names(), st.just(""), strange_text())


@st.composite
def written(
    draw: Callable[[st.SearchStrategy[Any]], Any], rows: st.SearchStrategy[Sequence[Sequence[str]]]
) -> bytes:
    """A table as a spreadsheet or an export writes it: any separator, encoding, blank rows."""
    out = io.StringIO()
    mark = draw(st.sampled_from(SEPARATORS))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    writer = csv.writer(out, delimiter=mark, lineterminator=end)
    for row in draw(rows):
        writer.writerow(row)
        if draw(st.integers(0, 9)) == 0:
            out.write(draw(st.sampled_from([end, mark * 3 + end, f" {end}"])))
    text = out.getvalue()
    content: bytes = text.encode(draw(st.sampled_from(ENCODINGS)), "replace")
    cut = draw(st.one_of(st.none(), st.none(), st.integers(0, len(content))))
    return content[:cut]


@st.composite
def lists_of_communes(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[list[str]]:
    """Rows of a list: names or codes, doubled rows, a title above, a column of territories."""
    headers = st.sampled_from([["commune"], ["code_insee"], ["Code", "Nom"], ["territoire", "nom"]])
    header = draw(st.one_of(headers, headers, headers, st.just([])))
    if len(header) == 2:
        first = st.sampled_from(["A", "B", ""]) if header[1] == "nom" else commune_codes()
        row = st.tuples(first, commune_names()).map(list)
    else:
        named = commune_names()
        one = st.one_of(named, commune_codes()) if header else named
        row = st.lists(one, min_size=1, max_size=1)
    body = draw(st.lists(row, max_size=6))
    if body and draw(st.booleans()):
        body.append(body[0])
    above = draw(st.sampled_from([[], [], [["Périmètre de la CPTS"]], [["", ""]]]))
    return [*above, *([header] if header else []), *body]


def tables(*headers: Sequence[str], most: int = 5) -> st.SearchStrategy[list[list[str]]]:
    """Rows under one of these headers, whose columns may be moved, doubled or lost."""

    def under(header: Sequence[str]) -> st.SearchStrategy[list[list[str]]]:
        columns = st.one_of(
            st.just(list(header)),
            st.permutations(list(header)),
            st.lists(st.sampled_from(list(header)), min_size=1, max_size=len(header) + 1),
        )
        width = len(header)
        body = st.lists(st.lists(cells(), min_size=width, max_size=width), max_size=most)
        return st.tuples(columns, body).map(lambda both: [list(both[0]), *both[1]])

    return st.sampled_from(list(headers)).flatmap(under)


def registres() -> st.SearchStrategy[list[list[str]]]:
    """Rows of a registre of calls, dates and outcomes mostly right."""
    time = st.datetimes().map(lambda moment: f"{moment:%d/%m/%Y %H:%M}")
    outcome = st.sampled_from(["rendez-vous", "conseil", "sans créneau", "réorienté", "autre", "?"])
    row = st.tuples(
        st.one_of(time, cells()), st.one_of(outcome, cells()), st.one_of(commune_names(), cells()),
        st.one_of(st.integers(0, 99).map(str), cells()), st.sampled_from(["oui", "non", "", "1"]),
    ).map(list)  # fmt: skip
    header = st.sampled_from(
        [
            ["date_heure", "issue", "commune", "delai_heures", "honore"],
            ["Date", "Issue", "Commune", "Âge", "sans_mt"],
            ["jour", "appels", "rendez-vous", "conseil", "autre"],
        ]
    )
    return st.tuples(header, st.lists(row, max_size=8)).map(lambda both: [both[0], *both[1]])


def toml_values() -> st.SearchStrategy[str]:
    """Values as TOML, or nearly, writes them."""
    simple = st.one_of(
        st.integers(-10, 10**7).map(str),
        st.floats().map(str),
        st.sampled_from(
            ["true", '"all"', '"no_mt"', "2026-13-01", "2026-01-01", "1,5", "oui", "'x'", "08:00",
             "[1, 2, 3]", "[]", "{}", '{ text = "x", grade = "Z" }', "[[", '"""', "9" * 400]
        ),
        strange_text(8).map(lambda text: f'"{text}"'),
    )  # fmt: skip
    return st.one_of(simple, st.lists(simple, max_size=3).map(lambda each: f"[{', '.join(each)}]"))


@cache
def _scenario_lines() -> tuple[tuple[str, ...], ...]:
    """Lines of the scenarios of the package, and of its parameters."""
    files = [*sorted((CPTS_DIR / "scenarios").glob("*.toml")), CPTS_DIR / "parameters.toml"]
    return tuple(tuple(path.read_text("utf-8").splitlines()) for path in files)


@st.composite
def scenarios(draw: Callable[[st.SearchStrategy[Any]], Any]) -> str:
    """Texts near that of a scenario, or of parameters: some lines changed, lost, twice."""
    lines = list(draw(st.sampled_from(_scenario_lines())))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(lines) - 1))
        name, mark, _ = lines[place].partition("=")
        changes = [[], [lines[place]] * 2, [draw(strange_text(12))]]
        if mark:
            changes.append([f"{name}= {draw(toml_values())}"])
        lines[place : place + 1] = draw(st.sampled_from(changes)) or [""]
    return "\n".join(lines)


def json_values() -> st.SearchStrategy[Any]:
    """Whatever JSON holds."""
    leaves = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), strange_text(8), st.just("0" * 64)
    )
    names = st.sampled_from(["bg", "months", "p10", "index.html", "../a", "territories", "made"])
    return st.recursive(
        leaves, lambda each: st.lists(each, max_size=3) | st.dictionaries(names, each, max_size=4)
    )


def requests() -> st.SearchStrategy[dict[str, Any]]:
    """Arguments of a :class:`Request`, of the right kind or of another."""
    kinds = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), strange_text(), commune_names(),
        st.lists(commune_codes(), max_size=3), st.sampled_from(["epci", "tvs", "45", "lvo"]),
        st.binary(max_size=5), st.sets(commune_codes(), max_size=2),
    )  # fmt: skip
    fields = st.sampled_from(sorted(Request.__dataclass_fields__))
    return st.dictionaries(fields, kinds, max_size=4)
