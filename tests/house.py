"""What the house measures: modules, lines, public names, arrows between rooms.

``python -m tests.house`` prints it; tests hold the limits (:mod:`tests.test_house`).
A name is public where neither it nor a module on its path begins with an underscore.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "cpts_geo"
_BLANK = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
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


def lines(path: Path) -> Lines:
    """Count the lines of one module."""
    source = path.read_text("utf-8")
    docstrings: set[int] = set()
    for node in ast.walk(tree(path)):
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


def imports(path: Path, known: dict[str, Path]) -> set[tuple[str, str]]:
    """Return what a module imports of the package: (module, name), name empty for a module."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                inside = f"{node.module}.{alias.name}"
                found.add((inside, "") if inside in known else (node.module, alias.name))
        elif isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
    return {(module, name) for module, name in found if module in known}


def public_names(module: str, path: Path) -> set[str]:
    """Return the names a module defines for others; none where a part of its path is private."""
    if any(part.startswith("_") and part != "__init__" for part in module.split(".")):
        return set()
    names: set[str] = set()
    for node in tree(path).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
        elif isinstance(node, ast.TypeAlias if hasattr(ast, "TypeAlias") else ()):
            names.add(node.name.id)
    return {name for name in names if not name.startswith("_")}


def room(module: str, path: Path) -> str:
    """Return the folder a module is in."""
    return module if path.name == "__init__.py" else module.rpartition(".")[0]


def users() -> dict[tuple[str, str], set[str]]:
    """Return the modules of the package that use each public name, its own apart."""
    known = modules()
    used: dict[tuple[str, str], set[str]] = {
        (module, name): set()
        for module, path in known.items()
        for name in public_names(module, path)
    }
    for module, path in known.items():
        for target, name in imports(path, known):
            taken = [name] if name else public_names(target, known[target])
            for each in taken:
                if (target, each) in used and target != module:
                    used[target, each].add(module)
    return used


def arrows(folder: str, depth: int) -> Counter[tuple[str, str]]:
    """Count the imports between the parts of a folder that are `depth` names deep."""
    known = modules()
    found: Counter[tuple[str, str]] = Counter()
    for module, path in known.items():
        for target, _ in {(target, "") for target, _ in imports(path, known)}:
            ends = [".".join(name.split(".")[:depth]) for name in (module, target)]
            if all(end.startswith(f"{folder}.") for end in ends) and ends[0] != ends[1]:
                found[ends[0], ends[1]] += 1
    return found


def floors(pairs: Counter[tuple[str, str]]) -> int:
    """Count the floors that arrows make: the longest way down, 0 where they turn in a circle."""
    below: dict[str, set[str]] = {}
    for above, under in pairs:
        below.setdefault(above, set()).add(under)
    depth: dict[str, int] = {}

    def of(name: str, path: tuple[str, ...]) -> int:
        if name in path:
            raise RecursionError(" > ".join((*path, name)))
        if name not in depth:
            depth[name] = 1 + max((of(n, (*path, name)) for n in below.get(name, ())), default=0)
        return depth[name]

    try:
        return max((of(name, ()) for name in below), default=1)
    except RecursionError:
        return 0


def _sum(folder: Path) -> Lines:
    return sum((lines(path) for path in folder.rglob("*.py")), Lines(0, 0, 0))


def main() -> None:
    """Print the measures."""
    known, used = modules(), users()
    package, tests = _sum(PACKAGE), _sum(ROOT / "tests")
    own_room = [
        key
        for key, by in used.items()
        if by and all(room(m, known[m]) == room(key[0], known[key[0]]) for m in by)
    ]
    print(f"modules {len(known)} (folders: {len(list(PACKAGE.rglob('__init__.py')))})")
    print(f"lines of code {package.code}, docstrings {package.docstring}, in all {package.whole}")
    print(f"tests: lines {tests.whole}, of code {tests.code}")
    print(
        f"public names {len(used)}: {sum(not by for by in used.values())} used by no other module, "
        f"{len(own_room)} in their folder only"
    )
    for folder in sorted({room(m, p) for m, p in known.items()}):
        inside = [m for m, p in known.items() if room(m, p) == folder and m != folder]
        pairs = arrows(folder, folder.count(".") + 2)
        shape = f"{sum(pairs.values())} arrows, {floors(pairs)} floors"
        print(f"  {folder}: {len(inside)} modules, {shape}")
    for module, path in known.items():
        if lines(path).code > 250:
            print(f"  over 250 lines of code: {module} ({lines(path).code})")


if __name__ == "__main__":
    main()
