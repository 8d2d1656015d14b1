"""Errors a person can act on: what is wrong (every defect), and what to do.

Messages are in French because analysts read them; class names are in English.
Every error of the package derives from :class:`CptsGeoError`, so the command line
catches one class and never shows a traceback.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from itertools import islice
from typing import Any, Final

from cpts_geo.foreign import _escaped

#: Defects that a message writes in full; those beyond are counted by kind.
MAX_DEFECTS: Final = 50


class Defect(str):
    """
    One line on what is wrong, and what kind of fault it is.

    Parameters
    ----------
    text : str
        The line.
    kind : str
        French words of the kind, in the singular, such as « nom inconnu »: what is counted where
        there are too many lines to write.

    Examples
    --------
    >>> line = Defect("ligne 3 : « Drie » est inconnu", "nom inconnu")
    >>> line, line.kind
    ('ligne 3 : « Drie » est inconnu', 'nom inconnu')
    """

    __slots__ = ("kind",)
    kind: str

    def __new__(cls, text: str, kind: str) -> Defect:
        """Make a line that remembers its kind."""
        line = super().__new__(cls, text)
        line.kind = kind
        return line


def written(defects: Sequence[str]) -> tuple[str, ...]:
    """
    Give the lines of a message: the first fifty defects, then the count of the rest by kind.

    Parameters
    ----------
    defects : sequence of str
        Every defect; a :class:`Defect` says its kind.

    Returns
    -------
    tuple of str
        At most one line more than :data:`MAX_DEFECTS`, what shows nothing escaped.

    Examples
    --------
    >>> lines = written([Defect(f"ligne {n}", "nom inconnu") for n in range(1, 1053)])
    >>> len(lines), lines[-1].replace("\u202f", " ")
    (51, 'et 1 002 autres (nom inconnu : 1 002)')
    """
    first = tuple(map(_visible, defects[:MAX_DEFECTS]))
    if len(defects) <= MAX_DEFECTS:
        return first
    rest = defects[MAX_DEFECTS:]
    kinds = Counter(line.kind if isinstance(line, Defect) else "" for line in rest)
    by_kind = " ; ".join(f"{kind} : {thousands(n)}" for kind, n in kinds.most_common() if kind)
    others = "autre" if len(rest) == 1 else "autres"
    more = f"et {thousands(len(rest))} {others}{f' ({by_kind})' if by_kind else ''}"
    return (*first, more)


def _visible(said: str) -> str:
    """The lines of a message, whose foreign words may hold what no one sees."""
    # A quotation that was forgotten must not reach a terminal, or a page, as it is.
    return "\n".join(map(_escaped, said.split("\n")))


def alike(lines: Iterable[str], kind: str, *, total: int) -> list[Defect]:
    """
    Give defects of one kind, however many, without writing more lines than a message shows.

    Parameters
    ----------
    lines : iterable of str
        Their lines; at most :data:`MAX_DEFECTS` are asked for.
    kind : str
        French words of the kind, in the singular.
    total : int
        How many they are.

    Returns
    -------
    list of Defect
        As many; those that no message writes are one and the same.

    Examples
    --------
    >>> found = alike((f"ligne {n}" for n in range(1, 3_000_001)), "temps négatif", total=3_000_000)
    >>> len(found), found[49], found[50]
    (3000000, 'ligne 50', 'temps négatif')
    """
    first = [Defect(line, kind) for line in islice(lines, MAX_DEFECTS)]
    return first + [Defect(kind, kind)] * (total - len(first))


def nested(summary: str, defects: Sequence[str]) -> str:
    """
    Write what one of several refusals says as one defect of the whole.

    Parameters
    ----------
    summary : str
        Its summary.
    defects : sequence of str
        Its defects, all of them.

    Returns
    -------
    str
        The summary, then the lines of :func:`written`, further in than those of a message.

    Examples
    --------
    >>> print(nested("a.toml est illisible.", ["clé inconnue"]))
    a.toml est illisible.
          · clé inconnue
    """
    return "\n      · ".join([summary, *written(defects)])


def thousands(count: float) -> str:
    """
    Write a whole number as French does, its thousands apart.

    Parameters
    ----------
    count : float
        The number, which is rounded to the unit (half to even).

    Returns
    -------
    str
        Digits, with narrow no-break spaces between thousands.

    Examples
    --------
    >>> thousands(44_165).split("\u202f")
    ['44', '165']
    """
    return f"{count:,.0f}".replace(",", "\u202f").replace("-", "−")


class CptsGeoError(Exception):
    """
    Something the reader of the message can mend.

    Parameters
    ----------
    summary : str
        One French sentence that says what is wrong.
    defects : sequence of str, optional
        Every defect found, one line each; all of them, not only the first. The attribute holds
        them as given; the message, the first fifty and the count of the others by kind.
    remedy : str
        French sentence that says what to do.
    """

    def __init__(self, summary: str, *, defects: Sequence[str] = (), remedy: str) -> None:
        self.summary = summary
        #: Options that answer the question of this error, when typed after the same command.
        self.retries: tuple[tuple[str, ...], ...] = ()
        #: Rows of the audit of what was recognised besides, in a list that is refused.
        self.recognised: Any = ()
        self.defects = tuple(defects)
        self.remedy = remedy
        super().__init__(self._message())

    def _message(self) -> str:
        """The whole of what is read."""
        defects = (f"  - {defect}" for defect in written(self.defects))
        said = [_visible(self.summary), *defects, f"À faire : {_visible(self.remedy)}"]
        return "\n".join(said)

    @property
    def brief(self) -> str:
        """What went wrong, on one line: the summary and the first defects."""
        more = f" ({' ; '.join(self.defects[:3])}{'…' * (len(self.defects) > 3)})"
        return self.summary + more * bool(self.defects)

    def reword(self, change: Callable[[str], str]) -> None:
        """
        Say the same in the words of whoever reads it.

        Parameters
        ----------
        change : callable
            Gives a sentence for each: the summary, the defects, the remedy.

        Examples
        --------
        >>> error = CptsGeoError("--only manque.", remedy="ajoutez --only.")
        >>> error.reword(lambda said: said.replace("--only", "only=…"))
        >>> print(error)
        only=… manque.
        À faire : ajoutez only=….
        """
        self.summary, self.remedy = change(self.summary), change(self.remedy)
        self.defects = tuple(
            Defect(change(each), each.kind) if isinstance(each, Defect) else change(each)
            for each in self.defects
        )
        self.args = (self._message(),)

    def _repr_html_(self) -> str:
        """What a notebook shows of an error that was caught."""
        lines = "".join(f"<li>{escape(defect)}</li>" for defect in written(self.defects))
        defects = f"<ul>{lines}</ul>" if lines else ""
        said = (self.summary, f"À faire : {self.remedy}")
        head, end = (f"<p>{escape(_visible(each))}</p>" for each in said)
        return f'<section lang="fr">{head}{defects}{end}</section>'

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in the place of a traceback: the message, which is enough."""
        return str(self).split("\n")


class DataFileError(CptsGeoError):
    """A data file of the package is missing, altered or of an unexpected form."""


class PerimeterError(CptsGeoError):
    """An analyst's perimeter file or list of communes cannot be used as it is."""


class NameResolutionError(PerimeterError):
    """Commune names that are unknown or ambiguous; lists all of them with candidates."""


class TableError(CptsGeoError):
    """A table breaks its contract: column missing, value negative, not a number."""


class NoCallError(TableError):
    """A call log has a header, or nothing at all, and no row."""


class OutcomesError(TableError):
    """
    A call log says how calls ended in words that are not known.

    Parameters
    ----------
    summary : str
        As for :class:`CptsGeoError`, as are `defects` and `remedy`.
    defects : sequence of str
        Every defect.
    remedy : str
        What to do.
    values : Mapping of str to int
        Rows by unknown wording, of those that can name nobody.
    hidden : int
        Rows of the others, which are not repeated.
    own : Mapping of str to str
        Outcome by wording that the analyst explained.
    """

    def __init__(
        self,
        summary: str,
        *,
        defects: Sequence[str],
        remedy: str,
        values: Mapping[str, int],
        hidden: int,
        own: Mapping[str, str],
    ) -> None:
        self.values = dict(values)
        self.own = dict(own)
        self.hidden = hidden
        super().__init__(summary, defects=defects, remedy=remedy)


class PlaceUnknownError(TableError):
    """A call log gives hours in UTC, and nothing says on which clock its calls were taken."""


class TravelError(CptsGeoError):
    """Travel times, or the points and networks they come from, cannot be used as they are."""


class IndicatorsError(CptsGeoError):
    """An analyst's export of indicators cannot be used as it is."""


class SitingError(CptsGeoError):
    """A question of where to open has no answer, or is badly asked."""


class ScenarioError(CptsGeoError):
    """A capacity scenario holds values outside their domain."""


class DemandTooLargeError(ScenarioError):
    """More requests a day than one booking queue can represent."""


class NeedUnknownError(ScenarioError):
    """Nothing says how many requests a device open to all would receive."""


class ForecastError(CptsGeoError):
    """A forecast that was kept cannot be read, or held against a log."""


class ManifestError(CptsGeoError):
    """A manifest cannot be read, or does not say what a run was."""


class AskedError(CptsGeoError):
    """An argument or an option is of another kind, or contradicts another one."""


class PathError(CptsGeoError):
    """A path that was typed, or set in the environment, means no place."""


class MemoryLimitError(CptsGeoError):
    """This session may not use the memory that a command needs."""


class OutputError(CptsGeoError):
    """A result cannot be written where it was asked for."""


class AssetError(CptsGeoError):
    """A page refers to an asset that cannot be embedded, so it would need a network."""


class NotebookError(CptsGeoError):
    """Notebooks that cannot be run for a territory, or that failed."""


class ClusterError(CptsGeoError):
    """A cluster cannot be used, or stopped answering."""


class PartlyFailedError(CptsGeoError):
    """Some of many territories failed; the others are written."""


class WorkerLostError(CptsGeoError):
    """Whatever held a piece of work died, each time it was tried."""

    def __init__(self) -> None:
        super().__init__(
            "Le processus qui s’en chargeait a été arrêté deux fois par le système.",
            remedy="libérez de la mémoire, ou prenez moins de processus (--jobs 1), puis relancez.",
        )


class BrowserError(CptsGeoError):
    """No browser prints a page: none is found, or the one found does not."""


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
        What is invisible escaped as in Python; 80 characters at most, then an ellipsis.

    Examples
    --------
    >>> print(one_line("Saint-\\nAy"))
    Saint-\\nAy
    """
    shown = _escaped(text)
    return shown if len(shown) <= 80 else f"{shown[:79]}…"


def quoted(text: str) -> str:
    """
    Show what an analyst wrote, as :func:`one_line` does, between French quotes.

    Parameters
    ----------
    text : str
        Anything.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> quoted("Saint-\\nAy")
    '« Saint-\\\\nAy »'
    """
    return f"« {one_line(text)} »"
