"""What a reader is, and what readers share: headers by text, codes, masked values, one level."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pandera.pandas as pa

from cpts_geo.errors import CptsGeoError, DataFileError, TableError, alike, one_line, quoted
from cpts_geo.files import why_unread
from cpts_geo.french import counted, number
from cpts_geo.sources._conventions.tables import validate
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.codes import PLM, WHOLE_OF, mended_codes

_SPLIT_RULE: Final = "une commune et ses arrondissements dans la même table"
#: Marks of a figure that its producer hides (statistical secrecy) or did not receive.
_MASKED: Final = re.compile(
    r"(?i)ns|nc|nd|s|n/?a\b.*|.*secret\b.*|non (?:communiqué|significatif|diffusé).*"
)
#: Headers shown in a message.
_SHOWN: Final = 40
#: A year of fewer rows than this share of the usual ones is a damaged figure.
_FEW_ROWS: Final = 0.1
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


def placed(header: Sequence[object], patterns: Mapping[str, str]) -> dict[str, int]:
    """
    Place of each column that is there, the first of those that match.

    Parameters
    ----------
    header : sequence
        Cells of a row.
    patterns : mapping of str to str
        As for :func:`find_columns`.

    Returns
    -------
    dict of str to int
        Position by wanted name; nothing for the others.

    Examples
    --------
    >>> placed(["Code", "Médecins"], {"n": "medecins?", "year": "annee"})
    {'n': 1}
    """
    texts = [plain(cell) for cell in header]
    return {
        name: place
        for name, pattern in patterns.items()
        for place in [i for i, text in enumerate(texts) if re.fullmatch(pattern, text)][:1]
    }


def refuse_values(wrong: pd.Series, form: str, kind: str, path: Path) -> None:
    """
    Refuse a file for values that are not what their column holds; each is told once.

    Parameters
    ----------
    wrong : Series of str
        The values, as written; none of them is no refusal.
    form : str
        French line on one value, which stands for ``{}``.
    kind : str
        What is wrong with them, in a few French words.
    path : Path
        The file, for the message.

    Raises
    ------
    DataFileError
        There are some.

    Examples
    --------
    >>> try:
    ...     refuse_values(pd.Series(["x"]), "date « {} »", "date impossible", Path("f.csv"))
    ... except DataFileError as error:
    ...     print(*error.defects)
    date « x »
    """
    values = sorted(set(wrong))
    if values:
        lines = (form.format(one_line(value)) for value in values)
        raise unexpected(path, alike(lines, kind, total=len(values)))


def find_columns(
    header: Sequence[object],
    patterns: Mapping[str, str],
    path: Path,
    *,
    optional: Mapping[str, str] | None = None,
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
    optional : mapping of str to str, optional
        The same, for columns that may be missing.

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
    places = placed(header, dict(patterns) | dict(optional or {}))
    missing = [name for name in patterns if name not in places]
    if missing:
        filled = [f"{quoted(str(cell))}" for cell in header if str(cell).strip()]
        more = [f"et {len(filled) - _SHOWN} autres"] if len(filled) > _SHOWN else []
        shown = ", ".join([*filled[:_SHOWN], *more])
        defects = [f"colonne introuvable : {patterns[name]}" for name in missing]
        raise unexpected(path, [*defects, f"en-têtes trouvés : {shown or 'aucun'}"])
    return places


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
    mended, defects = mended_codes(codes)
    if defects:
        raise unexpected(path, defects)
    return mended


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
    unread = text[low.isna() & (text != "")]
    refuse_values(unread, "ni nombre ni secret : « {} »", "ni nombre ni secret", path)
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


def whole_numbers(texts: pd.Series, path: Path) -> pd.Series:
    """
    Counts written as text, none of which may be masked, missing or split.

    Parameters
    ----------
    texts : Series of str
        ``12``, ``12.0``, ``1 204``.
    path : Path
        The file, for the message.

    Returns
    -------
    Series of int
        On the same index.

    Raises
    ------
    DataFileError
        A text is no whole number; the first twenty are listed.

    Examples
    --------
    >>> whole_numbers(pd.Series(["12", "12.0", "1 204"]), Path("f.csv")).tolist()
    [12, 12, 1204]
    """
    found = bounds(texts.astype(str), masked=(0.0, 0.0), path=path)
    values = found["low"].mask(found["masked"])
    bad = texts[values.isna() | (values % 1 != 0)].astype(str)
    refuse_values(bad, "nombre entier attendu : « {} »", "nombre entier attendu", path)
    return values.astype("int64")


def without_parts(table: pd.DataFrame) -> pd.DataFrame:
    """
    Drop the arrondissements of Paris, Lyon or Marseille where the commune itself is listed.

    Parameters
    ----------
    table : DataFrame
        With a column code_insee.

    Returns
    -------
    DataFrame
        The same rows, less those counted twice; arrondissements that stand alone stay.

    Examples
    --------
    >>> table = pd.DataFrame({"code_insee": ["69123", "69381", "75101"]})
    >>> without_parts(table)["code_insee"].tolist()
    ['69123', '75101']
    """
    listed = set(table["code_insee"])
    twice = {part for whole, parts in PLM.items() if whole in listed for part in parts}
    return table[~table["code_insee"].isin(twice)].reset_index(drop=True)


def newest_year(years: pd.Series, path: Path) -> str:
    """
    Newest year of a series, held by about as many rows as the others.

    Parameters
    ----------
    years : Series of int
        Year of each row.
    path : Path
        The file, for the message.

    Returns
    -------
    str
        The year.

    Raises
    ------
    DataFileError
        No row; or a year of next to no row: a damaged figure is no vintage.

    Examples
    --------
    >>> newest_year(pd.Series([2023] * 50 + [2024] * 40), Path("f.csv"))
    '2024'
    """
    if years.empty:
        raise unexpected(path, ["aucune ligne"])
    counts = years.value_counts()
    last = int(counts.index.max())
    others = counts.drop(last)
    if len(others) and counts[last] < _FEW_ROWS * others.median():
        rows = counted(int(counts[last]), "ligne seulement", "lignes seulement")
        usual = number(round(others.median()))
        raise unexpected(path, [f"{rows} pour {last}, contre {usual} pour une autre année"])
    return str(last)
