"""What stands around a call log: the file's name, lines of title, names of sheets, headers.

Nothing there is read, all of it travels with the file. What is certain to be a person is refused;
what only may be one is told, and is not repeated either.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from cpts_geo.sources.analyst.calls.columns import UNKNOWN, roles
from cpts_geo.sources.analyst.calls.forms import (
    NAME,
    has_civility,
    has_name_form,
    kind_of,
)
from cpts_geo.sources.analyst.calls.words import (
    CATEGORY_WORDS,
    commune_of,
    has_person,
    is_common_name,
    words,
)
from cpts_geo.sources.readers.base import plain

_GLUED_CASE: Final = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Ý])")
# Days and hours in the name of an export, and the number of a copy.
_STAMP: Final = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d[-_. ]?[01]\d[-_. ]?[0-3]\d(?:[-_. T]*[0-2]\d[-_.h ]?[0-5]\d"
    r"(?:[-_. ]?[0-5]\d)?)?|[0-3]?\d[-_. ][01]?\d[-_. ](?:19|20)?\d\d|[0-3]\d[01]\d20\d\d)(?!\d)"
)
# Words of the names of logs, that are nobody.
_LOG_WORDS: Final = (
    "journal journaux log logs export exports extrait extraction appel appels rdv agenda "
    "planning liste tableau donnees data fichier csv xlsx xls ods txt tsv copie copy final "
    "finale version test essai exemple modele brut bruts anonyme anonymise anonymises "
    "pseudonymise net nettoye janvier fevrier mars avril mai juin juillet aout septembre "
    "octobre novembre decembre jan fev janv fevr juil sept oct nov dec trimestre semestre annee "
    "mois semaine du au de des le la les et en sur par pour total bilan rapport suivi activite "
    "statistiques stats territoire periode feuil feuille sheet classeur page onglet cdr call "
    "calls noel paques petit petite grand grande blanc brun rose marchand berger boucher "
)
_OF_LOGS: Final = frozenset(_LOG_WORDS.split())
_LABELLED: Final = re.compile(
    r"\b(?:patient|patiente|nom|pr[ée]nom|usager|usag[èe]re|appelant|appelante|b[ée]n[ée]ficiaire|"
    r"assur[ée]e?)s?\s*:\s*([^\W\d_]\S*)",
    re.IGNORECASE,
)


class Hint(NamedTuple):
    """
    What a text around the table looks like.

    Parameters
    ----------
    what : str
        French noun phrase.
    certain : bool
        Whether the file is refused for it; it is told otherwise.
    """

    what: str
    certain: bool


def hint_of(text: str) -> Hint | None:
    """
    Say what about a person a line of title, the name of a sheet or a header holds.

    Parameters
    ----------
    text : str
        Never repeated.

    Returns
    -------
    Hint or None
        None where it holds nothing about a person.

    Examples
    --------
    >>> hint_of("Journal de Mme EXEMPLE"), hint_of("Appels de la CPTS, 2024")
    (Hint(what='un nom de personne', certain=True), None)
    """
    dateless = _STAMP.sub(" ", text)
    if what := kind_of(text) and kind_of(dateless):
        return Hint(what, certain=True)
    labelled = (plain(match[1]) for match in _LABELLED.finditer(text))
    if has_civility(text) or any(word not in UNKNOWN | CATEGORY_WORDS for word in labelled):
        return Hint(NAME, certain=True)
    if _is_place(dateless):
        return None
    if has_person(dateless):
        return Hint(NAME, certain=True)
    said = " ".join(word for word in words(dateless) if word not in _OF_LOGS)
    if has_name_form(dateless) or (is_common_name(said) and "saint" not in words(text)):
        return Hint(NAME, certain=False)
    return None


def in_file_name(path: Path) -> str | None:
    """
    Say what about a person the name of a file holds.

    Parameters
    ----------
    path : Path
        Its last part alone is looked at: folders are the analyst's own.

    Returns
    -------
    str or None
        French noun phrase; None where it holds nothing. To rename a file costs nothing, and its
        name stands in every message: in doubt, it holds something.

    Examples
    --------
    >>> in_file_name(Path("journal_dr_exemple.csv")), in_file_name(Path("appels_2024-03.csv"))
    ('un nom de personne', None)
    """
    stem = path.stem
    # Digits are parted by the marks of the name, words by its capitals too.
    for text in (stem, re.sub(r"[_+.\-]+", " ", _GLUED_CASE.sub(" ", _STAMP.sub(" ", stem)))):
        found = hint_of(text)
        if found and (found.certain or _is_person(text)):
            return found.what
    return None


def around_table(titles: Sequence[str], sheets: Sequence[str]) -> dict[str, Hint]:
    """
    Say what lines of title and names of sheets hold about a person.

    Parameters
    ----------
    titles : sequence of str
        Cells above the header, in order.
    sheets : sequence of str
        Names of the sheets of a workbook.

    Returns
    -------
    dict of str to Hint
        By where it stands, in French, without its text.

    Examples
    --------
    >>> around_table(["Journal de Mme EXEMPLE"], ["Feuil1"])
    {'titre au-dessus des colonnes': Hint(what='un nom de personne', certain=True)}
    """
    found: dict[str, Hint] = {}
    for place, texts in (
        ("titre au-dessus des colonnes", titles),
        ("nom de feuille", sheets),
    ):
        hints = [hint for text in texts if text and (hint := hint_of(text))]
        if hints:
            found[place] = max(hints, key=lambda hint: hint.certain)
    return found


def in_headers(header: Sequence[str]) -> dict[int, str]:
    """
    Say which headers are somebody, and do not only announce somebody.

    Parameters
    ----------
    header : sequence of str
        Cells of the line.

    Returns
    -------
    dict of int to str
        Column -> French noun phrase, where it is certain.

    Examples
    --------
    >>> in_headers(["date", "Mme EXEMPLE"])
    {1: 'un nom de personne'}
    """
    hints = {place: hint_of(label) for place, label in enumerate(header) if label}
    return {place: hint.what for place, hint in hints.items() if hint and hint.certain}


def _is_place(text: str) -> bool:
    """Whether a text is a commune, or a column's name, besides words of logs."""
    said = [word for word in words(text) if word not in _OF_LOGS]
    return not said or commune_of(" ".join(said)) is not None or bool(roles([text]))


def _is_person(text: str) -> bool:
    """Whether nothing but a name is left of a text, besides words of logs."""
    said = [word for word in words(text) if word not in _OF_LOGS]
    return len(said) <= 3 and CATEGORY_WORDS.isdisjoint(said)
