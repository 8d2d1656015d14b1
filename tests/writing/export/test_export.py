"""What is asked for, where it goes, what is masked, and what a failure leaves."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pytest

from cpts_geo.errors import AskedError, OutputError
from cpts_geo.schema import COLUMNS, status_column
from cpts_geo.secrecy.disclosure import Mask
from cpts_geo.writing.export import export
from cpts_geo.writing.export.export import check_export, write_exports
from tests.kept import analysed
from tests.writing.export.conftest import DAY


def test_formats_are_checked_all_at_once():
    assert check_export(["csv", "xlsx", "csv"], "exports") == ("csv", "xlsx")
    with pytest.raises(AskedError, match="« docx », « odt »") as error:
        check_export(["csv", "docx", "odt"], "exports")
    assert "pdf, pptx, xlsx, gpkg, png, svg, csv" in error.value.remedy
    with pytest.raises(AskedError, match="Aucun format"):
        check_export([], "exports")


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "exports").write_text("un fichier", encoding="utf-8")
    with pytest.raises(OutputError, match="Impossible d’écrire"):
        check_export(["csv"], tmp_path / "exports")


def test_several_territories_have_a_file_each(tmp_path):
    analysis = analysed(["ouest_loiret", "lvo"], draws=1000)
    said = []
    made = write_exports(analysis, tmp_path, formats=("xlsx",), day=DAY, say=said.append)
    assert [path.name for path in made] == ["ouest_loiret.xlsx", "lvo.xlsx"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lvo.xlsx", "ouest_loiret.xlsx"]
    assert sum(line.startswith("XLSX") for line in said) == 2


def test_a_format_that_fails_leaves_nothing_of_itself(tmp_path, monkeypatch):
    analysis = analysed(["ouest_loiret", "lvo"], draws=1000)

    def fail(subject, folder):
        path = folder / f"{subject.study.key}.gpkg"
        path.write_text("à moitié", encoding="utf-8")
        yield path
        raise OutputError("plus de place", remedy="faites de la place.")

    monkeypatch.setitem(export._WRITERS, "gpkg", fail)
    (tmp_path / "lvo.gpkg").write_text("l’ancien", encoding="utf-8")
    with pytest.raises(OutputError, match="GPKG : plus de place") as error:
        write_exports(analysis, tmp_path, formats=("xlsx", "gpkg", "csv"), day=DAY)
    assert "déjà écrit : XLSX" in error.value.defects[-1]
    assert (tmp_path / "lvo.gpkg").read_text("utf-8") == "l’ancien"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "lvo.gpkg",
        "lvo.xlsx",
        "ouest_loiret.xlsx",
    ]


def test_what_may_not_leave_is_masked_first(tmp_path, monkeypatch):
    analysis = analysed("ouest_loiret", draws=1000)
    study = analysis.studies["ouest_loiret"]
    name = "apl_2023"
    secret = study.figures.assign(**{name: float("nan"), status_column(name): Mask.SECRET.value})
    passed = []

    def gate(run):
        passed.append(run)
        shown = study.with_parts(figures=secret)
        return replace(run, studies={study.key: shown})

    monkeypatch.setattr(export, "released", gate)
    (path,) = write_exports(analysis, tmp_path, formats=("xlsx",), day=DAY)
    assert passed == [analysis]
    rows = list(openpyxl.load_workbook(path)["Communes"].iter_rows(values_only=True))
    place = next(
        k for k, head in enumerate(rows[0]) if head.startswith(COLUMNS[name].dated_label[:20])
        and COLUMNS[name].vintage in head
    )  # fmt: skip
    assert {row[place] for row in rows[1:]} == {None}
    assert {row[place + 1] for row in rows[1:]} == {"■ secret statistique"}
