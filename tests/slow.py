"""Which tests are slow: ``python -m pytest -p tests.slow`` measures, and writes slow_tests.txt.

What is measured is the time of the processor, all the cases of a function together: a loaded
machine changes it little. What a fixture takes is its own: a dear one is in the list too, and makes
slow all that use it. What the list holds is left out of ``run.py test --quick``, no more.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("slow_tests.txt")
SLOW = frozenset(LIST.read_text("utf-8").split())
#: Seconds of the processor from which a function is slow, and a fixture that a file shares.
LONG_S, LONG_FIXTURE_S = 0.2, 1.0
_taken: Counter[str] = Counter()
_fixtures: Counter[str] = Counter()


def name_of(item: pytest.Item) -> str:
    """Return the name of a function of test, or of the definition that an example is of."""
    return getattr(item, "originalname", None) or item.name


def is_slow(item: pytest.Item) -> bool:
    """Tell whether the list holds a test, or a fixture that it uses."""
    file = item.nodeid.partition("::")[0]
    fixtures = {f"{file}::{name}" for name in getattr(item, "fixturenames", ())}
    return not SLOW.isdisjoint({name_of(item), *fixtures})


def _spent() -> float:
    return sum(os.times()[:4])


@pytest.hookimpl(hookwrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Iterator[None]:
    """Measure a fixture of a module or a session, and the processes it starts."""
    before = _spent()
    yield
    if fixturedef.scope != "function":
        _fixtures[f"{fixturedef.baseid}::{fixturedef.argname}"] += _spent() - before


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Measure a test, what is set up for it alone and the processes it starts."""
    before = _spent() - _fixtures.total()
    yield
    _taken[name_of(item)] += _spent() - _fixtures.total() - before


def pytest_sessionfinish() -> None:
    """Write the list anew, those that were not run as they were."""
    found = {name for name, taken in _taken.items() if taken >= LONG_S}
    found |= {name for name, taken in _fixtures.items() if taken >= LONG_FIXTURE_S}
    kept = SLOW - set(_taken) - set(_fixtures)
    LIST.write_text("\n".join(sorted(found | kept)) + "\n", "utf-8")
