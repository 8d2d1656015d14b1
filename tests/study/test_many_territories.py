"""The whole run over all the intercommunalités of France, a département at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpts_geo.analysis import Analysis, Options, analyse
from cpts_geo.errors import DemandTooLargeError, NeedUnknownError, PerimeterError
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.sources.embedding import embedded
from cpts_geo.writing.report import write_report

DEPARTEMENTS = sorted(embedded.load_communes()["departement"].unique())
#: Whole within Métropole du Grand Paris, most of whose people live in Paris.
OF_PARIS = ("92", "93", "94")


def of_departement(code: str) -> Analysis:
    return analyse(Request(departements=[code]), Options(draws=100, fetched=False))


@pytest.mark.full
@pytest.mark.parametrize("departement", OF_PARIS)
def test_a_departement_without_one_of_its_own_is_told_whose_it_is(departement: str) -> None:
    with pytest.raises(PerimeterError, match=r"Métropole du Grand Paris \(200054781\)"):
        of_departement(departement)


@pytest.mark.full
@pytest.mark.parametrize("departement", [code for code in DEPARTEMENTS if code not in OF_PARIS])
def test_every_intercommunalite_is_studied(departement: str) -> None:
    found = of_departement(departement)
    assert len(found.territories) > 0
    assert set(found.studies) == set(found.territories.index)
    for study in found.studies.values():
        # Maps and access have no limit: what has no answer says why.
        if isinstance(study.answer, DemandTooLargeError):
            assert study.outline["population"] > 1_000_000
        elif isinstance(study.answer, NeedUnknownError):
            assert study.scenario.area is None
            assert study.communes["apl_2023"].isna().all()
        else:
            assert study.headline is not None
        assert len(study.access.columns) == len(study.communes)
    # No commune twice, none lost: counts add up.
    assert not found.communes["code_insee"].duplicated().any()
    sums = found.communes.groupby("territory")["population"].sum()
    assert sums.loc[found.territories.index].tolist() == found.territories["population"].tolist()
    # Each is whole, wherever the département ends.
    codes, national = set(found.communes["code_insee"]), found.national
    theirs = national.loc[national["code_insee"].isin(codes), "epci"].unique()
    assert set(national.loc[national["epci"].isin(theirs), "code_insee"]) == codes


@pytest.mark.full
def test_a_departement_is_written(tmp_path: Path) -> None:
    found = of_departement("45")
    write_report(found, tmp_path)
    assert len(list(tmp_path.glob("*.html"))) == len(found.territories) + 1
