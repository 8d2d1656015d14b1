"""Tornado, Sobol indices, convergence: closed forms, simulation, bad input."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from SALib.sample import sobol as sampling
from scipy import stats

from cpts_geo.capacity.answer.convergence import quantile_errors
from cpts_geo.capacity.answer.sensitivity import _Model, _sobol, hours_sobol, hours_tornado
from cpts_geo.capacity.answer.slots import slots_of_demands
from cpts_geo.capacity.demand.laws import Law
from cpts_geo.capacity.demand.requests import draw_requests
from cpts_geo.capacity.need.quantities import Floats
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.errors import ScenarioError

BOUNDS = {"share": (0.25, 0.35), "rate": (0.6, 1.4), "unmet": (0.2, 0.6), "minutes": (15.0, 20.0)}


@dataclass(frozen=True)
class Given(Law):
    """A law by its quantile function."""

    ppf: Callable[[Floats], Floats]
    spread = True

    def _quantile(self, chances: Floats) -> Floats:
        return self.ppf(chances)


def uniform(names: Iterable[str], low: float, high: float) -> dict[str, Law]:
    ppf = stats.uniform(low, high - low).ppf
    return {name: Given(f"{name} en français", ppf) for name in names}


#: Inputs of the hours below, uniform between their bounds.
INPUTS = {k: law for name, ends in BOUNDS.items() for k, law in uniform([name], *ends).items()}


def hours(x: dict[str, np.ndarray]) -> np.ndarray:
    return 80_000 * x["share"] * x["rate"] * x["unmet"] * x["minutes"] / 60 / 251


def product_indices() -> tuple[np.ndarray, np.ndarray]:
    """Exact indices of a product of independent inputs, from their coefficients of variation."""
    squares = np.array([(b - a) ** 2 / 12 / ((a + b) / 2) ** 2 for a, b in BOUNDS.values()])
    variance = np.prod(1 + squares) - 1
    return squares / variance, squares * np.prod(1 + squares) / (1 + squares) / variance


# --- Sobol [O18] -------------------------------------------------------------


def test_o18_exact_indices_are_those_of_the_closed_form() -> None:
    first, total = product_indices()
    assert first == pytest.approx([0.05805, 0.33435, 0.52243, 0.04265], abs=5e-6)
    assert total == pytest.approx([0.06669, 0.36806, 0.55916, 0.04912], abs=5e-6)


@pytest.mark.parametrize("seed", [0, 1, 20_260_101])
def test_o18_sobol_agrees_with_the_closed_form(seed: int) -> None:
    first, total = product_indices()
    table = _sobol(hours, INPUTS, n=4096, seed=seed)
    assert table["input"].tolist() == list(BOUNDS)
    assert table["label"].tolist() == [f"{name} en français" for name in BOUNDS]
    assert table["first_order"].to_numpy() == pytest.approx(first, abs=0.005)
    assert table["total"].to_numpy() == pytest.approx(total, abs=0.005)
    assert (table["first_order_conf"] > 0).all() and (table["first_order_conf"] < 0.05).all()
    assert (table["total_conf"] > 0).all() and (table["total_conf"] < 0.05).all()


@pytest.mark.parametrize("seed", [0, 5])
def test_equal_seeds_give_equal_indices_whatever_was_drawn_before(seed: int) -> None:
    first = _sobol(hours, INPUTS, n=64, seed=seed)
    np.random.seed(None)  # SALib falls back on the global generator
    assert _sobol(hours, INPUTS, n=64, seed=seed).equals(first)
    assert not _sobol(hours, INPUTS, n=64, seed=seed + 1).equals(first)


def test_ishigami_whose_third_input_acts_with_the_first_alone() -> None:
    a, b = 7.0, 0.1
    variance = a**2 / 8 + b * math.pi**4 / 5 + b**2 * math.pi**8 / 18 + 0.5
    alone = [0.5 * (1 + b * math.pi**4 / 5) ** 2 / variance, a**2 / 8 / variance, 0.0]
    shared = b**2 * math.pi**8 * 8 / 225 / variance
    table = _sobol(
        lambda x: np.sin(x["x"]) + a * np.sin(x["y"]) ** 2 + b * x["z"] ** 4 * np.sin(x["x"]),
        uniform("xyz", -math.pi, math.pi),
        n=8192,
        seed=2,
    )
    assert table["first_order"].to_numpy() == pytest.approx(alone, abs=0.01)
    expected = [alone[0] + shared, alone[1], shared]
    assert table["total"].to_numpy() == pytest.approx(expected, abs=0.01)


def test_any_distribution_will_do_even_without_bounds() -> None:
    laws = {"a": stats.norm(3, 1), "b": stats.gamma(4), "c": stats.triang(0.2, 1, 5)}
    variances = np.array([law.var() for law in laws.values()])
    given_ = {name: Given(name, law.ppf) for name, law in laws.items()}
    table = _sobol(lambda x: x["a"] + x["b"] - x["c"], given_, n=4096, seed=3)
    shares = variances / variances.sum()
    assert table["first_order"].to_numpy() == pytest.approx(shares, abs=0.01)
    assert table["total"].to_numpy() == pytest.approx(shares, abs=0.01)


def test_the_edge_of_the_sequence_is_no_infinite_value(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = sampling.sample

    def touching(*args: object, **options: object) -> np.ndarray:
        unit = drawn(*args, **options)
        unit[0], unit[1] = 0.0, 1 - 2.0**-30  # the ends of a scrambled sequence
        return unit

    monkeypatch.setattr(sampling, "sample", touching)
    table = _sobol(lambda x: x["a"], {"a": Given("a", stats.norm().ppf)}, n=64, seed=1)
    assert np.isfinite(table.iloc[:, 2:]).all(axis=None)


@pytest.mark.parametrize(
    "model",
    [
        lambda x: np.full(x["rate"].shape, 0.0),
        lambda x: np.full(x["rate"].shape, 14.0),
        lambda x: (x["rate"] + 1e6) - x["rate"],  # rounding is not taken for variance
    ],
)
def test_a_constant_result_has_no_share_to_give(model: _Model) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = _sobol(model, INPUTS, n=64, seed=1)
    assert (table.iloc[:, 2:] == 0.0).all(axis=None)


def test_an_input_without_effect_has_no_share() -> None:
    table = _sobol(lambda x: x["rate"] ** 2, INPUTS, n=1024, seed=1).set_index("input")
    assert table.loc["unmet", ["first_order", "total"]].tolist() == pytest.approx([0, 0], abs=1e-12)
    assert table.loc["rate", "total"] == pytest.approx(1.0, abs=0.02)


# --- sobol of a territory ----------------------------------------------------


def test_inputs_of_a_territory_carry_its_variance() -> None:
    """Requests of people without médecin traitant: a product, whose shares follow the spreads."""
    case = load_scenario("lvo_sans_medecin_traitant")
    found = hours_sobol(case, n=1024).set_index("input")
    assert set(found.index) == {"people", "calls", "need", "gap", "minutes"}
    # ln of a lognormal of sd 0.5 is wider than that of any other input
    assert found["total"].idxmax() == "gap"
    certain = case.evolve(between_territory_sd=0.0, people_cv=0.0)
    again = hours_sobol(certain, n=1024).set_index("input")
    assert set(again.index) == {"calls", "need", "minutes"}
    assert again["total"].idxmax() == "need"


@pytest.mark.parametrize("key", ["beauce_gatinais", "ouest_loiret", "asclepios", "lvo"])
def test_inputs_that_are_drawn_together_have_no_share(key: str) -> None:
    with pytest.raises(ScenarioError, match="pas indépendantes") as caught:
        hours_sobol(load_scenario(key), n=64)
    assert "no_mt" in caught.value.remedy


# --- tornado -----------------------------------------------------------------


def test_tornado_compares_the_draws_of_each_end() -> None:
    case = load_scenario("asclepios").evolve(public="no_mt")
    drawn = draw_requests(case, draws=20_000)
    table = hours_tornado(case, drawn)
    assert table.index.tolist() == [*range(len(table))]
    slots = slots_of_demands(case.rules, drawn.requests_per_year / case.opening_days_per_year)
    week = slots * drawn.minutes / 60 * 5
    for row in table.itertuples():
        values = drawn.causes[str(row.label)]
        low, high = np.quantile(values, [0.1, 0.9])
        assert (row.low_value, row.high_value) == pytest.approx((low, high))
        least, most = np.quantile(values, [0.2, 0.8])
        assert row.result_low == np.median(week[values <= least])
        assert row.result_high == np.median(week[values >= most])
        assert row.result_median == np.median(week)
    # the widest swing first: the gap between territories
    swing = (table["result_high"] - table["result_low"]).abs()
    assert swing.is_monotonic_decreasing
    assert table.loc[0, "label"] == "Écart du taux d’appel entre territoires"
    assert {"Durée d’une consultation", "Personnes sans médecin traitant"} <= set(table["label"])


@pytest.mark.parametrize(
    ("key", "first", "others"),
    [
        (
            "asclepios",
            "Part du besoin sans réponse qui viendrait",
            {"De combien cette part suit l’APL", "Part que les cabinets servent en France"},
        ),
        (
            "beauce_gatinais",
            "Part des appels qui relèvent d’une consultation",
            {"Appels d’une année"},
        ),
        (
            "ouest_loiret",
            "Part des demandes qui ont trouvé un créneau",
            {"Consultations d’une année"},
        ),
    ],
)
def test_tornado_shows_what_each_demand_rests_on(key: str, first: str, others: set[str]) -> None:
    case = load_scenario(key)
    table = hours_tornado(case, draw_requests(case, draws=5_000))
    assert table.loc[0, "label"] == first
    assert others <= set(table["label"])
    # more people found a slot: fewer asked; more of the need comes: more asked
    sign = -1 if key == "ouest_loiret" else 1
    assert sign * (table.loc[0, "result_high"] - table.loc[0, "result_low"]) > 0


def test_an_input_that_is_known_has_no_bar() -> None:
    case = load_scenario("asclepios").evolve(
        public="no_mt", people_cv=0.0, between_territory_sd=0.0, need_share=(0.5, 0.5, 0.5)
    )
    table = hours_tornado(case, draw_requests(case, draws=2_000))
    assert set(table["label"]) == {
        "Appels par personne (comptés sur un an)", "Durée d’une consultation",
    }  # fmt: skip


# --- convergence -------------------------------------------------------------


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_quantile_error_is_the_spread_of_the_quantile_between_repetitions(level: float) -> None:
    runs = np.random.default_rng(11).lognormal(2.0, 0.5, (1_000, 2_000))
    found = np.quantile(runs, level, axis=1)
    errors = [quantile_errors(run, [level])[0] for run in runs]
    assert np.mean(errors) == pytest.approx(found.std() / found.mean(), rel=0.08)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_quantile_error_follows_the_asymptotic_law(level: float) -> None:
    draws = np.random.default_rng(12).normal(100, 10, 400_000)
    quantile = stats.norm(100, 10).ppf(level)
    expected = math.sqrt(level * (1 - level) / draws.size) / stats.norm(100, 10).pdf(quantile)
    assert quantile_errors(draws, [level])[0] == pytest.approx(expected / quantile, rel=0.15)


@given(st.floats(0.01, 1e6))
def test_quantile_error_has_no_unit(unit: float) -> None:
    draws = np.random.default_rng(13).gamma(3.0, 1.0, 500)
    expected = pytest.approx(quantile_errors(draws, [0.9])[0])
    assert quantile_errors(draws * unit, [0.9])[0] == expected
    assert quantile_errors(-draws * unit, [0.1])[0] == expected


def test_quantile_error_of_a_nil_quantile_is_unknown() -> None:
    assert math.isnan(quantile_errors(np.zeros(100), [0.5])[0])
    assert quantile_errors(np.full(100, 3.0), [0.5])[0] == 0.0


# --- bad input ---------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 32, 1000, 4096.5, 131_072, math.nan])
def test_the_sample_is_a_power_of_two(n: float) -> None:
    with pytest.raises(ScenarioError, match="puissance de 2"):
        hours_sobol(load_scenario("lvo_sans_medecin_traitant"), n=n)  # type: ignore[arg-type]


def test_draws_are_a_list_of_numbers() -> None:
    with pytest.raises(ScenarioError, match="au moins 100"):
        quantile_errors(np.ones(99), [0.5])[0]
    with pytest.raises(ScenarioError, match="liste"):
        quantile_errors(np.ones((200, 2)), [0.5])
    with pytest.raises(ScenarioError, match="1 des tirages"):
        quantile_errors(np.append(np.ones(200), np.inf), [0.5])[0]
    with pytest.raises(ScenarioError, match="probabilité"):
        quantile_errors(np.ones(200), [0.99])[0]
