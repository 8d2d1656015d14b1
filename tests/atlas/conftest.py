"""The five published CPTS, which most files here read."""

from __future__ import annotations

import pytest

from cpts_geo.analysis import Analysis
from tests.kept import analysed


@pytest.fixture(scope="session")
def five() -> Analysis:
    return analysed()
