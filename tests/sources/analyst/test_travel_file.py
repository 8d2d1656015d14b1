"""An analyst's travel times: every accepted form gives the same pairs, every defect is said."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.errors import TravelError
from cpts_geo.sources.analyst.travel.file import Unit, read_travel_file

BROKEN = Path(__file__).parents[2] / "data" / "broken"
#: Three communes, both ways of a pair unlike, one pair without a time.
CODES = ["45098", "45130", "45269"]
MINUTES = [[0.0, 6.5, 12.0], [7.0, 0.0, np.nan], [12.0, 9.0, 0.0]]
PAIRS = [
    (origin, destination, minutes)
    for origin, row in zip(CODES, MINUTES, strict=True)
    for destination, minutes in zip(CODES, row, strict=True)
    if not np.isnan(minutes)
]
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return ``write(text)``: the path of a CSV file of that text."""

    def written(text: str) -> Path:
        path = tmp_path / "temps.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def rows(table: pd.DataFrame) -> list[tuple[str, str, float]]:
    return list(table.itertuples(index=False, name=None))


def text_of(value: float, mark: str) -> str:
    return "" if np.isnan(value) else f"{value:g}".replace(".", mark)


def matrix_text(separator: str, mark: str, *, factor: float = 1.0) -> str:
    lines = [["id", *CODES]]
    lines += [
        [code, *(text_of(v * factor, mark) for v in row)]
        for code, row in zip(CODES, MINUTES, strict=True)
    ]
    return "\n".join(separator.join(cells) for cells in lines) + "\n"


def list_text(header: Sequence[str], separator: str, mark: str, *, factor: float = 1.0) -> str:
    lines = [list(header)]
    for origin, row in zip(CODES, MINUTES, strict=True):
        for destination, value in zip(CODES, row, strict=True):
            lines.append([origin, destination, text_of(value * factor, mark)])
    return "\n".join(separator.join(cells) for cells in lines) + "\n"


@pytest.mark.parametrize(("separator", "mark"), [(";", ","), (";", "."), (",", "."), ("\t", ",")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("layout", ["matrix", "list"])
def test_text_forms_give_the_same_pairs(
    tmp_path: Path, separator: str, mark: str, encoding: str, layout: str
) -> None:
    header = ["Départ", "Arrivée", "Durée"]
    text = matrix_text(separator, mark)
    if layout == "list":
        text = list_text(header, separator, mark)
    path = tmp_path / "temps.csv"
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    table = read_travel_file(path, unit="minutes")
    assert rows(table) == PAIRS
    assert table.attrs == {"missing": 1, "duplicates": 0, "repaired": 0}
    assert [str(kind) for kind in table.dtypes] == ["category", "category", "float64"]


@pytest.mark.parametrize("layout", ["matrix", "list", "indexed matrix", "indexed list"])
@pytest.mark.parametrize("as_text", [False, True])
def test_parquet_gives_the_same_pairs(tmp_path: Path, layout: str, as_text: bool) -> None:
    table = pd.DataFrame(MINUTES, index=pd.Index(CODES, name="id"), columns=CODES)
    if "list" in layout:
        table = table.stack().rename("minutes").rename_axis(["from", "to"]).to_frame()
    if as_text:
        table = table.astype(str)
    path = tmp_path / "temps.parquet"
    (table if "indexed" in layout else table.reset_index()).to_parquet(path)
    assert rows(read_travel_file(path, unit="minutes")) == PAIRS


def test_parquet_codes_written_as_numbers_get_their_zero_back(tmp_path: Path) -> None:
    path = tmp_path / "temps.parquet"
    table = pd.DataFrame({"from": [1001, 45130], "to": [45130.0, 1001.0], "minutes": [9, 8]})
    table.to_parquet(path)
    read = read_travel_file(path)
    assert rows(read) == [("01001", "45130", 9.0), ("45130", "01001", 8.0)]
    assert read.attrs["repaired"] == 3  # 1001, 45130.0 and 1001.0


@pytest.mark.parametrize(
    ("header", "unit", "factor"),
    [
        (["origine", "destination", "minutes"], None, 1),
        (["from", "to", "seconds"], None, 60),
        (["from_id", "to_id", "travel_time"], "minutes", 1),
        (["Code départ", "Code arrivée", "Temps de trajet (min)"], None, 1),
        (["idSrc", "idDst", "duree"], "seconds", 60),
        (["code_insee_origine", "code_insee_destination", "duree_secondes"], None, 60),
        (["origin", "destination", "cost"], "minutes", 1),
        (["origine", "destination", "coût"], "seconds", 60),
        (["depart", "arrivee", "Temps (s)"], "seconds", 60),
    ],
)
def test_columns_and_unit_are_known_by_their_names(
    write: Write, header: Sequence[str], unit: Unit | None, factor: float
) -> None:
    path = write(list_text(header, ";", ",", factor=factor))
    assert rows(read_travel_file(path, unit=unit)) == PAIRS


def test_other_columns_and_titles_above_the_header_are_passed_over(write: Write) -> None:
    path = write(
        "Temps de trajet\n\nrang;minutes;km;destination;origine\n1;6,5;4;45130;45098\n;;;;\n"
    )
    assert rows(read_travel_file(path)) == [("45098", "45130", 6.5)]


def test_rectangular_matrix_keeps_its_origins_and_destinations(write: Write) -> None:
    path = write("commune;45234\n45098;18\n45130;21\n45269;\n")
    table = read_travel_file(path, unit="minutes")
    assert rows(table) == [("45098", "45234", 18.0), ("45130", "45234", 21.0)]
    assert table.attrs["missing"] == 1


@pytest.mark.parametrize("cell", ["", "NA", "n/a", "NaN", "null", "-", " "])
def test_cell_without_a_time_is_a_missing_pair_and_never_zero(write: Write, cell: str) -> None:
    table = read_travel_file(write(f"from;to;minutes\n45098;45130;{cell}\n45130;45098;6\n"))
    assert rows(table) == [("45130", "45098", 6.0)]
    assert table.attrs["missing"] == 1


def test_zero_is_a_time(write: Write) -> None:
    table = read_travel_file(write("from;to;minutes\n45098;45098;0\n45098;45130;6\n"))
    assert rows(table)[0] == ("45098", "45098", 0.0)


@pytest.mark.parametrize(
    ("text", "value"), [("1 204,5", 1204.5), ("1\u202f204", 1204), ("1.2e2", 120), ("+90,", 90)]
)
def test_numbers_are_read_as_french_and_english_write_them(
    write: Write, text: str, value: float
) -> None:
    table = read_travel_file(write(f"from;to;secondes\n45098;45130;{text}\n"))
    assert table["minutes"].tolist() == [pytest.approx(value / 60, rel=1e-15)]


def test_lost_zeros_and_lower_case_are_mended_and_counted(write: Write) -> None:
    path = write("id;1001;2a004;75056.0\n1001;0;60;61\n2A004;60;0;62\n")
    table = read_travel_file(path, unit="minutes")
    assert list(dict.fromkeys(table["destination"])) == ["01001", "2A004", "75056"]
    assert list(dict.fromkeys(table["origin"])) == ["01001", "2A004"]
    assert table.attrs["repaired"] == 3


def test_pair_said_twice_alike_counts_once(write: Write) -> None:
    text = "from;to;minutes\n1001;1002;8\n01001;01002;8,0\n1002;1001;\n1002;1001;9\n1002;1004;\n"
    table = read_travel_file(write(text))
    assert rows(table) == [("01001", "01002", 8.0), ("01002", "01001", 9.0)]
    # Of the pair said empty then 9, the time is known; the last one has none.
    assert table.attrs == {"missing": 1, "duplicates": 2, "repaired": 3}


@pytest.mark.parametrize(
    ("name", "unit", "said"),
    [
        ("travel_names_for_codes.csv", "minutes", ["« Dry », « Cléry-Saint-André »", "matrice"]),
        ("travel_no_header.csv", "minutes", ["cette ligne commence par un code"]),
        (
            "travel_decimal_comma.csv",
            None,
            ["4 au lieu de 3 colonnes : « 45098,45130,6,5 »", "« 45130,45269,11,2 »", "décimale"],
        ),
        (
            "travel_contradictory.csv",
            None,
            ["45130 → 45098, « 6 »", "45130 → 45098, « 9,5 »"],
        ),
        ("travel_negative.csv", "minutes", ["45098 → 45269, « -1 »", "45269 → 45098, « -1 »"]),
        ("travel_infinite.csv", None, ["45130 → 85113, « inf »", "45098 → 85113, « ∞ »"]),
        ("travel_text_cells.csv", None, ["« 6 min »", "« 11 »"]),
        ("travel_wrong_codes.csv", "minutes", ["« TOTAL »", "« 4513O »", "« MOYENNE »"]),
        ("travel_header_twice.csv", "minutes", ["en-tête : code « 01001 » en double"]),
        (
            "travel_seconds_named_minutes.csv",
            None,
            ["le plus proche serait à 360,30 min", 'unit="seconds"'],
        ),
        ("travel_two_times.csv", None, ["durée (« duree_min » et « duree_s »)"]),
        ("travel_no_time.csv", "minutes", ["colonne introuvable : durée", "« distance_km »"]),
        ("travel_sentinel.csv", None, ["45130 → 85113, « 9999 »", "sans route"]),
        ("travel_mixed_marks.csv", None, ["« 1,204 » et « 950.5 »"]),
        ("travel_header_only.csv", None, ["aucun temps"]),
        ("travel_all_empty.csv", "minutes", ["aucun temps"]),
        ("travel_open_quote.csv", None, ["guillemet"]),
        ("zero_bytes.csv", "minutes", ["est vide"]),
        ("picture.csv", "minutes", ["contenu binaire"]),
        ("text_named.xlsx", "minutes", ["CSV UTF-8"]),
        ("absent.csv", "minutes", ["n’existe pas"]),
    ],
)
def test_broken_files_say_what_is_wrong_and_what_to_do(
    name: str, unit: Unit | None, said: Sequence[str]
) -> None:
    with pytest.raises(TravelError) as caught:
        read_travel_file(BROKEN / name, unit=unit)
    assert caught.value.remedy
    assert [text for text in said if text not in str(caught.value)] == []


def test_sound_pairs_are_not_listed_with_the_contradictory_ones() -> None:
    with pytest.raises(TravelError) as caught:
        read_travel_file(BROKEN / "travel_contradictory.csv")
    assert len(caught.value.defects) == 2


def test_defects_of_every_kind_are_listed_together(write: Write) -> None:
    path = write("from;to;minutes\n4513X;45098;6\n45130;45098;-2\n45130;45269;loin\n")
    with pytest.raises(TravelError) as caught:
        read_travel_file(path)
    assert len(caught.value.defects) == 3


def test_long_lists_of_defects_are_cut_and_counted(write: Write) -> None:
    with pytest.raises(TravelError) as caught:
        read_travel_file(BROKEN / "travel_many_wrong.csv")
    assert len(caught.value.defects) == 25
    assert "autre" not in str(caught.value)
    rows = [f"45130;{45000 + n};{'loin' if n < 30 else -n}\n" for n in range(330)]
    with pytest.raises(TravelError) as caught:
        read_travel_file(write("from;to;minutes\n" + "".join(rows)))
    assert len(caught.value.defects) == 330
    assert "- et 280 autres (temps négatif : 280)\nÀ faire" in str(caught.value)


def test_rows_of_another_width_are_all_counted(write: Write) -> None:
    with pytest.raises(TravelError) as caught:
        read_travel_file(write("from;to;minutes\n" + "45130;45098\n" * 80))
    assert "- et 30 autres (ligne d’une autre largeur : 30)\nÀ faire" in str(caught.value)
    with pytest.raises(TravelError) as caught:
        read_travel_file(write("from;to;minutes\n" + "45130;45098\n" * 20_000))
    assert caught.value.defects[0] == "trop de lignes sont ainsi : la suite n’est pas lue"


@pytest.mark.parametrize(
    ("text", "unit", "said"),
    [
        ("id;45130\n45098;6\n", None, "Rien ne dit l’unité"),
        ("from;to;temps\n45130;45098;6\n", None, "Rien ne dit l’unité"),
        ("from;to;minutes\n45130;45098;6\n", "seconds", "de deux façons"),
        ("id;45130;45098\n45098;380;0\n45130;0;362\n", "minutes", 'unit="seconds"'),
        ("id;45130;45098\n45098;6;0\n45130;0;7\n", "seconds", 'unit="minutes"'),
    ],
)
def test_unit_is_never_guessed(write: Write, text: str, unit: Unit | None, said: str) -> None:
    with pytest.raises(TravelError, match=said):
        read_travel_file(write(text), unit=unit)


def test_far_pairs_do_not_make_minutes_look_like_seconds(write: Write) -> None:
    text = "id;45130;45098;13001\n45130;0;6;420\n45098;7;0;425\n13001;420;425;0\n"
    assert read_travel_file(write(text), unit="minutes")["minutes"].max() == 425


def test_isere_matrix_is_read_whole_and_as_it_is(official_dir: Path) -> None:
    path = official_dir / "osrm_isere_38_commune_matrix_seconds.csv"
    table = read_travel_file(path, unit="seconds")
    with path.open(encoding="utf-8", newline="") as stream:
        (_, *header), *lines = csv.reader(stream)
    naive = {
        (line[0], code): float(text) / 60
        for line in lines
        for code, text in zip(header, line[1:], strict=True)
    }
    assert len(header) == len(lines) == 512
    assert table.attrs == {"missing": 0, "duplicates": 0, "repaired": 0}
    assert len(table) == 512 * 512
    assert table.set_index(["origin", "destination"])["minutes"].to_dict() == naive
    assert naive["38539", "38320"] == pytest.approx(547 / 60)
    matrix = table.pivot(index="origin", columns="destination", values="minutes").to_numpy()
    assert (np.diag(matrix) == 0).all()
    # Both ways of a pair are kept: most differ.
    assert (matrix != matrix.T).sum() == 2 * 130_647


def test_isere_matrix_taken_for_minutes_is_refused(official_dir: Path) -> None:
    with pytest.raises(TravelError, match='unit="seconds"'):
        read_travel_file(official_dir / "osrm_isere_38_commune_matrix_seconds.csv", unit="minutes")


@settings(max_examples=20, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(CODES), st.sampled_from(["01001", "2A004", "97411"])),
        st.floats(min_value=60, max_value=7_000).map(lambda value: round(value, 1)),
        min_size=1,
    )
)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, times: dict[tuple[str, str], float]
) -> None:
    folder = tmp_path_factory.mktemp("aller_retour")
    series = pd.Series(times, name="secondes").rename_axis(["origine", "destination"])
    series.to_csv(folder / "liste.csv", sep=";", decimal=",")
    series.unstack().to_csv(folder / "matrice.csv")
    for name in ("liste.csv", "matrice.csv"):
        table = read_travel_file(folder / name, unit="seconds")
        read = table.set_index(["origin", "destination"])["minutes"].to_dict()
        assert read == {pair: seconds / 60 for pair, seconds in times.items()}


@pytest.mark.parametrize(
    ("six", "long"), [("00:06", "0:06:30"), ("0:06", "00:06:30"), ("0h06", "0h06:30")]
)
def test_durations_say_their_unit(tmp_path: Path, six: str, long: str) -> None:
    path = tmp_path / "temps.csv"
    path.write_text(f"origine;destination;duree\n45130;45203;{six}\n45203;45130;{long}\n", "utf-8")
    assert read_travel_file(path)["minutes"].to_list() == [6.0, 6.5]
    path.write_text(f"id;45130;45203\n45130;00:00;{six}\n45203;{long};00:00\n", "utf-8")
    assert read_travel_file(path)["minutes"].to_list() == [0.0, 6.0, 6.5, 0.0]


def test_numbers_among_durations_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "temps.csv"
    path.write_text("origine;destination;minutes\n45130;45203;00:06\n45203;45130;7\n", "utf-8")
    with pytest.raises(TravelError) as caught:
        read_travel_file(path)
    assert caught.value.defects == ("nombre parmi des durées : 45203 → 45130, « 7 »",)
