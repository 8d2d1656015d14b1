"""Who has no médecin traitant, as documents, exports and fetched files say it, row by row."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, Final

import pandas as pd

from cpts_geo.french import capital, day, percent
from cpts_geo.indicators.given_share import AGES, TYPED, GivenShare
from cpts_geo.schema import COLUMNS, DEPARTEMENT, FRANCE, TERRITORY, Status
from cpts_geo.sources._conventions.text import plain

#: Facts that say it: level and code of the area they are of, that of the territory for none.
_FACTS: Final = {
    "share_without_mt": (TERRITORY.key, ""),
    "share_without_mt_16plus": (TERRITORY.key, ""),
    "share_without_mt_vendee": (DEPARTEMENT.key, "85"),
    "share_without_mt_vendee_press": (DEPARTEMENT.key, "85"),
    "share_without_mt_france": (FRANCE.key, FRANCE.code),
}
_NUMBER: Final = "people_without_mt"
_ALD: Final = COLUMNS["share_ald_without_mt"]
#: Line that each wording of ages is of: « plus de 16 ans » are those of 17 and more.
_BASES: Final = {
    AGES["all"]: "tous_ages",
    AGES["17+"]: "17+",
    "plus de 16 ans": "17+",
    "70 ans et plus": "70+",
}
#: The same for labels of exports, without accents: the first that is found counts.
_LABELS: Final = (
    (r"\b(ald|longue duree)\b", "ald"),
    (r"\b(c2s|css|complementaire sante)\b", "c2s"),
    (r"\b70 ans (et|ou) (plus|\+)", "70+"),
    (r"\b(17 ans (et|ou) (plus|\+)|plus de 16 ans)", "17+"),
    (r"\btous ages\b", "tous_ages"),
)
_WITHOUT: Final = re.compile(r".*\bsans (medecin traitant|mt)\b.*")
_COUNTS: Final = re.compile(r"(nombre|nb|effectif)s?\b.*|.*\(en nombre\)")
#: What comes before what: a typed share, an export, a document.
_RANKS: Final = {"typed": TYPED, "export": 2, "published": 3}


def without_mt_known(
    key: str,
    *,
    facts: pd.DataFrame,
    comparison: pd.DataFrame,
    given: pd.DataFrame,
    share: GivenShare | None,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """
    Gather what is known of people without médecin traitant, besides filled tables.

    Parameters
    ----------
    key : str
        Key of the territory.
    facts : DataFrame
        Published facts of all areas.
    comparison : DataFrame
        The territory beside its areas (:func:`cpts_geo.indicators.comparison.compare_areas`).
    given : DataFrame
        Indicators of exports (:func:`cpts_geo.indicators.given.given_values`).
    share : GivenShare or None
        The share of the territory that was typed, exported, or filled.

    Returns
    -------
    tuple of DataFrame and tuple of str
        Rows: rank (a typed share, an export, a document), line, level, area_code, number,
        population, share, date, producer, status, grade, remark; and French notes on what is of
        other ages, which is no figure of a line.

    Examples
    --------
    >>> none = pd.DataFrame(columns=["territory", "fact", "indicator", "label", "value"])
    >>> len(without_mt_known("ici", facts=none, comparison=none, given=none, share=None)[0])
    0
    """
    told = [
        *_typed(key, share),
        *_exported(key, given),
        *_documents(key, facts),
        *_fetched(comparison),
    ]
    notes = [
        f"{percent(row['share'])} ({row['base']}) : {row['producer']}, {_when(row['date'])}"
        for row in told
        if not row["line"] and not math.isnan(row["share"]) and row["level"] == TERRITORY.key
    ]
    columns = [
        "rank", "line", "level", "area_code", "number", "population", "share", "masked", "date",
        "producer", "remark", "status", "grade", "detail",
    ]  # fmt: skip
    rows = pd.DataFrame([row for row in told if row["line"]], columns=columns)
    return rows.assign(detail="", masked=False), tuple(notes)


def _when(date: str) -> str:
    """A date in words, or as it is where it is none."""
    return day(date) if re.fullmatch(r"\d{4}(-\d{2}){0,2}", date) else date or "date non dite"


def _typed(key: str, share: GivenShare | None) -> Iterator[dict[str, Any]]:
    """The share that was typed."""
    if share is not None and share.typed:
        yield _row(
            "typed", TERRITORY.key, key, base=share.base, share=share.value, date=share.vintage,
            producer=share.source, status=share.status, grade=share.grade,
        )  # fmt: skip


def _exported(key: str, given: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """What exports say of the territory, and their row of France; the newest first."""
    newest = given.sort_values("vintage", ascending=False, kind="stable") if len(given) else given
    for found in newest.to_dict("records"):
        label = plain(found["label"])
        if not _WITHOUT.fullmatch(label):
            continue
        line = next((code for text, code in _LABELS if re.search(text, label)), "")
        counts = bool(_COUNTS.fullmatch(label))
        scale = 1.0 if counts or found["indicator"] else 0.01
        producer = ", ".join(filter(None, (found["producer"], f"fichier {found['file']}")))
        areas = ((TERRITORY.key, key, "value"), (FRANCE.key, FRANCE.code, "france"))
        for level, code, column in areas:
            if not math.isnan(found[column]):
                yield _row(
                    "export", level, code, line=line, base=found["base"] or "âges non dits",
                    date=found["vintage"], producer=producer, grade=found["grade"],
                    status=found["status"] if column == "value" else Status.MEASURED.value,
                    remark=" ; ".join(filter(None, (found["how"], found["note"])))
                    if column == "value" else "",
                    **{"number" if counts else "share": float(found[column]) * scale},
                )  # fmt: skip


def _documents(key: str, facts: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Published shares, with the number that the same document gives."""
    told = facts["fact"].isin([*_FACTS, _NUMBER]) & facts["territory"].isin([key, FRANCE.key])
    mine = facts[told].to_dict("records")
    numbers = {
        (row["territory"], row["document"], row["date"]): float(row["value"])
        for row in mine
        if row["fact"] == _NUMBER
    }
    for row in mine:
        if row["fact"] == _NUMBER:
            continue
        level, code = _FACTS[row["fact"]]
        origin = (row["territory"], row["document"], row["date"])
        yield _row(
            "published", level, code or key, base=str(row["base"]), share=float(row["value"]),
            number=numbers.get(origin, float("nan")), date=str(row["date"]),
            producer=str(row["document"]), status=Status.ANNOUNCED.value, grade=row["grade"],
            remark=str(row["definition"]),
        )  # fmt: skip


def _fetched(comparison: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Patients in ALD of départements, régions and France, where fetched."""
    rows = comparison[(comparison["indicator"] == _ALD.name) & comparison["value"].notna()]
    for row in rows.to_dict("records"):
        yield _row(
            "published", row["area_level"], row["area_code"], line="ald",
            share=float(row["value"]), date=str(row["vintage"]), producer=row["source"],
            status=row["status"], grade=row["grade"], remark=row["note"],
        )  # fmt: skip


def _row(rank: str, level: str, code: str, *, line: str = "", base: str = "", **found: Any) -> Any:
    """A row; its line is that of its ages where it is not said."""
    said = capital(base) if base else ""
    return {
        "rank": _RANKS[rank],
        "line": line or _BASES.get(base, ""),
        "level": level,
        "area_code": code,
        "base": said,
        "number": float("nan"),
        "population": float("nan"),
        "share": float("nan"),
        "remark": "",
        **found,
    }
