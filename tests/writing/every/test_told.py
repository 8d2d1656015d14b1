"""What a run on all territories says: what it kept, what it leaves, how long is left."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from cpts_geo.cli._meant import of_all
from cpts_geo.cli._terminal import time_left
from cpts_geo.errors import AskedError, ClusterError
from cpts_geo.geography.perimeters.request import Request, find_perimeters
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.options import Options
from cpts_geo.writing.every import _told
from cpts_geo.writing.every._pace import Pace
from cpts_geo.writing.every.run import write_every
from cpts_geo.writing.placing import moving


def test_the_end_counts_what_was_kept_made_and_missed() -> None:
    said = _told.outcome(12, kept=4, failed=0)
    assert said == "12 territoires : 4 gardés d’un calcul précédent, 8 faits, 0 échec"


def written(folder: Path, key: str, *names: str) -> None:
    (folder / key).mkdir(parents=True)
    outputs = dict.fromkeys(names, "0" * 64)
    told = {"content": "x", "outputs": outputs}
    (folder / key / "manifest.json").write_text(json.dumps(told), encoding="utf-8")


def test_what_is_no_longer_asked_is_named_and_stays(tmp_path: Path) -> None:
    written(tmp_path, "cc_fercher")
    written(tmp_path, "alpha")
    (tmp_path / "mine").mkdir()
    (said,) = _told.no_longer_asked(tmp_path, ["alpha"])
    assert said.startswith("1 dossier n’est plus demandé : cc_fercher ; il est gardé")
    assert (tmp_path / "cc_fercher" / "manifest.json").exists()
    assert _told.no_longer_asked(tmp_path, ["alpha", "cc_fercher"]) == []


def test_pages_that_will_go_are_counted_before(tmp_path: Path) -> None:
    written(tmp_path, "alpha", "alpha.html", "tableaux/besoin.csv")
    written(tmp_path, "beta", "tableaux/besoin.csv")
    (said,) = _told.pages_removed(tmp_path, ["alpha", "beta", "gamma"])
    assert "1 territoire" in said
    assert _told.pages_removed(tmp_path, ["beta", "gamma"]) == []


def test_a_folder_of_which_all_is_gone_goes_too(tmp_path: Path) -> None:
    for name in ("cartes/a.png", "tableaux/a.csv", "tableaux/mine.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("old", encoding="utf-8")
    stage = moving.new_stage(tmp_path)
    (stage / "index.html").write_text("new", encoding="utf-8")
    moving.put(stage, tmp_path, stale=["cartes/a.png", "tableaux/a.csv"])
    moving.discard(stage)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.html", "tableaux"]


def test_a_commune_of_two_territories_is_told() -> None:
    codes = ["45130", "45024", "45130"]
    names = ["Dry", "Baule", "Dry"]
    found: Any = SimpleNamespace(
        members=pd.DataFrame({"territory": ["a", "a", "b"], "code_insee": codes}),
        audit=pd.DataFrame({"code_insee": codes, "name": names}),
        identity=pd.DataFrame({"name": ["Alpha", "Beta"]}, index=["a", "b"]),
    )
    (said,) = _told.shared_communes(found)
    assert said == "1 commune est dans deux territoires : Dry (Alpha, Beta)."
    found.members = found.members[:2]
    assert _told.shared_communes(found) == []


def test_a_time_is_told_once_it_is_fair() -> None:
    """Workers take a minute to start, then two of them make one territory each in ten seconds."""
    now = [0.0]
    pace = Pace(1000, workers=2, clock=lambda: now[0])
    told = []
    for done in range(1, 41):
        now[0] = 60 + 10 * ((done + 1) // 2)
        pace.ended()
        told.append(pace.remaining(1000 - done))
    assert told[:10] == [None] * 10
    assert told[-1] == pytest.approx(960 * 5, rel=0.05)
    assert all(4000 < left < 6000 for left in told if left is not None)


@pytest.mark.parametrize("total", [3, 12, 25, 480, 1255])
def test_a_log_has_about_ten_lines_or_more(total: int) -> None:
    pace = Pace(total, workers=1)
    assert sum(map(pace.noted, range(1, total + 1))) >= min(total, 10)
    assert sum(map(pace.noted, range(1, total + 1))) <= 30


def test_a_long_time_is_in_hours() -> None:
    said = [time_left(60 * minutes) for minutes in (90, 100, 150, 568)]
    assert said == [f"reste environ {time}" for time in ("90 min", "1 h 30", "2 h 30", "9 h 30")]


def test_options_of_one_territory_are_refused_before_any_other_reason() -> None:
    given = {"share_without_mt": "14 %", "only": ["Alpha"], "perimeter": None, "tvs": None}
    with pytest.raises(AskedError, match="2 options") as refused:
        of_all("epci", given)
    assert [line.split(" : ")[0] for line in refused.value.defects] == [
        "--only",
        "--share-without-mt",
    ]
    with pytest.raises(AskedError, match="1 option d’un territoire") as refused:
        of_all("epci", {"name": "Val"})
    assert refused.value.remedy.startswith("retirez-la,")


def test_a_file_of_all_is_a_perimeter_whose_sheet_may_be_named(tmp_path: Path) -> None:
    assert of_all("epci", {"perimeter": None}) == {"perimeter": None}
    file = tmp_path / "listes.xlsx"
    assert of_all(str(file), {"perimeter": None, "sheet": "2"})["perimeter"] == file


def test_all_may_be_those_of_departements() -> None:
    found = find_perimeters(
        Request(every="epci", departements=["45"]),
        embedded.load_communes(),
        former=embedded.load_former_communes(),
        arrondissements=embedded.load_arrondissements(),
    )
    assert (len(found.identity), found.folder) == (16, "departement_45_epci")
    assert found.identity["code"].str.fullmatch("[0-9]{9}").all()


def test_a_scheduler_that_does_not_answer_leaves_no_folder(tmp_path: Path) -> None:
    output = tmp_path / "out"
    asked = Request(every="epci", departements=["45"])
    with pytest.raises(ClusterError):
        write_every(asked, Options(draws=100, fetched=False), output, scheduler="nowhere")
    assert not output.exists()
