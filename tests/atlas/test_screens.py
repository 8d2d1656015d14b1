"""What the screens look like, beside small grey pictures of them that were looked at.

``python -m pytest tests/atlas/test_screens.py --snapshot-update`` makes the pictures again: look
at them before they are kept.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.conftest import OpenedPage
from tests.kept import reported

Open = Callable[..., OpenedPage]
pytestmark = pytest.mark.report
FOLDER = Path(__file__).resolve().parents[1] / "data" / "screens"
#: Grey levels, on the mean: letters of another system move less than a block that moves.
MEAN = 6.0
BYTES = 20_000
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
#: Page, what follows its address, screen.
SCREENS: dict[str, tuple[str, str, dict[str, int]]] = {
    "beauce_gatinais_first": ("beauce_gatinais", "", DESK),
    "beauce_gatinais_phone": ("beauce_gatinais", "", PHONE),
    "beauce_gatinais_present": ("beauce_gatinais", "?p=1", DESK),
    "asclepios_first": ("asclepios", "", DESK),
    "lvo_first": ("lvo", "", DESK),
}


def small(shot: bytes) -> Image.Image:
    """A quarter of a screen, in 16 greys."""
    picture = Image.open(io.BytesIO(shot)).convert("L")
    return picture.resize((picture.width // 4, picture.height // 4), Image.Resampling.BOX)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Grey levels between two pictures, on the mean; all of them where their sizes differ."""
    if one.size != other.size:
        return 255.0
    return float(np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float)).mean())


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_looks_as_it_was_looked_at(
    name: str, open_offline: Open, pytestconfig: Any
) -> None:
    territory, query, screen = SCREENS[name]
    file = reported() / f"{territory}.html"
    opened = open_offline(file, viewport=screen)
    opened.page.goto(file.as_uri() + query)
    opened.page.wait_for_selector(".cpts-map[data-ready]")
    shot = small(opened.page.screenshot())
    opened.close()
    kept = FOLDER / f"{name}.png"
    if pytestconfig.option.update_snapshots:
        FOLDER.mkdir(exist_ok=True)
        shot.quantize(16).save(kept, optimize=True)
    assert kept.stat().st_size <= BYTES
    gap = difference(shot, Image.open(kept).convert("L"))
    assert gap <= MEAN, gap


def test_another_screen_is_told_from_it() -> None:
    one, other = (
        Image.open(FOLDER / f"{name}.png").convert("L")
        for name in ("beauce_gatinais_first", "lvo_first")
    )
    assert difference(one, other) > MEAN
    moved = Image.new("L", one.size, 255)
    moved.paste(one, (0, 20))
    assert difference(one, moved) > MEAN
