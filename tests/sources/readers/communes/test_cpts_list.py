"""Lists of communes of CPTS, as an ARS publishes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpts_geo.errors import DataFileError, TableError
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.readers.registry import READERS

SOURCE = sources()["ars_paca_cpts"]
HEADER = "cpts,code_commune,liste_complete,remarque\n"


def read(path: Path, text: str):
    path.write_text(text, encoding="utf-8")
    return READERS["cpts_list"].table(path, SOURCE)


def test_the_listing_as_it_is(official_dir):
    table = READERS["cpts_list"].table(official_dir / str(SOURCE.file), SOURCE)
    assert len(table) == 331
    assert table["cpts"].nunique() == 12
    assert (table["liste_complete"] == "non : déborde sur 83 ou 84").sum() == 29
    assert set(table["code_insee"][table["remarque"] != ""]) == {"04234", "05121"}


def test_other_spellings_of_one_listing_are_read(tmp_path):
    text = "Nom CPTS;Code Insee;Liste complète\nA;4001;OUI\nB;2a004;Non : au-delà\nB;04005;non\n"
    table = read(tmp_path / "x.csv", text)
    assert table.to_numpy().tolist() == [
        ["A", "04001", "oui", ""],
        ["B", "2A004", "non : au-delà", ""],
        ["B", "04005", "non", ""],
    ]


@pytest.mark.parametrize(
    ("rows", "error", "said"),
    [
        ("A,04001,peut-être,\nA,04004,,\n", DataFileError, "« peut-être »"),
        ("A,04001,ouï dire,\n", DataFileError, "oui ou non attendu"),
        ("A,4,oui,\n", DataFileError, "code « 4 »"),
        ("A,04001,oui,\nA,04001,oui,\n", TableError, "ligne en double (A 04001)"),
        (",04001,oui,\n", TableError, "cpts : texte vide"),
        ("", DataFileError, "aucune ligne"),
    ],
)
def test_a_damaged_listing_is_refused(tmp_path, rows, error, said):
    with pytest.raises(error) as refused:
        read(tmp_path / "x.csv", HEADER + rows)
    assert any(said in defect for defect in refused.value.defects)


def test_a_listing_that_does_not_say_whether_it_is_whole_is_refused(tmp_path):
    with pytest.raises(DataFileError) as refused:
        read(tmp_path / "x.csv", "cpts,code_commune\nA,04001\n")
    assert any("liste[ _]complete" in defect for defect in refused.value.defects)
