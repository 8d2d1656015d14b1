"""Events between yearly COG vintages: mergers, splits, changes of code.

Two consecutive vintages of the registry package tell what happened between them: codes that are
gone, codes that are new, the commune each delegated commune belongs to, and the former codes
each commune lists. What happened before the oldest vintage is known without its date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cpts_geo.errors import DataFileError
from cpts_geo.settings import COG_YEAR
from cpts_geo.sources.codes import COLLECTIVITES, FUSION, RECODED, RETIRED, SPLIT
from cpts_geo.sources.embedding._entries import CURRENT, PAST_COG, handwritten_events, read_entries

#: Columns of a table of events; see :func:`read_events`.
EVENT_COLUMNS: Final = (
    "year", "dated", "event", "from_code", "to_code", "former_codes", "evidence",
)  # fmt: skip
_KINDS: Final = {"commune-deleguee": "commune déléguée", "commune-associee": "commune associée"}
#: Codes of the Seine, the Seine-et-Oise and the whole of Corse, out of use since 1976 at the
#: latest: read as codes of today they are postal codes far more often than communes.
_ABOLISHED: Final = re.compile(r"20|75|78")


@dataclass(frozen=True)
class _Vintage:
    """One COG as events need it: names of communes; commune of each delegated one (chiefs); commune
    that lists a former code (heirs); French kinds of the codes of `chiefs`."""

    year: int
    names: Mapping[str, str]
    chiefs: Mapping[str, str]
    heirs: Mapping[str, str]
    kinds: Mapping[str, str]

    def holder(self, code: str) -> str | None:
        """Commune of this COG that a code, past or present, is or is in; None when the package does
        not say."""
        return code if code in self.names else self.chiefs.get(code) or self.heirs.get(code)


def _vintage_of(entries: Iterable[Mapping[str, Any]], year: int) -> _Vintage:
    """Keep of one COG (métropole and DROM) what tells events."""
    kept = [entry for entry in entries if not entry["code"].startswith(COLLECTIVITES)]
    communes = [entry for entry in kept if entry["type"] == CURRENT]
    within = [entry for entry in kept if "chefLieu" in entry]
    return _Vintage(
        year=year,
        names={entry["code"]: entry["nom"] for entry in communes},
        chiefs={entry["code"]: entry["chefLieu"] for entry in within},
        heirs={old: e["code"] for e in communes for old in e.get("anciensCodes", ())},
        kinds={entry["code"]: _KINDS[entry["type"]] for entry in within},
    )


def read_events(folder: Path) -> pd.DataFrame:
    """
    Every event known from the vintages of the package and from the hand-written list.

    Parameters
    ----------
    folder : Path
        Folder with the packages named in the catalogue.

    Returns
    -------
    DataFrame
        year (first COG, of 1 January, in which the event holds), dated (False: the event is of
        that COG or of an earlier one, only its outcome is known), event (``fusion``,
        ``scission``, ``code`` for a change of code or of département, ``retrait`` when nothing
        says what became of a code), from_code (of the COG before), to_code (NaN only for
        ``retrait``), former_codes (for a split, former communes that went with the part, joined
        by a space; NaN otherwise), evidence (French words). A split has one row a part, the
        commune that was split included where it goes on. In order of year and codes.

    Raises
    ------
    DataFileError
        An archive is missing, or vintages contradict each other or the hand-written list.
    """
    vintages = [_vintage_of(read_entries(folder, year), year) for year in sorted(PAST_COG)]
    vintages.append(_vintage_of(read_entries(folder, COG_YEAR), COG_YEAR))
    found = [_events_between(before, after) for before, after in pairwise(vintages)]
    return _with_written(
        pd.concat([_events_until(vintages[0]), *found], ignore_index=True), handwritten_events()
    )


def _label(old: str, new: str) -> str:
    """Fusion, or change of code when the département changed (with or without a fusion)."""
    return FUSION if old[:2] == new[:2] else RECODED


def _events_until(vintage: _Vintage) -> pd.DataFrame:
    """What became, undated, of the codes gone before the oldest vintage; those of départements
    abolished before 1977 are left out."""
    rows = []
    for old, new in {**vintage.heirs, **vintage.chiefs}.items():
        if old not in vintage.names and not (_ABOLISHED.match(old) and old[:2] != new[:2]):
            evidence = f"COG {vintage.year}, {vintage.kinds.get(old, 'ancien code')}"
            rows.append((vintage.year, False, _label(old, new), old, new, None, evidence))
    return _table(rows)


def _events_between(before: _Vintage, after: _Vintage) -> pd.DataFrame:
    """Events of two vintages: a gone code merged into the commune that holds it, or changed if that
    code is new; another new code left the commune it was a delegated one of."""
    gone, new = before.names.keys() - after.names.keys(), after.names.keys() - before.names.keys()
    told = {code: {after.chiefs.get(code), after.heirs.get(code)} - {None} for code in gone}
    heir = {code: after.holder(code) for code in gone}
    renamed = _renamed(heir, before, new)
    left = {code: before.chiefs.get(code) for code in new - set(renamed.values())}
    defects = [f"{c} a deux successeurs : {' et '.join(sorted(map(str, told[c])))}"
               for c in sorted(gone) if len(told[c]) > 1]  # fmt: skip
    defects += [f"{c} : commune nouvelle sans origine" for c in sorted(left) if left[c] is None]
    if defects:
        raise DataFileError(
            f"Les COG {before.year} et {after.year} du paquet ne se suivent pas.",
            defects=defects,
            remedy="écrivez ces événements dans cpts_geo/sources/embedding/cog_events.csv.",
        )
    span = f"COG {before.year}-{after.year}"
    rows: list[tuple[Any, ...]] = []
    for parent in sorted({code for code in left.values() if code}):
        parts = {code for code in left if left[code] == parent}
        goes_on = parent if parent in after.names else heir[parent]
        for part in sorted(parts | ({goes_on} if goes_on else set())):
            held = {c for c in before.chiefs if before.chiefs[c] == parent}
            held = {code for code in held | {part} if after.holder(code) == part}
            rows.append((after.year, True, SPLIT, parent, part, " ".join(sorted(held)),
                         f"{span}, commune déléguée rétablie"))  # fmt: skip
    for code in sorted(gone - set(left.values())):
        event = RETIRED if heir[code] is None else RECODED if code in renamed else FUSION
        how = "chef-lieu" if code in after.chiefs else "ancien code"
        evidence = f"{span}, {how if heir[code] else 'code disparu'}"
        rows.append((after.year, True, event, code, heir[code], None, evidence))
    return _table(rows)


def _renamed(heir: Mapping[str, str | None], before: _Vintage, new: set[str]) -> dict[str, str]:
    """By code that is gone, the new code of the same commune; one for each new code."""
    found: dict[str, str] = {}
    # Of several communes that end in a new code, the one that held it already keeps its line.
    for code in sorted(heir, key=lambda c: (before.chiefs.get(str(heir[c])) != c, c)):
        target = heir[code]
        if target in new and target not in found.values():
            found[code] = str(target)
    return found


def _with_written(events: pd.DataFrame, written: pd.DataFrame) -> pd.DataFrame:
    """Complete events with those written by hand, each in the place of the same without date or
    without successor."""
    loose = ~events["dated"] | events["to_code"].isna()
    firm, oldest = events[~loose], events["year"].min()
    outcomes = zip(firm["to_code"].astype(str), firm["year"].astype(int), strict=True)
    known = dict(zip(firm["from_code"].astype(str), outcomes, strict=True))
    rows, defects = [], []
    pairs = zip(written["former_code"], written["since_cog"], strict=True)
    for old, year in dict.fromkeys((str(old), int(year)) for old, year in pairs):
        parts = written[(written["former_code"] == old) & (written["since_cog"] == year)]
        told = known.get(old) if year > oldest else None
        for new in map(str, parts["code_insee"]):
            if told is None:
                event = SPLIT if len(parts) > 1 else _label(old, new)
                former = new if len(parts) > 1 else None
                rows.append((year, True, event, old, new, former, "liste écrite"))
            elif told != (new, year):
                said = f"{old} devient {new} au COG {year}"
                defects.append(f"{said} ; d’après le paquet, {told[0]} au COG {told[1]}")
    if defects:
        raise DataFileError(
            "La liste écrite à la main contredit les millésimes du paquet.",
            defects=defects,
            remedy="corrigez cpts_geo/sources/embedding/cog_events.csv.",
        )
    added = _table(rows)
    replaced = loose & events["from_code"].isin(added["from_code"])
    table = pd.concat([events[~replaced], added], ignore_index=True)
    return table.sort_values(["year", "dated", "from_code", "to_code"], ignore_index=True)


def _table(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Rows of events as a table of the columns :data:`EVENT_COLUMNS`."""
    texts = dict.fromkeys(["event", "from_code", "to_code", "former_codes", "evidence"], "str")
    table = pd.DataFrame(rows, columns=list(EVENT_COLUMNS))
    return table.astype({"year": "int64", "dated": "bool", **texts})
