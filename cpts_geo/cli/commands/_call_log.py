"""Commands that read a registre: the scenario that it makes, its follow-up month by month."""

from __future__ import annotations

import shlex
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from cpts_geo.asked import typed_path
from cpts_geo.cli._options import OUTPUTS, Defaults, Output, path_option
from cpts_geo.cli._outcomes import (
    LineDepartements,
    OutcomesFile,
    OwnOutcomes,
    own_outcomes,
    to_complete,
)
from cpts_geo.cli._scenarios import chosen_defaults, loaded
from cpts_geo.cli._terminal import echo, results, table_view, teller
from cpts_geo.errors import OutcomesError, PlaceUnknownError, TableError
from cpts_geo.french import typeset

#: What a log must hold, under the options.
LOG_HELP: Final = """\b
Colonnes d’un registre, une ligne par demande (CSV, XLSX ou ODS) :
  Date et heure (ou en deux)     obligatoire
  Issue                          rendez-vous, conseil, réorienté, sans créneau,
                                 doublon, annulé, sans réponse, autre
  Commune ou Code Insee, Classe d’âge, code_motif, cle_appelant   facultatives
  Délai (heures) ou (jours), Honoré, Sans médecin traitant   facultatives, pour le suivi

\b
  date;heure;issue;commune
  04/03/2024;8h30;rendez-vous;Pithiviers

\b
Ou une ligne par jour, semaine ou mois, avec ses comptes :
  date;appels;consultations
  04/03/2024;20;8

\b
Ni nom, ni téléphone, ni numéro de sécurité sociale : le fichier serait refusé."""


def call_log(
    log: Annotated[
        Path,
        typer.Argument(
            parser=typed_path, metavar="FICHIER", help="Registre des demandes ou de rendez-vous."
        ),
    ],
    scenario: Annotated[
        str, typer.Option(metavar="BASE", help="Scénario du territoire : clé, ou fichier TOML.")
    ],
    output: Output = OUTPUTS,
    parameters: Defaults = None,
    repeats_out: Annotated[
        bool | None,
        typer.Option(
            "--repeats-out/--repeats-in",
            help="Compter comme doublons, ou non, les appels qui en répètent un autre sans être "
            "signalés ; par défaut, ceux qu’une clé de l’appelant désigne.",
            show_default=False,
        ),
    ] = None,
    outcome: OwnOutcomes = None,
    outcomes: OutcomesFile = None,
    departement: LineDepartements = None,
) -> None:
    """Lire un registre des demandes, en tirer le scénario."""
    # Imported here so that --help answers at once.
    from cpts_geo.api.capacity import call_log as studied  # noqa: PLC0415
    from cpts_geo.atlas.look.words import strength  # noqa: PLC0415
    from cpts_geo.atlas.sections.call_log import log_sentences, log_views  # noqa: PLC0415
    from cpts_geo.writing.comparison import write_call_log  # noqa: PLC0415
    from cpts_geo.writing.output_folder import check_output  # noqa: PLC0415

    check_output(output)
    defaults, said = chosen_defaults(parameters)
    (base,) = loaded(scenario, parameters=defaults)
    typed = ["cpts-geo", "call-log", str(log), "--scenario", scenario]
    typed += [] if output == OUTPUTS else ["--output", str(output)]
    typed += [] if parameters is None else ["--parameters", str(parameters)]
    typed += [] if repeats_out is None else ["--repeats-out" if repeats_out else "--repeats-in"]
    typed += [part for each in departement or [] for part in ("--departement", each)]
    try:
        found = studied(
            log,
            base,
            own_outcomes=own_outcomes(outcome or []),
            outcomes=outcomes,
            repeats_out=repeats_out,
            departement=departement or (),
        ).value
    except OutcomesError as error:
        raise to_complete(error, output, typed) from error
    except PlaceUnknownError as error:
        typed += [part for each in outcome or [] for part in ("--outcome", each)]
        typed += [] if outcomes is None else ["--outcomes", str(outcomes)]
        again = shlex.join([*typed, "--departement", "974"])
        raise TableError(
            error.summary,
            defects=error.defects,
            remedy="ajoutez une colonne commune ou code_insee, ou dites le département de la "
            f"ligne (45 : heure de Paris ; 974 : heure de La Réunion) : {again}",
        ) from error
    say = teller()
    for note in found.notes:
        say(note)
    console = results()
    sentences = log_sentences(found._profile, found.tables)
    for sentence in sentences:
        console.print(typeset(sentence), soft_wrap=True)
    for title, headers, rows in log_views(found.tables):
        console.print(table_view([title, *headers[1:]], rows, right=True))
    told = tuple(sentence.lower() for sentence in sentences)
    for note in [*said, *found.scenario.notes]:
        if note not in base.notes and not note.lower().endswith(told):
            say(f"À savoir : {note}")
    made, *others = write_call_log(found.scenario, found.tables, output, say=say)
    for path in others:
        echo(f"Tableau : {path.resolve()}")
    echo(f"Scénario (solidité {strength(found.scenario)}) : {made.resolve()}")


def follow_up(
    log: Annotated[
        Path,
        typer.Argument(
            parser=typed_path, metavar="FICHIER", help="Registre des demandes de la période."
        ),
    ],
    scenario: Annotated[
        str, typer.Option(metavar="BASE", help="Scénario du territoire : clé, ou fichier TOML.")
    ],
    previous: Annotated[
        Path | None, path_option("Registre de la période d’avant, à comparer.")
    ] = None,
    territory: Annotated[
        str | None,
        typer.Option(
            metavar="CLÉ",
            help="Territoire dont les communes disent qui vient d’ailleurs ; par défaut, celui du "
            "scénario.",
        ),
    ] = None,
    perimeter: Annotated[
        Path | None,
        path_option(
            "Communes de votre territoire (la liste ou le polygone donnés à « report »), si ce "
            "n’est pas une CPTS connue."
        ),
    ] = None,
    forecast: Annotated[
        Path | None,
        path_option("Manifeste du rapport ou du suivi d’avant, dont la prévision est jugée."),
    ] = None,
    indicators: Annotated[
        list[Path] | None,
        typer.Option(
            parser=typed_path,
            metavar="FICHIER",
            help="Indicateurs de l’ACI remplis (« cpts-geo template aci ») ; répétable.",
        ),
    ] = None,
    output: Output = OUTPUTS,
    parameters: Defaults = None,
    outcome: OwnOutcomes = None,
    outcomes: OutcomesFile = None,
    departement: LineDepartements = None,
) -> None:
    """Suivre un registre mois par mois, et dire ce qui a changé."""
    # Imported here so that --help answers at once.
    from cpts_geo.atlas.sections.follow_up import follow_up_sections  # noqa: PLC0415
    from cpts_geo.study.follow_up.follow_up import follow_up as followed  # noqa: PLC0415
    from cpts_geo.study.follow_up.yearly import yearly  # noqa: PLC0415
    from cpts_geo.writing.comparison import (  # noqa: PLC0415
        FOLLOW_UP_FILES,
        FOLLOW_UP_MANIFEST,
        FollowUpAsked,
        write_follow_up,
    )
    from cpts_geo.writing.output_folder import check_output, check_own  # noqa: PLC0415

    check_output(output, names=FOLLOW_UP_FILES)
    check_own(output, FOLLOW_UP_FILES, manifest=FOLLOW_UP_MANIFEST)
    defaults, said = chosen_defaults(parameters)
    (base,) = loaded(scenario, parameters=defaults)
    typed = ["cpts-geo", "follow-up", str(log), "--scenario", scenario]
    typed += [] if previous is None else ["--previous", str(previous)]
    typed += [] if territory is None else ["--territory", territory]
    typed += [] if perimeter is None else ["--perimeter", str(perimeter)]
    typed += [] if forecast is None else ["--forecast", str(forecast)]
    typed += [part for each in indicators or [] for part in ("--indicators", str(each))]
    typed += [] if output == OUTPUTS else ["--output", str(output)]
    typed += [] if parameters is None else ["--parameters", str(parameters)]
    typed += [part for each in departement or [] for part in ("--departement", each)]
    try:
        found = followed(
            log,
            base,
            previous=previous,
            territory=territory,
            perimeter=perimeter,
            departments=departement or (),
            own_outcomes=own_outcomes(outcome or []),
            outcomes_file=outcomes,
        )
    except OutcomesError as error:
        raise to_complete(error, output, typed) from error
    review = yearly(found, base, indicators=indicators or (), forecast=forecast, day=date.today())
    say = teller()
    for note in (*said, *found.notes, *found.limits, *review.notes):
        say(note)
    console = results()
    for sentence in follow_up_sections(found)["sentences"]:
        console.print(typeset(sentence), soft_wrap=True)
    for sentence in review.sentences:
        console.print(typeset(sentence), soft_wrap=True)
    # A key of ours has no suffix, a scenario of one's own ends in .toml.
    own = typed_path(scenario) if Path(scenario).suffix else None
    asked = FollowUpAsked(
        perimeter=perimeter, scenario=own, scenario_key=None if own else scenario,
        parameters=parameters, indicators=tuple(indicators or ()), registre=log, previous=previous,
        forecast=forecast, outcomes=outcomes, territory=territory,
        departements=tuple(departement or ()), typed_outcomes=len(outcome or ()),
    )  # fmt: skip
    page, table, _, *fiches = write_follow_up(
        found, output, scenario=base, asked=asked, review=review, say=say
    )
    echo(f"Tableau : {table.resolve()}")
    echo(f"Page : {page.resolve()}")
    # The workbook is what is sent on; the page is what is read.
    for path in fiches[-2:]:
        echo(f"Fiche des indicateurs de l’ACI : {path.resolve()}")
