"""A column that may be the key of the caller is told with the header to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpts_geo.errors import TableError
from cpts_geo.sources.analyst.calls._columns import may_be_key
from cpts_geo.sources.analyst.calls.log import read_call_log


def written(folder: Path, header: str) -> Path:
    path = folder / "journal.csv"
    rows = [f"0{n}/03/2024 08:30;RDV;k{n % 3}x" for n in range(4, 9)]
    path.write_text("\n".join([f"date;issue;{header}", *rows]), encoding="utf-8")
    return path


@pytest.mark.parametrize("header", ["cle", "clé", "clef", "Key", "cle_appelent"])
def test_a_key_under_another_name_is_told(tmp_path: Path, header: str) -> None:
    log = read_call_log(written(tmp_path, header))
    assert "caller" not in log
    assert sum("nommez-la « cle_appelant »" in note for note in log.attrs["notes"]) == 1


@pytest.mark.parametrize("header", ["id_appelant", "caller_id", "identifiant_patient"])
def test_what_names_the_caller_is_refused_with_the_header_to_write(
    tmp_path: Path, header: str
) -> None:
    with pytest.raises(TableError, match="nommez-la « cle_appelant »"):
        read_call_log(written(tmp_path, header))


@pytest.mark.parametrize("header", ["cle_appelant", "canal", "id", "numero_appelant", "nom"])
def test_other_columns_are_told_nothing_of_keys(header: str) -> None:
    assert not may_be_key(header)
