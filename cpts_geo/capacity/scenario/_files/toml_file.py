"""The TOML of a scenario as it is written: read, and laid over the scenario it starts from."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, Final

from cpts_geo.asked import typed_path
from cpts_geo.capacity.scenario._files._toml import read_toml
from cpts_geo.capacity.scenario._files.former import modern
from cpts_geo.capacity.scenario._slips.plausible import AREA
from cpts_geo.capacity.scenario._slips.refusals import ContradictionError, nearest, shown
from cpts_geo.capacity.scenario.area import known_area
from cpts_geo.capacity.scenario.parameters import OF_COMMUNES, SOURCED_FIELDS, UNSOURCED
from cpts_geo.capacity.scenario.records import REMEDY
from cpts_geo.errors import ScenarioError, one_line
from cpts_geo.settings import CPTS_DIR
from cpts_geo.sources.door import Door

_SCENARIOS_DIR: Final = CPTS_DIR / "scenarios"
#: The five published CPTS, in the order they are shown.
SHIPPED: Final = ("ouest_loiret", "beauce_gatinais", "lvo", "asclepios", "ondaine_forez")
_VARIANTS_DIR: Final = CPTS_DIR / "variants"
#: What-ifs of these, to compare them with: announced, seasonal, one GP more, another profile.
_VARIANTS: Final = (
    "beauce_gatinais_16_creneaux",
    "beauce_gatinais_un_medecin_de_plus",
    "beauce_gatinais_pointe_forte",
    "lvo_ete",
    "lvo_ete_deux_medecins",
    "lvo_ete_pointe_forte",
    "lvo_sans_medecin_traitant",
)
#: A value of the left means that those of the right, where the base gave them, no longer hold.
_REPLACES: Final = {
    "rota": ("slots_today", "volunteers", "sessions"),
    "slots_today": ("rota", "sessions"),
    "people_without_mt": ("share_without_mt", "age_share"),
    "share_without_mt": ("people_without_mt",),
    "present": ("hotel_rooms", "camping_pitches", "second_homes", "occupancy"),
    "occupancy": ("present",),
    "profile": (
        "weekday_factors",
        "month_factors",
        "after_holiday_factor",
        "bridge_factor",
        "holiday_factor",
    ),
}


def read_values(path: Path | str) -> dict[str, Any]:
    """Values of a TOML file, or of a key of ours, over those of its base, not checked yet."""
    return _read(_locate(str(path), Path()), seen=())


def _locate(name: str, folder: Path) -> Path:
    """A key of ours, or a path from the folder of the file that names it."""
    for keys, place in ((SHIPPED, _SCENARIOS_DIR), (_VARIANTS, _VARIANTS_DIR)):
        if name in keys:
            return place / f"{name}.toml"
    return folder / (typed_path(name) if name.startswith("~") else name)


def _read(path: Path, seen: tuple[Path, ...]) -> dict[str, Any]:
    """Values of a file over those of its base, the files it comes from being known."""
    values = _modern(path)
    if path.resolve() in [file.resolve() for file in seen]:
        raise ScenarioError(
            f"Le scénario {path.name} part de lui-même.",
            defects=[" → ".join(file.name for file in (*seen, path))],
            remedy="corrigez « base » dans l’un de ces fichiers.",
        )
    base = values.pop("base", None)
    if base is None:
        return values
    if not isinstance(base, str) or not base:
        raise ScenarioError(
            f"Le scénario {path.name} ne dit pas d’où il part.",
            defects=[f"« base » = {shown(base)} : il faut un texte entre guillemets"],
            remedy=f"donnez l’une des clés {_KEYS}, ou un autre fichier TOML.",
        )
    return _lay(values, over=_read(_locate(base, path.parent), (*seen, path)))


def _modern(path: Path) -> dict[str, Any]:
    """Values of a file as they are written today, with the people of a territory of ours."""
    try:
        values = modern(_parse(path))
    except ContradictionError as error:
        raise ScenarioError(
            f"Le scénario {one_line(path.name)} ne peut pas être lu.",
            defects=error.defects,
            remedy=REMEDY,
        ) from None
    key = path.stem if path.parent == _SCENARIOS_DIR else values.get("territory")
    # A copy that says its territory is of the same communes. One with a base has those of its base;
    # a saved one, which sources all that it rests on, holds its own.
    told = values.get("sources")
    apart = "base" in values or (isinstance(told, dict) and "found_share" in told)
    if key in SHIPPED and not apart and (area := known_area(str(key))) is not None:
        sources = {AREA: OF_COMMUNES.model_dump()} | values.get("sources", {})
        return {AREA: area.model_dump()} | values | {"sources": sources}
    return values


def _lay(values: dict[str, Any], *, over: dict[str, Any]) -> dict[str, Any]:
    """Values over those of the base; a changed value loses the source the base gave it."""
    gone = _gone(values)
    if values.get("public") == "no_mt":
        gone.add("visitors")
    # The days and the slots of a count are not those of another.
    calendar = values.get("calendar")
    if "observed_consultations" in values or (
        isinstance(calendar, dict) and "weekdays" in calendar
    ):
        gone.add("readings")
    if isinstance(calendar, dict) and {"weekdays", "opens", "closes"} & calendar.keys():
        gone.add("sessions")
    merged = {name: value for name, value in over.items() if name not in gone}
    sources = merged.pop("sources", {})
    for name, value in values.items():
        was = merged.get(name)
        if isinstance(was, dict) and isinstance(value, dict):
            dropped = _gone(value)
            merged[name] = {k: v for k, v in was.items() if k not in dropped} | value
        else:
            merged[name] = value
    if isinstance(sources, dict):
        # Another share of age makes other people, whatever the base said of them.
        stale = gone | ({"people_without_mt"} if "age_share" in values else set())
        # A profile says itself where its shapes come from; the days are those of before.
        redone = values.keys() - ({"calendar"} if only_profile(values) else set())
        # Another population is that of other communes.
        redone |= {AREA} if AREA in merged and "population" in values else set()
        kept = {k: v for k, v in sources.items() if k not in stale and k not in redone}
        names = (*SOURCED_FIELDS, AREA)
        changed = {name: UNSOURCED.model_dump() for name in names if name in redone}
        own = values.get("sources", {})
        merged["sources"] = kept | changed | own if isinstance(own, dict) else own
    return merged


def only_profile(values: dict[str, Any]) -> bool:
    """Whether all that is changed of the calendar is the profile it names."""
    calendar = values.get("calendar")
    return isinstance(calendar, dict) and calendar.keys() == {"profile"}


def _gone(values: dict[str, Any]) -> set[str]:
    """Names that the values given replace."""
    return {old for new, olds in _REPLACES.items() if new in values for old in olds}


_KEYS: Final = ", ".join((*SHIPPED, *_VARIANTS))


def _like(path: Path) -> str:
    """Propose the key of that very name, the file beside a missing one, or the nearest key."""
    if path.stem in (*SHIPPED, *_VARIANTS):
        return nearest(path.stem, [path.stem])
    # What all such files are called by makes none like another.
    beside = {file.stem: file.name for file in path.parent.glob("*.toml")}
    close = difflib.get_close_matches(path.stem, beside, n=1)
    if close:
        return nearest(beside[close[0]], [beside[close[0]]])
    return nearest(path.stem, [*SHIPPED, *_VARIANTS])


def _no_value(path: Path) -> ScenarioError:
    """The error of an empty file."""
    return ScenarioError("Le fichier est vide.", remedy="donnez au moins « label » ou « base ».")


#: What a scenario file says at the door.
_DOOR: Final = Door(
    key="scenario",
    error=ScenarioError,
    suffixes=frozenset(),
    formats=".toml",
    save_as="",
    empty=_no_value,
    instead=_like,
)


def _parse(path: Path) -> dict[str, Any]:
    """Values of one file, without those of its base."""
    return read_toml(path, door=_DOOR, what="scénario", known=f"les clés connues sont {_KEYS}")
