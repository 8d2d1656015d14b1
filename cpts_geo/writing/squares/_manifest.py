"""What the squares written rest on: versions, parameters, digests, and what is to know of them."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cpts_geo.access.catchments.weights import Weight
from cpts_geo.french import counted
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.sources.embedding import embedded
from cpts_geo.writing.report import versions

#: Paris, Lyon and Marseille.
_ONE_PLACE: Final = (
    "Les médecins d’une commune sont tous placés à sa mairie : dans Paris, Lyon et Marseille, les "
    "carreaux ne se distinguent que par leur distance à l’hôtel de ville."
)


def notes_of(
    squares: pd.DataFrame, communes: pd.DataFrame, supply: pd.Series, *, synthetic: bool
) -> list[str]:
    """French sentences on what the figures do not say."""
    said = [_ONE_PLACE]
    unknown = squares["accessibility"].isna()
    if unknown.any():
        people = float(squares.loc[unknown, "people"].sum())
        places = communes.loc[communes["code_insee"].map(supply).isna(), "name"]
        said.append(
            f"{counted(int(unknown.sum()), 'carreau', 'carreaux')} sans valeur "
            f"({counted(people, 'habitant', 'habitants')}) : à leur portée, une commune dont le "
            f"nombre de généralistes est inconnu ({', '.join(places.tolist())})."
        )
    lone = communes[communes["code_insee"].map(supply).gt(0) & communes["lon"].isna()]
    if len(lone):
        said.append(
            f"Mairie sans place connue, médecins non comptés : {', '.join(lone['name'].tolist())}."
        )
    if synthetic:
        said.append(
            "Carroyage synthétique : la population de chaque commune est la sienne, mais ses "
            "carreaux sont tirés au sort. Pour les vrais, donnez le fichier Filosofi de l’Insee "
            "avec --squares."
        )
        gone = communes[~communes["code_insee"].isin(squares["code_insee"].unique())]
        names = gone.loc[gone["population"] > 0, "name"].tolist()
        if names:
            said.append(f"Communes sans contour ni mairie connus, absentes : {', '.join(names)}.")
    return said


def manifest_of(
    squares: pd.DataFrame,
    supply: pd.Series,
    *,
    weight: Weight,
    source: str,
    notes: list[str],
    asked: dict[str, Any],
    inputs: dict[str, str],
    made: list[Path],
) -> dict[str, Any]:
    """Date, versions, parameters, sums, SHA-256 of every input and output."""
    received = float((squares["people"] * squares["accessibility"]).sum())
    return {
        "date": date.today().isoformat(),
        "versions": versions(),
        "system": sys.platform,
        "parameters": asked,
        "catchment": {"minutes": list(weight.breaks), "weights": list(weight.weights)},
        "source": source,
        "sums": {
            "squares": len(squares),
            "population": float(squares["people"].sum()),
            "gps": float(supply.sum()),
            "gps_of_squares_with_a_value": received,
            "squares_without_a_value": int(squares["accessibility"].isna().sum()),
        },
        "notes": notes,
        "inputs": embedded.digests() | inputs,
        "outputs": {path.name: sha256_of(path) for path in made},
    }
