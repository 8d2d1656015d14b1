"""Command that holds a registre month by month against a scenario, and the period before."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cpts_geo.asked import typed_path
from cpts_geo.cli._options import OUTPUTS, Defaults, Output, path_option
from cpts_geo.cli._scenarios import chosen_defaults, loaded
from cpts_geo.cli._terminal import echo, results, teller
from cpts_geo.french import typeset


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
    outcomes: Annotated[
        Path | None,
        path_option("Sens de vos issues (CSV de colonnes valeur et sens)."),
    ] = None,
    departement: Annotated[
        list[str] | None,
        typer.Option(
            help="Département de la ligne, pour un registre en heures UTC (Z) sans commune ; "
            "répétable."
        ),
    ] = None,
) -> None:
    """Suivre un registre mois par mois, et dire ce qui a changé."""
    # Imported here so that --help answers at once.
    from cpts_geo.atlas.sections.follow_up import follow_up_sections  # noqa: PLC0415
    from cpts_geo.capacity.checks.forecast.kept import read_kept  # noqa: PLC0415
    from cpts_geo.sources.analyst.aci.file import read_aci  # noqa: PLC0415
    from cpts_geo.study.follow_up.follow_up import follow_up as followed  # noqa: PLC0415
    from cpts_geo.study.follow_up.yearly import yearly  # noqa: PLC0415
    from cpts_geo.writing.comparison import FOLLOW_UP_FILES, write_follow_up  # noqa: PLC0415
    from cpts_geo.writing.output_folder import check_output  # noqa: PLC0415

    check_output(output, names=FOLLOW_UP_FILES)
    defaults, said = chosen_defaults(parameters)
    (base,) = loaded(scenario, parameters=defaults)
    found = followed(
        log,
        base,
        previous=previous,
        territory=territory,
        departments=departement or (),
        outcomes_file=outcomes,
    )
    public = base.public
    review = yearly(
        found,
        base,
        given=[read_aci(path) for path in indicators or ()],
        kept=None
        if forecast is None
        else read_kept(forecast, territory=found.territory, public=public),
        day=date.today(),
    )
    say = teller()
    for note in (*said, *found.notes):
        say(note)
    console = results()
    for sentence in follow_up_sections(found)["sentences"]:
        console.print(typeset(sentence), soft_wrap=True)
    for sentence in review.sentences:
        console.print(typeset(sentence), soft_wrap=True)
    read = [log, previous, forecast, *(indicators or ())]
    page, table, _, *fiches = write_follow_up(
        found, output, scenario=base, registres=[path for path in read if path is not None],
        review=review, say=say,
    )  # fmt: skip
    echo(f"Tableau : {table.resolve()}")
    echo(f"Page : {page.resolve()}")
    echo(f"Fiche des indicateurs de l’ACI : {fiches[-1].resolve()}")
