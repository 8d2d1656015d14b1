"""An export of indicators brought to the areas of today: level, codes that moved, unknown ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from cpts_geo.errors import DataFileError, IndicatorsError, alike, one_line, quoted
from cpts_geo.french import counted
from cpts_geo.geography.cog.events import current_codes
from cpts_geo.settings import COG_YEAR
from cpts_geo.sources.analyst.indicators.file import Figures, Given
from cpts_geo.sources.analyst.indicators.levels import AREA_LEVELS, AreaLevel
from cpts_geo.sources.codes import WHOLE_OF

#: The oldest COG that a code of commune is looked for in.
_OLDEST_COG: Final = 2018
#: An export of which fewer codes are known is of other areas than it says.
_MIN_KNOWN: Final = 0.5
#: Codes that a note writes.
_SHOWN: Final = 5
_COMMUNE: Final = AREA_LEVELS[0]
#: Their code is that of a commune, which may have another one today.
_NAMED_BY_COMMUNE: Final = AREA_LEVELS[:3]


@dataclass(frozen=True)
class Located:
    """
    An export whose areas are those of the table of communes.

    Parameters
    ----------
    file, producer : str
        Name of the file, first title line.
    level : AreaLevel
        What its areas are.
    columns : tuple of Figures
        Their values by code of today.
    notes : tuple of str
        French sentences on what was adapted, set aside or joined.
    """

    file: str
    producer: str
    level: AreaLevel
    columns: tuple[Figures, ...]
    notes: tuple[str, ...]


def locate(given: Given, communes: pd.DataFrame) -> Located:
    """
    Bring an export to the areas of today.

    Parameters
    ----------
    given : Given
        The export.
    communes : DataFrame
        Current communes, with the code of their area of each level.

    Returns
    -------
    Located
        Codes of communes that are gone bring their figures to the commune of today: numbers add,
        rates of several are known between the lowest and the highest. Unknown codes are set aside,
        and the notes say so.

    Raises
    ------
    IndicatorsError
        Nothing tells the level of its areas, or most of its codes are of no area of that level.
    DataFileError
        The table of communes does not say the areas of that level.

    Examples
    --------
    >>> from cpts_geo.sources.analyst.indicators._labels import Indicator, meaning_of
    >>> values = pd.DataFrame({"low": [2.0, 3], "high": [2.0, 3], "reason": ""}, ["85060", "85194"])
    >>> indicator = Indicator("Pharmacie (en nombre)", "2017")
    >>> figures = Figures(indicator, meaning_of(indicator), values, float("nan"))
    >>> given = Given("export.csv", "Insee", (_COMMUNE,), (figures,), ())
    >>> communes = pd.DataFrame({"code_insee": ["85194"]})
    >>> locate(given, communes).columns[0].values["low"].to_dict()
    {'85194': 5.0}
    """
    codes = pd.Series(given.columns[0].values.index, dtype=str)
    level, today = _level(given, codes, communes)
    lost = codes[today.isna()]
    moved = int((today.notna() & (today != codes)).sum())
    joined = int(today.dropna().duplicated().sum())
    notes = [
        *given.notes,
        *_said(moved, "code d’un autre millésime ou d’un arrondissement, suivi", "codes d’autres "
               f"millésimes ou d’arrondissements, suivis (COG {COG_YEAR})"),
        *_said(joined, "ligne jointe à une autre de la même commune", "lignes jointes à d’autres "
               "de la même commune : nombres additionnés, taux donnés par un intervalle"),
        *_aside(lost, level),
    ]  # fmt: skip
    columns = given.columns
    if moved or len(lost):
        columns = tuple(replace(column, values=_joined(column, list(today))) for column in columns)
    said = tuple(f"{one_line(given.file)} : {note[0].lower()}{note[1:]}" for note in notes)
    return Located(given.file, given.producer, level, columns, said)


def _level(given: Given, codes: pd.Series, communes: pd.DataFrame) -> tuple[AreaLevel, pd.Series]:
    """The level of an export, and what each code is in the table of communes, NaN for none."""
    held = [level for level in given.levels if level.key in communes]
    if len(held) < len(given.levels) == 1:
        raise DataFileError(
            f"La table embarquée des communes ne dit pas leur {given.levels[0].one} : "
            f"{one_line(given.file)} ne peut pas être rapporté à un territoire.",
            remedy="mettez cpts-geo à jour, ou exportez les mêmes indicateurs par commune, par "
            "intercommunalité ou par département.",
        )
    found = {level: _today(codes, level, communes) for level in held}
    if len(given.levels) > 1:
        found = {level: today for level, today in found.items() if today.notna().all()}
    if len(found) != 1:
        either = " ou ".join(level.one for level in found or given.levels)
        raise IndicatorsError(
            f"Rien ne dit de quel niveau sont les codes de {one_line(given.file)} ({either}).",
            remedy="remettez au-dessus de l’en-tête la ligne de titre de l’export, telle que "
            "« Référentiel géographique : France par bassin de vie ».",
        )
    [(level, today)] = found.items()
    if today.notna().mean() < _MIN_KNOWN:
        lost = codes[today.isna()]
        lines = (f"code {quoted(code)}" for code in lost)
        raise IndicatorsError(
            f"La plupart des codes de {one_line(given.file)} ne sont pas ceux de {level.many}.",
            defects=alike(lines, "code inconnu", total=len(lost)),
            remedy="vérifiez la ligne de titre qui dit le niveau, et que les codes sont ceux du "
            "producteur.",
        )
    return level, today


def _today(codes: pd.Series, level: AreaLevel, communes: pd.DataFrame) -> pd.Series:
    """Code in the table of communes of each code; NaN where no area has it."""
    areas = pd.Series(communes[level.key].dropna().unique(), dtype=str)
    gone = codes[~codes.isin(areas)]
    if gone.empty or level not in _NAMED_BY_COMMUNE:
        return codes.where(codes.isin(areas))
    # An area may bear, there or here, the code that its main commune had.
    named = _commune_today(areas)
    alone = ~named.duplicated(keep=False)
    ours = dict(zip(named[alone], areas[alone], strict=True))
    whole = gone.map(WHOLE_OF)
    after = _commune_today(gone)
    # The arrondissements of a city that is listed too would count its figures twice.
    after = after.mask(whole.notna(), whole.where(~whole.isin(codes)))
    return codes.where(codes.isin(areas), after.map(ours))


def _commune_today(codes: pd.Series) -> pd.Series:
    """Code today of the commune that each code is, or was, of; itself where nothing says it."""
    return current_codes(codes, from_vintage=_OLDEST_COG).fillna(codes)


def _joined(column: Figures, today: Sequence[object]) -> pd.DataFrame:
    """Values by code of today: of several rows, numbers add and rates are between bounds."""
    values = column.values.set_axis(pd.Index(today, name="code"))
    values = values[values.index.notna()]
    several = values.index.duplicated(keep=False)
    groups = values[several].groupby(level=0)
    bounds = groups[["low", "high"]]
    if column.meaning.adds:
        joined = bounds.sum()
    else:
        joined = pd.DataFrame({"low": groups["low"].min(), "high": groups["high"].max()})
    # A part that is unknown makes the whole unknown.
    joined = joined.where(bounds.count().eq(groups.size(), axis=0))
    reasons = groups["reason"].agg(lambda each: " ; ".join(sorted({*each} - {""})))
    exact = joined["low"] == joined["high"]
    joined["reason"] = reasons.where((reasons != "") | exact, "plusieurs communes d’avant")
    return pd.concat([values[~several], joined])


def _said(count: int, one: str, many: str) -> list[str]:
    """A sentence on what was adapted, where anything was."""
    return [f"{counted(count, one, many)}."] if count else []


def _aside(lost: pd.Series, level: AreaLevel) -> list[str]:
    """A sentence on the codes that no area has."""
    if lost.empty:
        return []
    shown = ", ".join(map(one_line, lost[:_SHOWN]))
    more = f" et {len(lost) - _SHOWN} autres" if len(lost) > _SHOWN else ""
    many = counted(len(lost), "ligne laissée", "lignes laissées")
    return [
        f"{many}, dont le code n’est celui d’aucune de nos zones ({level.many}) : {shown}{more}."
    ]
