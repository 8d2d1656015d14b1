"""What files on words share: the five, their headline, blanks made plain or seen."""

from __future__ import annotations

import re

from cpts_geo.analysis import Analysis
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.french import NNBSP

TERRITORIES = ("ouest_loiret", "beauce_gatinais", "lvo", "asclepios", "ondaine_forez")


def result_of(five: Analysis, key: str) -> Headline:
    result = five.studies[key].headline
    assert result is not None
    return result


def plain(text: str) -> str:
    """The text with ordinary spaces."""
    return re.sub("[\u202f\u00a0]", " ", text)


def visible(text: str) -> str:
    """The text with its no-break spaces visible."""
    return text.replace(NNBSP, "⍽").replace("\u00a0", "[nbsp]")
