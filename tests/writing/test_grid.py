"""The command of squares: whole or not at all, its sums, what it says of invented squares."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from cpts_geo.errors import OutputError, TableError
from cpts_geo.sources.analyst.squares.synthetic import synthetic_squares
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.sources.embedding import embedded
from cpts_geo.writing.squares.grid import write_grid
from cpts_geo.writing.verifying.verify import verify

RATE = "accessible_gps_per_100k_2024"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Vendée in place of France: Noirmoutier by a bridge, Yeu by none."""
    national = embedded.load_communes()
    vendee = national[national["departement"] == "85"]
    monkeypatch.setattr(embedded, "load_communes", lambda: vendee)
    return vendee


def test_squares_and_communes_are_written_with_what_they_rest_on(few, tmp_path: Path) -> None:
    said: list[str] = []
    told: list[tuple[int, int]] = []
    folder = write_grid(
        tmp_path / "carreaux", fetched=False, say=said.append, told=lambda *n: told.append(n)
    )
    assert sorted(path.name for path in folder.iterdir()) == [
        "carreaux.parquet", "communes.csv", "manifest.json",
    ]  # fmt: skip
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for name, digest in manifest["outputs"].items():
        assert sha256_of(folder / name) == digest
    squares = pd.read_parquet(folder / "carreaux.parquet")
    communes = pd.read_csv(folder / "communes.csv", dtype={"code_insee": str})
    # Nothing of invented squares goes without saying so.
    for table in (squares, communes):
        assert table["source"].str.startswith("carroyage synthétique ; ").all()
        assert set(table[f"{RATE}_status"]) <= {"assumed", "unknown"}
        unknown = table[f"{RATE}_status"] == "unknown"
        assert table[RATE].isna().eq(unknown).all()
    assert manifest["source"].startswith("carroyage synthétique")
    assert any(line.startswith("À savoir : Carroyage synthétique") for line in said)
    assert told[-1][0] == told[-1][1]
    guide = (Path(__file__).parents[2] / "docs/guide/acces.md").read_text(encoding="utf-8")
    for column in [*squares, *communes]:
        assert f"`{column.replace('2024', 'AAAA')}`" in guide, column
    assert squares["population"].sum() == few["population"].sum() == manifest["sums"]["population"]
    assert communes["population"].sum() == few["population"].sum()
    known = squares[squares[RATE].notna()]
    # Rates are rounded to a thousandth.
    shared = (known["population"] * known[RATE]).sum() / 100_000
    assert shared == pytest.approx(manifest["sums"]["gps_of_squares_with_a_value"], rel=1e-5)
    assert shared <= manifest["sums"]["gps"] + 1e-3
    assert verify(folder, recompute=False).same
    # L'Oie and Sainte-Florence: nobody knows how many they have.
    assert any("L'Oie" in note for note in manifest["notes"])
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_grid(folder, fetched=False)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_squares_of_insee_are_estimates_and_named(few, tmp_path: Path) -> None:
    given = tmp_path / "=carreaux.csv"
    synthetic_squares(few).head(500).to_csv(given, index=False)
    folder = write_grid(tmp_path / "out", squares=given, fetched=False)
    squares = pd.read_parquet(folder / "carreaux.parquet")
    assert set(squares[f"{RATE}_status"]) <= {"estimated", "unknown"}
    assert squares["source"].str.startswith("carreaux de « =carreaux.csv »").all()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["inputs"][given.name] == sha256_of(given)
    assert manifest["parameters"] == {"squares": given.name, "fetched": False}
    # Beside the folder, or where it is told to be: by its content.
    assert verify(folder, jobs=2).same
    given.rename(tmp_path / "out" / given.name)
    assert verify(folder).same
    (folder / given.name).write_bytes((folder / given.name).read_bytes()[:-1] + b"\r\n")
    lines = "\n".join(verify(folder).lines)
    assert "Recalcul impossible : il faut, tels qu’ils étaient, « =carreaux.csv »" in lines


def test_squares_made_again_differ_where_they_were_changed(few, tmp_path: Path) -> None:
    folder = write_grid(tmp_path / "out", fetched=False)
    found = verify(folder, jobs=2)
    assert found.same, found.lines
    path = folder / "communes.csv"
    text = path.read_text("utf-8")
    path.write_text(text.replace("Challans", "Chalands"), "utf-8")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["outputs"]["communes.csv"] = sha256_of(path)
    manifest["sums"]["gps"] += 1
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    lines = "\n".join(verify(folder).lines)
    assert "Fichiers : les 2 fichiers listés sont tels" in lines
    assert "« name » : « Chalands » ici, « Challans » au recalcul" in lines
    assert "sa partie « sums » diffère" in lines
    manifest |= {"parameters": manifest["parameters"] | {"other": 1}, "line": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert "option inconnue, ou absente : « other »" in "\n".join(verify(folder).lines)
    del manifest["parameters"]
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert "ne dit pas ce qui avait été demandé" in "\n".join(verify(folder).lines)


def test_people_whom_a_file_leaves_out_share_the_care_and_are_told(few, tmp_path: Path) -> None:
    """One commune on the land, one square of another: care is shared as with the whole file."""
    squares = synthetic_squares(few)
    own = squares["lcog_geo"] == "85191"
    one = squares["lcog_geo"].eq("85194").idxmax()
    for name, table in (("whole", squares), ("cut", squares[own | (squares.index == one)])):
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    said: list[str] = []
    rates, notes = {}, {}
    for name in ("whole", "cut"):
        folder = write_grid(
            tmp_path / name, squares=tmp_path / f"{name}.csv", fetched=False, say=said.append
        )
        table = pd.read_parquet(folder / "carreaux.parquet").set_index("idcar_200m")
        rates[name] = table[RATE].dropna()
        notes[name] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["notes"]
    assert len(table) == own.sum() + 1
    ratio = rates["cut"] / rates["whole"].reindex(rates["cut"].index)
    assert len(ratio) > 100
    # Approximate: those left out stand at their town hall.
    assert ratio.between(0.6, 1.6).all()
    told = [note for note in notes["cut"] if note not in notes["whole"]]
    # Yeu has no road to these squares: who lives there shares nothing with them.
    apart = {"85113", "85191", "85194"}
    gone = (few["population"].gt(0) & few["lon"].notna() & ~few["code_insee"].isin(apart)).sum()
    assert told[0].startswith(f"{gone} communes n’ont aucun carreau dans ce fichier : leurs")
    assert told[1].startswith("1 commune a dans ce fichier moins de la moitié de ses habitants")
    assert f"À savoir : {told[0]}" in said


def test_one_square_is_one(few, tmp_path: Path) -> None:
    synthetic_squares(few).head(1).to_csv(tmp_path / "x.csv", index=False)
    said: list[str] = []
    write_grid(tmp_path / "out", squares=tmp_path / "x.csv", fetched=False, say=said.append)
    assert any("Accessibilité de 1 carreau (" in line for line in said)


def test_nothing_is_written_of_a_file_that_is_none_nor_over_one_of_others(
    few, tmp_path: Path
) -> None:
    bad = tmp_path / "x.csv"
    bad.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(TableError):
        write_grid(tmp_path / "out", squares=bad, fetched=False)
    assert not (tmp_path / "out").exists()
    (tmp_path / "communes.csv").write_text("à moi", encoding="utf-8")
    with pytest.raises(OutputError):
        write_grid(tmp_path, fetched=False)
    assert (tmp_path / "communes.csv").read_text(encoding="utf-8") == "à moi"
