"""Words and rows of the panel that sets the sources of GP counts side by side."""

from __future__ import annotations

import math

import pandas as pd

from cpts_geo.atlas.cells import Cell, Row, remark
from cpts_geo.french import UNKNOWN_TEXT, number, percent, signed_percent
from cpts_geo.french import counted as with_word
from cpts_geo.indicators.reconciliation import (
    ESTIMATED,
    BpeGap,
    bpe_gaps,
    counted,
    reconcile,
    trend,
)
from cpts_geo.schema import COLUMNS

#: Sources whose definition says what notes on their values would say again.
_SAID = (ESTIMATED, "gps_per_100k_published")
#: How a sentence calls each source.
_SHORT = {
    "gps_per_100k_cnam_2024": "Cnam 2024",
    "gps_per_100k_bpe_2024": "BPE 2024",
    ESTIMATED: "estimation 2024",
    "gps_per_100k_2025": "BPE 2025",
    "gps_per_100k_2017": "BPE 2017",
}


def source_rows(comparison: pd.DataFrame) -> tuple[list[str], list[Row]]:
    """
    Lay out the sources of GP counts: a source a row, an area a column.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :func:`cpts_geo.indicators.comparison.compare` for one territory.

    Returns
    -------
    areas : list of str
        Names of the areas, the territory first.
    rows : list of Row
        What each source counts, then density and count in each area.
    """
    table = reconcile(comparison)
    order = comparison.drop_duplicates(["area_level", "area_code"])
    rows = []
    for indicator, block in table.groupby("indicator", sort=False):
        column = COLUMNS[str(indicator)]
        known = block[block["source"] != ""].iloc[0]
        cells = block.set_index("area_code").assign(indicator=column.name)
        told = zip(block["area_name"], block["note"], strict=True)
        remarks = [remark(str(area), str(note)) + "." for area, note in told if note]
        first = f"{counted(column.name)} Source : {known['source']} ({known['grade']})."
        detail = " ".join([first, *([] if column.name in _SAID else remarks)])
        rows.append(
            Row(
                column.label.replace(" pour 100 000 habitants", ""),
                detail,
                tuple(_cell(cells.loc[code]) for code in order["area_code"]),
            )
        )
    return list(order["area_name"]), rows


def _cell(found: pd.Series) -> Cell:
    """Density, then the count and the interval it comes with."""
    if found["indicator"] == ESTIMATED and found["area_level"] != "cpts":
        return Cell("= BPE 2024", note="par construction")
    if math.isnan(found["density"]):
        return Cell(UNKNOWN_TEXT, status="unknown", note=str(found["note"]))
    details = []
    if not math.isnan(found["count"]):
        # An estimate of a fraction of a doctor would claim more than it knows.
        details.append(with_word(round(found["count"]), "médecin", "médecins"))
    if not math.isnan(found["low"]):
        details.append(f"{number(found['low'])} à {number(found['high'])} à 95 %")
    return Cell(
        number(found["density"], 1),
        status=str(found["status"]),
        note=str(found["note"]),
        origin=" ; ".join(details),
    )


def explanations(comparison: pd.DataFrame) -> list[str]:
    """
    Say in words what separates the sources, with the figures of the place.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :func:`cpts_geo.indicators.comparison.compare` for one territory.

    Returns
    -------
    list of str
        French sentences; only what figures of this page support.
    """
    said = [_gap_sentence(gap) for gap in bpe_gaps(comparison)]
    changes = trend(comparison)
    if changes:
        shown = ", ".join(f"{name} {signed_percent(100 * by)}" for name, by in changes.items())
        said.append(
            f"Entre la BPE 2017 (somme des communes) et la BPE 2024 (total publié) : {shown}. "
            "L’estimation 2024 applique cette évolution à chaque commune du département ; elle ne "
            "voit ni un départ ni une arrivée dans une commune précise."
        )
    listed = set(reconcile(comparison)["indicator"])
    published = comparison[comparison["indicator"] == "gps_per_100k_published"]
    # The sentence goes with its row: a press release of elsewhere is none of this territory.
    if "gps_per_100k_published" not in listed:
        published = published.head(0)
    said += [_published_sentence(row, comparison) for _, row in published.iterrows()]
    return [sentence for sentence in said if sentence]


def _gap_sentence(gap: BpeGap) -> str:
    share = f" ({signed_percent(100 * gap.gap / gap.cnam)})" if gap.cnam else ""
    more = "plus" if gap.gap >= 0 else "moins"
    first = (
        f"{gap.area_name} : la BPE compte {_doctors(gap.bpe)} en 2024 et la Cnam "
        f"{number(gap.cnam)}, soit {number(abs(gap.gap))} de {more}{share}."
    )
    if 0 < gap.expertise < gap.gap:
        return (
            f"{first} La Cnam compte à part {_doctors(gap.expertise)} à expertise particulière, "
            f"que la BPE ne dit pas exclure : {percent(gap.expertise / gap.gap, 0)} de l’écart. Le "
            f"reste ({_doctors(gap.rest)}) tient aux lieux d’exercice secondaires, que la BPE "
            "compte, et aux dates, sans qu’aucun des deux fichiers permette de les séparer."
        )
    apart = (
        f" La Cnam compte aussi à part {_doctors(gap.expertise)} à expertise particulière."
        if gap.expertise
        else ""
    )
    return (
        f"{first}{apart} Lieux d’exercice secondaires et dates y contribuent, sans qu’aucun des "
        "deux fichiers permette de les séparer."
    )


def _doctors(count: float) -> str:
    return with_word(round(count), "médecin", "médecins")


def _published_sentence(row: pd.Series, comparison: pd.DataFrame) -> str:
    """Where the published density of an area lies among those of today."""
    if math.isnan(row["value"]):
        return ""
    same = comparison[comparison["area_code"] == row["area_code"]].set_index("indicator")["value"]
    known = same.reindex(list(_SHORT)).dropna()
    if row["area_level"] != "cpts":
        known = known.drop(ESTIMATED, errors="ignore")
    if known.empty:
        return ""
    others = ", ".join(f"{_SHORT[str(name)]} : {number(value, 1)}" for name, value in known.items())
    if row["value"] < known.min():
        place = "moins que toutes les autres sources"
    elif row["value"] > known.max():
        place = "plus que toutes les autres sources"
    else:
        place = "entre les autres sources"
    return (
        f"{row['area_name']} : le communiqué écrit {number(row['value'])} pour 100 000 sans dire "
        f"sa source, {place} ({others})."
    )
