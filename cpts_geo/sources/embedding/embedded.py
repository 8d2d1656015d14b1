"""The data that come with the package, verified against their SHA-256 before use."""

from __future__ import annotations

import json
import math
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from cpts_geo import settings
from cpts_geo.errors import DataFileError, TableError, one_line, quoted
from cpts_geo.french import number
from cpts_geo.schema import COLUMNS, EMBEDDED_FIGURES, FRANCE, status_column
from cpts_geo.sources._conventions.numbers import NUMBERS
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.sources.embedding._once import once

if TYPE_CHECKING:
    import geopandas as gpd

    from cpts_geo.sources._conventions.tables import TableT
    from cpts_geo.sources.embedding.contracts import _TableName

_CONTOURS_AT_ONCE = 1024
_EACH_ITS_OWN: Final = ("code_insee", "name")
_RESTORE = "réinstallez cpts_geo, ou dans un dépôt : git checkout -- data"
#: Source of the perimeters that are written by hand: those of the five CPTS.
WRITTEN: Final = "communiques"
#: Sources of the perimeters that are compiled from lists, in the order of their rows.
LISTED: Final = ("ars_paca_cpts",)
#: Digests of the hand-written tables that were found to hold what they must, as sha256sum writes.
CHECKED: Final = "checked.sha256"
#: What the rows of one perimeter say alike.
_OF_THE_WHOLE: Final = ["cpts", "liste_complete", "source", "date"]
#: What is read once: compiled files with their description, and hand-written ones.
_once_compiled = partial(once, "datapackage.json", folder=lambda: settings.COMMUNES_DIR)
_once_written = partial(once, "territories.csv", folder=lambda: settings.CPTS_DIR)


@cache
def _resources(text: str) -> dict[str, dict[str, Any]]:
    """SHA-256 and limits of each file that a description has."""
    return {
        r["path"]: {
            "sha256": r["hash"].removeprefix("sha256:"),
            "limits": {name: float(limit) for name, limit in r.get("limits", {}).items()},
        }
        for r in json.loads(text)["resources"]
    }


def _described(folder: Path) -> dict[str, dict[str, Any]]:
    """What is written of each described file of a folder, which may have been compiled again."""
    path = folder / "datapackage.json"
    try:
        return _resources(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataFileError(
            f"Description des données illisible : {path.name} ({type(error).__name__}).",
            remedy=_RESTORE + ".",
        ) from error


def verified(name: str) -> Path:
    """
    Path of an embedded file whose content is the one that was compiled.

    Parameters
    ----------
    name : str
        File name in data/communes.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DataFileError
        The file is missing, is not described, or has another SHA-256.

    Examples
    --------
    >>> verified("figures.parquet").name
    'figures.parquet'
    """
    path = settings.COMMUNES_DIR / name
    if not path.is_file():
        raise DataFileError(f"Fichier de données absent : {path}.", remedy=_RESTORE + ".")
    expected = _described(settings.COMMUNES_DIR).get(name, {}).get("sha256")
    found = sha256_of(path)
    if found != expected:
        raise DataFileError(
            f"Fichier de données altéré : {path}.",
            defects=[f"sha256 attendu (datapackage.json) {expected}", f"sha256 trouvé {found}"],
            remedy=_RESTORE + ".",
        )
    return path


@_once_compiled("communes.parquet")
def load_communes() -> gpd.GeoDataFrame:
    """
    Load all communes of métropole and DROM.

    Returns
    -------
    GeoDataFrame
        34,875 rows in code order, NaN for unknown, columns as data/communes/README.md defines them;
        geometry in EPSG:4326, a valid coverage, None for 8 communes.

    Raises
    ------
    DataFileError
        As for :func:`verified`.

    Examples
    --------
    >>> communes = load_communes()
    >>> communes.set_index("code_insee").at["45203", "name"]
    'Meung-sur-Loire'
    """
    return _places("communes.parquet")


@_once_compiled("arrondissements.parquet")
def load_arrondissements() -> gpd.GeoDataFrame:
    """
    Load the arrondissements of Paris, Lyon and Marseille.

    Returns
    -------
    GeoDataFrame
        45 rows in code order with the columns of :func:`load_communes`, and city (code of the
        commune); their contours lie side by side in the coverage of the communes.

    Raises
    ------
    DataFileError
        As for :func:`verified`.

    Examples
    --------
    >>> parts = load_arrondissements().set_index("code_insee")
    >>> parts.at["75113", "name"], parts.at["75113", "city"]
    ('Paris 13e Arrondissement', '75056')
    """
    return _places("arrondissements.parquet")


def _places(name: str) -> gpd.GeoDataFrame:
    """Places with their contours."""
    # Imported here, as contracts below: reading a list takes neither.
    import geopandas as gpd  # noqa: PLC0415

    path = verified(name)
    # Contours a few at a time: decoded whole, they were the peak memory of a report.
    with pq.ParquetFile(path, memory_map=True) as file:
        batches = file.iter_batches(_CONTOURS_AT_ONCE, columns=["geometry"], use_threads=False)
        contours = [shapely.from_wkb(batch.column(0).to_numpy(False)) for batch in batches]
        fields = {field.name: field.type for field in file.schema_arrow if field.name != "geometry"}
    texts = [name for name, kind in fields.items() if pa.types.is_large_string(kind)]
    shared = [name for name in texts if name not in _EACH_ITS_OWN]
    # Names of départements and the like are one text for all their communes, not one each.
    with pq.ParquetFile(path, memory_map=True, read_dictionary=shared) as file:
        places = file.read([*fields], use_threads=False).to_pandas(use_threads=False)
    places = places.astype(dict.fromkeys(shared, "str")).assign(geometry=np.concatenate(contours))
    return gpd.GeoDataFrame(places, geometry="geometry", crs=settings.GEOGRAPHIC_CRS)


def load_without_contours() -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Load communes, and arrondissements of Paris, Lyon and Marseille, without contours: quick.

    Returns
    -------
    tuple of DataFrame and DataFrame
        The columns of :func:`load_communes` and of :func:`load_arrondissements`, but geometry.

    Raises
    ------
    DataFileError
        As for :func:`verified`.

    Examples
    --------
    >>> communes, parts = load_without_contours()
    >>> len(communes), len(parts), "geometry" in communes
    (34875, 45, False)
    """
    found = []
    for name in ("communes.parquet", "arrondissements.parquet"):
        with pq.ParquetFile(verified(name)) as file:
            columns = [column for column in file.schema_arrow.names if column != "geometry"]
        found.append(_stored(name, columns))
    return found[0], found[1]


def _checked(table: TableT, name: _TableName, *, origin: str) -> TableT:
    """A hand-written table, once it is found to hold what it must."""
    # Checking takes longer to load than all the tables to read.
    if _known_good(origin):
        return table.astype(NUMBERS.get(name, {}))
    from cpts_geo.sources.embedding.contracts import check  # noqa: PLC0415

    return check(table, name, origin=origin)


def _stored(name: str, columns: list[str] | None = None) -> pd.DataFrame:
    """Columns of a compiled table, read by one thread: each would keep memory of its own."""
    with pq.ParquetFile(verified(name), memory_map=True) as file:
        table: pd.DataFrame = file.read(columns, use_threads=False).to_pandas(use_threads=False)
    return table


def _known_good(origin: str) -> bool:
    """Whether the bytes of a hand-written table are those that were checked and committed."""
    try:
        return _sums().get(origin) == sha256_of(settings.CPTS_DIR / origin)
    except (OSError, ValueError):
        return False


def _sums() -> dict[str, str]:
    """SHA-256 of the hand-written files as they were checked, by name."""
    lines = (settings.CPTS_DIR / CHECKED).read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def touched() -> list[str]:
    """
    Find the hand-written files that are no longer those that were checked.

    Returns
    -------
    list of str
        Names in data/cpts; the list of what was checked itself, where it cannot be read.

    Examples
    --------
    >>> touched()
    []
    """
    try:
        known = _sums()
    except (OSError, ValueError):
        return [CHECKED]
    found = _digests_in(settings.CPTS_DIR, beyond=settings.CPTS_DIR)
    found.pop(CHECKED, None)
    return sorted(name for name in {*known, *found} if known.get(name) != found.get(name))


def digests() -> dict[str, str]:
    """
    Compute the SHA-256 of each embedded file.

    Returns
    -------
    dict of str to str
        By path from the folder of data.

    Examples
    --------
    >>> len(digests()["communes/communes.parquet"])
    64
    """
    folders = settings.COMMUNES_DIR, settings.CPTS_DIR
    return {name: digest for folder in folders
            for name, digest in _digests_in(folder, beyond=settings.DATA_DIR).items()}  # fmt: skip


def _digests_in(folder: Path, *, beyond: Path) -> dict[str, str]:
    """SHA-256 of each file of data of a folder, by path from another above it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".md")
    return {path.relative_to(beyond).as_posix(): sha256_of(path) for path in files}


def _read(name: str) -> pd.DataFrame:
    """Table of an embedded CSV, codes as text, NaN for an empty cell."""
    path = verified(name)
    codes = ("code_insee", "former_code", "area_code", "from_code", "to_code", "former_codes")
    texts = {*codes, "bassin_de_vie", "departement", "key", "ept", "collectivite"}
    return pd.read_csv(path, dtype=dict.fromkeys(texts, str), keep_default_na=False, na_values=[""])


def load_former_communes() -> pd.DataFrame:
    """
    Load delegated and associated communes, arrondissements, retired codes and former names.

    Returns
    -------
    DataFrame
        former_code, former_name (NaN for a code gone before the oldest COG kept), kind,
        code_insee (current commune), since_cog (year, NaN unknown).

    Examples
    --------
    >>> former = load_former_communes().set_index("former_code")
    >>> former.at["85060", "former_name"], former.at["85060", "code_insee"]
    ("Château-d'Olonne", '85194')
    """
    return _read("former_communes.csv")


def load_outside_communes() -> pd.DataFrame:
    """
    Load the communes of the overseas collectivités, of which no other table says anything.

    Returns
    -------
    DataFrame
        code_insee, name, collectivite (code), collectivite_name.

    Raises
    ------
    DataFileError
        As for :func:`verified`.

    Examples
    --------
    >>> outside = load_outside_communes().set_index("name")
    >>> outside.loc["Nouméa"].tolist()
    ['98818', '988', 'Nouvelle-Calédonie']
    """
    return _read("outside_communes.csv")


def load_ept() -> pd.DataFrame:
    """
    Load the établissements publics territoriaux of the Métropole du Grand Paris.

    Returns
    -------
    DataFrame
        code_insee, ept (SIREN), ept_name; Paris is in none.

    Raises
    ------
    DataFileError
        As for :func:`verified`.

    Examples
    --------
    >>> load_ept().set_index("code_insee").at["93048", "ept_name"]
    'Est Ensemble'
    """
    return _read("ept.csv")


def load_postal_codes() -> dict[str, frozenset[str]]:
    """
    Load the communes of each postal code, and the arrondissements of Paris, Lyon and Marseille.

    Returns
    -------
    dict of str to frozenset of str
        INSEE codes by postal code; those of CEDEX are none.

    Raises
    ------
    DataFileError
        As for :func:`verified`.

    Examples
    --------
    >>> sorted(load_postal_codes()["45190"])[:3]
    ['45028', '45116', '45202']
    """
    table = _stored("postal_codes.parquet")
    found: dict[str, set[str]] = {}
    for postal, code in zip(
        table["postal_code"].tolist(), table["code_insee"].tolist(), strict=True
    ):
        found.setdefault(postal, set()).add(code)
    return {postal: frozenset(codes) for postal, codes in found.items()}


def load_population() -> pd.Series[int]:
    """
    Load the people of each current commune, without contours: quick.

    Returns
    -------
    Series of int
        Reference population 2023, indexed by code of the COG 2026, in order.

    Raises
    ------
    DataFileError
        As for :func:`verified`.

    Examples
    --------
    >>> len(load_population())
    34875
    """
    columns = ["code_insee", "population"]
    table = _stored("communes.parquet", columns)
    people: pd.Series[int] = table.set_index("code_insee")["population"]
    return people


def load_epci() -> pd.Series[str]:
    """
    Load the EPCI of each current commune, without contours: quick.

    Returns
    -------
    Series of str
        SIREN (missing where a commune is in none), indexed by code of the COG 2026, in order.

    Raises
    ------
    DataFileError
        As for :func:`verified`.

    Examples
    --------
    >>> load_epci()["45203"]
    '200070183'
    """
    table = _stored("communes.parquet", ["code_insee", "epci"])
    codes: pd.Series[str] = table.set_index("code_insee")["epci"]
    return codes


def load_cog_events() -> pd.DataFrame:
    """
    Load what happened to the codes of communes from one COG to the next.

    Returns
    -------
    DataFrame
        As :func:`cpts_geo.sources.embedding.cog_vintages.read_events` gives it.

    Raises
    ------
    DataFileError
        As for :func:`verified`.

    Examples
    --------
    >>> events = load_cog_events()
    >>> events[events["from_code"] == "49069"][["year", "event", "to_code"]].to_numpy().tolist()
    [[2025, 'code', '49126']]
    """
    return _read("cog_events.csv")


@_once_compiled("figures.parquet")
def load_figures() -> pd.DataFrame:
    """
    Load the figures of every commune, then of every arrondissement of Paris, Lyon and Marseille.

    Returns
    -------
    DataFrame
        code_insee, then each of :data:`cpts_geo.schema.EMBEDDED_FIGURES` (NaN unknown, 0 a
        known absence) followed by its status column.

    Examples
    --------
    >>> load_figures().set_index("code_insee").at["45203", "apl_2023_status"]
    'computed'
    """
    table = _stored("figures.parquet")
    # Written as few words and their places, which is quick to read; used as text.
    return table.astype(dict.fromkeys(map(status_column, EMBEDDED_FIGURES), "str"))


def load_day_profiles() -> pd.DataFrame:
    """
    Load how the care of a day depends on the weekday, the month and public holidays, in France.

    Returns
    -------
    DataFrame
        As :func:`cpts_geo.capacity.calls.daily_counts.day_profiles` gives it, after the series
        (``sos_medecins``, ``emergency_visits``).

    Examples
    --------
    >>> table = load_day_profiles().query("series == 'sos_medecins' and kind == 'weekday'")
    >>> table["factor"].round(3).tolist()
    [1.086, 0.996, 0.982, 0.979, 0.957]
    """
    return _read("day_profiles.csv")


def load_travel_factors() -> pd.DataFrame:
    """
    Load what approximate travel times are multiplied by, in each département.

    Returns
    -------
    DataFrame
        By departement: communes, ratio, travel_low, travel_central, travel_high, as
        :func:`cpts_geo.access.travel.factors.travel_factors` computes them.

    Raises
    ------
    DataFileError
        As for :func:`verified`.

    Examples
    --------
    >>> load_travel_factors().loc[["07", "45"], "ratio"].round(2).to_dict()
    {'07': 1.32, '45': 1.02}
    """
    return _read("travel_factors.csv").set_index("departement")


def load_apl_history() -> pd.DataFrame:
    """
    Load the APL of communes in earlier publications of the DREES, which only its trend needs.

    Returns
    -------
    DataFrame
        code_insee, then a column a vintage of the family ``apl_past`` (NaN unknown), two decimals;
        no row for Corsica, Paris, Lyon, Marseille and Mayotte.

    Examples
    --------
    >>> past = load_apl_history().set_index("code_insee")
    >>> float(past.at["45203", "apl_2015"]), "2A004" in past.index
    (4.36, False)
    """
    return _stored("apl_history.parquet")


def load_comparisons() -> pd.DataFrame:
    """
    Load the indicators of every département, of every région and of France.

    Returns
    -------
    DataFrame
        Long table: area_level, area_code, area_name, indicator, value (NaN unknown),
        status, note (empty text when there is nothing to say).

    Raises
    ------
    DataFileError
        As for :func:`verified`; or the shares of people under a limit were compiled with another
        one than today's.

    Examples
    --------
    >>> loiret = load_comparisons().query("area_code == '45'").set_index("indicator")["value"]
    >>> int(loiret["gps_cnam_2024"])
    376
    """
    table = _read("comparisons.csv").fillna({"note": ""})
    compiled = _described(settings.COMMUNES_DIR)["comparisons.csv"]["limits"]
    # Imported here, as contracts: who reads names needs no description.
    from cpts_geo.sources.embedding.datapackage import _compiled_limits  # noqa: PLC0415

    defects = [
        f"{COLUMNS[name].dated_label} : {number(compiled.get(name, math.nan), 2)} dans les "
        f"données, {number(limit, 2)} demandé"
        for name, limit in _compiled_limits().items()
        if compiled.get(name) != limit
    ]
    if defects:
        raise DataFileError(
            "Des parts de population ont été compilées avec un autre seuil que celui demandé.",
            defects=defects,
            remedy="remettez le seuil des données (cpts_geo/settings.py), ou, dans un dépôt, "
            "compilez-les de nouveau : python3 run.py data.",
        )
    return table


def load_basins() -> pd.DataFrame:
    """
    Load what is published by bassin de vie.

    Returns
    -------
    DataFrame
        bassin_de_vie (code), gps_per_10k (NaN where it is secret).

    Examples
    --------
    >>> float(load_basins().set_index("bassin_de_vie").at["45252", "gps_per_10k"])
    3.1
    """
    return _read("bassins_de_vie.csv")


def _cpts(name: str) -> pd.DataFrame:
    """Table of a CSV of data/cpts, all text."""
    path = settings.CPTS_DIR / name
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    except OSError as error:
        raise DataFileError(f"Fichier absent : {path}.", remedy=_RESTORE + ".") from error
    except ValueError as error:
        # Undecodable, empty or ragged: pandas' own errors are all ValueError.
        raise DataFileError(
            f"Fichier illisible : {path} ({one_line(str(error))}).",
            remedy=f"enregistrez-le en CSV UTF-8 avec des virgules, ou {_RESTORE}.",
        ) from error


@_once_written("perimeters.csv")
def load_perimeters() -> pd.DataFrame:
    """
    Load the perimeters of the CPTS that are known: the five, and those that others list.

    Returns
    -------
    DataFrame
        One row a commune, all text: territory (key), cpts (name), liste_complete (``oui``, or
        ``non`` and what is missing), source (key of the catalogue; :data:`WRITTEN` for the five),
        date, grade, basis, published (spelling of the document, or codes of the list; empty when no
        document lists the commune), code_insee, name, note, remarque (why the row is to be left
        out; empty otherwise).

    Raises
    ------
    DataFileError, TableError
        As for :func:`load_territories`; or the rows of one territory contradict each other.

    Examples
    --------
    >>> perimeters = load_perimeters()
    >>> int((perimeters["territory"] == "ondaine_forez").sum())
    25
    >>> perimeters.loc[perimeters["source"] == "ars_paca_cpts", "cpts"].nunique()
    12
    """
    origin = "perimeters.csv"
    table = _checked(_cpts(origin), "perimeters", origin=origin)
    _refuse_unknown(table[table["source"] == WRITTEN], origin)
    empty = set(load_territories()["territory"]) - set(table["territory"])
    if empty:
        raise TableError(
            f"Des territoires de territories.csv n’ont aucune commune dans {origin}.",
            defects=[f"territoire {quoted(key)}" for key in sorted(empty)],
            remedy="ajoutez leurs communes, ou retirez-les de territories.csv.",
        )
    told = table.groupby("territory", sort=False)[_OF_THE_WHOLE].nunique()
    defects = [
        f"territoire {quoted(str(key))} : {', '.join(counts.index[counts > 1])}"
        for key, counts in told.iterrows()
        if (counts > 1).any()
    ]
    if defects:
        raise TableError(
            f"Dans {origin}, des lignes d’un même territoire se contredisent.",
            defects=defects,
            remedy=f"écrivez {', '.join(_OF_THE_WHOLE)} de même à chaque ligne du territoire.",
        )
    return table


@_once_written()
def load_territories() -> pd.DataFrame:
    """
    Load the identity of the five CPTS.

    Returns
    -------
    DataFrame
        territory (key), departements (codes joined by a space), document, perimeter (French
        sentence on how sure the list of communes is), finess (empty where unknown); all text.

    Raises
    ------
    DataFileError
        The file is missing.
    TableError
        A row breaks the contract of the table; every defect is listed.

    Examples
    --------
    >>> load_territories().set_index("territory").at["asclepios", "departements"]
    '37 41'
    """
    return _checked(_cpts("territories.csv"), "territories", origin="territories.csv")


def _of_known_territories(name: _TableName) -> pd.DataFrame:
    """A hand-written table of data/cpts, checked, whose territories are all known."""
    origin = f"{name}.csv"
    table = _checked(_cpts(origin), name, origin=origin)
    _refuse_unknown(table, origin)
    return table


def _refuse_unknown(table: pd.DataFrame, origin: str) -> None:
    """Refuse rows of territories that territories.csv does not hold."""
    known = load_territories()["territory"]
    # A fact may be one of the whole country, which everybody is compared with.
    beside = [FRANCE.key] if "fact" in table else []
    unknown = table["territory"][~table["territory"].isin([*known, *beside])].unique()
    if len(unknown):
        raise TableError(
            f"Des territoires de {origin} ne sont pas dans territories.csv.",
            defects=[f"territoire {quoted(key)}" for key in unknown],
            remedy=f"corrigez la clé dans {origin}, ou ajoutez le territoire à territories.csv ; "
            f"territoires connus : {', '.join(known)}.",
        )


@_once_written("facts.csv")
def load_facts() -> pd.DataFrame:
    """
    Load the published facts of the five CPTS, and those of France they are read beside.

    Returns
    -------
    DataFrame
        territory, fact (key), value (float), unit, base (ages a share is of, empty text for
        other units), date, definition, document, grade, gap_reason (why today's sum differs,
        empty text when unknown).

    Raises
    ------
    DataFileError, TableError
        As for :func:`load_territories`.

    Examples
    --------
    >>> facts = load_facts().set_index(["territory", "fact"])
    >>> row = facts.loc[("beauce_gatinais", "share_without_mt")]
    >>> float(row["value"]), row["base"]
    (0.3, 'tous âges')
    """
    return _of_known_territories("facts")


@_once_written("sites.csv")
def load_sites() -> pd.DataFrame:
    """
    Load the centres for unscheduled care that the five CPTS have opened.

    Returns
    -------
    DataFrame
        territory, code_insee, name, hours_per_week (of doctor), document, grade.

    Raises
    ------
    DataFileError, TableError
        As for :func:`load_territories`.

    Examples
    --------
    >>> load_sites().set_index("territory").at["lvo", "code_insee"]
    '85047'
    """
    return _of_known_territories("sites")


@_once_written("aci_sizes.csv")
def load_aci_sizes() -> pd.DataFrame:
    """
    Load the sizes that the national contract of CPTS (ACI) tells apart by population.

    Returns
    -------
    DataFrame
        size (1 the smallest), low (inhabitants from which it is), low_included (``oui`` where a
        population equal to it is of this size), definition, date, document, grade.

    Raises
    ------
    DataFileError, TableError
        As for :func:`load_territories`.

    Examples
    --------
    >>> load_aci_sizes()["low"].tolist()
    [0.0, 40000.0, 80000.0, 175000.0]
    """
    return _checked(_cpts("aci_sizes.csv"), "aci_sizes", origin="aci_sizes.csv")


@_once_written("known_lines.csv")
def load_known_lines() -> pd.DataFrame:
    """
    Load the lines whose activity is known.

    Returns
    -------
    DataFrame
        One row a line, columns as data/cpts/README.md defines them; NaN for a number not given.

    Raises
    ------
    DataFileError, TableError
        As for :func:`load_territories`.

    Examples
    --------
    >>> int((load_known_lines()["calibrates"] == "oui").sum())
    5
    """
    table = _cpts("known_lines.csv")
    numbers = list(NUMBERS["known_lines"])
    table[numbers] = table[numbers].mask(table[numbers] == "")
    return _checked(table, "known_lines", origin="known_lines.csv")
