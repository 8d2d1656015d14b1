"""What the house measures: modules, lines, public names, arrows between rooms.

``python -m tests.house`` prints it; tests hold the limits (:mod:`tests.repository.test_house`).
A name is public where neither it nor a module on its path begins with an underscore.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "cpts_geo"
#: Lines of code of a module, docstrings apart, at most.
CODE_CAP = 250
_BLANK = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_SCOPES = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Lines:
    """Lines of a module: of code (neither blank, comment nor docstring), of docstrings, in all."""

    code: int
    docstring: int
    whole: int

    def __add__(self, other: Lines) -> Lines:
        """Lines of two modules."""
        return Lines(
            self.code + other.code, self.docstring + other.docstring, self.whole + other.whole
        )


@cache
def tree(path: Path) -> ast.Module:
    """Parse a module once."""
    return ast.parse(path.read_text("utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Walk through a module once."""
    return tuple(ast.walk(tree(path)))


def lines(path: Path) -> Lines:
    """Count the lines of one module."""
    source = path.read_text("utf-8")
    docstrings: set[int] = set()
    for node in nodes(path):
        if isinstance(node, _SCOPES) and ast.get_docstring(node, clean=False) is not None:
            first = node.body[0]
            docstrings |= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _BLANK and token.type != tokenize.ENDMARKER:
            code |= set(range(token.start[0], token.end[0] + 1))
    return Lines(len(code - docstrings), len(docstrings), len(source.splitlines()))


def modules(folder: Path = PACKAGE) -> dict[str, Path]:
    """Return every module under a folder, by dotted name."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def _imports(path: Path, known: frozenset[str]) -> frozenset[tuple[str, str]]:
    """Read the imports of a module once, however many folders ask for them."""
    found: set[tuple[str, str]] = set()
    called: dict[str, str] = {}
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                inside = f"{node.module}.{alias.name}"
                found.add((inside, "") if inside in known else (node.module, alias.name))
                called[alias.asname or alias.name] = inside
        elif isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
            called |= {alias.asname: alias.name for alias in node.names if alias.asname}
    # What is taken of a module imported whole: ``module.name``.
    found |= {
        (called[node.value.id], node.attr)
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if called.get(node.value.id) in known
    }
    return frozenset((module, name) for module, name in found if module in known)


def imports(path: Path, known: dict[str, Path]) -> frozenset[tuple[str, str]]:
    """Return what a module takes of the package: (module, name), name empty for a module alone."""
    return _imports(path, frozenset(known))


def is_private(dotted: str) -> bool:
    """Tell whether a name, or a module on its path, begins with an underscore."""
    return any(part.startswith("_") for part in dotted.split("."))


def definitions(path: Path) -> list[Definition]:
    """Return the functions and classes at the top of a module."""
    return [node for node in tree(path).body if isinstance(node, Definition)]


def public_names(module: str, path: Path) -> dict[str, bool]:
    """Return the names a module defines for others: whether each is a function or a class."""
    if is_private(module):
        return {}
    names = {node.name: True for node in definitions(path)}
    for node in tree(path).body:
        if isinstance(node, ast.Assign):
            names |= {target.id: False for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names[node.target.id] = False
    return {name: defined for name, defined in names.items() if not is_private(name)}


def without_a_sentence(known: dict[str, Path]) -> list[str]:
    """Return the private functions and classes whose docstring says nothing."""
    return [
        f"{module}.{node.name}"
        for module, path in known.items()
        for node in definitions(path)
        if is_private(f"{module}.{node.name}") and not ast.get_docstring(node)
    ]


def room(module: str, path: Path) -> str:
    """Return the folder a module is in."""
    return module if path.name == "__init__.py" else module.rpartition(".")[0]


def users(known: dict[str, Path]) -> dict[tuple[str, str], set[str]]:
    """Return the modules of the package that use each public name, its own apart."""
    used: dict[tuple[str, str], set[str]] = {
        (module, name): set()
        for module, path in known.items()
        for name in public_names(module, path)
    }
    for module, path in known.items():
        for taken in imports(path, known):
            if taken in used and taken[0] != module:
                used[taken].add(module)
    return used


def in_own_room(known: dict[str, Path]) -> list[str]:
    """Return the public names that their folder alone uses, and so need not be public."""
    return [
        ".".join(name)
        for name, by in users(known).items()
        if by and {room(m, known[m]) for m in by} == {room(name[0], known[name[0]])}
    ]


def arrows(folder: str, known: dict[str, Path]) -> Counter[tuple[str, str]]:
    """Count the imports between what stands directly in a folder: modules and folders."""
    depth = folder.count(".") + 2
    found: Counter[tuple[str, str]] = Counter()
    for module, path in known.items():
        for target in {target for target, _ in imports(path, known)}:
            ends = [".".join(name.split(".")[:depth]) for name in (module, target)]
            if all(end.startswith(f"{folder}.") for end in ends) and ends[0] != ends[1]:
                found[ends[0], ends[1]] += 1
    return found


def circle(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Return a way that comes back to where it started; empty where every arrow goes down."""
    try:
        TopologicalSorter(_below(pairs)).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def floors(pairs: Iterable[tuple[str, str]]) -> int:
    """Count the floors that arrows make: the longest way down."""
    below = _below(pairs)
    depth: dict[str, int] = {}
    for name in TopologicalSorter(below).static_order():
        depth[name] = 1 + max((depth[under] for under in below.get(name, ())), default=0)
    return max(depth.values(), default=1)


def _below(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    below: dict[str, set[str]] = {}
    for above, under in pairs:
        below.setdefault(above, set()).add(under)
    return below


def _sum(folder: Path) -> Lines:
    return sum((lines(path) for path in folder.rglob("*.py")), Lines(0, 0, 0))


def rooms(known: dict[str, Path]) -> dict[str, list[str]]:
    """Return the modules that stand directly in each folder, the folder's own apart."""
    found: dict[str, list[str]] = {room(m, p): [] for m, p in known.items()}
    for module, path in known.items():
        if path.name != "__init__.py":
            found[room(module, path)].append(module)
    return dict(sorted(found.items()))


def main() -> None:
    """Print the measures."""
    known = modules()
    used = users(known)
    package, tests = _sum(PACKAGE), _sum(ROOT / "tests")
    defined = sum(sum(public_names(m, p).values()) for m, p in known.items())
    print(f"modules {len(known)} (folders: {len(rooms(known))})")
    print(f"lines of code {package.code}, docstrings {package.docstring}, in all {package.whole}")
    print(f"tests: lines {tests.whole}, of code {tests.code}")
    print(f"public names {len(used)}: {defined} functions and classes, the rest constants")
    print(
        f"  used by no other module {sum(not by for by in used.values())}, "
        f"by their folder only {len(in_own_room(known))}"
    )
    print(f"private functions and classes without a sentence {len(without_a_sentence(known))}")
    for folder, inside in rooms(known).items():
        pairs = arrows(folder, known)
        turns = circle(pairs)
        shape = f"circle {' > '.join(turns)}" if turns else f"{floors(pairs)} floors"
        print(f"  {folder}: {len(inside)} modules, {sum(pairs.values())} arrows, {shape}")
    for module, path in known.items():
        if lines(path).code > CODE_CAP:
            print(f"  over {CODE_CAP} lines of code: {module} ({lines(path).code})")


if __name__ == "__main__":
    main()
