"""An export of Géoclip as people bring it: what is read, what is told, what is refused."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from cpts_geo.errors import DataFileError, IndicatorsError
from cpts_geo.sources.analyst.indicators import _labels
from cpts_geo.sources.analyst.indicators._labels import Indicator, meaning_of
from cpts_geo.sources.analyst.indicators.file import Given, read_indicators
from cpts_geo.sources.analyst.indicators.levels import titled_level

TITLES = "CartoSanté; ; \nRéférentiel géographique : France par commune; ; \n"
HEADER = "Code;Libellé;Part des patients sans médecin traitant 2024;Pharmacie (en nombre) 2023\n"


def read(folder: Path, text: str, *, encoding: str = "utf-8-sig") -> Given:
    path = folder / "export.csv"
    path.write_bytes(text.encode(encoding))
    return read_indicators(path)


def test_cells_are_read_as_the_producer_wrote_them(tmp_path: Path) -> None:
    rows = (
        "45130;Dry;12,5;1 204\n45024;Baule;N/A - secret statistique;N/A - secret statistique\n"
        "45203;Meung;N/A - résultat non disponible;< 11\n45234;Orléans;;0\n"
    )
    given = read(tmp_path, TITLES + HEADER + rows)
    assert (given.producer, given.levels[0].key, given.notes) == ("CartoSanté", "code_insee", ())
    share, count = given.columns
    assert (share.indicator, share.meaning.column.name) == (
        Indicator("Part des patients sans médecin traitant", "2024"), "share_without_mt"
    )  # fmt: skip
    low, high, reason = (share.values[name].to_list() for name in ("low", "high", "reason"))
    # Secret is between none and all; what nobody knows has no bounds, and is never 0.
    assert low[:2] == [12.5, 0.0] and high[:2] == [12.5, 100.0]
    assert all(map(math.isnan, low[2:] + high[2:]))
    assert reason == ["", "secret statistique", "résultat non disponible", "cellule vide"]
    assert count.values["low"].to_list() == [1204.0, 0.0, 0.0, 0.0]
    assert count.values["high"].to_list() == [1204.0, math.inf, 10.0, 0.0]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8-sig", ()), ("utf-16", ("Encodage UTF-16.",)),
     ("cp1252", ("Encodage Windows-1252 (cp1252), et non UTF-8.",))],
)  # fmt: skip
def test_encodings(tmp_path: Path, encoding: str, told: tuple[str, ...]) -> None:
    given = read(tmp_path, TITLES + HEADER + "45130;Dry;12,5;1\n", encoding=encoding)
    assert given.notes == told
    assert given.columns[0].values.loc["45130", "low"] == 12.5


def test_what_was_adapted_is_told(tmp_path: Path) -> None:
    rows = "1004;Ambérieu;2;3\n1004;Ambérieu;2;3\nF;France entière;14,2;20000\nSource : Cnam\n"
    given = read(tmp_path, TITLES + HEADER + rows)
    share, count = given.columns
    assert share.values["low"].to_dict() == {"01004": 2.0}
    assert (share.france, count.france) == (14.2, 20000)
    assert given.notes == (
        "2 codes sans leur zéro, remis.",
        "1 ligne répétée, gardée une fois.",
        "1 ligne hors tableau, laissée.",
    )


@pytest.mark.parametrize(
    ("titles", "level"),
    [
        (["Observatoire", "Zonage : Loiret par EPCI (2024)"], "epci"),
        (["Rézone", "France par territoire de vie-santé"], "tvs"),
        (["Référentiel géographique : région Bretagne par département"], "departement"),
        (["Bassins de vie 2022"], "bassin_de_vie"),
        (["Communes des intercommunalités"], None),
        ([], None),
    ],
)
def test_a_title_names_the_level(titles: list[str], level: str | None) -> None:
    found = titled_level(titles)
    assert (found and found.key) == level


def test_codes_alone_tell_some_levels(tmp_path: Path) -> None:
    def levels(*codes: str) -> list[str]:
        rows = "".join(f"{code};x;1;1\n" for code in codes)
        return [level.key for level in read(tmp_path, HEADER + rows).levels]

    assert levels("200068278", "240100883") == ["epci"]
    assert levels("2A", "45") == ["departement"]
    assert levels("24", "11") == ["departement", "region"]
    assert levels("45130", "01004") == ["code_insee", "tvs", "bassin_de_vie"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TITLES + HEADER + "45130;Dry;1;1\n200068278;CC;2;2\n45;Loiret;3;3\n",
         ["code « 200068278 » (CC) : intercommunalité ; attendu : commune",
          "code « 45 » (Loiret) : département ou région ; attendu : commune"]),
        (HEADER + "200068278;CC;2;2\n240100883;CC;2;2\n45130;Dry;1;1\n",
         ["code « 45130 » (Dry) : commune", "attendu : intercommunalité"]),
        (TITLES + HEADER + "45130;Dry;1;1\nDry;45130;1;1\n", ["code « DRY »", "aucun code"]),
        (TITLES + HEADER + "45130;Dry;1;1\n45130;Dry;2;1\n", ["code « 45130 » : deux lignes"]),
        (TITLES + HEADER + "45130;Dry;douze;1\n45024;B;1;un\n",
         ["« douze » pour « 45130 »", "« un » pour « 45024 »"]),
        (TITLES + HEADER + "45130;Dry;1 2;1\n", ["« 1 2 » pour « 45130 »"]),
        (TITLES + HEADER + "45130;Dry;1,2;1\n45024;B;1.3;1\n", ["virgule et point mêlés"]),
        (TITLES + HEADER + "45130;Dry;1\n", ["ligne d’une autre largeur"]),
        (TITLES + HEADER, ["aucune ligne sous l’en-tête"]),
        (TITLES + "Code;Libellé\n45130;Dry\n", ["aucune colonne d’indicateur"]),
        (TITLES + "Code;Libellé;A 2023;A 2023\n45130;Dry;1;2\n", ["deux colonnes « A 2023 »"]),
        ("commune;valeur\nDry;3\n", ["n’est pas un export de Géoclip", "« commune;valeur »"]),
    ],
)  # fmt: skip
def test_every_defect_is_listed(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(IndicatorsError) as refused:
        read(tmp_path, text)
    assert [word for word in words if word not in str(refused.value)] == []
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("label", "vintage", "adds", "column", "base"),
    [
        ("Part de la population de 17 ans et plus sans médecin traitant", "2024", False,
         "share_without_mt", "17 ans et plus"),
        ("Part des bénéficiaires sans médecin traitant déclaré", "2023", False,
         "share_without_mt", ""),
        ("Taux de patients de plus de 16 ans sans MT", "2023", False, "share_without_mt",
         "17 ans et plus"),
        # Other people, another share.
        ("Part des patients en ALD sans médecin traitant", "2024", False, None, ""),
        ("APL Médecins généralistes", "2023", False, "apl_2023", ""),
        # No vintage of ours: its own label.
        ("APL Médecins généralistes", "2011", False, None, ""),
        ("Nombre de décès domiciliés", "2024", True, None, ""),
        ("Lits", "2024", None, None, ""),
    ],
)  # fmt: skip
def test_labels(label: str, vintage: str, adds: bool | None, column: str | None, base: str) -> None:
    found = meaning_of(Indicator(label, vintage))
    assert (found.adds, found.column and found.column.name, found.base) == (adds, column, base)


def test_an_edited_table_says_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "labels.toml").write_text(
        "[[labels]]\nlabel = '('\nadds = true\n[[labels]]\nlabel = 'x'\nadds = true\ncolumn = 'y'\n"
        "[[labels]]\nlabell = 'x'\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(_labels.resources, "files", lambda _: tmp_path)
    _labels._table.cache_clear()
    with pytest.raises(DataFileError) as refused:
        meaning_of(Indicator("x", ""))
    _labels._table.cache_clear()
    assert [defect[:7] for defect in refused.value.defects] == ["ligne 1", "ligne 2", "ligne 3"]


@pytest.mark.parametrize(
    ("file", "level", "areas", "secret"),
    [("cartosante_bassins_de_vie_2024.csv", "bassin_de_vie", 1709, 157),
     ("insee_statlocales_bassins_de_vie.csv", "bassin_de_vie", 1707, 1),
     ("insee_statlocales_departements_bpe2024.csv", "departement", 101, 0)],
)  # fmt: skip
def test_real_exports(official_dir: Path, file: str, level: str, areas: int, secret: int) -> None:
    given = read_indicators(official_dir / file)
    assert ([each.key for each in given.levels], given.notes) == ([level], ())
    assert {len(column.values) for column in given.columns} == {areas}
    assert sum((c.values["reason"] == "secret statistique").sum() for c in given.columns) == secret
    assert {column.meaning.adds for column in given.columns} <= {True, False}


@pytest.mark.parametrize("cell", ["150", "-3", "1e999"])
def test_a_share_out_of_bounds_is_refused_with_its_place(tmp_path: Path, cell: str) -> None:
    file = tmp_path / "x.csv"
    label = "Part de la population de 17 ans et plus sans médecin traitant 2024"
    file.write_text(
        f"titre\nFrance par commune\nCode;Libellé;{label}\n45203;Meung;{cell}\n", "utf-8"
    )
    with pytest.raises(IndicatorsError) as refused:
        read_indicators(file)
    assert any(f"« {cell} » pour « 45203 »" in defect for defect in refused.value.defects)


def test_a_share_written_as_a_fraction_is_not_read_in_percent(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    label = "Part de la population de 17 ans et plus sans médecin traitant 2024"
    head = f"titre\nFrance par commune\nCode;Libellé;{label}\n45203;Meung;"
    file.write_text(head + "0,14\n45024;Baule;0,02\n", "utf-8")
    with pytest.raises(IndicatorsError) as refused:
        read_indicators(file)
    assert "14, et non 0,14" in refused.value.defects[0]
    file.write_text(head + "14\n45024;Baule;0,2\n", "utf-8")
    assert len(read_indicators(file).columns) == 1
