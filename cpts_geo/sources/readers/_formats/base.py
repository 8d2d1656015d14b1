"""What a reader is, and what readers share: headers by text, codes, masked values, one level."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.errors import CptsGeoError, DataFileError, TableError, alike, one_line, quoted
from cpts_geo.files import why_unread
from cpts_geo.french import counted, number
from cpts_geo.sources._conventions.masked import bounded
from cpts_geo.sources._conventions.tables import validate
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.codes import PLM, WHOLE_OF, mended_codes

_SPLIT_RULE: Final = "une commune et ses arrondissements dans la même table"
#: Texts of a file shown in a line of a message.
_SHOWN: Final = 40
#: A year of fewer rows than this share of the usual ones is a damaged figure.
_FEW_ROWS: Final = 0.1


def _no_vintage(path: Path, source: Source) -> str | None:
    """Vintage of a content that says none."""
    return None


@dataclass(frozen=True)
class Reader:
    """How a source's file becomes a checked table: `read` gives a tidy table, codes as text;
    `vintage` the year or day that the content itself says, None for none; `contract` its columns
    and their domains."""

    read: Callable[[Path, Source], pd.DataFrame]
    contract: pa.DataFrameSchema
    vintage: Callable[[Path, Source], str | None] = _no_vintage
    named_by: tuple[str, ...] = ()

    @property
    def keys(self) -> list[str]:
        """Columns that name a row: those that are unique together or alone, unless said."""
        alone = [name for name, column in self.contract.columns.items() if column.unique]
        return [*(self.named_by or self.contract.unique or alone)]

    def table(self, path: Path, source: Source) -> pd.DataFrame:
        """Read and check a file; a DataFileError where its form is unknown, a TableError that lists
        every value out of the contract."""
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
        return validate(found, self.contract, keys=self.keys, origin=path.name)


def unexpected(path: Path, defects: Sequence[str]) -> DataFileError:
    """Error, to raise, of a file that has not the form its reader knows."""
    return DataFileError(
        f"{one_line(path.name)} n’a pas la forme attendue.",
        defects=list(defects),
        remedy="vérifiez que le fichier est celui du producteur, non remanié ; si le producteur a "
        "changé sa présentation, ce lecteur est à adapter.",
    )


def enumerated(texts: Sequence[str]) -> str:
    """Texts of a file in a message: the first forty, how many others; « aucun » for none."""
    more = [f"et {len(texts) - _SHOWN} autres"] if len(texts) > _SHOWN else []
    return ", ".join([*map(quoted, texts[:_SHOWN]), *more]) or "aucun"


def placed(header: Sequence[object], patterns: Mapping[str, str]) -> dict[str, int]:
    """Place of each wanted column that is there, by the first header whose :func:`plain` text its
    pattern matches in full."""
    texts = [plain(cell) for cell in header]
    return {
        name: place
        for name, pattern in patterns.items()
        for place in [i for i, text in enumerate(texts) if re.fullmatch(pattern, text)][:1]
    }


def refuse_values(wrong: pd.Series, form: str, kind: str, path: Path) -> None:
    """Refuse a file for values that their column does not hold, each told once by `form`, where
    ``{}`` stands for it."""
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
    """Place of each wanted column, see :func:`placed`; a DataFileError lists those that are
    missing, `optional` ones apart."""
    places = placed(header, dict(patterns) | dict(optional or {}))
    missing = [name for name in patterns if name not in places]
    if missing:
        shown = enumerated([str(cell) for cell in header if str(cell).strip()])
        defects = [f"colonne introuvable : {patterns[name]}" for name in missing]
        raise unexpected(path, [*defects, f"en-têtes trouvés : {shown}"])
    return places


def repaired_codes(codes: pd.Series, path: Path) -> pd.Series:
    """INSEE codes with lost zero and case restored, see :func:`mended_codes`; a DataFileError lists
    those that are none even so."""
    mended, defects = mended_codes(codes)
    if defects:
        raise unexpected(path, defects)
    return mended


def bounds(
    values: pd.Series, *, masked: tuple[float, float], path: Path, whole: bool = True
) -> pd.DataFrame:
    """Lowest and highest value of each cell and whether it is masked, see
    :func:`~cpts_geo.sources._conventions.masked.bounded`; a DataFileError lists those that are
    neither."""
    found, unread = bounded(values, masked=masked, whole=whole)
    refuse_values(unread, "ni nombre ni secret : « {} »", "ni nombre ni secret", path)
    return found


def known_numbers(values: pd.Series, path: Path) -> pd.Series[float]:
    """Numbers of cells, NaN for those that are empty or masked; see :func:`bounds`."""
    found = bounds(values, masked=(0.0, 0.0), path=path)
    return found["low"].mask(found["masked"])


def one_level(table: pd.DataFrame, *, by: Sequence[str] = ()) -> pd.DataFrame:
    """Add the arrondissements of Paris, Lyon and Marseille up to the commune, one row a commune and
    `by`; an unknown part makes the sum unknown, a commune beside its own parts a TableError."""
    whole = table["code_insee"].map(WHOLE_OF)
    both = sorted(set(whole.dropna().unique().tolist()) & set(table["code_insee"].tolist()))
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
    """Whole numbers written as text (``1 204``, ``12.0``); a DataFileError lists those that are
    masked, missing or split."""
    values = known_numbers(texts.astype(str), path)
    bad = texts[values.isna() | (values % 1 != 0)].astype(str)
    refuse_values(bad, "nombre entier attendu : « {} »", "nombre entier attendu", path)
    return values.astype("int64")


def without_parts(table: pd.DataFrame) -> pd.DataFrame:
    """Drop the arrondissements whose commune is listed too; those that stand alone stay."""
    listed = set(table["code_insee"].tolist())
    twice = {part for whole, parts in PLM.items() if whole in listed for part in parts}
    return table[~table["code_insee"].isin(twice)].reset_index(drop=True)


def days(written: pd.Series, path: Path) -> pd.Series:
    """Days written 2017-12-25 or 25/12/2017, an hour after them left aside; a DataFileError lists
    those that are none."""
    known = pd.Series(written.unique(), dtype="str")  # some hundreds of days for many rows
    short = known.str.slice(0, 10)
    dates = pd.to_datetime(short, format="%Y-%m-%d", errors="coerce")
    dates = dates.fillna(pd.to_datetime(short, format="%d/%m/%Y", errors="coerce"))
    refuse_values(known[dates.isna()], "date « {} »", "date impossible", path)
    return written.map(dict(zip(known, dates, strict=True))).astype("datetime64[s]")


def newest_year(years: pd.Series, path: Path) -> str:
    """Newest year of a series; a DataFileError where next to no row has it, for a damaged figure is
    no vintage."""
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
