"""What follows a request in a registre: delay, venue, médecin traitant."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cpts_geo.errors import TableError
from cpts_geo.sources.analyst.calls.log import read_call_log


def read(path: Path, header: str, *cells: str) -> pd.DataFrame:
    rows = "".join(f"{n + 4:02d}/03/2024;RDV;{cell}\n" for n, cell in enumerate(cells))
    path = path / "registre.csv"
    path.write_text(f"date;issue;{header}\n{rows}", encoding="utf-8")
    return read_call_log(path)


@pytest.mark.parametrize(
    ("header", "cells", "hours"),
    [
        ("délai (heures)", ["5", "1,5", "0", ""], [5, 1.5, 0, np.nan]),
        ("delai_jours", ["2", "0,5", "inconnu", "3 h"], [48, 12, np.nan, 3]),
        ("Délai", ["2 h", "3 jours", "J+2", "1h30"], [2, 72, 48, 1.5]),
        ("délai du rendez-vous (j)", ["1", "2"], [24, 48]),
    ],
)
def test_a_delay_is_hours(
    header: str, cells: list[str], hours: list[float], tmp_path: Path
) -> None:
    assert read(tmp_path, header, *cells)["delay"].tolist() == pytest.approx(hours, nan_ok=True)


@pytest.mark.parametrize(
    ("header", "cells", "answers"),
    [
        ("honoré", ["oui", "non venu", "Honoré", ""], [True, False, True, None]),
        ("Venue", ["absente", "vue", "lapin"], [False, True, False]),
        ("MT", ["oui", "non", "sans", "avec", "parfois"], None),
        ("sans MT", ["oui", "non", "NR"], [False, True, None]),
        ("médecin traitant", ["oui", "0", "1", "aucun"], [True, False, True, False]),
    ],
)
def test_an_answer_is_yes_or_no(
    header: str, cells: list[str], answers: list[bool | None] | None, tmp_path: Path
) -> None:
    name = "own_doctor" if "m" in header.lower() else "honoured"
    if answers is None:
        with pytest.raises(TableError, match="ni « oui », ni « non »"):
            read(tmp_path, header, *cells)
        return
    found = read(tmp_path, header, *cells)[name]
    assert [None if pd.isna(each) else bool(each) for each in found] == answers


@pytest.mark.parametrize(
    ("header", "cell", "words"),
    [
        ("délai", "5", "sans unité"),
        ("delai_heures", "bientôt", "ni un nombre d’heures"),
        ("delai_jours", "900", "ni un nombre d’heures"),
        ("honore", "peut-être", "ni « oui »"),
    ],
)
def test_what_cannot_be_read_is_refused_and_not_repeated(
    header: str, cell: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(TableError, match=words) as refused:
        read(tmp_path, header, cell, "", "")
    assert cell not in " ".join(refused.value.defects) or cell.isdigit()


def test_a_name_is_no_answer(tmp_path: Path) -> None:
    with pytest.raises(TableError) as refused:
        read(tmp_path, "médecin traitant", "Dr Jean Martin", "Dr Anne Durand", "oui")
    assert "Martin" not in str(refused.value)


def test_yes_and_no_beside_an_outcome_count_nothing(tmp_path: Path) -> None:
    log = read(tmp_path, "honore", "oui", "non", "1")
    assert len(log) == 3 and log["honoured"].tolist() == [True, False, True]


def test_counts_have_no_such_column(tmp_path: Path) -> None:
    path = tmp_path / "registre.csv"
    path.write_text("date;appels;honorés\n04/03/2024;20;8\n05/03/2024;22;9\n", encoding="utf-8")
    log = read_call_log(path)
    assert "honoured" not in log and (log["outcome"] == "appointment").sum() == 17
