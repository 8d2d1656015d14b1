"""A folder of exports that several tests open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from cpts_geo.writing.export.export import write_exports
from tests.kept import analysed

DAY = date(2026, 3, 2)
#: Territories of very different kinds, and what each is asked with.
CASES = {
    "beauce_gatinais": {"territories": ("beauce_gatinais",)},
    "ouest_loiret": {"territories": ("ouest_loiret",)},
    # Overseas, where the APL is not published, and nothing can be answered.
    "mayotte": {"epci": ("200050532",)},
}


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return ``exported(case, *formats)``: a folder of these formats, made once a session."""
    made: dict[tuple[str, ...], Path] = {}

    def export(case: str, *formats: str) -> Path:
        if (key := (case, *formats)) not in made:
            folder = tmp_path_factory.mktemp(case)
            asked = dict(CASES[case])
            analysis = analysed(*asked.pop("territories", ()), draws=1000, **asked)
            write_exports(analysis, folder, formats=formats, day=DAY)
            made[key] = folder
        return made[key]

    return export
