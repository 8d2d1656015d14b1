"""Cnam (data.ameli.fr): health professionals, and ALD patients without a médecin traitant."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.errors import quoted
from cpts_geo.sources._conventions.tables import FILLED
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers._formats.base import (
    Reader,
    bounds,
    known_numbers,
    newest_year,
    refuse_values,
    unexpected,
)
from cpts_geo.sources.readers._formats.columns import QUANTITY, SHARE, YEAR
from cpts_geo.sources.readers._formats.text import read_csv_text

_TERRITORY: Final = {"annee": r"annee", "region": r"region", "departement": r"departement"}
_DENSITIES: Final = _TERRITORY | {
    "profession": r"profession_sante",
    "classe_age": r"classe_age",
    "sexe": r"libelle_sexe",
    "effectif": r"effectif",
    "densite": r"densite",
}
_ALD: Final = _TERRITORY | {"taux": r"taux_patients_ald_sans_mt"}
#: "NS" stands for fewer than five professionals; whether it may hide a zero is not written.
_FEW: Final = (0.0, 4.0)


def _read_densities(path: Path, source: Source) -> pd.DataFrame:
    """Professionals of all ages and both sexes: year, departement ("FR" for France), profession,
    low and high (count; equal unless masked), masked, density (per 100,000, as published; NaN where
    masked)."""
    raw = read_csv_text(path, inner=source.inner, patterns=_DENSITIES)
    everyone = (raw["classe_age"].map(plain) == "tout_age") & (
        raw["sexe"].map(plain) == "tout sexe"
    )
    if not everyone.any():
        ages = sorted(set(raw["classe_age"]))[:5]
        sexes = sorted(set(raw["sexe"]))[:5]
        shown = ", ".join(quoted(text) for text in [*ages, *sexes])
        raise unexpected(path, ["aucune ligne « tout_age », « tout sexe »", f"trouvé : {shown}"])
    kept = _territories(raw[everyone], path)
    count = bounds(kept["effectif"], masked=_FEW, path=path)
    return pd.DataFrame(
        {
            "year": kept["year"],
            "departement": kept["departement"],
            "profession": kept["profession"],
            "low": count["low"],
            "high": count["high"],
            "masked": count["masked"],
            "density": known_numbers(kept["densite"], path),
        }
    ).sort_values(["year", "departement", "profession"], ignore_index=True)


def _read_ald(path: Path, source: Source) -> pd.DataFrame:
    """ALD patients without a médecin traitant: year, departement ("FR" for France), share_low and
    share_high (0 to 1, and both where masked), masked; read from the text, whose numeric twin may
    be a false 0."""
    kept = _territories(read_csv_text(path, inner=source.inner, patterns=_ALD), path)
    # "4,2 %" and "4,2%", the space being any of those of French typography.
    rates = kept["taux"].str.replace(r"\s*%$", "", regex=True)
    share = bounds(rates, masked=(0, 100), path=path, whole=False)
    return pd.DataFrame(
        {
            "year": kept["year"],
            "departement": kept["departement"],
            "share_low": share["low"] / 100,
            "share_high": share["high"] / 100,
            "masked": share["masked"],
        }
    ).sort_values(["year", "departement"], ignore_index=True)


def _territories(raw: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Départements and France by year: without the totals of regions and the unknown places."""
    unknown = (raw["region"].map(plain) == "inconnu") | (raw["departement"].map(plain) == "inconnu")
    france = (raw["region"] == "99") & (raw["departement"] == "999")
    kept = raw[~unknown & (france | (raw["departement"] != "999"))]
    return kept.assign(
        departement=kept["departement"].str.upper().str.zfill(2).mask(france, "FR"),
        year=_years(kept["annee"], path),
    )


def _years(annee: pd.Series[str], path: Path) -> pd.Series[int]:
    """Years written ``2024`` in one export and ``2024-01-01`` in another."""
    year = annee.str.extract(r"^(\d{4})(?:-\d{2}-\d{2}.*)?$")[0]
    refuse_values(annee[year.isna()], "année « {} »", "année impossible", path)
    return year.astype("int64")


def _vintage_of_cnam(path: Path, source: Source) -> str | None:
    """Newest year of an export."""
    raw = read_csv_text(path, inner=source.inner, patterns={"annee": "annee"})
    return newest_year(_years(raw["annee"], path), path)


_PLACE: Final = {
    "year": YEAR,
    "departement": pa.Column(
        str, pa.Check.str_matches(r"^(?:\d{2,3}|2[AB]|FR)$", error="code de département attendu")
    ),
}

READERS: Final = {
    "cnam_densities": Reader(
        read=_read_densities,
        vintage=_vintage_of_cnam,
        contract=pa.DataFrameSchema(
            {
                **_PLACE,
                "profession": FILLED,
                "low": QUANTITY,
                "high": QUANTITY,
                "masked": pa.Column(bool),
                "density": QUANTITY,
            },
            unique=["year", "departement", "profession"],
        ),
    ),
    "cnam_ald": Reader(
        read=_read_ald,
        vintage=_vintage_of_cnam,
        contract=pa.DataFrameSchema(
            {
                **_PLACE,
                "share_low": SHARE,
                "share_high": SHARE,
                "masked": pa.Column(bool),
            },
            unique=["year", "departement"],
        ),
    ),
}
