"""Former names: those embedded, and those of the Insee events once they are fetched."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cpts_geo.errors import NameResolutionError
from cpts_geo.geography.cog.former import former_communes
from cpts_geo.geography.naming.names import resolve
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.fetching.fetch import fetch

HEAD = "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TNCC_AV,NCC_AV,NCCENR_AV,LIBELLE_AV,TYPECOM_AP,COM_AP,"
HEAD += "TNCC_AP,NCC_AP,NCCENR_AP,LIBELLE_AP"
#: Mergers as Insee writes them, of communes that no vintage kept names; one of the old Seine.
ROWS = [
    "32,2019-01-01,COM,14126,0,,,Cambremer,COM,14126,0,,,Cambremer",
    "32,2019-01-01,COM,14604,0,,,Saint-Laurent-du-Mont,COM,14126,0,,,Cambremer",
    "41,1968-01-01,COM,75001,0,,,Aubervilliers-la-Vieille,COM,93001,0,,,Aubervilliers",
    "10,1990-01-01,COM,45203,0,,,Meung,COM,45203,0,,,Meung-sur-Loire",
]


@pytest.fixture(scope="module")
def communes():
    return embedded.load_communes()


def test_names_of_the_insee_events_are_known_once_fetched(communes, tmp_path, monkeypatch):
    monkeypatch.setenv("CPTS_GEO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CPTS_GEO_LOCK", str(tmp_path / "lock.toml"))
    before = former_communes(communes, fetched=True)
    pd.testing.assert_frame_equal(before, embedded.load_former_communes())
    with pytest.raises(NameResolutionError):
        resolve(["Saint-Laurent-du-Mont"], communes, former=before, departements=["14"])
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    Path(mirror / "v_mvt_commune_2026.csv").write_text(
        "\n".join([HEAD, *ROWS]) + "\n", encoding="utf-8"
    )
    fetch(["insee_cog_events_2026"], mirror=mirror, offline=True)
    former = former_communes(communes, fetched=True)
    audit = resolve(["Saint-Laurent-du-Mont", "Meung"], communes, former=former,
                    departements=["14", "45"])  # fmt: skip
    assert audit[["code_insee", "method"]].to_numpy().tolist() == [
        ["14126", "moved"], ["45203", "moved"],
    ]  # fmt: skip
    # A code that was known without its name has it, once; that of the old Seine is left out.
    assert former.loc[former["former_code"] == "14604", "former_name"].tolist() == [
        "Saint-Laurent-du-Mont"
    ]
    assert not (former["former_code"] == "75001").any()
    pd.testing.assert_frame_equal(former_communes(communes, fetched=False), before)
