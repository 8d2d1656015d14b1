"""Large files in the producers' real layouts, made up: nobody and nothing in them exists.

Only the codes of communes are real. They serve to measure readers, and with few lines to test
them, where the real file cannot be had without a network.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from cpts_geo.sources.codes import PLM
from cpts_geo.sources.embedding import embedded

_BPE_TYPES = {"A": 30, "B": 32, "C": 30, "D": 70, "E": 12, "F": 35, "G": 10}
#: Codes that readers look for, and others of the same domain.
_CARE = ["D106", "D265", "D307", "D108", "D113", "D277", "D281"]

RPPS_COLUMNS = (
    "Type d'identifiant PP",
    "Identifiant PP",
    "Identification nationale PP",
    "Code civilité d'exercice",
    "Libellé civilité d'exercice",
    "Code civilité",
    "Libellé civilité",
    "Nom d'exercice",
    "Prénom d'exercice",
    "Code profession",
    "Libellé profession",
    "Code catégorie professionnelle",
    "Libellé catégorie professionnelle",
    "Code type savoir-faire",
    "Libellé type savoir-faire",
    "Code savoir-faire",
    "Libellé savoir-faire",
    "Code mode exercice",
    "Libellé mode exercice",
    "Numéro SIRET site",
    "Numéro SIREN site",
    "Numéro FINESS site",
    "Numéro FINESS établissement juridique",
    "Identifiant technique de la structure",
    "Raison sociale site",
    "Enseigne commerciale site",
    "Complément destinataire (coord. structure)",
    "Complément point géographique (coord. structure)",
    "Numéro Voie (coord. structure)",
    "Indice répétition voie (coord. structure)",
    "Code type de voie (coord. structure)",
    "Libellé type de voie (coord. structure)",
    "Libellé Voie (coord. structure)",
    "Mention distribution (coord. structure)",
    "Bureau cedex (coord. structure)",
    "Code postal (coord. structure)",
    "Code commune (coord. structure)",
    "Libellé commune (coord. structure)",
    "Code pays (coord. structure)",
    "Libellé pays (coord. structure)",
    "Téléphone (coord. structure)",
    "Téléphone 2 (coord. structure)",
    "Télécopie (coord. structure)",
    "Adresse e-mail (coord. structure)",
    "Code Département (structure)",
    "Libellé Département (structure)",
    "Ancien identifiant de la structure",
    "Autorité d'enregistrement",
    "Code secteur d'activité",
    "Libellé secteur d'activité",
    "Code section tableau pharmaciens",
    "Libellé section tableau pharmaciens",
    "Code rôle",
    "Libellé rôle",
    "Code genre activité",
    "Libellé genre activité",
)


def _geography() -> tuple[list[str], list[str]]:
    """Codes with their level: communes, arrondissements, départements, EPCI, basins of life."""
    communes = embedded.load_communes()
    levels = {
        "COM": list(communes["code_insee"]),
        "ARM": [part for parts in PLM.values() for part in parts],
        "DEP": sorted(set(communes["departement"])),
        "REG": sorted(set(communes["region"])),
        "EPCI": sorted(set(communes["epci"].dropna())),
        # The centre of a basin lends it its code: the trap of a code that stands at two levels.
        "BV2022": list(communes["code_insee"][::20]),
        "FRANCE": ["F", "FM"],
    }
    pairs = [(code, level) for level, codes in levels.items() for code in codes]
    return [code for code, _ in pairs], [level for _, level in pairs]


def _facilities() -> list[tuple[str, str, str]]:
    """Domain, sub-domain and type of each row a territory can have, totals included."""
    rows = [("_T", "_T", "_T")]
    for domain, count in _BPE_TYPES.items():
        codes = _CARE if domain == "D" else []
        codes = codes + [f"{domain}{n}" for n in range(601, 601 + count - len(codes))]
        subdomains = sorted({code[:2] for code in codes})
        rows += [(domain, "_T", "_T"), *((domain, sub, "_T") for sub in subdomains)]
        rows += [(domain, code[:2], code) for code in codes]
    return rows


def write_melodi(path: Path, member: str, header: str, rows: list[str]) -> Path:
    """Write a zip as Insee's Melodi serves it: lines `a;b;c` as given, texts quoted, no BOM."""

    def quoted(line: str) -> str:
        return ";".join(f'"{cell}"' for cell in line.split(";"))

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, "\n".join(quoted(line) for line in [header, *rows]) + "\n")
        archive.writestr(member.replace("_data", "_metadata"), "COD_VAR;LIB_VAR\n")
    return path


def write_bpe_long(path: Path, *, lines: int = 2_300_000, year: int = 2025, seed: int = 1) -> None:
    """Write the zip of Insee's BPE, long form: every level and total in the same columns."""
    rng = np.random.default_rng(seed)
    codes, levels = _geography()
    facilities = _facilities()
    drawn = rng.choice(len(codes) * len(facilities), size=lines, replace=False)
    place, facility = drawn // len(facilities), drawn % len(facilities)
    counts = rng.geometric(0.3, size=lines)
    value = np.char.add(counts.astype(str), np.where(rng.random(lines) < 0.1, ".0", ""))
    included = rng.random(lines) < 0.0005  # figures that stand in another commune's row
    columns = {
        "GEO": np.array(codes, dtype=object)[place],
        "GEO_OBJECT": np.array(levels, dtype=object)[place],
        "FACILITY_DOM": np.array([row[0] for row in facilities], dtype=object)[facility],
        "FACILITY_SDOM": np.array([row[1] for row in facilities], dtype=object)[facility],
        "FACILITY_TYPE": np.array([row[2] for row in facilities], dtype=object)[facility],
        "BPE_MEASURE": np.full(lines, "FACILITIES", dtype=object),
        "UNIT_MEASURE": np.full(lines, "FACILITIES", dtype=object),
        "OBS_STATUS": np.where(included, "K", "A").astype(object),
        "UNIT_MULT": np.full(lines, "0", dtype=object),
        "TIME_PERIOD": np.full(lines, str(year), dtype=object),
        "OBS_VALUE": np.where(included, "", value).astype(object),
    }
    table = pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open(f"DS_BPE_{year}_data.csv", "w") as stream:
            arrow_csv.write_csv(table, stream, arrow_csv.WriteOptions(delimiter=";"))
        archive.writestr(f"DS_BPE_{year}_metadata.csv", "COD_VAR;LIB_VAR\n")


def write_rpps(path: Path, *, lines: int = 2_200_000, seed: int = 1) -> None:
    """Write the text file of the RPPS in open access: one row an activity, 56 columns."""
    rng = np.random.default_rng(seed)
    # Paris, Lyon and Marseille stand by arrondissement.
    whole = embedded.load_communes()["code_insee"]
    communes = [code for code in whole if code not in PLM]
    communes += [part for parts in PLM.values() for part in parts]
    persons = max(1, int(lines / 1.3))
    profession = rng.choice(
        ["10", "21", "60", "70", "40"], size=persons, p=[0.25, 0.1, 0.45, 0.1, 0.1]
    )
    # General practitioners by their three skills, doctors without skill, and specialists.
    skill = rng.choice(
        ["SM54", "SM26", "SM53", "", "SM04", "SM40"],
        size=persons,
        p=[0.35, 0.1, 0.05, 0.05, 0.25, 0.2],
    )
    skill = np.where(profession == "10", skill, "")
    with path.open("wb") as stream:
        stream.write(("|".join(RPPS_COLUMNS) + "|\n").encode())
        for start in range(0, lines, 200_000):
            size = min(200_000, lines - start)
            drawn = {"profession": profession, "skill": skill, "communes": communes}
            _write_activities(stream, rng, size=size, **drawn)


def _write_activities(
    stream: IO[bytes],
    rng: np.random.Generator,
    *,
    size: int,
    profession: np.ndarray,
    skill: np.ndarray,
    communes: list[str],
) -> None:
    person = rng.integers(0, len(profession), size)
    number = np.char.add("10", np.char.zfill(person.astype(str), 9))
    place = np.array(communes)[rng.integers(0, len(communes), size)]
    place = np.where(rng.random(size) < 0.1, "", place)  # no structure, no commune
    order = person.astype(str)
    known = {
        "Type d'identifiant PP": np.full(size, "8"),
        "Identifiant PP": number,
        "Identification nationale PP": np.char.add("8", number),
        "Code civilité d'exercice": np.where(profession[person] == "10", "DR", ""),
        "Libellé civilité d'exercice": np.where(profession[person] == "10", "Docteur", ""),
        "Code civilité": rng.choice(["M", "MME"], size),
        "Nom d'exercice": np.char.add("NOM", order),
        "Prénom d'exercice": np.char.add("PRENOM", order),
        "Code profession": profession[person],
        "Libellé profession": np.char.add("Profession ", profession[person]),
        "Code catégorie professionnelle": np.full(size, "C"),
        "Libellé catégorie professionnelle": np.full(size, "Civil"),
        "Code type savoir-faire": np.where(skill[person] == "", "", "S"),
        "Libellé type savoir-faire": np.where(skill[person] == "", "", "Spécialité ordinale"),
        "Code savoir-faire": skill[person],
        "Libellé savoir-faire": np.where(skill[person] == "", "", "Spécialité fictive"),
        "Code mode exercice": rng.choice(["L", "S", "B"], size, p=[0.6, 0.38, 0.02]),
        "Identifiant technique de la structure": np.char.add("R", order),
        "Raison sociale site": np.char.add("STRUCTURE FICTIVE ", order),
        "Numéro Voie (coord. structure)": np.full(size, "1"),
        "Libellé type de voie (coord. structure)": np.full(size, "Rue"),
        "Libellé Voie (coord. structure)": np.full(size, "DE L'EXEMPLE"),
        "Code postal (coord. structure)": np.full(size, "00000"),
        "Code commune (coord. structure)": place,
        "Libellé commune (coord. structure)": np.full(size, "Commune fictive"),
        "Autorité d'enregistrement": np.full(size, "CNOM"),
        "Code secteur d'activité": rng.choice(
            ["SA07", "SA08", "SA05", "SA52", "SA01", "SA50", ""],
            size,
            p=[0.4, 0.2, 0.05, 0.05, 0.2, 0.02, 0.08],
        ),
        "Libellé secteur d'activité": np.full(size, "Secteur fictif"),
        "Code genre activité": np.full(size, "GENR01"),
        "Libellé genre activité": np.full(size, "Activité standard de soin ou de pharmacien"),
    }
    empty = pa.array([""] * size)
    columns = [
        pa.array(known[name].astype(object)) if name in known else empty for name in RPPS_COLUMNS
    ]
    # The file ends its lines with a separator: a last column without name.
    table = pa.table([*columns, empty], names=[f"c{i}" for i in range(len(RPPS_COLUMNS) + 1)])
    options = arrow_csv.WriteOptions(include_header=False, delimiter="|", quoting_style="none")
    arrow_csv.write_csv(table, stream, options)
