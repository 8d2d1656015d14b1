"""One line a source, one scale: where each source puts the territory, its département, France."""

from __future__ import annotations

import math
from html import escape

import pandas as pd

from cpts_geo.atlas import style
from cpts_geo.french import number
from cpts_geo.indicators.reconciliation import reconcile
from cpts_geo.schema import COLUMNS, Status

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 760, 250, 40, 34, 34
_SIZE = 6.0


def sources_svg(comparison: pd.DataFrame, *, title: str) -> str:
    """
    Draw the density of GPs in every source, on one scale.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :func:`cpts_geo.indicators.comparison.compare` for one territory.
    title : str
        Text for screen readers.

    Returns
    -------
    str
        An SVG element, 760 wide; empty text where no source is known. The territory is a disc,
        half empty where it is estimated, with its interval; départements are diamonds, France a
        bar.
    """
    table = reconcile(comparison)
    known = table[table["density"].notna()]
    if known.empty:
        return ""
    tops = known["high"].where(known["high"].notna(), known["density"])
    step = next(s for s in (10, 20, 25, 50, 100, 250, 500, 1000) if tops.max() / s <= 8)
    last = math.ceil(tops.max() / step) * step
    scale = (_WIDTH - _LEFT - _RIGHT) / last
    names = list(dict.fromkeys(table["indicator"]))
    height = _TOP + _ROW * len(names) + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}" class="sources" font-family="system-ui, sans-serif" '
        'font-size="12">'
    ]
    bottom = _TOP + _ROW * len(names)
    for value in range(0, last + 1, step):
        x = _LEFT + value * scale
        parts.append(
            f'<path d="M{x:.1f} {_TOP - 6}V{bottom}" stroke="{style.LAND_EDGE}"/>'
            f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" class="muted">'
            f"{number(value)}</text>"
        )
    parts += _legend(known)
    for row, name in enumerate(names):
        y = _TOP + _ROW * row + _ROW / 2
        label = COLUMNS[name].label.replace(" pour 100 000 habitants", "")
        parts.append(
            f'<text x="{_LEFT - 10}" y="{y + 4:.1f}" text-anchor="end">{escape(label)}</text>'
        )
        # France first: what matters most is drawn last, on top.
        for _, found in known[known["indicator"] == name][::-1].iterrows():
            parts.append(_drawn(found, scale, y))
    return "".join(parts) + "</svg>"


def _drawn(found: pd.Series, scale: float, y: float) -> str:
    x = _LEFT + found["density"] * scale
    mark = _mark(str(found["area_level"]), x, y, estimated=found["status"] != Status.MEASURED.value)
    if found["area_level"] != "cpts":
        return mark
    text = (
        f'<text x="{x:.1f}" y="{y - 9:.1f}" text-anchor="middle" font-weight="600">'
        f"{number(found['density'], 1)}</text>"
    )
    if math.isnan(found["low"]):
        return mark + text
    low, high = (_LEFT + found[side] * scale for side in ("low", "high"))
    return (
        f'<path d="M{low:.1f} {y}H{high:.1f}M{low:.1f} {y - 4}v8M{high:.1f} {y - 4}v8" '
        f'stroke="{style.ACCENT}" fill="none"/>{mark}{text}'
    )


def _mark(level: str, x: float, y: float, *, estimated: bool) -> str:
    """Shape says which area, emptiness says estimated."""
    size = _SIZE
    if level == "france":
        return (
            f'<path d="M{x:.1f} {y - size - 1:.1f}v{2 * size + 2}" stroke="{style.INK}" '
            f'stroke-width="{1.5 if estimated else 3}"'
            f"{' stroke-dasharray=' + chr(34) + '3 2' + chr(34) if estimated else ''}/>"
        )
    if level == "departement":
        fill = style.PAPER if estimated else style.FILL
        return (
            f'<path d="M{x:.1f} {y - size:.1f}l{size} {size}l-{size} {size}l-{size} -{size}z" '
            f'fill="{fill}" stroke="{style.FILL}" stroke-width="1.5"/>'
        )
    fill = style.PAPER if estimated else style.ACCENT
    disc = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{fill}" stroke="{style.ACCENT}" '
        'stroke-width="1.5"/>'
    )
    half = f"M{x:.1f} {y - size:.1f}a{size} {size} 0 0 0 0 {2 * size}z"
    return disc + (f'<path d="{half}" fill="{style.ACCENT}"/>' if estimated else "")


def _legend(known: pd.DataFrame) -> list[str]:
    """Names of the areas beside their shapes, then what a half-empty shape means."""
    parts, x = [], float(_LEFT)
    words = {"cpts": "territoire", "departement": "département", "france": "France"}
    for level, word in words.items():
        if (known["area_level"] == level).any():
            parts.append(_mark(level, x, 12, estimated=False))
            parts.append(f'<text x="{x + 12:.1f}" y="16" class="muted">{word}</text>')
            x += 34 + 7 * len(word)
    if (known["status"] != Status.MEASURED.value).any():
        parts.append(_mark("cpts", x, 12, estimated=True))
        parts.append(
            f'<text x="{x + 12:.1f}" y="16" class="muted">vide ou à demi vide : estimé</text>'
        )
    return parts
