"""The limits of the house: short modules, small rooms, no circle, definitions of what is public.

What does not hold yet stands in a table here, which may only shrink.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cached_property
from types import ModuleType

import pytest
from importlinter.cli import lint_imports
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import Validator, validate

import cpts_geo
from tests import house
from tests.conftest import ROOT

KNOWN = house.modules()
ROOMS = house.rooms(KNOWN)
#: Modules directly in a folder; one that holds folders only holds none.
SMALLEST, LARGEST = 3, 9

#: Modules over the cap of lines of code.
LONG: set[str] = set()
#: Folders of too few or too many modules.
OTHER_ROOMS = {
    "cpts_geo.sources.readers",
    "cpts_geo.sources.roads",
}
#: Folders whose contents import one another in a circle.
CIRCLES: set[str] = set()
#: What remains, at most: lower a number when the house allows it, never raise one.
AT_MOST = {
    "public names used by no other module": 99,
    "public names used by their folder only": 88,
    "private functions and classes without a sentence": 0,
}


def test_modules_stay_short() -> None:
    long = {name for name, path in KNOWN.items() if house.lines(path).code > house.CODE_CAP}
    assert long == LONG
    assert f"{house.CODE_CAP} lines of code" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def _there(name: str) -> bool:
    """Whether a dotted name is a module of the package, or something of one."""
    module, rest = name, []
    while module not in KNOWN:
        module, _, last = module.rpartition(".")
        rest.insert(0, last)
    found: object = importlib.import_module(module)
    for each in rest:
        known = hasattr(found, each) or each in getattr(found, "__annotations__", {})
        if not known:
            return False
        found = getattr(found, each, None)
    return True


def test_what_a_text_points_to_is_there() -> None:
    stale = set()
    for path in [*KNOWN.values(), *(ROOT / "cpts_geo").rglob("*.toml"), *ROOT.glob("data/*/*.*")]:
        if path.suffix not in (".py", ".toml", ".md", ".json"):
            continue
        text = path.read_text("utf-8")
        names = re.findall(r":(?:func|class|mod|data|meth|attr):`~?(cpts_geo[\w.]+)`", text)
        stale |= {(path.name, name) for name in names if not _there(name)}
        files = re.findall(r"\bcpts_geo/[\w/.-]*\w", text)
        stale |= {(path.name, file) for file in files if not list(ROOT.glob(f"{file}*"))}
    assert stale == set()


def test_rooms_hold_three_to_nine_modules() -> None:
    other = {
        folder: len(inside)
        for folder, inside in ROOMS.items()
        if inside and not SMALLEST <= len(inside) <= LARGEST
    }
    assert set(other) == OTHER_ROOMS, other


@pytest.mark.parametrize("folder", ROOMS)
def test_a_folder_says_what_lives_there(folder: str) -> None:
    said = ast.get_docstring(house.tree(KNOWN[folder]))
    assert said and said.splitlines()[0].endswith(".")


def test_nothing_turns_in_a_circle() -> None:
    # Between what stands in a folder, modules and folders: so nowhere.
    found = {folder: house.circle(house.arrows(folder, KNOWN)) for folder in ROOMS}
    assert {folder for folder, turns in found.items() if turns} == CIRCLES, found


def test_what_is_public_needs_to_be() -> None:
    used = house.users(KNOWN)
    found = {
        "public names used by no other module": [".".join(k) for k, by in used.items() if not by],
        "public names used by their folder only": house.in_own_room(KNOWN),
        "private functions and classes without a sentence": house.without_a_sentence(KNOWN),
    }
    over = {what: names for what, names in found.items() if len(names) > AT_MOST[what]}
    assert over == {}


def test_measures_of_a_small_house(tmp_path) -> None:
    root = tmp_path / "villa"
    (root / "_attic").mkdir(parents=True)
    for name, text in {
        "__init__": '"""A house."""',
        "a": '"""One.\n\nTwo."""\n\nfrom villa import b\n\nX = b.f  # said\n',
        "b": 'from villa.a import X\n\nY: int = 1\n\n\ndef f():\n    """Do."""\n    return X\n',
        "_attic/__init__": "",
        "_attic/c": "def g(): ...\n\n\nclass H:\n    'Hold.'\n",
    }.items():
        (root / f"{name}.py").write_text(text, "utf-8")
    known = house.modules(root)
    assert list(known) == ["villa", "villa._attic", "villa._attic.c", "villa.a", "villa.b"]
    assert house.lines(known["villa.a"]) == house.Lines(code=2, docstring=3, whole=7)
    assert house.public_names("villa.b", known["villa.b"]) == {"f": True, "Y": False}
    assert house.public_names("villa._attic.c", known["villa._attic.c"]) == {}
    assert house.without_a_sentence(known) == ["villa._attic.c.g"]
    assert house.users(known) == {
        ("villa.a", "X"): {"villa.b"}, ("villa.b", "f"): {"villa.a"}, ("villa.b", "Y"): set()
    }  # fmt: skip
    assert house.in_own_room(known) == ["villa.a.X", "villa.b.f"]
    assert sorted(set(house.circle(house.arrows("villa", known)))) == ["villa.a", "villa.b"]
    assert house.floors([("a", "b"), ("b", "c"), ("a", "c")]) == 3


def defined_names(package: ModuleType) -> Iterator[str]:
    """Functions, classes, methods and properties that a package defines, by full name."""
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    for module in [package, *(importlib.import_module(info.name) for info in found)]:
        for name, thing in vars(module).items():
            defined = inspect.isroutine(thing) or inspect.isclass(thing)
            if getattr(thing, "__module__", None) != module.__name__ or not defined:
                continue
            yield f"{module.__name__}.{name}"
            for member, value in vars(thing).items() if inspect.isclass(thing) else ():
                if inspect.isroutine(value) or isinstance(value, property | cached_property):
                    yield f"{module.__name__}.{name}.{member}"


def class_defects(kind: type, codes: dict[str, str]) -> dict[str, str]:
    """
    Judge a class by the fields it declares, where numpydoc looks at its constructor.

    Fields (dataclass, named tuple, pydantic) may stand under Parameters or Attributes, or carry
    their own description; a class that declares neither fields nor a constructor owes nothing for
    those of its parent.
    """
    fields = {name for name in inspect.get_annotations(kind) if not name.startswith("_")}
    if not fields and "__init__" in vars(kind):
        return codes
    sections = NumpyDocString(inspect.getdoc(kind) or "")
    entries = [*sections["Parameters"], *sections["Attributes"]]
    described = {
        name for name, field in getattr(kind, "model_fields", {}).items() if field.description
    }
    missing = (
        fields - described - {name.strip() for entry in entries for name in entry.name.split(",")}
    )
    others = {code: message for code, message in codes.items() if code not in {"PR01", "PR02"}}
    return others | ({"PR01": f"Fields {sorted(missing)} not documented"} if missing else {})


def docstring_defects(names: Iterable[str]) -> list[str]:
    """What is wrong with these docstrings, by the checks and exclusions of pyproject.toml."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    rules = tools["numpydoc_validation"]
    defects = []
    for name in names:
        if any(re.search(pattern, name) for pattern in rules["exclude"]):
            continue
        codes = dict(validate(name)["errors"])
        thing = Validator._load_obj(name)
        if inspect.isclass(thing):
            codes = class_defects(thing, codes)
        defects += [f"{name}: {c} {text}" for c, text in codes.items() if c in rules["checks"]]
    return defects


def test_docstrings_are_numpydoc_definitions():
    names = list(defined_names(cpts_geo))
    assert "cpts_geo.errors.CptsGeoError" in names
    assert docstring_defects(names) == []


def test_docstring_check_sees_what_is_missing(tmp_path, monkeypatch):
    source = """
from typing import NamedTuple

def f(a: int) -> int:
    '''Give back.'''
    return a

class Pair(NamedTuple):
    '''
    Two numbers.

    Attributes
    ----------
    left : int
        The first.
    '''
    left: int
    right: int

class Bare:
    def method(self) -> None: ...

def _private(a): ...
"""
    (tmp_path / "undocumented").mkdir()
    (tmp_path / "undocumented" / "__init__.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    defects = docstring_defects(defined_names(importlib.import_module("undocumented")))
    assert [defect.split()[:2] for defect in defects] == [
        ["undocumented.f:", "PR01"],
        ["undocumented.f:", "RT01"],
        ["undocumented.Pair:", "PR01"],
        ["undocumented.Bare:", "GL08"],
        ["undocumented.Bare.method:", "GL08"],
    ]
    assert "'right'" in defects[2]
    assert "'left'" not in defects[2]


def test_imports_go_only_downward(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True, no_logo=True) == 0
