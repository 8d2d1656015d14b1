"""What an indicator is stands in its column: nobody reads it, or a vintage, out of a name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpts_geo.schema import COLUMNS, Status, best_status, status_column
from cpts_geo.settings import APL_LOW_WORDS
from tests import house

NAMES = [each for name in COLUMNS for each in (name, status_column(name))]
DATED = {name for name in NAMES if re.search(r"\d{4}", name)}
_OF_TEXT = {"startswith", "endswith", "removeprefix", "removesuffix", "replace", "contains"}
_APART = {"partition", "rpartition", "split", "rsplit"}
_PATTERNS = {"match", "fullmatch", "search", "sub", "findall", "compile"}


def _texts(node: ast.AST) -> list[str]:
    """Texts written in an expression, the pieces of its f-strings included."""
    return [
        n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    ]


def _piece(text: str) -> bool:
    """Whether a text is a piece of the name of a column."""
    return len(text) > 2 and any(text in name for name in NAMES)


def _docstrings(tree: ast.Module) -> set[int]:
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and isinstance(node.body[0], ast.Expr)
    }


def read_out_of_a_name(tree: ast.Module) -> Iterator[int]:
    """Lines where code takes the name of a column apart, looks into it, or puts one together."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = [text for arg in node.args[:2] for text in _texts(arg)]
            called = node.func.attr
            words = [word for text in given for word in re.findall(r"\w+_", text)]
            if (
                (called in _OF_TEXT and any(map(_piece, given)))
                or (called in _APART and "_" in given)
                or (called in _PATTERNS and any(map(_piece, words)))
            ):
                yield node.lineno
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            given = [text for text in _texts(node.left) if text != text.strip("_")]
            if isinstance(node.left, ast.Constant) and any(map(_piece, given)):
                yield node.lineno
        elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            text = str(node.values[0].value)
            if text.endswith("_") and any(name.startswith(text) for name in NAMES):
                yield node.lineno


def written_vintages(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Names of columns with their vintage, written in code (docstrings apart)."""
    told = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in DATED and id(node) not in told:
            yield node.lineno, str(node.value)
        elif isinstance(node, ast.keyword) and node.arg in DATED:
            yield node.value.lineno, node.arg


#: A year alone or in a sentence (no date, no piece of a name), the threshold of a low APL.
_YEAR = re.compile(r"(?<![\w.,/-])(?:19|20)\d\d(?![\w/-])")
_LOW = re.compile(rf"(?<![\d,.]){APL_LOW_WORDS}(?!\d)")
#: Years that are no vintage of a figure shown.
_OTHER_YEARS = {
    "cpts_geo.sources.embedding.contracts": "the first COG",
    "cpts_geo.sources.embedding.datapackage": "the first split that is followed",
    "cpts_geo.sources.readers.communes.populations": "figures known of each vintage of a file",
    "cpts_geo.geography.perimeters.partition": "since when a producer knows arrondissements",
}


def written_years(tree: ast.Module) -> Iterator[int]:
    """Lines of words that hold a year or the low APL, docstrings apart."""
    told = _docstrings(tree)
    for node in ast.walk(tree):
        words = node.value if isinstance(node, ast.Constant) and id(node) not in told else None
        if isinstance(words, str) and (_YEAR.search(words) or _LOW.search(words)):
            yield node.lineno


def _modules() -> dict[str, Path]:
    """Every module of the package, but the schema: the one home of names and vintages."""
    return {
        name: path
        for name, path in house.modules().items()
        if not name.startswith("cpts_geo.schema")
    }


def test_no_module_reads_a_column_out_of_its_name():
    found = [
        f"{name}:{line}"
        for name, path in _modules().items()
        for line in read_out_of_a_name(house.tree(path))
    ]
    assert found == []


def test_no_vintage_is_written_outside_the_schema():
    found = [
        f"{name}:{line} {column}"
        for name, path in _modules().items()
        for line, column in written_vintages(house.tree(path))
    ]
    assert found == []


def test_no_year_and_no_threshold_is_written_in_words_outside_of_their_homes():
    found = {
        name
        for name, path in _modules().items()
        if name != "cpts_geo.settings" and any(written_years(house.tree(path)))
    }
    assert found == set(_OTHER_YEARS)
    templates = (house.PACKAGE / "atlas" / "templates").rglob("*.j2")
    assert [p.name for p in templates if _YEAR.search(p.read_text("utf-8"))] == []
    assert list(written_years(ast.parse('x = f"= BPE 2024, {y}"'))) == [1]
    assert list(written_years(ast.parse(f'x = "sous {APL_LOW_WORDS}"'))) == [1]
    assert list(written_years(ast.parse('x = "insee_bpe_2017", "2023-03-06", "12,5 min"'))) == []


@pytest.mark.parametrize(
    "code",
    [
        'name.startswith("gps_per_100k_")',
        'name.replace("per_100k_", "")',
        '"_without_gp_" in name',
        'name.rpartition("_")',
        're.fullmatch(r"gps_\\d{4}", name)',
        'table["indicator"].str.contains("apl")',
        'f"standardised_population_{year}"',
        'str(name).endswith("_status")',
    ],
)
def test_what_is_read_out_of_a_name_is_found(code):
    assert list(read_out_of_a_name(ast.parse(code))) == [1]


def test_what_is_set_against_people_of_another_year_is_never_measured():
    # Of every column: no list has to name those of a new vintage or a new density.
    people = {"population": "2023", "population_2017": "2017"}
    for name, column in COLUMNS.items():
        against = {people.get(each, column.vintage) for each in (column.numerator, column.weight)}
        against -= {column.vintage}
        # Insee itself sets a count against the people of the year before.
        if column.numerator:
            against -= {str(int(column.vintage) - 1)} if column.vintage.isdigit() else set()
        if column.table in ("figures", "computed") and against:
            assert best_status(name) == Status.ESTIMATED, name
    measured = {name for name in COLUMNS if best_status(name) == Status.MEASURED}
    assert {"gps_per_100k_2017", "gps_per_100k_2024", "density_km2"} <= measured
    # Nobody counts an index that is modelled, nor what is made of it.
    computed = {name for name in COLUMNS if best_status(name) == Status.COMPUTED}
    assert {"apl_2023", "apl_65_2023", "share_low_apl_2023", "apl_2021"} <= computed
    assert not {"share_75plus_2022", "gps_per_100k_2025", "km_to_emergency_2024"} & measured
