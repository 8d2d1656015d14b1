"""Indicators of an export for a territory: added, weighed, bounded, never shared out."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cpts_geo.errors import DataFileError, IndicatorsError
from cpts_geo.geography.cog.events import current_codes
from cpts_geo.indicators.given import given_values
from cpts_geo.indicators.located import Located, locate
from cpts_geo.sources.analyst.indicators.file import read_indicators
from cpts_geo.sources.embedding import embedded

#: Four communes of real codes, in two bassins de vie; the territory is the first three.
COMMUNES = pd.DataFrame(
    {
        "code_insee": ["45130", "45024", "45203", "45234"],
        "population": [1000, 3000, 6000, 100_000],
        "bassin_de_vie": ["45203", "45203", "45234", "45234"],
        "tvs": ["45203", "45203", "45203", "45234"],
        "epci": ["200068278", "200068278", "200068278", "240100883"],
        "departement": "45",
        "region": "24",
    }
)
MEMBERS = COMMUNES.iloc[:3]


def located(folder: Path, level: str, *rows: str, header: str) -> Located:
    path = folder / "export.csv"
    lines = ["CartoSanté", f"France par {level}" if level else "", header, *rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return locate(read_indicators(path), COMMUNES)


def row(export: Located, members: pd.DataFrame = MEMBERS) -> pd.Series:
    return given_values([export], members.assign(territory="ici"), communes=COMMUNES).iloc[0]


def test_a_rate_of_communes_is_a_weighted_mean(tmp_path: Path) -> None:
    export = located(
        tmp_path, "commune", "45130;Dry;10", "45024;Baule;20", "45203;Meung;30", "FR;France;15",
        header="Code;Libellé;Part des habitants de 17 ans et plus sans médecin traitant 2024",
    )  # fmt: skip
    found = row(export)
    assert found["value"] == pytest.approx((10 * 1 + 20 * 3 + 30 * 6) / 10 / 100)
    assert (found["indicator"], found["base"]) == ("share_without_mt", "17 ans et plus")
    assert (found["how"], found["status"]) == ("moyenne pondérée des communes", "estimated")
    assert (found["france"], found["grade"], found["vintage"]) == (0.15, "B", "2024")
    assert np.isnan([found["low"], found["high"]]).all()


def test_a_secret_part_bounds_a_share(tmp_path: Path) -> None:
    header = "Code;Libellé;Part de X 2024"
    rows = ("45024;Baule;20", "45203;Meung;30")
    found = row(
        located(tmp_path, "commune", "45130;Dry;N/A - secret statistique", *rows, header=header)
    )
    # 90 % of the people are known: just enough for a mean.
    assert found["value"] == pytest.approx((20 * 3 + 30 * 6) / 9)
    assert (found["low"], found["high"]) == pytest.approx((24.0, 34.0))
    assert found["note"] == "1 commune sans chiffre (10,0 % des habitants) : secret statistique"
    found = row(located(tmp_path, "commune", "45024;Baule;N/A - secret statistique",
                        "45130;Dry;1", rows[1], header=header))  # fmt: skip
    assert (math.isnan(found["value"]), found["status"]) == (True, "unknown")
    assert (found["low"], found["high"]) == pytest.approx((18.1, 48.1))
    # What is not there at all bounds nothing.
    found = row(located(tmp_path, "commune", *rows, header=header))
    assert found["note"].endswith("absente du fichier")
    assert np.isnan([found["low"], found["high"]]).all()


def test_numbers_of_communes_add_up(tmp_path: Path) -> None:
    header = "Code;Libellé;Pharmacie (en nombre) 2024"
    known = located(tmp_path, "commune", "45130;D;0", "45024;B;2", "45203;M;3", header=header)
    assert row(known)[["value", "status", "how"]].to_list() == [
        5.0,
        "measured",
        "somme des communes",
    ]
    under = located(tmp_path, "commune", "45130;D;0", "45024;B;<11", "45203;M;3", header=header)
    assert row(under)[["low", "high", "status"]].to_list() == [3.0, 13.0, "unknown"]
    secret = located(tmp_path, "commune", "45130;D;0", "45024;B;N/A - secret statistique",
                     "45203;M;3", header=header)  # fmt: skip
    found = row(secret)
    assert found["low"] == 3.0
    assert np.isnan([found["value"], found["high"]]).all()


def test_a_figure_of_an_area_is_not_shared_out(tmp_path: Path) -> None:
    number, rate = "Nombre de décès 2024", "Taux de pauvreté 2019"
    rows = ("45203;Meung;40;10", "45234;Orléans;900;20")
    export = located(tmp_path, "bassin de vie", *rows, header=f"Code;Libellé;{number};{rate}")
    table = given_values([export], MEMBERS.assign(territory="ici"), communes=COMMUNES)
    count, poverty = table.iloc[0], table.iloc[1]
    # One bassin de vie is whole, the other goes beyond: 40 deaths at least, 940 at most.
    assert math.isnan(count["value"])
    assert (count["low"], count["high"], count["status"]) == (40.0, 940.0, "unknown")
    assert count["note"].startswith("1 de ces 2 zones dépasse le territoire")
    assert poverty["value"] == pytest.approx(0.4 * 10 + 0.6 * 20)
    assert poverty["how"] == "moyenne pondérée des bassins de vie"
    assert "plus de cinq ans" in poverty["note"]
    # A territory that is exactly the areas has their sum, or their value.
    both = given_values([export], COMMUNES.assign(territory="tout"), communes=COMMUNES).iloc[0]
    assert (both["value"], both["status"]) == (940.0, "measured")
    alone = located(
        tmp_path, "EPCI", "200068278;CC;12", "240100883;CC;1", header=f"Code;Libellé;{rate}"
    )
    found = row(alone)
    assert found[["value", "how", "status"]].to_list() == [
        12.0, "valeur de l’intercommunalité", "measured",
    ]  # fmt: skip


def test_a_department_is_wider_than_the_territory(tmp_path: Path) -> None:
    header = "Code;Libellé;Taux de pauvreté 2021"
    found = row(located(tmp_path, "département", "45;Loiret;13,9", header=header))
    assert found[["value", "status"]].to_list() == [13.9, "estimated"]
    assert found["note"].startswith("cette zone dépasse le territoire")


def test_an_unknown_label_is_neither_added_nor_weighed(tmp_path: Path) -> None:
    rows = ("45130;D;7", "45024;B;9", "45203;M;3")
    found = row(located(tmp_path, "commune", *rows, header="Code;Libellé;Lits 2024"))
    assert math.isnan(found["value"])
    assert (found["low"], found["high"]) == (3.0, 9.0)
    assert "labels.toml" in found["note"]
    one = row(
        located(tmp_path, "commune", *rows, header="Code;Libellé;Lits 2024"), MEMBERS.iloc[:1]
    )
    assert one["value"] == 7.0


def test_codes_that_moved_are_followed_and_others_told(tmp_path: Path) -> None:
    path = tmp_path / "vieux.csv"
    path.write_text(
        "Insee\nFrance par commune\nCode;Libellé;Pharmacie (en nombre) 2017;Part de X 2017\n"
        "85060;Château-d’Olonne;3;10\n85194;Olonne;4;20\n69381;Lyon 1;1;5\n69382;Lyon 2;2;5\n"
        "99999;Rien;9;9\n",
        encoding="utf-8",
    )
    export = locate(read_indicators(path), embedded.load_communes())
    count, rate = (column.values for column in export.columns)
    assert count.loc["85194", ["low", "high"]].to_list() == [7.0, 7.0]
    # Nobody lived in known numbers there: between the lowest and the highest.
    assert rate.loc["85194", ["low", "high", "reason"]].to_list() == [
        10.0, 20.0, "plusieurs communes d’avant",
    ]  # fmt: skip
    assert rate.loc["69123", ["low", "high"]].to_list() == [5.0, 5.0]
    assert "99999" not in count.index
    said = " ".join(export.notes)
    assert "3 codes d’autres millésimes" in said and "2 lignes jointes" in said
    assert "1 ligne laissée" in said and "99999" in said


def test_a_city_beside_its_arrondissements_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "lyon.csv"
    path.write_text(
        "Insee\nFrance par commune\nCode;Libellé;Pharmacie (en nombre) 2024\n"
        "69123;Lyon;9\n69381;Lyon 1;4\n69382;Lyon 2;5\n45130;Dry;0\n",
        encoding="utf-8",
    )
    export = locate(read_indicators(path), pd.DataFrame({"code_insee": ["69123", "45130"]}))
    assert export.columns[0].values["low"].to_dict() == {"69123": 9.0, "45130": 0.0}


def test_the_level_is_never_guessed(tmp_path: Path) -> None:
    header = "Code;Libellé;Part de X 2024"
    # Both codes are communes, bassins de vie and TVS.
    with pytest.raises(IndicatorsError, match="Rien ne dit de quel niveau"):
        located(tmp_path, "", "45203;Meung;1", "45234;Orléans;2", header=header)
    assert (
        located(tmp_path, "", "45130;Dry;1", "45203;M;2", header=header).level.key == "code_insee"
    )
    with pytest.raises(IndicatorsError, match="La plupart des codes") as refused:
        located(tmp_path, "bassin de vie", "45130;Dry;1", "45024;B;2", "45203;M;3", header=header)
    assert len(refused.value.defects) == 2


def test_a_table_of_communes_without_the_level_says_so(tmp_path: Path) -> None:
    path = tmp_path / "tvs.csv"
    path.write_text("Rézone\nFrance par TVS\nCode;Libellé;Part de X 2024\n45203;M;1\n", "utf-8")
    with pytest.raises(DataFileError, match="territoire de vie-santé"):
        locate(read_indicators(path), COMMUNES.drop(columns="tvs"))


@pytest.fixture(scope="module")
def with_bassins(official_dir: Path) -> pd.DataFrame:
    """The communes of today, with the bassin de vie that the COG of 2024 gives them."""
    table = pd.read_csv(official_dir / "cog2024_communes_epci_bv2022.csv.xz", dtype=str)
    today = current_codes(table["CODGEO"], from_vintage=2024)
    bassins = table.assign(today=today).drop_duplicates("today").set_index("today")["BV2022"]
    communes = embedded.load_communes()
    return communes.assign(bassin_de_vie=communes["code_insee"].map(bassins))


def test_real_bassins_de_vie(official_dir: Path, with_bassins: pd.DataFrame) -> None:
    given = read_indicators(official_dir / "cartosante_bassins_de_vie_2024.csv")
    export = locate(given, with_bassins)
    # Orée-d’Anjou has another code today; the islands of 977 and 978 are no commune of ours.
    assert "1 code" in export.notes[0] and "977ZZ, 978ZZ" in export.notes[1]
    members = embedded.load_perimeters().query("territory == 'ouest_loiret'")["code_insee"]
    inside = with_bassins[with_bassins["code_insee"].isin(members)]
    table = given_values([export], inside.assign(territory="ouest_loiret"), communes=with_bassins)
    apl = table.set_index("indicator").loc["apl_2023"]
    # 2.54 from its communes (DREES workbook): a mean of wider areas is near, and another figure.
    assert round(apl["value"], 2) == 2.59
    assert (apl["how"], apl["status"]) == ("moyenne pondérée des bassins de vie", "estimated")
