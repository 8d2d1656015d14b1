"""Census: people of each commune by age. Estimates with decimals; never rounded here."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pandera.pandas as pa

from cpts_geo.errors import alike
from cpts_geo.sources._conventions.archives import open_content, whole_json
from cpts_geo.sources._conventions.tables import CODE, IN_SHARE, UNIQUE_CODE
from cpts_geo.sources._conventions.text import decoded, plain
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers._formats import sdmx
from cpts_geo.sources.readers._formats.base import (
    Reader,
    enumerated,
    known_numbers,
    one_level,
    repaired_codes,
    unexpected,
    without_parts,
)
from cpts_geo.sources.readers._formats.columns import QUANTITY
from cpts_geo.sources.readers._formats.text import header_cells, read_csv_text

#: Ages of a band: first, last; the last is infinite for an open band.
_Band = tuple[int, float]

_OPEN: Final = float("inf")
#: 0-4, 5-9 ... 90-94, 95 or more: the bands of the pyramid.
_FIVE_YEARS: Final[tuple[_Band, ...]] = (
    *((low, low + 4.0) for low in range(0, 95, 5)),
    (95, _OPEN),
)
_TOTAL: Final = "_T"


def _parsed_age(code: str) -> _Band | None:
    """Ages that one of Insee's codes stands for."""
    if found := re.fullmatch(r"Y_LT(\d+)", code):
        return 0, float(found[1]) - 1
    if found := re.fullmatch(r"Y_GE(\d+)", code):
        return int(found[1]), _OPEN
    if found := re.fullmatch(r"Y(\d+)(?:T(\d+))?", code):
        return int(found[1]), float(found[2] or found[1])
    return None


def _partition(bands: Sequence[_Band]) -> list[_Band]:
    """Finest choice of bands that covers each age once."""
    best: dict[float, list[_Band]] = {0: []}
    for low, high in sorted(set(bands)):
        if low in best and high >= low:
            longer = [*best[low], (low, high)]
            # Bands come in order of first age: what leads to `low` is final.
            if len(longer) > len(best.get(high + 1, [])):
                best[high + 1] = longer
    return best.get(_OPEN, [])


def _read_age_pyramid(path: Path, source: Source) -> pd.DataFrame:
    """People of the newest year in five-year bands, finer ones added up: code_insee (cities as
    wholes), age_low, age_high (last age; NaN for 95 or more), population (estimate with decimals;
    NaN unknown)."""
    keep = {"AGE": None, "SEX": [_TOTAL], "RP_MEASURE": ["POP"]}
    rows = sdmx.newest(
        sdmx.observations(path, source, keep=keep, others_at_total=True), path, source
    )
    for name in ("age", "code_insee"):  # those of older censuses only
        rows[name] = rows[name].cat.remove_unused_categories()
    codes = [str(code) for code in rows["age"].cat.categories]
    known = {code: band for code in codes if (band := _parsed_age(code)) is not None}
    inside = {
        band: next((i for i, (a, b) in enumerate(_FIVE_YEARS) if a <= band[0] and band[1] <= b), -1)
        for band in known.values()
    }
    chosen = _partition([band for band in known.values() if inside[band] >= 0])
    if not chosen or _TOTAL not in codes:
        shown = enumerated(codes)
        raise unexpected(path, [f"âges : ni partition complète, ni total à vérifier ({shown})"])
    columns = np.array([inside[known[c]] if known.get(c) in chosen else -1 for c in codes])
    which = columns[rows["age"].cat.codes.to_numpy()]
    place = rows["code_insee"].cat.codes.to_numpy()
    communes = rows["code_insee"].cat.categories.to_numpy(dtype=object)
    used = which >= 0
    people = np.zeros((len(communes), len(_FIVE_YEARS)))
    np.add.at(people, (place[used], which[used]), rows["value"].to_numpy()[used])
    total = np.full(len(communes), np.nan)
    whole = (rows["age"] == _TOTAL).to_numpy()
    total[place[whole]] = rows["value"].to_numpy()[whole]
    # A commune counted in another's figures has a row without figures: unknown, not empty.
    people[np.isnan(total)] = np.nan
    _check_sums(communes, people, total, path=path, terms=len(chosen))
    return _long(communes, _FIVE_YEARS, people)


def _check_sums(
    codes: np.ndarray, people: np.ndarray, total: np.ndarray, *, path: Path, terms: int
) -> None:
    """Refuse bands that do not add up to the published total: ages without a row hold nobody only
    because of this check."""
    figures = people[~np.isnan(people)]
    # Each term may be rounded: to a unit, or to a tenth where figures have decimals.
    rounding = 0.5 if (figures % 1 == 0).all() else 0.05
    off = np.abs(people.sum(axis=1) - total) > rounding * terms + 0.01
    if off.any():
        lines = (
            f"{code} : {summed:.1f} habitants par âge pour {published:.1f} au total"
            for code, summed, published in zip(
                codes[off], people.sum(axis=1)[off], total[off], strict=True
            )
        )
        kind = "les âges ne font pas le total"
        raise unexpected(path, alike(lines, kind, total=int(off.sum())))


def _long(codes: np.ndarray, bands: Sequence[_Band], people: np.ndarray) -> pd.DataFrame:
    """One row a commune and band, ages open above as NaN."""
    lows = np.array([low for low, _ in bands], dtype="int64")
    highs = np.array([high for _, high in bands])
    return pd.DataFrame(
        {
            "code_insee": pd.Series(np.repeat(codes, len(bands)), dtype=str),
            "age_low": np.tile(lows, len(codes)),
            "age_high": np.tile(np.where(np.isinf(highs), np.nan, highs), len(codes)),
            "population": people.ravel(),
        }
    )


_STRUCTURE: Final = r"p(\d{2})_pop(\d{2})(\d{2}|p)"
_STRUCTURE_CODE: Final = {"code_insee": "codgeo"}


def _structure_columns(path: Path, source: Source) -> tuple[str, dict[_Band, str], str]:
    """Newest vintage of the header (two figures), its bands, and its column of totals."""
    texts = [
        plain(cell) for cell in header_cells(path, inner=source.inner, patterns=_STRUCTURE_CODE)
    ]
    found = [match for text in texts if (match := re.fullmatch(_STRUCTURE, text))]
    # A census of 1999 would be p99: two figures are years of this century up to 2068.
    years = sorted({match[1] for match in found}, key=lambda year: (int(year) + 32) % 100)
    for year in reversed(years):
        bands = {
            (int(match[2]), _OPEN if match[3] == "p" else float(match[3])): match[0]
            for match in found
            if match[1] == year
        }
        chosen = _partition(list(bands))
        if chosen and f"p{year}_pop" in texts:
            return year, {band: bands[band] for band in chosen}, f"p{year}_pop"
    shown = enumerated(texts)
    raise unexpected(path, [f"aucune suite complète de colonnes P.._POP.... (en-têtes : {shown})"])


def _read_age_structure(path: Path, source: Source) -> pd.DataFrame:
    """As :func:`_read_age_pyramid`, in the bands of the wide file, one column a band."""
    _, columns, total = _structure_columns(path, source)
    names = {f"band{i}": name for i, name in enumerate(columns.values())}
    raw = read_csv_text(
        path, inner=source.inner, patterns=_STRUCTURE_CODE | names | {"total": total}
    )
    wide = pd.DataFrame({"code_insee": repaired_codes(raw["code_insee"], path)})
    for name in [*names, "total"]:
        wide[name] = known_numbers(raw[name], path)
    # The three cities stand beside their arrondissements, or are split: one row in the end.
    wide = one_level(without_parts(wide))
    codes, people = wide["code_insee"].to_numpy(), wide[[*names]].to_numpy()
    _check_sums(codes, people, wide["total"].to_numpy(), path=path, terms=len(names))
    return _long(codes, [*columns], people)


def _structure_vintage(path: Path, source: Source) -> str:
    """Year of the newest census in the header of the wide file."""
    return f"20{_structure_columns(path, source)[0]}"


def _read_share_75plus(path: Path, source: Source) -> pd.DataFrame:
    """Share (0 to 1) of people of 75 or more: code_insee (without Mayotte, Paris, Lyon, Marseille
    and empty communes), share_75plus."""
    with open_content(path, source.inner) as stream:
        text = decoded(whole_json(stream, path)).text
    try:
        entries = json.loads(text)
        shares = {
            str(code): float(entry["part_personnes_agees_75_plus"])
            for code, entry in entries.items()
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise unexpected(path, [f"JSON inattendu ({type(error).__name__})"]) from error
    codes = repaired_codes(pd.Series([*shares], dtype=str), path)
    return pd.DataFrame({"code_insee": codes, "share_75plus": [*shares.values()]}).assign(
        share_75plus=lambda table: table["share_75plus"] / 100
    )


_AGES: Final = pa.DataFrameSchema(
    {
        "code_insee": CODE,
        "age_low": pa.Column(int, pa.Check.in_range(0, 120, error="âge attendu")),
        "age_high": pa.Column(float, pa.Check.in_range(0, 120, error="âge attendu"), nullable=True),
        "population": QUANTITY,
    },
    unique=["code_insee", "age_low"],
)
_SHARE: Final = pa.Column(float, IN_SHARE)

READERS: Final = {
    "age_pyramid": Reader(_read_age_pyramid, _AGES, sdmx.vintage),
    "age_structure": Reader(_read_age_structure, _AGES, _structure_vintage),
    "share_75plus": Reader(
        _read_share_75plus,
        pa.DataFrameSchema({"code_insee": UNIQUE_CODE, "share_75plus": _SHARE}),
    ),
}
