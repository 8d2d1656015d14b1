"""APL of the earlier publications, as a public repository lays them out."""

from __future__ import annotations

import pandas as pd
import pytest

from cpts_geo.errors import DataFileError, TableError
from cpts_geo.sources.catalogue.catalogue import sources, verified_path
from cpts_geo.sources.readers.registry import READERS

SOURCE = sources()["drees_apl_history"]
READER = READERS["apl_history"]


def read(tmp_path, text: str) -> pd.DataFrame:
    path = tmp_path / "apl.csv"
    path.write_text(text, encoding="utf-8")
    return READER.table(path, SOURCE)


def test_every_vintage_of_the_header_is_read(tmp_path):
    table = read(tmp_path, "code_commune,apl_2015,note,apl_2021\n1001,2.38,x,\n45203,3,y,2.5\n")
    assert table.to_numpy().tolist()[:2] == [["01001", 2015, 2.38], ["45203", 2015, 3.0]]
    assert table["vintage"].tolist() == [2015, 2015, 2021, 2021]
    # An empty cell is unknown, not 0.
    assert table["apl"].isna().tolist() == [False, False, True, False]


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("code_commune,apl\n01001,2\n", DataFileError, "aucune colonne « apl_AAAA »"),
        ("commune,apl_2015\n01001,2\n", DataFileError, "colonne introuvable : code_commune"),
        ("code_commune,apl_2015\n01001,beaucoup\n", DataFileError, "beaucoup"),
        ("code_commune,apl_2015\nici,2\n", DataFileError, "code « ICI »"),
        ("code_commune,apl_2015\n01001,238\n", TableError, "de 0 à 100"),
        ("code_commune,apl_2015\n01001,2\n01001,3\n", TableError, "en double"),
        ("code_commune,apl_2015\n", DataFileError, "aucune ligne"),
    ],
)
def test_what_is_not_the_file_is_refused(tmp_path, text, error, words):
    with pytest.raises(error) as caught:
        read(tmp_path, text)
    assert words in str(caught.value)


def test_its_newest_vintage_is_that_of_the_workbook(official_dir):
    # What makes the file one of the DREES: it was laid out again by someone else.
    ours = READER.table(verified_path(SOURCE.key, official_dir), SOURCE)
    assert sorted(ours["vintage"].unique()) == [*range(2015, 2020), 2021, 2022, 2023]
    key = "drees_apl_2023"
    workbook = READERS["apl"].table(verified_path(key, official_dir), sources()[key])
    both = ours.merge(workbook, on=["code_insee", "vintage"], suffixes=("", "_now"))
    gap = (both["apl"] - both["apl_now"]).abs()
    newest = both["vintage"] == 2023
    assert int(gap[newest].notna().sum()) == 34_481
    assert gap[newest].max() < 0.0051
    # Its 2022 is another publication.
    assert 0.2 < (gap[both["vintage"] == 2022] < 0.0051).mean() < 0.25
