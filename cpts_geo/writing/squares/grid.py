"""Write the accessibility of every inhabited square of France: whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Final

import pandas as pd

from cpts_geo.access.catchments.squares import square_accessibility
from cpts_geo.access.catchments.weights import APL_WEIGHT
from cpts_geo.asked import typed_path
from cpts_geo.files import write_csv, write_json, write_parquet
from cpts_geo.foreign import decodable, shown_name
from cpts_geo.french import counted
from cpts_geo.geography.figures.national import load_national
from cpts_geo.schema import COLUMNS, embedded_vintage, newest_vintage
from cpts_geo.sources.analyst.squares.synthetic import SYNTHETIC, synthetic_squares
from cpts_geo.sources.catalogue.catalogue import digests_of, sha256_of
from cpts_geo.sources.embedding import embedded
from cpts_geo.writing.output_folder import check_output, check_own, staged
from cpts_geo.writing.report import MANIFEST
from cpts_geo.writing.squares._given import cut_notes, given_squares, left_out
from cpts_geo.writing.squares._manifest import manifest_of, notes_of
from cpts_geo.writing.squares._tables import commune_table, square_table

#: Squares, communes, and what they rest on.
_SQUARES: Final = "carreaux.parquet"
_COMMUNES: Final = "communes.csv"
_FILES: Final = (_SQUARES, _COMMUNES, MANIFEST)
#: What they weigh, at most.
_MEGABYTES: Final = 80.0


def write_grid(
    output: Path | str,
    *,
    squares: Path | str | None = None,
    fetched: bool = True,
    executor: Executor | None = None,
    say: Callable[[str], None] = lambda _: None,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> Path:
    """
    Write GPs accessible from every inhabited square of 200 m of France, and commune by commune.

    Parameters
    ----------
    output : Path or str
        Folder to write; other files in it are left alone.
    squares : Path or str, optional
        Insee's file (:func:`cpts_geo.sources.analyst.squares.file.read_squares`); invented squares
        by default, and everything written says so. The people it leaves out share the care too.
    fetched : bool
        Whether figures of fetched sources take the place of the embedded ones.
    executor : concurrent.futures.Executor, optional
        Who computes the tiles; this process by default. It changes no figure.
    say : callable
        Receives one French line a step.
    told : callable
        Receives how many tiles are done, and of how many.

    Returns
    -------
    Path
        The folder: carreaux.parquet, communes.csv, manifest.json.

    Raises
    ------
    TableError
        The file of squares cannot be used.
    OutputError
        The folder cannot be written, or holds files that no such run wrote; it is as it was.
    """
    output = typed_path(output)
    check_output(output, names=_FILES, megabytes=_MEGABYTES)
    check_own(output, _FILES, manifest=MANIFEST)
    given = None if squares is None else typed_path(squares)
    communes = embedded.load_communes()
    layer = load_national(communes, fetched=fetched, say=say)
    known = set(layer.figures.columns[layer.figures.notna().any()])
    gps = COLUMNS[newest_vintage("gps", known) or embedded_vintage("gps")]
    supply = layer.figures.set_index("code_insee")[gps.name].reindex(communes["code_insee"])
    say("Carreaux habités de 200 m")
    table = synthetic_squares(communes) if given is None else given_squares(given, communes)
    away = pd.Series(dtype=float) if given is None else left_out(table, communes)
    origin = SYNTHETIC if given is None else f"carreaux de « {shown_name(given.name)} »"
    say(f"Accessibilité de {counted(len(table), 'carreau', 'carreaux')} ({origin})")
    found = square_accessibility(
        table, communes, supply=supply, factors=embedded.load_travel_factors(),
        weight=APL_WEIGHT, elsewhere=None if away.empty else away, executor=executor, told=told,
    )  # fmt: skip
    source = f"{origin} ; {gps.label} ; temps approchés par la distance"
    notes = notes_of(found, communes, supply, synthetic=given is None)
    notes += cut_notes(away, found)
    for note in notes:
        say(f"À savoir : {note}")
    own = [] if given is None else [(given.name, sha256_of(given))]
    inputs = digests_of(own, beside=layer.inputs)
    asked = {"squares": None if given is None else decodable(given.name), "fetched": fetched}
    words = {"vintage": gps.vintage, "source": source}
    with staged(output, last=MANIFEST, own=True, say=say) as stage:
        made = [stage.folder / _SQUARES, stage.folder / _COMMUNES]
        write_parquet(square_table(found, **words), made[0])
        write_csv(commune_table(found, pd.DataFrame(communes), **words), made[1])
        manifest = manifest_of(
            found, supply, weight=APL_WEIGHT, source=source, notes=notes, asked=asked,
            inputs=inputs, made=made,
        )  # fmt: skip
        write_json(manifest, stage.folder / MANIFEST)
    return output
