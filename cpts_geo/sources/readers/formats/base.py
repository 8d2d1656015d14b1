"""What a reader is, and what readers share: headers by text, codes, masked values, one level."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pandera.pandas as pa

from cpts_geo.errors import CptsGeoError, DataFileError, TableError, alike, one_line
from cpts_geo.files import why_unread
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.catalogue.contracts import CODE_PATTERN, validate

#: Communes given by some producers as a whole and by others as their arrondissements.
PLM: Final = {
    "75056": tuple(f"751{n:02d}" for n in range(1, 21)),
    "69123": tuple(f"6938{n}" for n in range(1, 10)),
    "13055": tuple(f"132{n:02d}" for n in range(1, 17)),
}
#: Commune of each arrondissement.
WHOLE_OF: Final = {part: whole for whole, parts in PLM.items() for part in parts}
_SPLIT_RULE: Final = "une commune et ses arrondissements dans la même table"
#: Marks of a figure that its producer hides (statistical secrecy) or did not receive.
_MASKED: Final = re.compile(
    r"(?i)ns|nc|nd|s|n/?a\b.*|.*secret\b.*|non (?:communiqué|significatif|diffusé).*"
)
#: Headers shown in a message.
_SHOWN: Final = 40
_LESS_THAN: Final = re.compile(r"(?:<|moins de)\s*(\d+(?:[.,]\d+)?)", re.IGNORECASE)


@dataclass(frozen=True)
class Reader:
    """
    How the file of a source becomes a checked table.

    Parameters
    ----------
    read : callable
        Path and source in, tidy table out: codes as text, one quantity a column.
    vintage : callable
        Path and source in, vintage that the content says out (``"2023"``), None where it says
        nothing; cheap, and never taken from the address or from today's date.
    contract : pandera.pandas.DataFrameSchema
        Columns of the table, with the domain of each.
    keys : tuple of str
        Columns that name a row.
    """

    read: Callable[[Path, Source], pd.DataFrame]
    vintage: Callable[[Path, Source], str | None]
    contract: pa.DataFrameSchema
    keys: tuple[str, ...]

    def table(self, path: Path, source: Source) -> pd.DataFrame:
        """
        Read and check a file.

        Parameters
        ----------
        path : Path
            The producer's file.
        source : Source
            Its entry in the catalogue.

        Returns
        -------
        DataFrame
            A table that keeps the contract.

        Raises
        ------
        DataFileError
            The file is not of the form its reader knows.
        TableError
            Its values break the contract; every one is listed.
        """
        try:
            found = self.read(path, source)
        except CptsGeoError:
            raise
        except Exception as error:
            # What came from a network may break a library in any way. Its message may quote a
            # line that names someone: it is not shown.
            raise unexpected(path, [f"lecture impossible ({why_unread(error)})"]) from error
        if found.empty:
            raise unexpected(path, ["aucune ligne"])
        return validate(found, self.contract, keys=list(self.keys), origin=path.name)


def unexpected(path: Path, defects: Sequence[str]) -> DataFileError:
    """
    Error of a file that is not of the form its reader knows.

    Parameters
    ----------
    path : Path
        The file.
    defects : sequence of str
        French lines that say what was looked for and what was found.

    Returns
    -------
    DataFileError
        To raise.
    """
    return DataFileError(
        f"{one_line(path.name)} n’a pas la forme attendue.",
        defects=list(defects),
        remedy="vérifiez que le fichier est celui du producteur, non remanié ; si le producteur a "
        "changé sa présentation, ce lecteur est à adapter.",
    )


def plain(text: object) -> str:
    """
    Text of a header reduced to what does not drift: no accent, no case, single spaces.

    Parameters
    ----------
    text : object
        A header cell.

    Returns
    -------
    str
        Lower-case ASCII letters, digits and punctuation, apostrophes straight.

    Examples
    --------
    >>> plain(" APL  aux médecins généralistes\\n")
    'apl aux medecins generalistes'
    """
    folded = unicodedata.normalize("NFKD", str(text).replace("’", "'").replace("\ufeff", ""))
    kept = "".join(c for c in folded if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", kept).strip().lower()


def find_columns(
    header: Sequence[object], patterns: Mapping[str, str], path: Path
) -> dict[str, int]:
    """
    Place of each wanted column, by the text of its header and never by its position.

    Parameters
    ----------
    header : sequence
        Cells of the header row.
    patterns : mapping of str to str
        Wanted name -> regular expression that :func:`plain` header text must match in full;
        where several match, the first column is taken.
    path : Path
        The file, for the message.

    Returns
    -------
    dict of str to int
        Position by wanted name.

    Raises
    ------
    DataFileError
        Some column is not there; all of them are listed.

    Examples
    --------
    >>> find_columns(["Code", "Médecins"], {"n": "medecins?"}, Path("f.csv"))
    {'n': 1}
    """
    texts = [plain(cell) for cell in header]
    places = {
        name: next((i for i, text in enumerate(texts) if re.fullmatch(pattern, text)), -1)
        for name, pattern in patterns.items()
    }
    missing = [name for name, place in places.items() if place < 0]
    if missing:
        filled = [f"« {one_line(str(cell))} »" for cell in header if str(cell).strip()]
        more = [f"et {len(filled) - _SHOWN} autres"] if len(filled) > _SHOWN else []
        shown = ", ".join([*filled[:_SHOWN], *more])
        defects = [f"colonne introuvable : {patterns[name]}" for name in missing]
        raise unexpected(path, [*defects, f"en-têtes trouvés : {shown or 'aucun'}"])
    return places


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


def no_vintage(path: Path, source: Source) -> str | None:
    """
    Vintage of a file whose content says none.

    Parameters
    ----------
    path : Path
        The file.
    source : Source
        Its entry in the catalogue.

    Returns
    -------
    None
        Always.
    """
    return None


def repaired_codes(codes: pd.Series, path: Path) -> pd.Series:
    """
    INSEE codes of communes with their lost leading zero and letter case restored.

    Parameters
    ----------
    codes : Series of str
        Codes as written: ``1001`` and ``1001.0`` stand for 01001, ``2a004`` for 2A004.
    path : Path
        The file, for the message.

    Returns
    -------
    Series of str
        Codes of five characters, on the same index.

    Raises
    ------
    DataFileError
        A value is no commune code even so; the every one is listed.

    Examples
    --------
    >>> repaired_codes(pd.Series(["1001", "2a004", "75056.0"]), Path("f.csv")).tolist()
    ['01001', '2A004', '75056']
    """
    text = codes.astype(str).str.strip().str.upper().str.replace(r"[.,]0+$", "", regex=True)
    text = with_zero(text)
    bad = sorted(set(text[~text.str.fullmatch(CODE_PATTERN)]))
    if bad:
        lines = (f"code « {one_line(code)} »" for code in bad)
        raise unexpected(path, alike(lines, "code impossible", total=len(bad)))
    return text


def bounds(
    values: pd.Series, *, masked: tuple[float, float], path: Path, whole: bool = True
) -> pd.DataFrame:
    """
    Lowest and highest value each cell can stand for: a masked figure is bounds, never zero.

    Parameters
    ----------
    values : Series of str
        Numbers as text (decimal comma or point, spaces between thousands), ``NS``, ``NC``,
        ``N/A - secret statistique``, ``< 5``, or empty.
    masked : tuple of float
        What a masked cell can stand for, as the producer documents it, such as ``(1, 4)``.
    path : Path
        The file, for the message.
    whole : bool
        Whether what is measured comes whole: under 5 people is at most 4, under 5 % is not.

    Returns
    -------
    DataFrame
        low, high (equal for a published number; NaN for an empty cell) and masked (bool), on the
        same index.

    Raises
    ------
    DataFileError
        A text is neither a number nor a known mark; all of them are listed.

    Examples
    --------
    >>> bounds(pd.Series(["1 204", "NS", ""]), masked=(1, 4), path=Path("f.csv")).values.tolist()
    [[1204.0, 1204.0, False], [1.0, 4.0, True], [nan, nan, False]]
    """
    text = values.fillna("").astype(str).str.replace(r"[\s\u00a0\u202f]+", " ", regex=True)
    text = text.str.strip()
    number = text.str.replace(" ", "").str.replace(",", ".")
    number = number.where(number.str.fullmatch(r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"))
    low = pd.to_numeric(number).astype("float64")
    high = low.copy()
    hidden = text.str.fullmatch(_MASKED.pattern).to_numpy(dtype=bool)
    under = (
        text.str.extract(rf"^{_LESS_THAN.pattern}$", flags=re.IGNORECASE)[0]
        .str.replace(",", ".")
        .astype("float64")
    )
    below = (under.notna() & low.isna()).to_numpy()
    low = low.where(~hidden, masked[0]).where(~below, 0.0)
    most = pd.Series(np.ceil(under)) - 1 if whole else under
    high = high.where(~hidden, masked[1]).where(~below, most)
    unread = sorted(set(text[low.isna() & (text != "")]))
    if unread:
        lines = (f"ni nombre ni secret : « {one_line(cell)} »" for cell in unread)
        raise unexpected(path, alike(lines, "ni nombre ni secret", total=len(unread)))
    return pd.DataFrame({"low": low, "high": high, "masked": hidden | below}, index=values.index)


def one_level(table: pd.DataFrame, *, by: Sequence[str] = ()) -> pd.DataFrame:
    """
    Bring Paris, Lyon and Marseille to one level, the commune, by adding their arrondissements.

    Parameters
    ----------
    table : DataFrame
        code_insee, the columns of `by`, and counts in all other columns.
    by : sequence of str
        Columns that, with the code, name a row.

    Returns
    -------
    DataFrame
        One row a commune and `by`, in order of code; a sum with an unknown part is unknown.

    Raises
    ------
    TableError
        A commune stands beside its own arrondissements: adding would count people twice.

    Examples
    --------
    >>> table = pd.DataFrame({"code_insee": ["69381", "69382"], "people": [30, 12]})
    >>> one_level(table).to_numpy().tolist()
    [['69123', 42]]
    """
    whole = table["code_insee"].map(WHOLE_OF)
    both = sorted(set(whole.dropna()) & set(table["code_insee"]))
    if both:
        raise TableError(
            "Paris, Lyon ou Marseille y figurent à deux niveaux.",
            defects=[f"{code} : {_SPLIT_RULE}" for code in both],
            remedy="gardez les communes ou leurs arrondissements, pas les deux.",
        )
    moved = table.assign(code_insee=whole.fillna(table["code_insee"]))
    summed = moved.groupby(["code_insee", *by], sort=True).sum(min_count=1, skipna=False)
    return summed.reset_index()[list(table.columns)]
