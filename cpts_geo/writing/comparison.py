"""Write what a comparison, a call log or a follow-up gives, each file whole or not at all."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd

from cpts_geo.asked import told
from cpts_geo.atlas.pages.comparison import compare_page
from cpts_geo.atlas.pages.follow_up import follow_up_page
from cpts_geo.atlas.sections.comparison.written import TEXTS, period_words
from cpts_geo.capacity.checks.forecast.kept import as_kept, carried
from cpts_geo.capacity.comparing.compare import ScenarioComparison
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import save_scenario
from cpts_geo.files import write_csv, write_json, write_text
from cpts_geo.foreign import decodable
from cpts_geo.french import slug
from cpts_geo.sources.catalogue.catalogue import digests_of, sha256_of
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.follow_up.follow_up import FollowUp
from cpts_geo.study.follow_up.yearly import Yearly
from cpts_geo.study.follow_up.yearly import period_words as said_period
from cpts_geo.writing.output_folder import staged
from cpts_geo.writing.report import versions
from cpts_geo.writing.workbook.aci import ACI_FILES, write_aci
from cpts_geo.writing.workbook.follow_up import follow_up_sheet
from cpts_geo.writing.workbook.sheet import write_table

#: Table of a call log -> end of its file's name.
_LOG_FILES: Final = {
    "outcome": "issues",
    "weekday": "semaine",
    "hour": "heures",
    "month": "mois",
    "commune": "communes",
    "age_class": "ages",
    "apart": "a_part",
}
#: What lists the files of a follow-up.
FOLLOW_UP_MANIFEST: Final = "suivi_manifest.json"
#: Files of a follow-up: page, table, what they come from.
FOLLOW_UP_FILES: Final = ("suivi.html", "suivi.csv", FOLLOW_UP_MANIFEST, *ACI_FILES)


@dataclass(frozen=True)
class FollowUpAsked:
    """
    What a follow-up was asked; its files in the order in which their digests are taken.

    Parameters
    ----------
    perimeter, scenario, parameters, registre, previous, forecast, outcomes : Path, optional
        Files of the analyst.
    indicators : tuple of Path
        Indicators of the ACI.
    scenario_key : str, optional
        Scenario, where it is one of the package.
    territory : str, optional
        Key of the territory.
    departements : tuple of str
        Where the line is.
    typed_outcomes : int
        Outcomes whose meaning was typed: how many, for their wordings are those of a registre.
    """

    perimeter: Path | None
    scenario: Path | None
    parameters: Path | None
    registre: Path
    previous: Path | None
    forecast: Path | None
    outcomes: Path | None
    indicators: tuple[Path, ...]
    scenario_key: str | None
    territory: str | None
    departements: tuple[str, ...]
    typed_outcomes: int

    def files(self) -> list[Path]:
        """
        List the files.

        Returns
        -------
        list of Path
            In order.
        """
        given = (getattr(self, each.name) for each in fields(self))
        several = (each if isinstance(each, tuple) else (each,) for each in given)
        return [path for paths in several for path in paths if isinstance(path, Path)]


def write_comparison(
    found: ScenarioComparison,
    folder: Path,
    *,
    names: tuple[str, str],
    day: date | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """
    Write the page and the table of a comparison.

    Parameters
    ----------
    found : ScenarioComparison
        Comparison.
    folder : Path
        Folder to write; other files in it are left alone.
    names : tuple of str
        What the files are named after: two scenarios may be of one territory.
    day : datetime.date, optional
        Date shown on the page; today by default.
    say : callable
        Told in French that a comparison of the same names is replaced.

    Returns
    -------
    list of Path
        ``comparaison_<first>_<second>.html`` and ``.csv``.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    page, table = comparison_files(names)
    with staged(folder, say=say) as stage:
        if (folder / page).exists():
            say(f"« {page} » existait déjà : la comparaison qu’il contenait est remplacée.")
        shown = f"{day or date.today():%d/%m/%Y}"
        write_text(compare_page(found, date=shown), stage.folder / page)
        write_csv(_comparison_table(found, names=names), stage.folder / table)
    return [folder / page, folder / table]


def comparison_files(names: tuple[str, str]) -> tuple[str, str]:
    """
    Name the files of a comparison.

    Parameters
    ----------
    names : tuple of str
        What the two scenarios are called.

    Returns
    -------
    tuple of str
        Page, then table.

    Examples
    --------
    >>> comparison_files(("lvo", "lvo_ete"))
    ('comparaison_lvo_lvo_ete.html', 'comparaison_lvo_lvo_ete.csv')
    """
    name = "_".join(["comparaison", *map(slug, names)])
    return f"{name}.html", f"{name}.csv"


def _comparison_table(found: ScenarioComparison, *, names: tuple[str, str]) -> pd.DataFrame:
    """One row a measure: words, then quantiles of each side and of the difference; NaN unknown."""
    table = found.table.reset_index()
    texts = [TEXTS[measure] for measure in table["measure"]]
    period = period_words(found)
    table.insert(1, "label", [text.label for text in texts])
    table.insert(2, "unit", [text.unit.format(period=period) for text in texts])
    table.insert(3, "first", names[0])
    table.insert(4, "second", names[1])
    return table


def write_call_log(
    scenario: Scenario,
    tables: Mapping[str, pd.DataFrame],
    folder: Path,
    *,
    say: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """
    Write the scenario that a call log gives, and the tables of the log that may leave.

    Parameters
    ----------
    scenario : Scenario
        Scenario with its local evidence.
    tables : Mapping of str to DataFrame
        Tables of :func:`cpts_geo.capacity.calls.released.released`.
    folder : Path
        Folder to write; other files in it are left alone.
    say : callable
        Told in French that another run writes in this folder.

    Returns
    -------
    list of Path
        ``<territory>_appels.toml``, then a CSV a table.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    name = f"{slug(scenario.territory)}_appels"
    made = [f"{name}.toml"]
    with staged(folder, say=say) as stage:
        save_scenario(scenario, stage.folder / made[0])
        for key, end in _LOG_FILES.items():
            file = f"{name}_{end}.csv"
            # That of another log would speak of other calls.
            stage.stale.append(file)
            if key in tables:
                write_csv(tables[key].rename_axis(key).reset_index(), stage.folder / file)
                made.append(file)
    return [folder / file for file in made]


def write_follow_up(
    found: FollowUp,
    folder: Path,
    *,
    scenario: Scenario,
    asked: FollowUpAsked,
    review: Yearly,
    day: date | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """
    Write the page and the table of a follow-up, with what they come from.

    Parameters
    ----------
    found : FollowUp
        Values that may leave.
    folder : Path
        Folder to write; other files in it are left alone.
    scenario : Scenario
        What it was held against.
    asked : FollowUpAsked
        What was asked, with the files that were read.
    review : Yearly
        Indicators of the ACI, scores of forecasts, and the next one.
    day : datetime.date, optional
        Date shown; today by default.
    say : callable
        Told in French that another run writes in this folder.

    Returns
    -------
    list of Path
        :data:`FOLLOW_UP_FILES`.

    Raises
    ------
    OutputError
        The folder cannot be written, or holds files of these names that are not its own.
    """
    page, table, *_ = FOLLOW_UP_FILES
    day = day or date.today()
    with staged(folder, last=FOLLOW_UP_MANIFEST, own=True, say=say) as stage:
        shown = follow_up_page(found, date=f"{day:%d/%m/%Y}", forecast=review.sentences)
        write_text(shown, stage.folder / page)
        write_table(follow_up_sheet(found), stage.folder / table)
        made = [stage.folder / page, stage.folder / table]
        made += write_aci(
            review.aci, stage.folder, name=found.label, period=said_period(found.period), day=day
        )
        ahead = review.forecast
        manifest = {
            "date": day.isoformat(),
            "versions": versions(),
            "parameters": told(asked),
            "territory": found.territory,
            "label": found.label,
            "invented": any(found.invented),
            "period": [each.isoformat() for each in found.period],
            "scenario": scenario.model_dump(mode="json", exclude={"notes"}),
            # The manifest that this one replaces is in it.
            "inputs": digests_of(
                [(decodable(path.name), sha256_of(path)) for path in asked.files()
                 if path.resolve() != (folder / FOLLOW_UP_MANIFEST).resolve()],
                beside=embedded.digests(),
            ),
            "outputs": {path.name: sha256_of(path) for path in made},
            **carried(
                folder / FOLLOW_UP_MANIFEST,
                forecasts={} if ahead is None else {found.territory: as_kept(ahead)},
                past={found.territory: review.past},
                scores={found.territory: review.scores},
            ),
        }  # fmt: skip
        write_json(manifest, stage.folder / FOLLOW_UP_MANIFEST)
    return [folder / name for name in FOLLOW_UP_FILES]


def write_outcomes(values: Mapping[str, int], folder: Path, *, own: Mapping[str, str]) -> Path:
    """
    Write the outcomes of a log that are not known, for the analyst to say what they mean.

    Parameters
    ----------
    values : Mapping of str to int
        Rows of the log by unknown wording.
    folder : Path
        Folder to write; a file of the same name is left alone, for it may have been completed.
    own : Mapping of str to str
        Wordings already explained, which are written too.

    Returns
    -------
    Path
        ``issues.csv``, or the first of ``issues_2.csv``... that is free: columns ``valeur``,
        ``sens`` (empty for the unknown ones) and ``lignes`` (rows; unknown for the others).

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    rows: list[tuple[str, str, int | None]] = [(text, meant, None) for text, meant in own.items()]
    rows += [(text, "", count) for text, count in values.items()]
    table = pd.DataFrame(rows, columns=["valeur", "sens", "lignes"])
    names = (f"issues{f'_{n}' if n > 1 else ''}.csv" for n in itertools.count(1))
    name = next(name for name in names if not (folder / name).exists())
    with staged(folder) as stage:
        write_csv(table.astype({"lignes": "Int64"}), stage.folder / name)
    return folder / name
