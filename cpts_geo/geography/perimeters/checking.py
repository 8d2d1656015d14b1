"""What became of a file of an analyst, line by line, and what would be asked of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cpts_geo.errors import CptsGeoError, NoCallError, one_line
from cpts_geo.foreign import shown_name, visible
from cpts_geo.french import counted, number
from cpts_geo.geography.cog.former import former_communes
from cpts_geo.geography.naming.names import LEFT_OUT
from cpts_geo.geography.perimeters._files.lists import file_perimeter
from cpts_geo.geography.perimeters._files.resolving import left_out
from cpts_geo.geography.perimeters._files.tables import told_table
from cpts_geo.geography.perimeters._membership import Perimeters
from cpts_geo.sources.analyst.calls.log import is_call_log, read_call_log
from cpts_geo.sources.analyst.lists.perimeter import read_perimeter_file
from cpts_geo.sources.embedding import embedded

#: Names written in a line; the table has them all.
_SHOWN: Final = 6
#: How a name was recognised, in French.
METHODS: Final = {
    "exact": "identique",
    "normalised": "casse, accents ou article",
    "short": "nom abrégé, complété d’après les autres communes",
    "fuzzy": "orthographe proche",
    "moved": "ancienne commune",
    "repaired": "zéro initial rétabli",
    "whole": "commune listée avec ses arrondissements, comptés une fois",
}

#: Ways that change nothing of what was written.
_TO_THE_LETTER: Final = ("exact", "normalised")
#: The same, counted.
_COUNTED = {
    "short": ("nom abrégé", "noms abrégés"),
    "fuzzy": ("orthographe proche", "orthographes proches"),
    "moved": ("ancienne commune", "anciennes communes"),
    "repaired": ("zéro initial rétabli", "zéros initiaux rétablis"),
    "whole": ("commune listée avec une partie d’elle", "communes listées avec une partie d’elles"),
}


def audit_lines(audit: pd.DataFrame) -> list[str]:
    """
    Say in four lines at most what became of a list of communes.

    Parameters
    ----------
    audit : DataFrame
        Audit of territories.

    Returns
    -------
    list of str
        French: what was read of a file, with counts that add up; how the names that are not to the
        letter were understood; homonyms that the others decided; what was left out. Less where
        there is nothing to say.
    """
    left = audit["method"] == LEFT_OUT
    known, out = audit[~left], audit[left]
    changed = known[~known["method"].isin(_TO_THE_LETTER)]
    lines = [read_line(known, out)] if "file" in audit and (audit["file"] != "").any() else []
    if len(changed):
        ways = [
            counted(n, *_COUNTED[str(way)]) for way, n in changed["method"].value_counts().items()
        ]
        said = [
            f"« {one_line(row['published'])} » → {row['name']} ({row['code_insee']})"
            for row in changed.head(_SHOWN).to_dict("records")
        ]
        lines.append(f"Compris autrement ({', '.join(ways)}) : {_few(said, len(changed))}.")
    borne = known["alternatives"].fillna("").map(_twins).ne("")
    twins = known[known["method"].isin(_TO_THE_LETTER) & borne]
    if len(twins):
        said = [
            f"« {one_line(row['published'])} » → {row['code_insee']} (aussi : "
            f"{_twins(row['alternatives'])})"
            for row in twins.head(_SHOWN).to_dict("records")
        ]
        lines.append(f"Homonymes pris près des autres communes : {_few(said, len(twins))}.")
    if len(out):
        said = [
            f"ligne {row['line']} « {one_line(row['published'])} » ({row['alternatives']})"
            for row in out.head(_SHOWN).to_dict("records")
        ]
        lines.append(f"Laissé de côté : {_few(said, len(out))}.")
    return lines


def how_read(row: Mapping[Any, Any]) -> str:
    """
    Say how a line of a list was read, homonyms elsewhere included.

    Parameters
    ----------
    row : mapping of str to object
        A row of an audit.

    Returns
    -------
    str
        French words.

    Examples
    --------
    >>> how_read({"method": "exact", "alternatives": "07091 Fons (07); 30112 Fons (30)"})
    'identique ; homonymes ailleurs (07, 30)'
    """
    twins = _twins(row["alternatives"]) if row["method"] in _TO_THE_LETTER else ""
    how = METHODS[row["method"]]
    return f"{how} ; homonymes ailleurs ({twins})" if twins else how


def _twins(alternatives: str) -> str:
    """Départements of the other communes of a name: ``07091 Fons (07); 30112 Fons (30)``."""
    return ", ".join(dict.fromkeys(re.findall(r"\((\w{2,3})\)(?=;|$)", alternatives)))


def read_line(known: pd.DataFrame, out: pd.DataFrame) -> str:
    """
    Say what was read of a file, with counts that add up.

    Parameters
    ----------
    known, out : DataFrame
        Rows of an audit, of the communes and of what was left out.

    Returns
    -------
    str
        A French sentence.

    Examples
    --------
    >>> row = {"file": "a.csv", "sheet": "", "line": "2 + 5"}
    >>> read_line(pd.DataFrame([row]), pd.DataFrame(columns=[*row]))
    'a.csv : 2 lignes lues, 1 commune, 1 répétition.'
    """
    first = known.iloc[0] if len(known) else out.iloc[0]
    sheet = f" (feuille « {one_line(first['sheet'])} »)" if first["sheet"] else ""
    mentions = [line for lines in known["line"] for line in lines.split(" + ")]
    repeated = len(mentions) - len(known)
    parts = [
        counted(len(known), "commune", "communes"),
        counted(repeated, "répétition", "répétitions") if repeated else "",
        counted(len(out), "laissée de côté", "laissées de côté") if len(out) else "",
    ]
    total = len(mentions) + len(out)
    distinct = len({*mentions, *out["line"]}) == total
    read = counted(total, *(("ligne lue", "lignes lues") if distinct else ("nom lu", "noms lus")))
    return f"{one_line(first['file'])}{sheet} : {read}, {', '.join(filter(None, parts))}."


def _few(said: Sequence[str], total: int) -> str:
    """Some of many, and how many more."""
    more = total - len(said)
    rest = f" ; et {number(more)} autre{'s' if more > 1 else ''} (tableaux/noms_reconnus.csv)"
    return " ; ".join(said) + (rest if more else "")


@dataclass(frozen=True)
class Checked:
    """
    What was found in a file.

    Parameters
    ----------
    kind : str
        What it is, in French: « liste de communes », « polygones », « tableau » (one of
        « cpts-geo template ») or « registre ».
    audit : DataFrame
        As that of :class:`~cpts_geo.geography.perimeters.request.Perimeters`, with what was
        recognised where the rest is asked; empty for a log and a table.
    names : dict of str to str
        Name of each territory by its key.
    notes : tuple of str
        French sentences on what was adapted.
    refusal : CptsGeoError or None
        What would be asked, or refused; None where the file is taken as it is.
    """

    kind: str
    audit: pd.DataFrame
    names: dict[str, str]
    notes: tuple[str, ...] = ()
    refusal: CptsGeoError | None = None

    def to_json(self, path: Path) -> dict[str, Any]:
        """
        Give what was found to another program.

        Parameters
        ----------
        path : Path
            The file.

        Returns
        -------
        dict
            files (file, sheet, kind, territories, notes), communes (written, code, name, how, line,
            territory), asked (question, details, remedy, options), left_out (line, written, why).
        """
        known = self.audit[self.audit["method"] != LEFT_OUT]
        out = self.audit[self.audit["method"] == LEFT_OUT]
        sheets = [sheet for sheet in self.audit["sheet"].unique() if sheet]
        refusal = self.refusal
        return {
            "files": [
                {
                    "file": shown_name(path.name),
                    "sheet": sheets[0] if sheets else "",
                    "kind": self.kind,
                    "territories": list(self.names.values()),
                    "notes": list(self.notes),
                }
            ],
            "communes": [
                {
                    "written": row["published"],
                    "code": row["code_insee"],
                    "name": row["name"],
                    "how": row["method"],
                    "line": row["line"],
                    "territory": self.names.get(row["territory"], row["territory"]),
                }
                for row in known.to_dict("records")
            ],
            "asked": []
            if refusal is None
            else [
                {
                    "question": refusal.summary,
                    "details": list(refusal.defects),
                    "remedy": refusal.remedy,
                    "options": [list(options) for options in refusal.retries],
                }
            ],
            "left_out": [
                {"line": row["line"], "written": row["published"], "why": row["alternatives"]}
                for row in out.to_dict("records")
            ],
        }


#: Columns of an audit.
_COLUMNS: Final = (
    "territory", "published", "code_insee", "name", "method", "alternatives", "line", "sheet",
    "file",
)  # fmt: skip


def check_file(
    path: Path,
    *,
    drawn: Callable[[], Perimeters] | None = None,
    departements: Collection[str] = (),
    sheet: str | None = None,
    only: Collection[str] = (),
) -> Checked:
    """
    Read a list, polygons, a table to fill or a log as a command would, and say what is understood.

    Parameters
    ----------
    path : Path
        The file.
    drawn : callable, optional
        Gives the perimeters that the file draws, where it is one of polygons.
    departements : collection of str
        Where the names of a list are looked for; where the clock of a log in UTC is.
    sheet : str, optional
        Sheet of the workbook.
    only : collection of str
        Territories wanted among those of the file.

    Returns
    -------
    Checked
        What it holds; a refusal is given, not raised.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "liste.csv"
    ...     _ = path.write_text("commune\\nDry\\nBaule\\n", encoding="utf-8")
    ...     found = check_file(path)
    >>> found.kind, found.audit["code_insee"].tolist(), found.refusal
    ('liste de communes', ['45130', '45024'], None)
    """
    kind = "liste de communes" if drawn is None else "polygones"
    try:
        if drawn is None and (table := _table(path)):
            return table
        if drawn is None and is_call_log(path):
            kind = "registre"
            return _checked_log(path, departements)
        found = drawn() if drawn else _listed(path, departements, sheet, only)
    except CptsGeoError as error:
        known = pd.DataFrame([*error.recognised], columns=[*_COLUMNS]).fillna("")
        if kind == "liste de communes":
            known = pd.concat([known, _rest(path, known, sheet=sheet, only=only)])
        return Checked(kind, known.assign(file=one_line(path.name)), {}, refusal=error)
    audit = found.audit.assign(**{name: "" for name in _COLUMNS if name not in found.audit})
    names = {str(key): str(name) for key, name in found.identity["name"].items()}
    return Checked(kind, audit, names, tuple(map(visible, found.notes)))


def _rest(
    path: Path, known: pd.DataFrame, *, sheet: str | None, only: Collection[str]
) -> pd.DataFrame:
    """What was left out of a list that is refused; nothing where it could not even be read."""
    try:
        lines = read_perimeter_file(path, sheet=sheet, only=only).attrs["left_out"]
    except CptsGeoError:
        return known.iloc[:0]
    return left_out(lines, known).assign(sheet="", file="")


def _listed(
    path: Path, departements: Collection[str], sheet: str | None, only: Collection[str]
) -> Perimeters:
    """The territories of a list, without contours."""
    communes, parts = embedded.load_without_contours()
    return file_perimeter(
        path,
        pd.concat([communes, parts]),
        former=former_communes(communes, fetched=True),
        departements=departements or None,
        sheet=sheet,
        only=only,
    )


def _table(path: Path) -> Checked | None:
    """What a table of « cpts-geo template » holds; None for any other file."""
    nothing = pd.DataFrame(columns=[*_COLUMNS])
    try:
        told = told_table(path)
    except CptsGeoError as error:
        return Checked("tableau", nothing, {}, refusal=error)
    if told is None:
        return None
    names, notes, refusal = told
    return Checked("tableau", nothing, names, tuple(map(visible, notes)), refusal)


def _checked_log(path: Path, departements: Collection[str]) -> Checked:
    """What a log holds: how many calls, from when to when."""
    nothing = pd.DataFrame(columns=[*_COLUMNS])
    try:
        log = read_call_log(path, departments=departements)
    except NoCallError:
        return Checked("registre", nothing, {}, ("Registre sans demande : à remplir.",))
    first, last = log["time"].min(), log["time"].max()
    said = f"{counted(len(log), 'appel', 'appels')}, du {first:%d/%m/%Y} au {last:%d/%m/%Y}."
    return Checked("registre", nothing, {}, (said, *log.attrs["notes"]))
