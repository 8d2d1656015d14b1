"""Errors a person can act on: what is wrong (every defect), and what to do.

Messages are in French because analysts read them; class names are in English.
Every error of the package derives from :class:`CptsGeoError`, so the command line
catches one class and never shows a traceback.
"""

from __future__ import annotations

from collections.abc import Sequence


class CptsGeoError(Exception):
    """
    Something the reader of the message can mend.

    Parameters
    ----------
    summary : str
        One French sentence that says what is wrong.
    defects : sequence of str, optional
        Every defect found, one line each; all of them, not only the first.
    remedy : str
        French sentence that says what to do.
    """

    def __init__(self, summary: str, *, defects: Sequence[str] = (), remedy: str) -> None:
        self.summary = summary
        self.defects = tuple(defects)
        self.remedy = remedy
        lines = [summary, *(f"  - {defect}" for defect in self.defects), f"À faire : {remedy}"]
        super().__init__("\n".join(lines))


class DataFileError(CptsGeoError):
    """A data file of the package is missing, altered or of an unexpected form."""


class PerimeterError(CptsGeoError):
    """An analyst's perimeter file or list of communes cannot be used as it is."""


class NameResolutionError(PerimeterError):
    """Commune names that are unknown or ambiguous; lists all of them with candidates."""


class TableError(CptsGeoError):
    """A table breaks its contract: column missing, value negative, not a number."""


class TravelError(CptsGeoError):
    """Travel times, or the points and networks they come from, cannot be used as they are."""


class SitingError(CptsGeoError):
    """A question of where to open has no answer, or is badly asked."""


class ScenarioError(CptsGeoError):
    """A capacity scenario holds values outside their domain."""


class DemandTooLargeError(ScenarioError):
    """More requests a day than one booking queue can represent."""


class OutputError(CptsGeoError):
    """A result cannot be written where it was asked for."""


class AssetError(CptsGeoError):
    """A page refers to an asset that cannot be embedded, so it would need a network."""


def one_line(text: str) -> str:
    """
    Write any text so that it can be quoted in a message of one line.

    Parameters
    ----------
    text : str
        Anything, line breaks and control characters included.

    Returns
    -------
    str
        Unprintable characters escaped as in Python; 80 characters at most, then an ellipsis.

    Examples
    --------
    >>> print(one_line("Saint-\\nAy"))
    Saint-\\nAy
    """
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return shown if len(shown) <= 80 else f"{shown[:79]}…"
