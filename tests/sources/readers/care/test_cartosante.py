"""CartoSanté and the bassins de vie: real files, then those that are not what they should be."""

from __future__ import annotations

import csv
import lzma
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cpts_geo.errors import DataFileError, TableError
from cpts_geo.sources.catalogue.catalogue import Source, sources
from cpts_geo.sources.lands import roadless
from cpts_geo.sources.readers.registry import READERS

KILOMETRES = "code_commune,km_to_emergency_2024,km_to_pharmacy_2024"
DENSITIES = "Code;Libellé;Densité de généralistes lib. 2024"
BASINS = "CODGEO,LIBGEO,BV2022"


def of(key: str) -> tuple[Source, str]:
    source = sources()[key]
    return source, str(source.reader)


def read(key: str, path: Path) -> pd.DataFrame:
    source, reader = of(key)
    return READERS[reader].table(path, source)


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return path


def test_the_real_distances_are_read_line_by_line(official_dir: Path) -> None:
    path = official_dir / str(sources()["cartosante_distances_2024"].file)
    table = read("cartosante_distances_2024", path).set_index("code_insee")
    with path.open(encoding="utf-8-sig") as stream:
        rows = {row["code_commune"]: row for row in csv.DictReader(stream)}
    assert set(table.index) == {code for code in rows if code[:3] not in ("975", "977", "978")}
    islands = roadless(table.index)
    assert islands.any()
    for name in table:
        expected = [float(rows[code][f"{name}_2024"] or "nan") for code in table.index]
        # By road: of what no road joins to the rest, the file's kilometres are of a boat.
        expected = np.where(islands, np.nan, expected)
        np.testing.assert_array_equal(table[name], expected)
    # A commune that has one is at no distance; unknown is no zero.
    assert table.loc["45234"].tolist() == [0, 0]
    assert table.isna().any().all()


def test_distances_keep_the_unknown_apart_from_zero(tmp_path: Path) -> None:
    path = write(tmp_path / "km.csv", KILOMETRES, "1001,26.0,5", "01002,,0", "97501,3,3")
    table = read("cartosante_distances_2024", path)
    assert table.fillna(-1).to_numpy().tolist() == [["01001", 26, 5], ["01002", -1, 0]]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("code_commune,km_to_emergency_2024", "01001,2"), "km_to_pharmacy"),
        ((KILOMETRES, "01001,loin,5"), "« loin »"),
        ((KILOMETRES, "01001,-1,5"), "01001"),
        ((KILOMETRES, "01001,1,5", "01001,2,5"), "01001"),
        ((KILOMETRES, "Ain,1,5"), "code « AIN »"),
    ],
)
def test_other_distances_are_refused(tmp_path: Path, lines: tuple[str, ...], said: str) -> None:
    with pytest.raises((DataFileError, TableError)) as refused:
        read("cartosante_distances_2024", write(tmp_path / "km.csv", *lines))
    assert said in str(refused.value)


def test_the_real_densities_are_read_line_by_line(official_dir: Path) -> None:
    source, reader = of("cartosante_basins_2024")
    path = official_dir / str(source.file)
    table = read(source.key, path).set_index("bassin_de_vie")["gps_per_10k"]
    with path.open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(list(stream)[2:], delimiter=";"))
    expected = {row["Code"]: float(row["Densité de généralistes lib. 2024"]) for row in rows}
    assert table.to_dict() == {
        code: value for code, value in expected.items() if code[:3] not in ("975", "977", "978")
    }
    assert table["45252"] == 3.1
    assert READERS[reader].vintage(path, source) == source.holds == "2024"


def test_a_secret_density_is_unknown(tmp_path: Path) -> None:
    lines = [DENSITIES, "1004;Ambérieu;9,5", "45252;Pithiviers;N/A - secret statistique"]
    path = write(tmp_path / "bv.csv", "CartoSanté; ; ", "France par bassin de vie; ; ", *lines)
    table = read("cartosante_basins_2024", path)
    assert table.fillna(-1).to_numpy().tolist() == [["01004", 9.5], ["45252", -1]]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("Code;Libellé;Densité de généralistes", "01004;A;9"), "densite de generalistes"),
        ((DENSITIES, "01004;A;beaucoup"), "« beaucoup »"),
        ((DENSITIES, "01004;A;9", "01004;A;9"), "01004"),
        ((DENSITIES, "France;A;9"), "code « FRANCE »"),
    ],
)
def test_other_densities_are_refused(tmp_path: Path, lines: tuple[str, ...], said: str) -> None:
    with pytest.raises((DataFileError, TableError)) as refused:
        read("cartosante_basins_2024", write(tmp_path / "bv.csv", *lines))
    assert said in str(refused.value)


def test_the_real_bassins_de_vie_are_read_from_xz(official_dir: Path) -> None:
    path = official_dir / str(sources()["insee_bassins_de_vie_2022"].file)
    table = read("insee_bassins_de_vie_2022", path)
    with lzma.open(path, "rt", encoding="utf-8-sig") as stream:
        expected = {row["CODGEO"]: row["BV2022"] for row in csv.DictReader(stream)}
    del expected[""]  # a row of commas ends the file
    assert table.set_index("code_insee")["bassin_de_vie"].to_dict() == expected
    assert table["bassin_de_vie"].isin(table["code_insee"]).all()


def test_what_is_packed_is_what_is_read(tmp_path: Path) -> None:
    text = "\n".join([BASINS, "1001,L'Abergement,1093", "2a004,Ajaccio,2A004"])
    plain, packed = tmp_path / "bv.csv", tmp_path / "bv.csv.xz"
    plain.write_text(text, encoding="utf-8")
    packed.write_bytes(lzma.compress(text.encode()))
    tables = [read("insee_bassins_de_vie_2022", path) for path in (plain, packed)]
    pd.testing.assert_frame_equal(*tables)
    assert tables[0].to_numpy().tolist() == [["01001", "01093"], ["2A004", "2A004"]]


@pytest.mark.parametrize(
    "content",
    [
        lzma.compress(b"CODGEO,BV2022\n01001,01093\n")[:-9],
        lzma.compress(b"CODGEO,ZE2020\n01001,8405\n"),
        lzma.compress(b"CODGEO,BV2022\n01001,Ain\n"),
        lzma.compress(b"CODGEO,BV2022\n01001,01093\n01001,01004\n"),
        b"\xfd7zXZ\x00 and nothing more",
        b"",
    ],
)
def test_other_bassins_de_vie_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bv.csv.xz"
    path.write_bytes(content)
    with pytest.raises((DataFileError, TableError)):
        read("insee_bassins_de_vie_2022", path)
