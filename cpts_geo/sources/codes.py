"""INSEE codes as files write them, which are overseas, and the cities that have two levels."""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from cpts_geo.errors import Defect, alike, quoted
from cpts_geo.french import counted, joined

#: Overseas codes (971...) have the shape of the others.
CODE_PATTERN: Final = r"^(?:\d{2}|2[AB])\d{3}$"
#: First figures of the codes of overseas collectivités: no commune of them is in the data.
COLLECTIVITES: Final = ("975", "977", "978", "98")
_FINESS_LENGTH: Final = 9
#: A FINESS number: two characters of a département (97 and 98 overseas), then seven figures.
_FINESS: Final = re.compile(r"(0[1-9]|1\d|2[1-9AB]|[3-8]\d|9[0-578])\d{7}")
#: Communes given by some producers as a whole and by others as their arrondissements.
PLM: Final = {
    "75056": tuple(f"751{n:02d}" for n in range(1, 21)),
    "69123": tuple(f"6938{n}" for n in range(1, 10)),
    "13055": tuple(f"132{n:02d}" for n in range(1, 17)),
}
#: Commune of each arrondissement.
WHOLE_OF: Final = {part: whole for whole, parts in PLM.items() for part in parts}
#: What happens to a commune from one COG to the next.
FUSION: Final = "fusion"
SPLIT: Final = "scission"
#: Another code, or another département, for the same commune.
RECODED: Final = "code"
#: The code is gone, and nothing says what became of it.
RETIRED: Final = "retrait"


def counted_places(codes: pd.Series) -> str:
    """
    Count communes, and the arrondissements that stand for a part of one.

    Parameters
    ----------
    codes : Series of str
        INSEE codes, each once.

    Returns
    -------
    str
        French words.

    Examples
    --------
    >>> counted_places(pd.Series(["45019"])), counted_places(pd.Series(["93066", "75118", "75119"]))
    ('1 commune', '1 commune et 2 arrondissements')
    """
    parts = int(codes.isin(WHOLE_OF).sum())
    words = [
        (len(codes) - parts, "commune", "communes"),
        (parts, "arrondissement", "arrondissements"),
    ]
    return joined([counted(count, *word) for count, *word in words if count])


def tidy_finess(number: str) -> str:
    """
    Give a FINESS number as its register writes it.

    Parameters
    ----------
    number : str
        As typed or copied: « 45 000 010 4 ».

    Returns
    -------
    str
        Its nine characters, or whatever was typed, without spaces.

    Examples
    --------
    >>> tidy_finess(" 2a 000 001 4"), tidy_finess("")
    ('2A0000014', '')
    """
    return "".join(number.split()).upper()


def finess_defect(number: str) -> str:
    """
    Say what a FINESS number has that none has.

    Parameters
    ----------
    number : str
        As :func:`tidy_finess` gives it.

    Returns
    -------
    str
        French words; empty where its form and its key are right.

    Examples
    --------
    >>> finess_defect("450000104"), finess_defect("2A0000014")
    ('', '')
    >>> finess_defect("450000105")
    'clé de contrôle fausse : un chiffre est mal recopié'
    """
    if len(number) != _FINESS_LENGTH:
        return f"{len(number)} caractères, au lieu de {_FINESS_LENGTH}"
    if not _FINESS.fullmatch(number):
        return "il commence par un département (2A, 2B, 97 et 98 compris), puis sept chiffres"
    # Luhn's key; the letter of Corse counts as its rank.
    figures = [int(each) for each in number.replace("A", "1").replace("B", "2")[::-1]]
    total = sum(figures[::2]) + sum(sum(divmod(2 * each, 10)) for each in figures[1::2])
    return "clé de contrôle fausse : un chiffre est mal recopié" if total % 10 else ""


def overseas(codes: pd.Series) -> pd.Series:
    """
    Tell overseas communes or départements from those of métropole.

    Parameters
    ----------
    codes : Series of str
        INSEE codes of communes, or of départements.

    Returns
    -------
    Series of bool
        Whether each is overseas.

    Examples
    --------
    >>> overseas(pd.Series(["97411", "45019", "974", "2A"])).tolist()
    [True, False, True, False]
    """
    return codes.str.startswith("97")


def code_departements(code: str) -> tuple[str, ...]:
    """
    Tell the départements that the code of a commune, or a postal code, begins with.

    Parameters
    ----------
    code : str
        Five characters.

    Returns
    -------
    tuple of str
        Their codes, two for a postal code of Corse; some communes near a limit are delivered from
        the other side.

    Examples
    --------
    >>> code_departements("45300"), code_departements("97410"), code_departements("20200")
    (('45',), ('974',), ('2A', '2B'))
    """
    if code.startswith("20"):
        return ("2A", "2B")
    return (code[:3] if code.startswith("97") else code[:2],)


def with_zero(codes: pd.Series) -> pd.Series:
    """
    Give codes of four digits the leading zero that a spreadsheet took.

    Parameters
    ----------
    codes : Series of str
        Codes as written; a missing one stays so.

    Returns
    -------
    Series of str
        The same codes, those of four digits with a zero before them.

    Examples
    --------
    >>> with_zero(pd.Series(["1001", "2A004"])).tolist()
    ['01001', '2A004']
    """
    return codes.where(~codes.str.fullmatch(r"\d{4}", na=False), "0" + codes)


def tidied(codes: pd.Series) -> pd.Series:
    """
    Give codes back what a spreadsheet took of them: leading zero, letter case.

    Parameters
    ----------
    codes : Series of str
        Codes as written; a missing one stays so.

    Returns
    -------
    Series of str
        The same, without spaces around and decimals.

    Examples
    --------
    >>> tidied(pd.Series(["1001.0", " 2a004"])).tolist()
    ['01001', '2A004']
    """
    return with_zero(codes.str.strip().str.upper().str.replace(r"[.,]0+$", "", regex=True))


def mended_codes(codes: pd.Series) -> tuple[pd.Series, list[Defect]]:
    """
    Give codes of communes their lost leading zero and their letter case back.

    Parameters
    ----------
    codes : Series of str
        Codes as written: ``1001`` and ``1001.0`` stand for 01001, ``2a004`` for 2A004.

    Returns
    -------
    tuple of Series of str and list of Defect
        Codes on the same index, and a line on each that is no code even so.

    Examples
    --------
    >>> mended, defects = mended_codes(pd.Series(["1001", "2a004", "75056.0", "?"]))
    >>> mended.tolist(), defects
    (['01001', '2A004', '75056', '?'], ['code « ? »'])
    """
    text = tidied(codes.astype(str))
    bad = sorted(set(text[~text.str.fullmatch(CODE_PATTERN)]))
    lines = (f"code {quoted(code)}" for code in bad)
    return text, alike(lines, "code impossible", total=len(bad))
