"""« Indicateurs fournis »: a value, what bounds it, how it was made; never a false zero."""

from __future__ import annotations

import pandas as pd

from cpts_geo.atlas.sections.territory._given import section

ROW = {
    "territory": "ici", "indicator": "", "label": "Part de X", "vintage": "2024", "unit": "%",
    "base": "", "level": "commune", "how": "moyenne pondérée des communes", "value": 12.5,
    "low": float("nan"), "high": float("nan"), "france": 11.25, "status": "estimated", "note": "",
    "grade": "B", "producer": "CartoSanté", "file": "export.csv",
}  # fmt: skip
OURS = pd.DataFrame(
    {"area_level": ["cpts", "france"], "indicator": "apl_2023", "value": [2.54, 3.7],
     "status": "measured"}
)  # fmt: skip
NAN = float("nan")


def shown(**changes: object) -> list[str]:
    """Label, detail, then text and small print of the value here, of France, of the sheet."""
    found = section(pd.DataFrame([ROW | changes]), OURS)
    assert found is not None
    [row] = found["rows"]
    here, france, ours = row.cells
    said = [row.label, row.detail, here.text, here.origin, here.status, france.text, ours.text]
    return [text.replace("\u202f", " ") for text in said]


def test_an_indicator_of_its_own() -> None:
    assert shown() == [
        "Part de X, 2024", "CartoSanté, fichier export.csv (B).", "12,5 %",
        "moyenne pondérée des communes", "estimated", "11,2 %", "—",
    ]  # fmt: skip


def test_what_is_not_known_is_no_zero() -> None:
    assert shown(value=NAN, status="unknown")[2:5] == ["donnée absente", "", "unknown"]
    assert shown(value=0.0)[2] == "0 %"
    assert shown(france=NAN)[5] == "—"


def test_bounds_stand_for_a_value_or_beside_it() -> None:
    only = shown(value=NAN, low=10.0, high=20.0, status="unknown", note="secret")
    assert only[2:5] == [
        "entre 10 % et 20 %", "moyenne pondérée des communes ; secret", "estimated",
    ]  # fmt: skip
    assert shown(low=10.0, high=20.0)[3].startswith("entre 10 % et 20 % ; ")
    assert shown(value=NAN, low=3.0, unit="", status="unknown")[2] == "au moins 3"
    assert shown(value=NAN, high=4.0, unit="", status="unknown")[2] == "au plus 4"


def test_the_same_quantity_stands_beside_ours() -> None:
    found = shown(indicator="apl_2023", label="APL Médecins généralistes", value=2.6, unit="x")
    # Its unit stands once, not in each of the values: they would push the last column out.
    same = "Même grandeur que « APL aux médecins généralistes », en consultations par an et par "
    assert found[1].startswith(f"{same}habitant standardisé.")
    assert not any("consultations" in cell for cell in found[2:])
    assert found[2].startswith("2,60")
    assert found[6].startswith("2,54")
    assert shown(indicator="share_without_mt", value=0.14, base="17 ans et plus")[2] == (
        "14,0 %, 17 ans et plus"
    )


def test_without_any_there_is_no_section() -> None:
    assert section(pd.DataFrame(columns=list(ROW)), OURS) is None
