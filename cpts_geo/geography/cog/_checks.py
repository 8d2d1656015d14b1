"""What a table must be to be moved from one COG to another; every defect is listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype, is_numeric_dtype

from cpts_geo.errors import TableError, one_line
from cpts_geo.geography.cog._paths import Split
from cpts_geo.schema import COLUMNS, Status, status_column
from cpts_geo.settings import COG_YEAR
from cpts_geo.sources.codes import SPLIT, WHOLE_OF

CODE: Final = "code_insee"
_OLDEST: Final = 1943
#: Columns of objects that hold numbers.
_UNTYPED: Final = ("integer", "floating", "mixed-integer", "mixed-integer-float", "decimal")


def check_vintages(start: int, end: int, events: pd.DataFrame, *, split: str) -> None:
    """Refuse years that are none, a way back in time, and an unknown rule for split communes."""
    defects = [
        f"{name} = {one_line(repr(year))} : un millésime est une année de {_OLDEST} à {COG_YEAR}"
        for name, year in (("from_vintage", start), ("to_vintage", end))
        if isinstance(year, bool)
        or not isinstance(year, int | np.integer)
        or not _OLDEST <= year <= COG_YEAR
    ]
    if split not in ("refuse", "population", "parent"):
        defects.append(f"split = {one_line(repr(split))} : refuse, population ou parent")
    if not defects and end < start:
        defects.append(f"du COG {start} au COG {end} : revenir en arrière inventerait des chiffres")
    undated = events.loc[~events["dated"], "year"]
    if not defects and start < end < undated.max():
        defects.append(
            f"du COG {start} au COG {end} : les fusions d’avant {undated.max()} ne sont pas datées"
        )
    if defects:
        raise TableError(
            "Ce changement de millésime n’est pas possible.",
            defects=defects,
            remedy="allez d’un COG à un COG plus récent ; pour un COG d’arrivée ancien, donnez "
            "dans events= les événements datés de l’Insee (v_mvt_commune, voir from_movements).",
        )


def kinds_of(
    table: pd.DataFrame, counts: Sequence[str], rates: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """Columns that add, and columns that weigh with their weight, in the order of the table."""
    given = {*counts, *rates}
    defects = [f"colonne absente : {name}" for name in (CODE, *given) if name not in table]
    defects += [f"{name} : à la fois dans counts et dans rates" for name in {*counts} & {*rates}]
    adding, weighing = [], {}
    for name in map(str, table.columns.drop(CODE, errors="ignore")):
        column = COLUMNS.get(name)
        if not is_numeric_dtype(table[name]):
            # Text is left out; numbers that are not typed as such must not be, unseen.
            if name in given or column or infer_dtype(table[name]) in _UNTYPED:
                defects.append(f"{name} : nombres attendus")
        elif name in counts or (name not in given and column and column.kind == "count"):
            adding.append(name)
        elif name in rates:
            weighing[name] = rates[name]
        elif column and column.kind == "rate" and column.weight:
            weighing[name] = column.weight
        elif column:
            defects.append(f"{name} : valeur calculée d’autres colonnes, à refaire après")
        else:
            defects.append(f"{name} : ni compte ni taux connu")
    defects += [
        f"{name} : son poids {weight} n’est pas un compte de la table"
        for name, weight in weighing.items()
        if weight not in adding
    ]
    if defects:
        raise TableError(
            "Ces colonnes ne peuvent pas changer de millésime.",
            defects=sorted(defects),
            remedy="nommez les comptes dans counts= et les taux avec leur poids dans rates=, "
            "ajoutez les poids qui manquent, retirez les autres colonnes.",
        )
    return adding, weighing


def check_rows(
    table: pd.DataFrame,
    names: Sequence[str],
    *,
    universe: set[str],
    vintage: int,
    events: pd.DataFrame,
) -> None:
    """Refuse codes that are missing, twice, or of another COG, and statuses that contradict."""
    codes = table[CODE]
    defects = [f"code absent : ligne {row}" for row in table.index[codes.isna()]]
    codes = codes.dropna().astype(str)
    defects += [f"code {code} : en double" for code in sorted(set(codes[codes.duplicated()]))]
    present = set(codes.tolist())
    both = sorted({WHOLE_OF[code] for code in present & WHOLE_OF.keys()} & present)
    defects += [f"code {code} : la commune et ses arrondissements" for code in both]
    strangers = sorted(present - universe - WHOLE_OF.keys())
    defects += [f"code {one_line(code)} : {_why(code, events, vintage)}" for code in strangers]
    for name in names:
        if status_column(name) not in table:
            continue
        status = table[status_column(name)]
        unread = sorted({str(one) for one in status[~status.isin(list(Status))]})
        defects += [f"{status_column(name)} : « {one_line(text)} » inconnu" for text in unread]
        contrary = table[name].isna() != (status == Status.UNKNOWN)
        defects += [f"{name} de {code} : valeur et statut se contredisent"
                    for code in table.loc[contrary & status.isin(list(Status)), CODE]]  # fmt: skip
    if defects:
        raise TableError(
            f"Cette table n’est pas une table de communes du COG {vintage}.",
            defects=defects,
            remedy="gardez une ligne par code, écrivez les codes sur 5 caractères, et donnez dans "
            "from_vintage le COG de la table, qui n’est pas toujours l’année de ses chiffres.",
        )


def _why(code: str, events: pd.DataFrame, vintage: int) -> str:
    """French words on a code that is not of the vintage."""
    other = events["from_code"] != events["to_code"]
    gone = events[other & (events["from_code"] == code) & (events["year"] <= vintage)]
    made = events[other & (events["to_code"] == code) & (events["year"] > vintage)]
    said = []
    if not gone.empty:
        last = gone.iloc[-1]
        after = gone.loc[gone["year"] == last["year"], "to_code"].dropna()
        said.append(
            f"disparu {'' if last['dated'] else 'au plus tard '}au COG {last['year']}, "
            f"devenu {' et '.join(after) or 'on ne sait quoi'}"
        )
    if not made.empty:
        begins = "de nouveau commune à partir" if said else "n’existe qu’à partir"
        said.append(f"{begins} du COG {made['year'].iloc[0]}")
    return ", ".join(said) or "inconnu des COG de métropole et des DROM"


def check_splits(path: pd.DataFrame, events: pd.DataFrame, *, split: Split) -> None:
    """Refuse communes that were split since, where nothing says who keeps their figures."""
    undecided = path.loc[path["split_code"].notna() & path["share"].isna(), "split_code"]
    if undecided.empty:
        return
    divided = events[(events["event"] == SPLIT) & events["from_code"].isin(undecided)]
    defects = [
        f"code {code}, divisé au COG {year} en {', '.join(sorted(parts))}"
        for (code, year), parts in divided.groupby(["from_code", "year"])["to_code"]
    ]
    remedies = {
        "refuse": 'choisissez split="population" (comptes partagés selon la population, estimés) '
        'ou split="parent" (chiffres laissés à la commune divisée, estimés), ou retirez ces '
        "communes.",
        "population": "donnez dans population= les habitants de chaque partie.",
        "parent": 'choisissez split="population", ou retirez ces communes : elles n’existent plus.',
    }
    raise TableError(
        "Des communes de la table ont été divisées depuis.",
        defects=defects,
        remedy=remedies[split],
    )
