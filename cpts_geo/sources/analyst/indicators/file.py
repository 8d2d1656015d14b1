"""An analyst's export of Géoclip: read without guessing, or refused with every defect.

What was adapted (encoding, lost zeros, lines set aside, rows repeated) is said in ``notes``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.asked import typed_path
from cpts_geo.errors import Defect, IndicatorsError, alike, one_line, quoted
from cpts_geo.french import counted, number
from cpts_geo.sources._bounds.limits import hold
from cpts_geo.sources._conventions.geoclip import Export, Indicator, parse_export
from cpts_geo.sources._conventions.masked import bounded
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst._tables.text import text_of
from cpts_geo.sources.analyst._tables.workbook import SUFFIXES
from cpts_geo.sources.analyst.calls.log import is_call_log
from cpts_geo.sources.analyst.indicators._labels import Meaning, meaning_of
from cpts_geo.sources.analyst.indicators.levels import (
    AREA_LEVELS,
    AreaLevel,
    shaped_like,
    titled_level,
)
from cpts_geo.sources.codes import tidied
from cpts_geo.sources.door import Door, memory_told, read_bytes

_FORM: Final = (
    "donnez un export de Géoclip tel quel (CartoSanté, Statistiques locales, Observatoire des "
    "fragilités, Rézone) : lignes de titre, puis « Code;Libellé;indicateur année… »"
)
_INDICATORS: Final = Door(
    key="indicators",
    error=IndicatorsError,
    suffixes=frozenset({".csv", ".txt", ".tsv"}),
    formats=".csv",
    save_as="exportez-le en CSV depuis le site, ou enregistrez-le en « CSV UTF-8 » (.csv).",
    empty=lambda path: IndicatorsError(f"{one_line(path.name)} est vide.", remedy=f"{_FORM}."),
)
#: « N/A - secret statistique »: what the producer says of a figure that is not there.
_REASON: Final = re.compile(r"n/?a\s*[-–—:]?\s*(.*)", re.IGNORECASE)
_SECRET: Final = re.compile(r"s|.*\bsecret\b.*")
_FRANCE: Final = re.compile(r"france( .*)?|ensemble( france)?")


@dataclass(frozen=True)
class Figures:
    """
    A column of an export.

    Parameters
    ----------
    indicator : Indicator
        Label and years, as written.
    meaning : Meaning
        What its label means.
    values : DataFrame
        By code of area, as written: low and high (equal for a figure; NaN where nothing bounds
        it), and reason (French, why the figure is not there; empty where it is).
    france : float
        Figure of the row of France, as written; NaN where the file has none.
    """

    indicator: Indicator
    meaning: Meaning
    values: pd.DataFrame
    france: float


@dataclass(frozen=True)
class Given:
    """
    An export of Géoclip that was read.

    Parameters
    ----------
    file : str
        Name of the file.
    producer : str
        First title line; empty where there is none.
    levels : tuple of AreaLevel
        The level of its areas, or those that its codes do not tell apart where no title says it.
    columns : tuple of Figures
        In the order of the file.
    notes : tuple of str
        French sentences on what was adapted.
    """

    file: str
    producer: str
    levels: tuple[AreaLevel, ...]
    columns: tuple[Figures, ...]
    notes: tuple[str, ...]


@memory_told(_INDICATORS)
def read_indicators(path: Path | str) -> Given:
    """
    Read an analyst's export of Géoclip.

    Parameters
    ----------
    path : pathlib.Path or str
        A text (see :mod:`cpts_geo.sources.analyst`): title lines, one header ``Code;Libellé;
        indicator year…``, a row an area. Decimal comma or point, spaces between thousands,
        ``N/A - reason`` or ``< 11`` for what is not said.

    Returns
    -------
    Given
        Its columns, by code of area.

    Raises
    ------
    IndicatorsError
        The file cannot be read, has no such header, no indicator, or no area; areas of several
        levels; an area with two figures; a cell that is no figure. Every defect is listed.

    Examples
    --------
    >>> import tempfile
    >>> text = "CartoSanté\\nFrance par commune\\nCode;Libellé;Part de X 2024\\n1001;Ici;12,5\\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "export.csv"
    ...     _ = path.write_text(text, encoding="utf-8")
    ...     given = read_indicators(path)
    >>> given.producer, given.levels[0].one, given.columns[0].values["low"].to_dict()
    ('CartoSanté', 'commune', {'01001': 12.5})
    """
    path = typed_path(path)
    if path.suffix.lower() in SUFFIXES and is_call_log(path):
        raise _registre(path)
    text, notes = text_of(path, read_bytes(path, _INDICATORS), door=_INDICATORS)
    hold("indicators_rows", text.count("\n"), IndicatorsError, name=path.name)
    export = parse_export(text)
    if export is None and is_call_log(path):
        raise _registre(path)
    if export is None:
        raise IndicatorsError(
            f"{one_line(path.name)} n’est pas un export de Géoclip : aucune ligne d’en-tête "
            "« Code;Libellé;… » parmi les premières.",
            defects=[f"première ligne lue : {quoted(text.strip().partition(chr(10))[0])}"],
            remedy=f"{_FORM}.",
        )
    defects = list(export.defects) or _empty(export)
    if defects:
        raise _refused(path, defects)
    codes = tidied(export.table["code"])
    codes = codes.where(~codes.str.fullmatch(r"\d"), "0" + codes)
    names = export.table["name"] if "name" in export.table else pd.Series("", codes.index)
    france = names.map(plain).str.fullmatch(_FRANCE.pattern)
    levels, wrong = _levels(export, codes.mask(france), names)
    numbers, unread = _numbers(export)
    rows, twice = _once(export.table.assign(code=codes))
    if defects := [*wrong, *unread, *twice]:
        raise _refused(path, defects)
    mended = int((codes != export.table["code"])[~france].sum())
    repeated = len(codes) - len(rows)
    return Given(
        file=path.name,
        producer=export.titles[0] if export.titles else "",
        levels=levels,
        columns=tuple(
            _figures(indicator, numbers[place].loc[rows], codes.loc[rows], france.loc[rows])
            for place, indicator in enumerate(export.indicators)
        ),
        notes=(
            *notes,
            *_said(mended, "code sans son zéro, remis", "codes sans leur zéro, remis"),
            *_said(repeated, "ligne répétée, gardée une fois", "lignes répétées, gardées une fois"),
            *_said(
                len(export.aside), "ligne hors tableau, laissée", "lignes hors tableau, laissées"
            ),
        ),
    )


def _registre(path: Path) -> IndicatorsError:
    """Refusal of a registre, which is told where it goes."""
    return IndicatorsError(
        f"{one_line(path.name)} est un registre des demandes, et non un tableau d’indicateurs.",
        remedy="donnez-le au suivi : cpts-geo follow-up, avec --scenario.",
    )


def _refused(path: Path, defects: Sequence[str]) -> IndicatorsError:
    """Refusal of an export for its defects."""
    return IndicatorsError(
        f"Les indicateurs de {one_line(path.name)} ne sont pas lisibles tels quels.",
        defects=defects,
        remedy="exportez un seul niveau (communes, intercommunalités, bassins de vie, territoires "
        "de vie-santé ou départements) et n’y changez rien ; un chiffre inconnu se laisse vide.",
    )


def _said(count: int, one: str, many: str) -> list[str]:
    """A sentence on what was adapted, where anything was."""
    return [f"{counted(count, one, many)}."] if count else []


def _empty(export: Export) -> list[str]:
    """What lacks in an export that holds nothing, or says something twice."""
    if export.table.empty:
        return ["aucune ligne sous l’en-tête"]
    if not export.indicators:
        return ["aucune colonne d’indicateur après le code et le libellé"]
    several = [each for each, n in Counter(export.indicators).items() if n > 1]
    return [f"deux colonnes {quoted(' '.join(each).strip())}" for each in several]


def _levels(
    export: Export, codes: pd.Series, names: pd.Series
) -> tuple[tuple[AreaLevel, ...], list[Defect]]:
    """Level of the areas, or those their codes may be of, and a line on each area of another."""
    said = titled_level(export.titles)
    like = {code: shaped_like(code) for code in codes.dropna().unique()}
    if said is None:
        shapes = Counter(levels for code in codes.dropna() if (levels := like[code]))
        expected = shapes.most_common(1)[0][0] if shapes else ()
    else:
        expected = (said,)
    common = tuple(
        level
        for level in expected
        if all(level in levels for levels in like.values() if set(levels) & set(expected))
    )
    defects = []
    for code, name in zip(codes, names, strict=True):
        if pd.isna(code) or set(like[code]) & set(common):
            continue
        other = like[code]
        found = " ou ".join(level.one for level in other) if other else "aucun code d’un niveau lu"
        shown = f"code {quoted(code)}{f' ({one_line(name)})' if name else ''}"
        wanted = " ou ".join(level.one for level in common or AREA_LEVELS)
        kind = "area d’un autre niveau" if other else "code impossible"
        defects.append(Defect(f"{shown} : {found} ; attendu : {wanted}", kind))
    return common, defects


def _numbers(export: Export) -> tuple[list[pd.DataFrame], list[Defect]]:
    """Bounds and reason of each cell, column by column, and a line on each that is no figure."""
    found, defects = [], []
    for place, indicator in enumerate(export.indicators):
        texts = export.table[place]
        meaning = meaning_of(indicator)
        bounds, unread = bounded(
            texts, masked=(float("nan"), float("nan")), whole=bool(meaning.adds)
        )
        label = " ".join(indicator).strip()
        lines = (
            f"{quoted(label)} : {quoted(text)} pour {quoted(code)}, ni nombre ni « N/A - raison »"
            for text, code in zip(unread, export.table.loc[unread.index, "code"], strict=True)
        )
        defects += alike(lines, "ni nombre ni raison", total=len(unread))
        impossible = (
            (bounds["low"] < 0) | (bounds["high"] > meaning.most) | np.isinf(bounds["high"])
        )
        if meaning.adds is not None and impossible.any():
            wrong = zip(texts[impossible], export.table.loc[impossible, "code"], strict=True)
            most = f"0 à {number(meaning.most)}" if math.isfinite(meaning.most) else "0 ou plus"
            said = (
                f"{quoted(label)} : {quoted(text)} pour {quoted(code)}, attendu : {most}"
                for text, code in wrong
            )
            defects += alike(said, "valeur impossible", total=int(impossible.sum()))
        # A share of all areas under 1 % is none that is published: it was written as a fraction.
        if meaning.scale < 1 and 0 < bounds["high"].max() < 1:
            said_so = f"{quoted(label)} : aucune valeur de 1 ou plus, écrite en fraction ?"
            defects.append(Defect(f"{said_so} Une part s’écrit en % (14, et non 0,14)", "fraction"))
        if (texts.str.contains(",")).any() and (texts.str.contains(r"\d\.\d")).any():
            defects.append(Defect(f"{quoted(label)} : virgule et point mêlés", "décimales mêlées"))
        exact = bounds["low"] == bounds["high"]
        bounds["reason"] = texts.map(_reason).mask(exact, "")
        secret = bounds["reason"].str.fullmatch(_SECRET.pattern)
        bounds["low"] = bounds["low"].mask(secret, 0.0)
        bounds["high"] = bounds["high"].mask(secret, meaning.most)
        found.append(bounds)
    return found, defects


def _reason(text: str) -> str:
    """Why a cell has no figure, in the words of its producer."""
    if not text:
        return "cellule vide"
    found = _REASON.fullmatch(text)
    return text.lower() if found is None else found[1].lower() or "non disponible"


def _once(table: pd.DataFrame) -> tuple[pd.Index, list[Defect]]:
    """Rows that are kept, one an area, and a line on each area that has several figures."""
    figures = table.drop(columns="name", errors="ignore").drop_duplicates()
    twice = figures.loc[figures["code"].duplicated(), "code"].unique()
    lines = (f"code {quoted(code)} : deux lignes qui ne disent pas la même chose" for code in twice)
    return figures.index, alike(lines, "code en double", total=len(twice))


def _figures(
    indicator: Indicator, numbers: pd.DataFrame, codes: pd.Series, france: pd.Series
) -> Figures:
    """A column by code of area, the row of France apart."""
    values = numbers.drop(columns="masked").set_axis(pd.Index(codes, name="code"))
    whole = numbers[france.to_numpy()]
    exact = whole.loc[whole["low"] == whole["high"], "low"]
    return Figures(
        indicator,
        meaning_of(indicator),
        values[~france.to_numpy()],
        float(exact.iloc[0]) if len(exact) else float("nan"),
    )
