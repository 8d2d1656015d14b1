"""Which tests are slow: ``python -m pytest -p tests.slow`` measures, and writes slow_tests.txt.

What is measured is the time of the processor, all the cases of a function together: a loaded
machine changes it little. What the list holds is left out of ``run.py test --quick``, no more.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("slow_tests.txt")
#: Seconds of the processor from which a function is slow.
LONG_S = 0.2
_taken: Counter[str] = Counter()


def name_of(item: pytest.Item) -> str:
    """Return the name of a function of test, or of the definition that an example is of."""
    return getattr(item, "originalname", None) or item.name


def slow_tests() -> frozenset[str]:
    """Return the names of the list."""
    return frozenset(LIST.read_text("utf-8").split())


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Measure a test, what it sets up and the processes it starts."""
    before = sum(os.times()[:4])
    yield
    _taken[name_of(item)] += sum(os.times()[:4]) - before


def pytest_sessionfinish() -> None:
    """Write the list anew, those that were not run as they were."""
    found = {name for name, taken in _taken.items() if taken >= LONG_S}
    kept = slow_tests() - set(_taken)
    LIST.write_text("\n".join(sorted(found | kept)) + "\n", "utf-8")
