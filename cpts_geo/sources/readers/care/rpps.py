"""ANS extraction of the RPPS: GPs counted by commune, streamed, with nothing personal kept.

The extraction names two million people. Only the columns that count are ever parsed, the
identifier is turned into a number that serves to count a doctor once, and what comes out is a
count by commune.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import pandas as pd
import pandera.pandas as pa
import pyarrow
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from cpts_geo.errors import DataFileError, one_line
from cpts_geo.sources._bounds.limits import LIMITS, said
from cpts_geo.sources._conventions.archives import ZIP, begins, member_name, open_content
from cpts_geo.sources._conventions.tables import UNIQUE_CODE
from cpts_geo.sources._conventions.text import decoded
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.codes import CODE_PATTERN, WHOLE_OF, with_zero
from cpts_geo.sources.readers._formats.base import Reader, find_columns, unexpected

_PERSON: Final = {"person": r"identifiant pp"}
_ACTIVITY: Final = _PERSON | {
    "profession": r"code profession",
    "mode": r"code mode (d')?exercice",
    "sector": r"code secteur d'activite",
    "commune": r"code commune( \(?coord.*)?",
}
_SKILL: Final = {
    "skill_type": r"code type (de )?savoir-faire",
    "skill": r"code savoir-faire",
}
_CATEGORY: Final = {"category": r"code categorie professionnelle"}
#: Member of the ANS archive that holds the savoir-faire since they left the activities.
_SKILLS_MEMBER: Final = r"(?i).*savoir_?faire.*\.txt"
_DOCTOR: Final = "10"
#: Spécialiste, qualifié en médecine générale; médecine générale.
_GP_SKILLS: Final = ("SM53", "SM54", "SM26")
#: Where patients come first: cabinet individuel, de groupe, société; centre, maison de santé.
_FIRST_CONTACT: Final = ("SA05", "SA07", "SA08", "SA09", "SA52")
#: Read at a time: eight times more takes twice the memory and saves nothing.
_BLOCK: Final = 1024**2
#: More broken lines than this, and what is left says nothing.
_MAX_UNREAD: Final = 0.001
_CONVENTION: Final = (
    "médecins (profession 10, ni étudiants ni bénévoles) dont un savoir-faire est SM53, SM54 ou "
    "SM26, ou qui n’ont aucune spécialité ordinale ; lieux de premier recours "
    f"({', '.join(_FIRST_CONTACT)}) ; un médecin compte pour 1, réparti entre ses lieux"
)


@dataclass
class _Lines:
    """Lines seen in a file, and those that could not be cut into its columns."""

    read: int = 0
    unread: int = 0
    columns: set[str] = field(default_factory=set)


def _read_rpps(path: Path, source: Source) -> pd.DataFrame:
    """GPs by commune: code_insee, gps (doctors, split between their places), gps_without_specialty
    (GPs by convention), practices (places); attrs doctors, without_commune, without_sector,
    convention, unread_codes, unread_lines."""
    lines = _Lines()
    batches: list[pyarrow.RecordBatch] = []
    skills: list[pd.DataFrame] = []
    practices = 0
    with open_content(path, source.inner) as stream:
        optional = _SKILL | _CATEGORY
        for batch in _batches(stream, path, columns=_ACTIVITY, optional=optional, lines=lines):
            doctors = _doctors(batch)
            batches.append(_places(doctors))
            practices += batches[-1].num_rows
            if practices > LIMITS["practices"]:
                raise unexpected(path, [said("practices")])
            if "skill" in lines.columns:
                skills.append(_skills(doctors))
    if "skill" not in lines.columns:
        skills = _skills_of_archive(path, lines)
    places = pyarrow.Table.from_batches(batches).to_pandas()
    known = pd.concat(skills).groupby("person").any()
    return _counts(places, known, lines)


def _batches(
    stream: IO[bytes],
    path: Path,
    *,
    columns: Mapping[str, str],
    optional: Mapping[str, str],
    lines: _Lines,
) -> Iterator[pyarrow.RecordBatch]:
    """Wanted columns of the file, a few megabytes at a time, as text."""
    buffered = io.BufferedReader(stream, 1024**2)  # type: ignore[type-var]
    header = decoded(buffered.readline(LIMITS["header_text"])).text.rstrip("\r\n").split("|")
    if re.search("Ã.|â€", "|".join(header)):
        raise unexpected(path, ["texte mal décodé : « Ã© » au lieu de « é » dans l’en-tête"])
    places = find_columns(header, columns, path, optional=optional)
    lines.columns = set(places)
    # Lines end with a separator that the header may not have.
    width = max(len(header), buffered.peek().split(b"\n", 1)[0].count(b"|") + 1)
    names = [f"{place}" for place in range(width)]

    def skip(row: Any) -> str:
        lines.unread += 1
        return "skip"

    try:
        reader = pacsv.open_csv(
            pyarrow.PythonFile(buffered, mode="r"),
            read_options=pacsv.ReadOptions(column_names=names, block_size=_BLOCK),
            parse_options=pacsv.ParseOptions(
                delimiter="|", quote_char=False, double_quote=False, invalid_row_handler=skip
            ),
            convert_options=pacsv.ConvertOptions(
                include_columns=[names[place] for place in places.values()],
                column_types={names[place]: pyarrow.string() for place in places.values()},
            ),
        )
        for batch in reader:
            lines.read += batch.num_rows
            yield pyarrow.RecordBatch.from_arrays(batch.columns, names=list(places))
    except pyarrow.ArrowInvalid:
        # The message of the library quotes the line, which names someone: it is not shown.
        raise unexpected(path, ["lignes illisibles sous l’en-tête"]) from None
    if lines.unread > _MAX_UNREAD * (lines.read + lines.unread):
        raise unexpected(path, [f"{lines.unread} lignes n’ont pas {width} colonnes"])


def _doctors(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    """Rows of doctors who are not students, their identifier turned into a number."""
    kept = pc.equal(pc.utf8_trim_whitespace(batch["profession"]), _DOCTOR)
    if "category" in batch.schema.names:
        kept = pc.and_(kept, pc.not_equal(batch["category"], "E"))
    rows = batch.filter(kept)
    numbers = pd.util.hash_array(rows["person"].to_numpy(zero_copy_only=False))
    place = rows.schema.get_field_index("person")
    return rows.set_column(place, "person", pyarrow.array(numbers))


def _places(doctors: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    """Where doctors see patients first; a blank sector is kept, to count what is left out."""
    sector = pc.utf8_trim_whitespace(doctors["sector"])
    wanted = pc.or_(pc.is_in(sector, pyarrow.array(_FIRST_CONTACT)), pc.equal(sector, ""))
    kept = pc.and_(wanted, pc.not_equal(doctors["mode"], "B"))
    return doctors.select(["person", "commune", "sector"]).filter(kept)


def _skills(doctors: pyarrow.RecordBatch) -> pd.DataFrame:
    """Whether each doctor is a GP, and has an ordinal specialty, by these rows."""
    skill = pc.utf8_trim_whitespace(doctors["skill"])
    ordinal = pc.starts_with(skill, "SM")
    if "skill_type" in doctors.schema.names:
        ordinal = pc.or_(ordinal, pc.equal(pc.utf8_trim_whitespace(doctors["skill_type"]), "S"))
    table = pd.DataFrame(
        {
            "person": doctors["person"].to_numpy(),
            "gp": pc.is_in(skill, pyarrow.array(_GP_SKILLS)).to_numpy(zero_copy_only=False),
            "specialist": ordinal.to_numpy(zero_copy_only=False),
        }
    )
    return table.groupby("person", as_index=False).any()


def _skills_of_archive(path: Path, lines: _Lines) -> list[pd.DataFrame]:
    """The savoir-faire of the archive's own file, where activities no longer carry them."""
    columns = _PERSON | {"profession": _ACTIVITY["profession"], "skill": _SKILL["skill"]}
    optional = {"skill_type": _SKILL["skill_type"]} | _CATEGORY
    try:
        if not begins(path, ZIP):
            raise unexpected(path, [])
        member_name(path, _SKILLS_MEMBER)
    except DataFileError:
        raise DataFileError(
            f"{one_line(path.name)} ne dit pas les savoir-faire : impossible de distinguer les "
            "généralistes des autres médecins.",
            remedy="prenez l’archive de l’ANS qui contient aussi PS_LibreAcces_SavoirFaire.",
        ) from None
    own = _Lines()
    with open_content(path, _SKILLS_MEMBER) as stream:
        batches = _batches(stream, path, columns=columns, optional=optional, lines=own)
        found = [_skills(_doctors(batch)) for batch in batches]
    lines.unread += own.unread
    return found


def _counts(places: pd.DataFrame, known: pd.DataFrame, lines: _Lines) -> pd.DataFrame:
    """GPs of each commune, and in attrs what was left out."""
    gp = places["person"].map(known["gp"]).fillna(False).astype(bool)
    specialist = places["person"].map(known["specialist"]).fillna(False).astype(bool)
    places = places.assign(
        commune=places["commune"].str.strip().str.upper(),
        sector=places["sector"].str.strip(),
        alone=~specialist & ~gp,
    )[gp | ~specialist]
    placed = places[places["sector"] != ""].drop_duplicates(["person", "commune", "sector"])
    weight = 1 / placed.groupby("person")["person"].transform("size")
    code = with_zero(placed["commune"])
    valid = code.str.fullmatch(CODE_PATTERN)
    table = pd.DataFrame(
        {
            # Each row is a place, so one that says 75056 and one that says 75108 both count.
            "code_insee": code.replace(WHOLE_OF),
            "gps": weight,
            "gps_without_specialty": weight.where(placed["alone"], 0.0),
            "practices": 1,
        }
    )[valid]
    counted = table.groupby("code_insee", as_index=False).sum()
    counted.attrs = {
        "doctors": int(placed["person"].nunique()),
        "without_commune": float(weight[~valid].sum()),
        "without_sector": int((~places["person"].drop_duplicates().isin(placed["person"])).sum()),
        "convention": _CONVENTION,
        "unread_codes": sorted(set(code[~valid & (code != "")]))[:20],
        "unread_lines": lines.unread,
    }
    return counted


def _vintage_of_rpps(path: Path, source: Source) -> str | None:
    """Day of the extraction, where the archive's member says it."""
    if not begins(path, ZIP):
        return None
    said = re.search(r"(20\d{2})([01]\d)([0-3]\d)\d{4}", member_name(path, source.inner))
    return "-".join(said.groups()) if said else None


READERS: Final = {
    "rpps": Reader(
        read=_read_rpps,
        vintage=_vintage_of_rpps,
        contract=pa.DataFrameSchema(
            {
                "code_insee": UNIQUE_CODE,
                "gps": pa.Column(float, pa.Check.gt(0, error="nombre positif attendu")),
                "gps_without_specialty": pa.Column(
                    float, pa.Check.ge(0, error="nombre positif ou nul attendu")
                ),
                "practices": pa.Column(int, pa.Check.gt(0, error="nombre positif attendu")),
            },
        ),
    )
}
