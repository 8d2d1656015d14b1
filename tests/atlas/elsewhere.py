"""Territories unlike the five, by what sets each apart: how they are asked for, their page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cpts_geo.atlas.pages.sheet import sheet_page
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.study import Study
from tests.kept import analysed, kept_folder

#: Tried in every run: nothing known, many communes, two arrondissements, overseas on an island.
USUAL: dict[str, dict[str, Any]] = {
    "three communes on an island": {"epci": ["249710047"]},
    "128 communes": {"epci": ["245701206"]},
    "nothing known": {"epci": ["200060457"]},
    "two arrondissements": {"name": "Paris sud", "perimeter": "commune\nParis 13e\nParis 14ème\n"},
}  # fmt: skip
#: Tried in a whole run.
FARTHER: dict[str, dict[str, Any]] = {
    "mountain": {"epci": ["240500439"]},
    "suburb": {"epci": ["200056232"]},
    "overseas, a long name": {"epci": ["249740093"]},
    "Mayotte": {"epci": ["200050532"]},
    "an island of four communes": {"epci": ["245600465"]},
    "three communes": {
        "name": "Trois", "perimeter": "commune\nDry\nBaule\nLailly-en-Val\n",
        "departements": ["45"],
    },
    "119 communes": {"epci": ["200071181"]},
    "220 communes": {"name": "Autour de Chaumont", "perimeter": "around 52 220"},
    "400 communes": {"name": "Quatre cents", "perimeter": "around 55 400"},
    "a territoire de vie-santé": {"tvs": ["15120"]},
}  # fmt: skip


def asked(case: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Fields of a request: a list of communes becomes a file."""
    if "perimeter" not in case:
        return case
    text = case["perimeter"]
    if text.startswith("around"):
        _, departement, count = text.split()
        communes = embedded.load_communes()
        here = communes[communes["departement"] == departement][["lon", "lat"]].mean()
        far = ((communes[["lon", "lat"]] - here) * [0.67, 1.0]).pow(2).sum(axis=1)
        near = communes.loc[far.sort_values().index[: int(count)], "code_insee"]
        text = "code_insee\n" + "\n".join(near) + "\n"
    file = folder / "liste.csv"
    file.write_text(text, encoding="utf-8")
    return {**case, "perimeter": file}


def studied(case: dict[str, Any], folder: Path) -> tuple[Study, Any]:
    """The study of a case, from few draws, and all communes."""
    found = analysed(**asked(case, folder), draws=200, fetched=False)
    (study,) = found.studies.values()
    return study, found.national


def page_of(name: str, folder: Path) -> tuple[Path, int]:
    """The file of a page, kept between runs, and how many communes it is of."""
    study, national = studied((USUAL | FARTHER)[name], folder)

    def write(kept: Path) -> None:
        page = sheet_page(study, national=national, date="30/11/2026")
        (kept / "page.html").write_text(page, encoding="utf-8")

    kept = kept_folder("page of " + name.replace(" ", "_"), write)
    return kept / "page.html", len(study.communes)
