"""Readers of the producers' files that the embedded figures are compiled from.

Each returns one tidy table in the producer's own geography: codes as text, one row a code,
header text matched and not position. Moving codes to the current COG is done by
:mod:`cpts_geo.territories.moves`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
from python_calamine import CalamineWorkbook

from cpts_geo.errors import DataFileError
from cpts_geo.sources.catalogue import verified_path

_APL_HEADERS = {
    "code": r"^code commune insee$",
    "apl": r"^apl aux médecins généralistes$",
    "apl_65": r"^apl aux médecins généralistes .*65 ans",
    "standardised_population": r"^population standardisée (\d{4})",
    "apl_population": r"^population totale (\d{4})$",
}
_GP_LABEL = "Médecins généralistes (hors médecins à expertise particulière - MEP)"
_MEP_LABEL = "Médecins généralistes à expertise particulière (MEP)"


def _require(wanted: Sequence[str], present: Iterable[object], path: Path) -> None:
    found = [str(name) for name in present]
    missing = [name for name in wanted if name not in found]
    if missing:
        raise DataFileError(
            f"{path.name} : colonne ou feuille absente.",
            defects=[f"« {name} » n’est pas parmi {found}" for name in missing],
            remedy="vérifiez que le fichier est celui du producteur, non remanié.",
        )


def _header_row(rows: Sequence[Sequence[object]], first_cell: str, path: Path) -> int:
    for index, row in enumerate(rows):
        if row and str(row[0]).strip() == first_cell:
            return index
    raise DataFileError(
        f"{path.name} : ligne d’en-tête introuvable (première cellule « {first_cell} »).",
        remedy="vérifiez que le fichier est celui du producteur, non remanié.",
    )


def read_apl(folder: Path, vintage: int) -> pd.DataFrame:
    """
    DREES potential accessibility to GPs, by commune.

    Parameters
    ----------
    folder : Path
        Folder of the producers' files.
    vintage : int
        2022 or 2023.

    Returns
    -------
    DataFrame
        code_insee (Paris, Lyon, Marseille by arrondissement), apl_V, apl_65_V,
        standardised_population_V, apl_population_V.

    Raises
    ------
    DataFileError
        No sheet of that vintage, or a header that is not there.
    """
    path = verified_path("drees_apl_2023", folder)
    book = CalamineWorkbook.from_path(path)
    sheets = {int(m[1]): n for n in book.sheet_names if (m := re.fullmatch(r"APL[ _](\d{4})", n))}
    if vintage not in sheets:
        raise DataFileError(
            f"{path.name} : pas de feuille APL {vintage}.",
            defects=[f"feuilles présentes : {', '.join(book.sheet_names)}"],
            remedy="choisissez un millésime présent dans le classeur.",
        )
    rows = book.get_sheet_by_name(sheets[vintage]).to_python()
    start = _header_row(rows, "Code commune INSEE", path)
    header = [str(cell).strip().lower() for cell in rows[start]]
    places: dict[str, int] = {}
    for name, pattern in _APL_HEADERS.items():
        matches = [i for i, text in enumerate(header) if re.match(pattern, text)]
        if not matches:
            raise DataFileError(
                f"{path.name}, feuille {sheets[vintage]} : colonne absente.",
                defects=[f"aucun en-tête ne correspond à « {name} » parmi {header}"],
                remedy="adaptez _APL_HEADERS à l’en-tête du nouveau millésime.",
            )
        places[name] = matches[0]
    data = [row for row in rows[start + 1 :] if re.fullmatch(r"\d[\dAB]\d{3}", str(row[0]))]
    table = pd.DataFrame({"code_insee": [str(row[places["code"]]) for row in data]})
    for name in ("apl", "apl_65", "standardised_population", "apl_population"):
        values = pd.Series([row[places[name]] for row in data])
        table[f"{name}_{vintage}"] = pd.to_numeric(values).astype("float64")
    return table


def read_bpe_gps_2017(folder: Path) -> pd.DataFrame:
    """
    GPs by commune in the BPE 2017; only communes with at least one GP are listed.

    Parameters
    ----------
    folder : Path
        Folder of the producers' files.

    Returns
    -------
    DataFrame
        code_insee, gps_2017 (count, >= 1). The code that stands twice with equal values in
        the file is kept once.
    """
    path = verified_path("insee_bpe_2017", folder)
    table = pd.read_csv(path, dtype={"CODGEO": str})
    _require(["CODGEO", "NB_D201"], table.columns, path)
    table = table[["CODGEO", "NB_D201"]].drop_duplicates()
    return table.rename(columns={"CODGEO": "code_insee", "NB_D201": "gps_2017"})


def read_emergency_departments(folder: Path) -> pd.DataFrame:
    """
    Emergency departments by commune in the BPE 2020.

    Parameters
    ----------
    folder : Path
        Folder of the producers' files.

    Returns
    -------
    DataFrame
        code_insee (COG 2021), emergency_departments_2020 (count; 0 is a known absence).
    """
    path = verified_path("insee_bpe_2020", folder)
    book = CalamineWorkbook.from_path(path)
    _require(["COM"], book.sheet_names, path)
    rows = book.get_sheet_by_name("COM").to_python()
    # The label row above also begins with CODGEO: the row of codes is the one holding NB_D106.
    start = next((i for i, row in enumerate(rows) if "NB_D106" in row), None)
    if start is None:
        raise DataFileError(
            f"{path.name} : colonne NB_D106 (urgences) introuvable.",
            remedy="vérifiez que le fichier est la BPE « services de santé » par commune.",
        )
    place = rows[start].index("NB_D106")
    data = [(str(row[0]), row[place]) for row in rows[start + 1 :] if row[0]]
    table = pd.DataFrame(data, columns=["code_insee", "emergency_departments_2020"])
    table["emergency_departments_2020"] = pd.to_numeric(table["emergency_departments_2020"])
    return table


def read_share_75plus(folder: Path) -> pd.DataFrame:
    """
    Share of people aged 75 or more, by commune (census 2022).

    Parameters
    ----------
    folder : Path
        Folder of the producers' files.

    Returns
    -------
    DataFrame
        code_insee, share_75plus_2022 in [0, 1]; Mayotte and the communes without inhabitants are
        not in the file.
    """
    path = verified_path("insee_rp_2022", folder)
    entries = json.loads(path.read_text(encoding="utf-8"))
    shares = {code: entry["part_personnes_agees_75_plus"] for code, entry in entries.items()}
    table = pd.DataFrame(shares.items(), columns=["code_insee", "share_75plus_2022"])
    table["share_75plus_2022"] = pd.to_numeric(table["share_75plus_2022"]) / 100
    return table


def read_cnam_gps(folder: Path) -> pd.DataFrame:
    """
    Liberal GPs (without MEP) by département and in France, CNAM 2024.

    Parameters
    ----------
    folder : Path
        Folder of the producers' files.

    Returns
    -------
    DataFrame
        departement ("FR" for France), gps_cnam_2024 and gps_mep_cnam_2024 (counts, the second of
        doctors of particular expertise), gps_per_100k_cnam_2024
        (published density). Overseas départements are regions in the file and are left out.
    """
    path = verified_path("cnam_2024", folder)
    table = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    wanted = ["profession_sante", "classe_age", "libelle_sexe", "region", "departement"]
    wanted += ["effectif", "densite"]
    _require(wanted, table.columns, path)
    labels = [_GP_LABEL, _MEP_LABEL]
    everyone = (table.classe_age == "tout_age") & (table.libelle_sexe == "tout sexe")
    table = table[table.profession_sante.isin(labels) & everyone]
    france = (table.region == "99") & (table.departement == "999")
    table = table.assign(departement=table.departement.where(~france, "FR"))
    table = table[table.departement != "999"]
    wide = table.pivot(
        index="departement", columns="profession_sante", values=["effectif", "densite"]
    )
    wide = wide.apply(pd.to_numeric)
    return pd.DataFrame(
        {
            "gps_cnam_2024": wide["effectif", _GP_LABEL],
            "gps_mep_cnam_2024": wide["effectif", _MEP_LABEL],
            "gps_per_100k_cnam_2024": wide["densite", _GP_LABEL],
        }
    ).reset_index()


def read_bpe_gps_2024(folder: Path) -> pd.DataFrame:
    """
    GPs by département in the BPE 2024.

    Parameters
    ----------
    folder : Path
        Folder of the producers' files.

    Returns
    -------
    DataFrame
        departement, gps_bpe_2024 (count). France is the sum of all rows.
    """
    path = verified_path("insee_bpe_2024", folder)
    table = pd.read_csv(path, sep=";", skiprows=2, dtype=str, encoding="utf-8-sig")
    wanted = [
        c for c in table.columns if c.startswith("Médecin généraliste") and c.endswith("2024")
    ]
    if len(wanted) != 1:
        raise DataFileError(
            f"{path.name} : colonne des médecins généralistes 2024 introuvable.",
            remedy="vérifiez l’en-tête du fichier (troisième ligne).",
        )
    counts = pd.to_numeric(table[wanted[0]].str.replace(r"\s", "", regex=True))
    return pd.DataFrame({"departement": table["Code"], "gps_bpe_2024": counts})
