"""Registres that are generated: years of requests whose truth is known, more irregular than chance.

Days vary (negative binomial), and months too, apart from year to year, as epidemics make them.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from cpts_geo.capacity.scenario.calendar import default_calendar, opening_days
from cpts_geo.sources.analyst.calls.log import OUTCOMES

#: Chances of the outcomes, in this order.
ENDED = ("appointment", "advice", "no_slot", "redirected", "other")
SHARES = (0.55, 0.12, 0.2, 0.08, 0.05)
INSIDE, OUTSIDE = "Pithiviers", "Marseille"


def registre(
    year: int,
    *,
    seed: int,
    mean: float = 12.0,
    shares: tuple[float, ...] = SHARES,
    hours: float = 14.0,
    phi: float = 1.5,
    month_sd: float = 0.1,
    came: float = 0.93,
) -> pd.DataFrame:
    """A registre as ``read_call_log`` gives it: `mean` requests a day, a variance `phi` times the
    mean, months that vary by `month_sd`; delays of `hours` on average."""
    rng = np.random.default_rng([seed, year])
    days = opening_days(date(year, 1, 1), date(year, 12, 31))
    of_day = default_calendar().model_copy(update={"year": year}).factors.reindex(days)
    shock = rng.lognormal(-(month_sd**2) / 2, month_sd, 12)[days.month - 1]
    means = mean * of_day.to_numpy() * shock
    calls = rng.negative_binomial(means / (phi - 1), 1 / phi)
    size = int(calls.sum())
    outcome = rng.choice(ENDED, size, p=shares)
    given = outcome == "appointment"
    log = pd.DataFrame(
        {
            "time": days.repeat(calls) + pd.to_timedelta(rng.integers(480, 1080, size), unit="min"),
            "outcome": pd.Categorical(outcome, categories=list(OUTCOMES)),
            "commune": rng.choice([INSIDE, OUTSIDE], size, p=[0.85, 0.15]),
            "age_class": pd.NA,
            "delay": np.where(given, rng.exponential(hours, size).round(1), np.nan),
            "honoured": pd.array(np.where(given, rng.random(size) < came, pd.NA), dtype="boolean"),
            "own_doctor": pd.array(rng.random(size) < 0.65, dtype="boolean"),
        }
    )
    log.attrs = {
        "notes": (), "lower_bound": False, "with_hour": True, "counted": None, "periods": (),
    }  # fmt: skip
    return log


def read_french(path: Path) -> pd.DataFrame:
    """Read a CSV back as a French Excel does; narrow spaces are plain ones."""
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(path, sep=";", decimal=",", encoding="utf-8-sig", dtype={"Mois": str})
    plain = [str(name).replace("\u202f", " ").replace("\u00a0", " ") for name in table]
    return table.set_axis(plain, axis=1)


def written(log: pd.DataFrame, path: object) -> None:
    """Write a registre as a secretary's office keeps it."""
    french = {
        "appointment": "rendez-vous", "advice": "conseil", "no_slot": "sans créneau",
        "redirected": "réorienté", "other": "autre", "cancelled": "annulé",
    }  # fmt: skip
    said = {True: "oui", False: "non"}
    table = pd.DataFrame(
        {
            "date_heure": log["time"].dt.strftime("%d/%m/%Y %H:%M"),
            "issue": log["outcome"].astype(str).map(french),
            "commune": log["commune"],
            "delai_heures": log["delay"].map("{:.1f}".format, na_action="ignore"),
            "honore": log["honoured"].map(said),
            "sans_mt": (~log["own_doctor"]).map(said),
        }
    )
    table.to_csv(path, sep=";", index=False)  # type: ignore[call-overload]
