"""Reference populations of communes (populations de référence), which set legal thresholds."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.sources._conventions.archives import open_content
from cpts_geo.sources._conventions.tables import UNIQUE_CODE
from cpts_geo.sources._conventions.text import decoded, plain
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.codes import CODE_PATTERN, with_zero
from cpts_geo.sources.readers._formats import sdmx
from cpts_geo.sources.readers._formats.base import (
    Reader,
    one_level,
    repaired_codes,
    unexpected,
    whole_numbers,
)
from cpts_geo.sources.readers._formats.columns import COUNT
from cpts_geo.sources.readers._formats.text import read_csv_text

_COLUMNS: Final = {"population": "pmun", "total_population": "ptot"}
#: Vintages before 2022 keep the code in two columns, and the name of the commune under COM.
_CODES: Final = {name: name for name in ("com", "coddep", "dep", "codcom")}
#: The files say no year. Municipal populations of four communes tell it: those of the Etalab
#: package @etalab/decoupage-administratif 6.0.0, 4.1.0 and 3.1.1, whose notes cite Insee's pages
#: 8680726 (2023), 8290591 (2022) and 6683035 (2020).
_CONTROLS: Final = {
    "2023": {"01001": 860, "42218": 173_136, "45234": 116_357, "85191": 54_849},
    "2022": {"01001": 859, "42218": 172_569, "45234": 116_344, "85191": 54_699},
    "2020": {"01001": 806, "42218": 174_082, "45234": 117_026, "85191": 55_213},
}


def _is_melodi(path: Path, source: Source) -> bool:
    """Whether a file is Melodi's, by its first line."""
    with open_content(path, source.inner) as stream:
        return "popref_measure" in plain(decoded(stream.readline(65536)).text)


def _read_populations(path: Path, source: Source) -> pd.DataFrame:
    """Populations of each commune: code_insee, population (municipale: each person once),
    total_population (with those counted apart; for legal thresholds only)."""
    if _is_melodi(path, source):
        return _melodi(path, source)
    raw = read_csv_text(path, inner=source.inner, patterns=_COLUMNS, optional=_CODES)
    table = pd.DataFrame({"code_insee": _codes(raw, path)})
    for name in _COLUMNS:
        table[name] = whole_numbers(raw[name], path)
    return one_level(table)


def _codes(raw: pd.DataFrame, path: Path) -> pd.Series:
    """Code of each row: COM where it holds codes, else département and number."""
    if "com" in raw:
        text = with_zero(raw["com"].str.upper())
        if text.str.fullmatch(CODE_PATTERN).all():
            return text
    departement = "coddep" if "coddep" in raw else "dep"
    if departement not in raw or "codcom" not in raw:
        raise unexpected(path, ["ni code de commune (COM), ni département et numéro (CODCOM)"])
    start = raw[departement].str.upper().str.zfill(2)
    number = raw["codcom"].str.zfill(2)
    # Overseas, the third figure of the département is the first of the commune: 971 + 101.
    short = start.str[:2] + number.str.zfill(3)
    return repaired_codes((start + number).where((start + number).str.len() == 5, short), path)


def _melodi(path: Path, source: Source) -> pd.DataFrame:
    """Populations of a Melodi file, newest year."""
    wanted = {"PMUN": "population", "PTOT": "total_population"}
    rows = sdmx.observations(
        path, source, keep={"POPREF_MEASURE": list(wanted)}, others_at_total=True
    )
    rows = sdmx.newest(rows, path, source)
    rows = rows.astype({"code_insee": str, "popref_measure": str})
    wide = rows.pivot(index="code_insee", columns="popref_measure", values="value")
    missing = [measure for measure in wanted if measure not in wide]
    if missing:
        raise unexpected(path, [f"mesure absente : {measure}" for measure in missing])
    # A commune whose people are counted in another's figures has none of its own.
    wide = wide.rename(columns=wanted)[[*wanted.values()]].dropna()
    table = wide.apply(lambda column: whole_numbers(column, path)).reset_index()
    return table.rename_axis(columns=None)


def _populations_vintage(path: Path, source: Source) -> str | None:
    """Year of the populations, told by those of known communes."""
    if _is_melodi(path, source):
        return sdmx.vintage(path, source)
    table = _read_populations(path, source).set_index("code_insee")["population"]
    for year, controls in _CONTROLS.items():
        listed = {code: people for code, people in controls.items() if code in table.index}
        if "01001" in listed and all(table[code] == people for code, people in listed.items()):
            return year
    return None


READERS: Final = {
    "populations": Reader(
        _read_populations,
        pa.DataFrameSchema(
            {"code_insee": UNIQUE_CODE, "population": COUNT, "total_population": COUNT},
            checks=[
                pa.Check(
                    lambda table: table["population"] <= table["total_population"],
                    error="population municipale supérieure à la population totale",
                )
            ],
        ),
        _populations_vintage,
    )
}
