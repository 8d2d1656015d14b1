"""Facts of the capacity have one home each: a second one is found here, by reading the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

from cpts_geo.capacity.answer.headline import (
    DISPERSION_VARIANT,
    DISPERSION_WORDS,
    SAME_DAY_TARGET,
    SAME_DAY_WORDS,
)
from cpts_geo.capacity.need.interval import CHANCE, CHANCES, LEVELS, SAMPLING_WORDS
from cpts_geo.capacity.queue.rules import MAX_DISPERSION, MAX_SLOTS
from cpts_geo.capacity.scenario.parameters import SEED, default_parameters
from cpts_geo.capacity.scenario.records import PUBLICS, Public
from cpts_geo.capacity.scenario.supply import SITE_SLOTS, SITE_WORDS
from cpts_geo.indicators.given_share import AGES
from tests.house import PACKAGE, modules, tree

RULES = {"target", "deadline", "deadline_days", "dispersion"}
LAWS = {"gamma", "gammaincinv", "standard_gamma", "ndtri", "lognorm", "triang", "triangular"}
#: Rooms that compute or show a capacity.
ROOMS = ("capacity", "study", "cli", "writing", "atlas")


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(tree(path)))


def sources(*rooms: str) -> Iterator[tuple[str, ast.AST]]:
    """Return every node of the package, or of some rooms of it, with its module."""
    for name, path in modules().items():
        if not rooms or any(name.startswith(f"cpts_geo.{room}") for room in rooms):
            yield from ((name, node) for node in nodes(path))


def is_number(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def is_of(node: ast.AST, name: str) -> bool:
    """Whether a value is the attribute of that name of something that is no Rules."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == name
        and ast.unparse(node.value).split(".")[-1] not in ("self", "rules")
    )


# --- the rules of a queue -----------------------------------------------------


def test_no_rule_of_a_queue_has_a_default_in_the_code() -> None:
    found = []
    for module, node in sources():
        if isinstance(node, ast.FunctionDef):
            plain = [*node.args.posonlyargs, *node.args.args]
            given = [
                *zip(
                    plain[len(plain) - len(node.args.defaults) :], node.args.defaults, strict=True
                ),
                *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True),
            ]
            found += [
                (module, node.name, each.arg)
                for each, default in given
                if each.arg in RULES and is_number(default)
            ]
        elif isinstance(node, ast.AnnAssign) and is_number(node.value):
            found += [(module, "", name) for name in RULES & {ast.unparse(node.target)}]
    assert found == []
    assert {"target", "deadline_days", "dispersion"} <= default_parameters().keys()


def test_rules_are_gathered_once() -> None:
    found = []
    for module, node in sources():
        pairs: list[tuple[str | None, ast.expr]] = []
        if isinstance(node, ast.Call):
            pairs = [(each.arg, each.value) for each in node.keywords]
        elif isinstance(node, ast.Dict):
            pairs = [
                (key.value, value)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant)
            ]
        if sum(name in RULES and is_of(x, str(name)) for name, x in pairs) > 1:
            found.append(module)
    assert found == []


def test_bounds_of_a_queue_are_those_of_a_scenario() -> None:
    written = {
        (module, node.value)
        for module, node in sources("capacity")
        if isinstance(node, ast.Constant) and node.value == MAX_SLOTS and "queue" not in module
    }
    # minutes: a ceiling of ten hours, that of no number of slots
    assert written <= {("cpts_geo.capacity.scenario.records", 600)}
    assert MAX_DISPERSION == 100


# --- the laws of demand -------------------------------------------------------


def test_no_law_of_demand_has_a_second_home() -> None:
    found = {
        module
        for module, node in sources(*ROOMS)
        if (isinstance(node, ast.Attribute) and node.attr in LAWS)
        or (isinstance(node, ast.FunctionDef) and node.name in LAWS)
        or (isinstance(node, ast.ImportFrom) and {x.name for x in node.names} & LAWS)
    }
    # what is drawn for all territories of a run, what each known line counted, the truth of a fake
    # world and the error of a count are no law of one territory's inputs
    assert found == {
        "cpts_geo.capacity.calls.spoilers",
        "cpts_geo.capacity.checks.coverage",
        "cpts_geo.capacity.demand.laws",
        "cpts_geo.capacity.need._sampling",
        "cpts_geo.capacity.need.lines",
    }


def test_a_scenario_is_drawn_once_and_its_draws_are_handed_on() -> None:
    callers = {
        module
        for module, node in sources()
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("draw_requests")
    }
    assert callers == {
        "cpts_geo.capacity.answer.headline",
        "cpts_geo.capacity.comparing.compare",
        # other draws: without a group of lines, of one territory of many, of a log, of a fake world
        "cpts_geo.capacity.checks.learnt",
        "cpts_geo.capacity.comparing.many",
        "cpts_geo.study.call_log",
        # of another deadline, whose readings of the slots are others
        "cpts_geo.study._trial",
        "cpts_geo.capacity.checks.coverage",
        # of the months of a registre, and of a year that is invented
        "cpts_geo.study.follow_up._expected",
        "cpts_geo.capacity.checks.invented",
    }


# --- words and constants ------------------------------------------------------


def test_the_interval_has_one_home() -> None:
    levels = list(LEVELS.values())
    found = {
        module
        for module, node in sources(*ROOMS)
        if (
            isinstance(node, ast.Constant)
            and re.search("(chances|situations) sur 10", str(node.value))
        )
        or (isinstance(node, ast.List | ast.Tuple) and _numbers(node) == levels)
    }
    assert found == {"cpts_geo.capacity.need.interval"}


#: Words of the interval, of the stricter companions, of a usual site: made of their constants.
WORDS = (
    CHANCES,
    SAMPLING_WORDS,
    DISPERSION_WORDS,
    SAME_DAY_WORDS,
    SITE_WORDS,
)
HOMES = {
    "cpts_geo.capacity.need.interval",
    "cpts_geo.capacity.answer.headline",
    "cpts_geo.capacity.scenario.records",
    "cpts_geo.capacity.scenario.supply",
}


def as_read(text: str) -> str:
    """Return a text with plain spaces, whatever its typography."""
    return " ".join(text.split())


def test_no_sentence_writes_these_words_again() -> None:
    found = {
        module
        for module, node in sources(*ROOMS)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and any(as_read(word) in as_read(node.value) for word in WORDS)
    }
    assert found <= HOMES


def test_the_seed_and_the_people_of_the_national_share_have_one_home() -> None:
    base = default_parameters()["share_without_mt"].base
    assert base
    found = {
        module
        for module, node in sources()
        if isinstance(node, ast.Constant) and (node.value == SEED or base in str(node.value))
    }
    # The ages that an analyst may say of a share are typed: the national one's are among them.
    assert found == {"cpts_geo.capacity.scenario.parameters", "cpts_geo.indicators.given_share"}
    assert base in AGES.values()


def test_no_template_writes_these_words_again() -> None:
    written = (PACKAGE / "atlas" / "templates").rglob("*.*")
    templates = [p for p in written if p.is_file() and "__pycache__" not in p.parts]
    assert len(templates) > 30
    found = [
        (path.name, word)
        for path in templates
        for word in WORDS
        if as_read(word) in as_read(path.read_text("utf-8"))
    ]
    assert found == []
    # a value inside a block would be shown as it is written
    assert [x.name for x in templates if re.search(r"{%[^%]*{{", x.read_text("utf-8"))] == []


def test_no_sentence_on_a_capacity_types_a_figure() -> None:
    sections = PACKAGE / "atlas" / "templates" / "sections"
    shown = [
        re.sub(r"{{.*?}}|{%.*?%}|<[^>]*>", "", path.read_text("utf-8"))
        for path in (*sections.glob("capacity/*.j2"), *sections.glob("comparison/*.j2"))
    ]
    written = [node for _, node in sources("atlas.sections.capacity", "atlas.sections.comparison")]
    docstrings = {id(node.value) for node in written if isinstance(node, ast.Expr)}
    shown += [
        str(node.value)
        for node in written
        if isinstance(node, ast.Constant)
        and id(node) not in docstrings
        and re.fullmatch(r"[^<>=\"]*[a-zé]{3} [^<>=\"]*", str(node.value))
    ]
    # units, all of the slots, dates of a document and of the APL, how far the gap is known
    numbers = {found.strip() for text in shown for found in re.findall(r"\d[\d\s]*", text)}
    numbers = {re.sub(r"\s", " ", found) for found in numbers}
    assert numbers <= {"1 000", "100 000", "100", "1", "2021", "2023", "40"}


def test_words_say_the_constants() -> None:
    assert CHANCES == "8 situations sur 10, si les hypothèses tiennent"
    assert CHANCES.startswith(f"{10 * CHANCE:g} ")
    assert SAME_DAY_WORDS.startswith("Pour servir 80")
    assert (SAME_DAY_TARGET, DISPERSION_VARIANT) == (0.8, 2.0)
    assert f" {DISPERSION_VARIANT:g} fois " in DISPERSION_WORDS
    assert f"{DISPERSION_VARIANT:g}" not in default_parameters()["dispersion"].text
    assert set(get_args(Public)) == set(PUBLICS)
    assert (SITE_SLOTS, SITE_WORDS) == (16, "un médecin pendant 4 h, créneaux de 15 min")
    assert len(modules()) > 100
    assert (PACKAGE / "capacity").is_dir()


def _numbers(node: ast.List | ast.Tuple) -> list[object]:
    return [each.value for each in node.elts if isinstance(each, ast.Constant)]
