"""« Combien de généralistes ? »: the sources side by side."""

from __future__ import annotations

import math
from html import escape
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from cpts_geo.atlas.charts.svg import HALO, svg_tag
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.cells import Cell, Row, remark
from cpts_geo.french import UNKNOWN_TEXT, number, percent, signed_percent
from cpts_geo.french import counted as with_word
from cpts_geo.indicators.densities import per_10k
from cpts_geo.indicators.gp_sources import (
    BpeGap,
    Trend,
    bpe_gaps,
    counted,
    reconcile,
    trend,
)
from cpts_geo.schema import (
    AREA,
    COLUMNS,
    GP_SOURCES,
    LEVELS,
    TERRITORY,
    Level,
    Status,
    embedded_vintage,
    vintages,
)

#: Sources whose definition says what notes on their values would say again.
_SAID = ("gps_per_100k_published",)

#: How a sentence calls each source.
_SHORT = {name: COLUMNS[name].short for name in GP_SOURCES if COLUMNS[name].short}
#: Narrow enough for a telephone: each source is named above its line.
_WIDTH, _LEFT, _RIGHT, _ROW = 358, 16, 16, 50
_SIZE = 6.0
#: Height of a line of the legend.
_LINE: Final = 20


def _source_rows(comparison: pd.DataFrame) -> list[Row]:
    """A source a row: what it counts, then density and count in each area."""
    table = reconcile(comparison)
    areas = list(comparison[AREA].drop_duplicates().itertuples(index=False, name=None))
    rows = []
    for indicator, block in table.groupby("indicator", sort=False):
        column = COLUMNS[str(indicator)]
        known = block[block["source"] != ""].iloc[0]
        cells = block.set_index(AREA).assign(indicator=column.name)
        told = zip(block["area_name"], block["note"], strict=True)
        remarks = [remark(str(area), str(note)) + "." for area, note in told if note]
        first = f"{counted(column.name)} Source : {known['source']} ({known['grade']})."
        detail = " ".join([first, *([] if column.name in _SAID else remarks)])
        rows.append(
            Row(column.counted_label, detail, tuple(_cell(cells.loc[area]) for area in areas))
        )
    return rows


def _cell(found: pd.Series) -> Cell:
    """Density for 100,000 people, then the count, that for 10,000 and the interval."""
    if math.isnan(found["density"]):
        return Cell(UNKNOWN_TEXT, status="unknown", note=str(found["note"]))
    tenth = per_10k(str(found["indicator"]), float(found["density"]))
    # An estimate of a fraction of a doctor would claim more than it knows.
    details = [] if math.isnan(found["count"]) else [_doctors(found["count"])]
    if tenth is not None:
        details.append(f"{number(tenth, 1)} pour 10 000")
    if not math.isnan(found["low"]):
        details.append(f"{number(found['low'])} à {number(found['high'])} à 95 %")
    return Cell(
        number(found["density"], COLUMNS[str(found["indicator"])].decimals),
        status=str(found["status"]),
        note=str(found["note"]),
        origin=" ; ".join(details),
    )


def _explanations(comparison: pd.DataFrame) -> list[str]:
    """Say what separates the sources, where figures of this page support it."""
    said = [_gap_sentence(gap) for gap in bpe_gaps(comparison)]
    said.append(_trend_sentence(trend(comparison)))
    listed = set(reconcile(comparison)["indicator"])
    published = comparison[comparison["indicator"] == "gps_per_100k_published"]
    # The sentence goes with its row: a press release of elsewhere is none of this territory.
    if "gps_per_100k_published" not in listed:
        published = published.head(0)
    said += [_published_sentence(row, comparison) for _, row in published.iterrows()]
    return [sentence for sentence in said if sentence]


def _trend_sentence(trends: list[Trend]) -> str:
    """How the GPs of the territory, and of the areas around it, changed between two BPE."""
    if not trends:
        return ""
    first, last = (COLUMNS[name].vintage for name in (vintages("gps")[0], embedded_vintage("gps")))
    shown = [
        f"{each.area_name} {number(each.before)} → {number(each.after)}"
        + (f" ({signed_percent(100 * (each.after / each.before - 1))})" if each.before else "")
        for each in trends
    ]
    return (
        f"Généralistes libéraux de la BPE {first} à la BPE {last} : {' ; '.join(shown)}. Les deux "
        "définitions diffèrent un peu (D201, puis D265) : lire une tendance, non un écart exact."
    )


def _gap_sentence(gap: BpeGap) -> str:
    """What separates the count of the BPE from that of the Cnam in an area."""
    share = f" ({signed_percent(100 * gap.gap / gap.cnam)})" if gap.cnam else ""
    more = "plus" if gap.gap >= 0 else "moins"
    year = COLUMNS[embedded_vintage("gps")].vintage
    first = (
        f"{gap.area_name} : la BPE compte {_doctors(gap.bpe)} en {year} et "
        f"la Cnam {number(gap.cnam)}, soit {number(abs(gap.gap))} de {more}{share}."
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
    """A number of doctors, as a whole number, with its word."""
    return with_word(round(count), "médecin", "médecins")


def _published_sentence(row: pd.Series, comparison: pd.DataFrame) -> str:
    """Where the published density of an area lies among those of today."""
    if math.isnan(row["value"]):
        return ""
    same = comparison[(comparison[AREA] == row[AREA]).all(axis=1)]
    known = same.set_index("indicator")["value"].reindex(list(_SHORT)).dropna()
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
        f"{row['area_name']} : le communiqué annonce {number(row['value'])} pour 100 000 sans dire "
        f"sa source, {place} ({others})."
    )


def _sources_svg(comparison: pd.DataFrame, *, title: str) -> str:
    """Density in every source on one scale, a shape an area; empty text where none is known."""
    table = reconcile(comparison)
    known = table[table["density"].notna()]
    if known.empty:
        return ""
    tops = known["high"].where(known["high"].notna(), known["density"])
    step = next(s for s in (10, 20, 25, 50, 100, 250, 500, 1000) if tops.max() / s <= 8)
    last = math.ceil(tops.max() / step) * step
    scale = (_WIDTH - _LEFT - _RIGHT) / last
    names = list(dict.fromkeys(table["indicator"]))
    legend, lines = _legend(known)
    start = 8 + _LINE * lines
    bottom = start + _ROW * len(names)
    parts = [svg_tag(_WIDTH, bottom + 24, title=title, kind="sources")]
    for value in range(0, last + 1, step):
        x = _LEFT + value * scale
        parts.append(
            f'<path d="M{x:.1f} {start}V{bottom}" stroke="{style.LAND_EDGE}"/>'
            f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" class="muted">'
            f"{number(value)}</text>"
        )
    parts += legend
    for row, name in enumerate(names):
        top = start + _ROW * row
        label = COLUMNS[name].counted_label
        parts.append(f'<text x="0" y="{top + 14}" {HALO}>{escape(label)}</text>')
        y = top + 39.0
        # France first: what matters most is drawn last, on top.
        for _, found in known[known["indicator"] == name][::-1].iterrows():
            parts.append(_drawn(found, scale, y))
    return "".join(parts) + "</svg>"


def _drawn(found: pd.Series, scale: float, y: float) -> str:
    """An area on the scale; the territory with its density and interval."""
    x = _LEFT + found["density"] * scale
    level = next(level for level in LEVELS if level.key == found["area_level"])
    mark = _mark(level, x, y, status=Status(found["status"]))
    if level is not TERRITORY:
        return mark
    text = (
        f'<text x="{x:.1f}" y="{y - 9:.1f}" text-anchor="middle" font-weight="600">'
        f"{_written(found)}</text>"
    )
    if math.isnan(found["low"]):
        return mark + text
    low, high = (_LEFT + found[side] * scale for side in ("low", "high"))
    return (
        f'<path d="M{low:.1f} {y}H{high:.1f}M{low:.1f} {y - 4}v8M{high:.1f} {y - 4}v8" '
        f'stroke="{style.ACCENT}" fill="none"/>{mark}{text}'
    )


def _written(found: pd.Series) -> str:
    """Density of the territory, in quotation marks where it is announced."""
    text = number(found["density"], COLUMNS[str(found["indicator"])].decimals)
    return f"« {text} »" if found["status"] == Status.ANNOUNCED.value else text


#: Strokes of a shape drawn empty: nothing more for an estimate, dots for what is announced.
_STROKES: Final = {Status.ESTIMATED: "", Status.ANNOUNCED: ' stroke-dasharray="2 2"'}


def _mark(level: Level, x: float, y: float, *, status: Status) -> str:
    """Shape says which area; full is measured, empty estimated, dotted announced (a line has
    dashes)."""
    size = _SIZE
    full = status is Status.MEASURED
    dashes = _STROKES.get(status, "")
    if level.mark.endswith("z"):
        fill = style.FILL if full else style.PAPER
        return (
            f'<path d="M{x:.1f} {y:.1f}{level.mark}" fill="{fill}" stroke="{style.FILL}" '
            f'stroke-width="1.5"{dashes}/>'
        )
    if level.mark:
        width = 3.0 if full else 1.5
        dashes = dashes or ("" if full else ' stroke-dasharray="6 2"')
        return (
            f'<path d="M{x:.1f} {y:.1f}{level.mark}" stroke="{style.INK}" '
            f'stroke-width="{width}"{dashes}/>'
        )
    fill = style.ACCENT if full else style.PAPER
    disc = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{fill}" stroke="{style.ACCENT}" '
        f'stroke-width="1.5"{dashes}/>'
    )
    half = f"M{x:.1f} {y - size:.1f}a{size} {size} 0 0 0 0 {2 * size}z"
    return disc + (
        f'<path d="{half}" fill="{style.ACCENT}"/>' if status is Status.ESTIMATED else ""
    )


def _legend(known: pd.DataFrame) -> tuple[list[str], int]:
    """Names of the areas beside their shapes, then what a half-empty shape means; its lines."""
    shown = [
        (level, Status.MEASURED, level.word)
        for level in LEVELS
        if (known["area_level"] == level.key).any()
    ]
    words = {
        Status.ESTIMATED: "vide ou à demi vide : estimé",
        Status.ANNOUNCED: "en pointillé : annoncé",
    }
    shown += [
        (TERRITORY, status, text)
        for status, text in words.items()
        if (known["status"] == status.value).any()
    ]
    parts, x, line = [], 2 * _SIZE, 0
    for level, status, text in shown:
        width = 34 + 7.8 * len(text)
        if x + width - 20 > _WIDTH:
            x, line = 2 * _SIZE, line + 1
        y = 12 + _LINE * line
        parts.append(_mark(level, x, y, status=status))
        parts.append(f'<text x="{x + 12:.1f}" y="{y + 4}" class="muted">{text}</text>')
        x += width
    return parts, line + 1


def section(comparison: pd.DataFrame) -> dict[str, Any]:
    """
    Set the sources of the numbers of GPs side by side.

    Parameters
    ----------
    comparison : DataFrame
        As :func:`explanations`.

    Returns
    -------
    dict
        What its template shows.
    """
    title = "Médecins pour 100 000 habitants selon chaque source"
    return {
        "areas": list(comparison.drop_duplicates(AREA)["area_name"]),
        "rows": _source_rows(comparison),
        "chart": Markup(_sources_svg(comparison, title=title)),
        "sentences": _explanations(comparison),
    }
