"""What known lines teach: the published posterior, leave-one-out, and copies that move it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.demand.requests import draw_requests
from cpts_geo.capacity.need import _sampling, learning
from cpts_geo.capacity.need.learning import (
    KnownLines,
    known_lines,
    leave_one_out,
    shipped_lines,
)
from cpts_geo.capacity.need.quantities import need_of
from cpts_geo.capacity.scenario.area import Area, areas_of_epci, known_area
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.capacity.scenario.parameters import default_parameters
from cpts_geo.errors import ScenarioError
from tests.capacity.need.known import OWN, table, written

LEVELS = (0.1, 0.5, 0.9)
DRAWS = 20_000
KEYS = [line.key for line in shipped_lines().lines]
#: One draw: the median of each law of the prior.
MEDIANS = _sampling._national(shipped_lines().national, np.zeros((1, _sampling._SCORES)))


def size(known: KnownLines) -> float:
    """Draws of equal weight that the sample is worth."""
    return learning._sample(known).size()


def posterior(known: KnownLines) -> list[list[float]]:
    """Quantiles of exp(mu), and of tau."""
    drawn = known.draws(DRAWS, seed=1)
    return [np.quantile(x, LEVELS).tolist() for x in (np.exp(drawn.mu), drawn.tau)]


# ---- what the document publishes


@pytest.mark.parametrize(
    ("without", "share", "spread"),
    [
        ([], (0.046, 0.072, 0.115), (0.27, 0.44, 0.71)),
        (["alencon", "compiegne"], (0.042, 0.066, 0.104), (0.13, 0.33, 0.66)),
    ],
)
def test_posterior_of_the_share_and_of_its_spread(
    without: list[str], share: tuple[float, ...], spread: tuple[float, ...]
) -> None:
    found = posterior(shipped_lines().less(without))
    # 5 %, and half of the last figure that is written
    assert found[0] == pytest.approx(share, rel=0.05)
    assert found[1] == pytest.approx(spread, rel=0.05, abs=0.005)


def test_the_weights_are_those_of_the_document() -> None:
    """By hand, each line's requests drawn from their prior with the rest."""
    rng = np.random.default_rng(8)
    size = 500_000
    rate, met = rng.triangular(0.52, 0.95, 1.7, size), rng.triangular(0.6, 0.72, 0.9, size)
    elasticity = rng.uniform(0.7, 1.1, size)
    mu, tau = rng.normal(np.log(0.05), 1.0, size), np.abs(rng.normal(0.0, 0.5, size))
    weights = np.zeros(size)
    for line in shipped_lines().lines[:3]:
        people, apl = line.area.standardised_population, line.area.apl
        need = people * rate / met
        gap = need - np.minimum(need, people * rate * (apl / 3.7446) ** elasticity)
        drawn = line.draw(size, seed=9)
        weights += -(((np.log(drawn / gap) - mu) / tau) ** 2) / 2 - np.log(tau)
    chosen = np.exp(weights - weights.max())
    order = np.argsort(mu)
    ends = np.cumsum(chosen[order]) / chosen.sum()
    by_hand = np.exp(mu[order][np.searchsorted(ends, LEVELS)])
    found = posterior(shipped_lines().less(KEYS[3:]))[0]
    assert found == pytest.approx(by_hand.tolist(), rel=0.05)


@pytest.mark.parametrize(
    ("key", "predicted", "own"),
    [
        ("beauce_gatinais", (2783, 5609, 10_951), (2585, 3453, 4752)),
        ("ouest_loiret", (1183, 2471, 4897), (1467, 1760, 2200)),
    ],
)
def test_each_line_predicted_from_the_others(
    key: str, predicted: tuple[float, ...], own: tuple[float, ...]
) -> None:
    found = leave_one_out(shipped_lines(), draws=DRAWS).set_index("line").loc[key]
    assert [found[f"predicted_{p}"] for p in ("p10", "p50", "p90")] == pytest.approx(
        predicted, rel=0.05
    )
    assert [found[f"own_{p}"] for p in ("p10", "p50", "p90")] == pytest.approx(own, rel=0.05)
    assert found["inside"]


def test_leave_one_out_leaves_one_out() -> None:
    found = leave_one_out(shipped_lines(), draws=5_000)
    assert found["line"].tolist() == KEYS
    assert found["rank"].between(0, 1).all()
    inside = found["own_p50"].between(found["predicted_p10"], found["predicted_p90"])
    assert found["inside"].tolist() == inside.tolist()
    # 0.1 to 0.9 of what is predicted lies between its p10 and p90
    assert (found["rank"].between(0.1, 0.9) == inside).all()
    for line in shipped_lines().lines:
        others = shipped_lines().less([line.key]).draws(5_000, seed=20_260_101)
        expected = np.quantile(need_of(line.area, others).organised, 0.5)
        row = found.set_index("line").loc[line.key]
        assert row["predicted_p50"] == pytest.approx(expected)
    # with it, the prediction is drawn to its own count
    everything = need_of(shipped_lines().lines[3].area, shipped_lines().draws(5_000, seed=1))
    assert (
        np.median(everything.organised)
        > 1.1 * found.set_index("line").loc["alencon", "predicted_p50"]
    )


# ---- copies of the table


def test_a_row_moves_the_posterior_and_the_headline(tmp_path: Path) -> None:
    """More lines that receive much: the share grows, and with it what a territory needs."""
    base = shipped_lines()
    busy = known_lines(written(tmp_path, more=[OWN | {"count_low": "9000", "count_high": "9000"}]))
    case = load_scenario("asclepios")
    assert posterior(busy)[0][1] > 1.1 * posterior(base)[0][1]
    before, after = (headline(case, draws=5_000, lines=x) for x in (base, busy))
    assert after.requests_per_year.p50 > 1.1 * before.requests_per_year.p50
    assert after.slots_per_day.p50 >= before.slots_per_day.p50 + 1
    quiet = known_lines(written(tmp_path, more=[OWN | {"count_low": "300", "count_high": "300"}]))
    assert posterior(quiet)[0][1] < 0.9 * posterior(base)[0][1]
    # the gap is the nation's and the APL's: it hardly moves
    gaps = [np.median(x.drawn.need.gap) for x in (before, after)]  # type: ignore[union-attr]
    assert gaps[1] == pytest.approx(gaps[0], rel=0.15)


def test_a_line_of_its_own_moves_little(tmp_path: Path) -> None:
    """What others receive moves a count that leaves little possible less than a territory alone."""
    busy = known_lines(written(tmp_path, more=[OWN]))
    moved = {}
    for key in ("ouest_loiret", "asclepios"):
        found = [
            np.median(draw_requests(load_scenario(key), draws=5_000, lines=x).requests_per_year)
            for x in (shipped_lines(), busy)
        ]
        moved[key] = found[1] / found[0] - 1
    assert abs(moved["ouest_loiret"]) < 0.02
    assert moved["asclepios"] > 0.1


def test_a_line_left_out_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    without = known_lines(written(tmp_path, {"alencon": {"calibrates": "non"}}))
    first, second = posterior(without), posterior(shipped_lines().less(["alencon"]))
    for one, other in zip(first, second, strict=True):
        assert one == pytest.approx(other, rel=0.05)
    unknown = shipped_lines().less(["nulle_part"]).draws(2_000, seed=4)
    assert np.array_equal(unknown.mu, shipped_lines().draws(2_000, seed=4).mu)


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    turned = known_lines(written(tmp_path, rows=table().iloc[::-1]))
    assert [line.key for line in turned.lines] == KEYS[::-1]
    one, other = (x.draws(5_000, seed=2) for x in (shipped_lines(), turned))
    assert size(turned) == size(shipped_lines())
    assert np.array_equal(one.mu, other.mu)


def test_a_count_that_leaves_one_number_possible(tmp_path: Path) -> None:
    """Its weight is the density there, mu and tau being given."""
    exact = known_lines(written(tmp_path, more=[OWN])).lines[-1]
    some = shipped_lines().prior(2_000, rng=np.random.default_rng(1))
    centre = need_of(exact.area, some).centre
    found = _sampling._log_likelihood(exact, some)
    density = stats.norm(centre, some.tau).logpdf(np.log(9000.0)) + np.log(2.0 * np.pi) / 2.0
    assert found == pytest.approx(density, rel=1e-6)


def test_a_count_within_bounds_weighs_its_mean() -> None:
    line = shipped_lines().lines[1]
    prior = shipped_lines().prior(2_000, rng=np.random.default_rng(1))
    some = prior.at(np.flatnonzero(prior.tau > 0.02)[:200])
    centre = need_of(line.area, some).centre
    logs = np.log(line.draw(100_000, seed=77))
    density = stats.norm(centre[:, None], some.tau[:, None]).pdf(logs).mean(axis=1)
    found = np.exp(_sampling._log_likelihood(line, some)) / np.sqrt(2.0 * np.pi)
    assert found == pytest.approx(density, rel=0.03, abs=1e-3)


def test_lines_that_contradict_one_another_are_listed(tmp_path: Path) -> None:
    wrong = {"ouest_loiret": {"count_low": "20000000", "count_high": "20000000"}}
    known = known_lines(written(tmp_path, wrong))
    with pytest.raises(ScenarioError) as caught:
        known.draws(500, seed=1)
    assert "se contredisent" in caught.value.summary
    (defect,) = caught.value.defects
    name = {line.key: line.name for line in known.lines}["ouest_loiret"]
    assert defect.startswith(f"{name} : ") and "les autres lignes en font attendre" in defect
    # without the wrong one nothing prevents an answer
    assert known.less(["ouest_loiret"]).draws(500, seed=1).mu.size == 500
    # who asks a territory that has nothing of its own is told the same
    with pytest.raises(ScenarioError, match="se contredisent"):
        headline(load_scenario("asclepios"), draws=500, lines=known)


@pytest.mark.parametrize(("times", "refused"), [(5, False), (1000, True), (1e-3, True)])
def test_a_line_far_from_the_others_is_surprising_before_it_is_refused(
    times: float, refused: bool
) -> None:
    """Whichever it is; a count five times too large is possible, and widens what others expect."""
    for place, line in enumerate(shipped_lines().lines):
        far = replace(line, count=(times * line.count[0], times * line.count[1]))
        lines = [*shipped_lines().lines]
        lines[place] = far
        known = replace(shipped_lines(), every=tuple(lines))
        if refused:
            with pytest.raises(ScenarioError, match="se contredisent") as caught:
                known.draws(500, seed=1)
            assert [each.partition(" : ")[0] for each in caught.value.defects] == [line.name]
        else:
            assert np.median(known.draws(5_000, seed=1).tau) > posterior(shipped_lines())[1][1]


def fake_lines(number: int, *, tau: float) -> KnownLines:
    """Lines of as many territories, drawn from the model at its medians."""
    rng = np.random.default_rng([number, round(1000 * tau)])
    every = areas_of_epci().dropna().query("apl < 3.5").sample(number, random_state=1)
    lines = []
    for place, row in enumerate(every.to_dict("records")):
        area = Area(**row)
        own = need_of(area, MEDIANS).gap[0] * 0.07 * np.exp(tau * rng.standard_normal())
        pattern = shipped_lines().lines[place % 5]
        scale = own / np.median(pattern.draw(1_000, seed=1))
        count = (scale * pattern.count[0], scale * pattern.count[1])
        lines.append(replace(pattern, key=f"ligne_{place}", area=area, count=count))
    return replace(shipped_lines(), every=tuple(lines))


@pytest.mark.parametrize("number", [20, 60])
@pytest.mark.parametrize("tau", [0.15, 0.45, 0.9])
def test_many_lines_teach_more_than_few(number: int, tau: float) -> None:
    """What they were drawn from is found again, and enough draws weigh."""
    known = fake_lines(number, tau=tau)
    assert size(known) > 5_000
    drawn = known.draws(5_000, seed=1)
    low, high = np.quantile(drawn.tau, (0.01, 0.99))
    # the counts themselves are not exact: of each, a share drawn between .6 and 1
    assert low < tau < high
    few = fake_lines(5, tau=tau).draws(5_000, seed=1)
    assert np.ptp(np.quantile(drawn.tau, (0.1, 0.9))) < np.ptp(np.quantile(few.tau, (0.1, 0.9)))


def test_one_place_many_times_is_no_many_lines() -> None:
    """Territories that never differ would be learnt from it."""
    line = shipped_lines().lines[0]
    copies = tuple(
        replace(line, key=f"copie_{place}", share=(1.0, 1.0, 1.0)) for place in range(40)
    )
    with pytest.raises(ScenarioError, match="plus que les tirages") as caught:
        replace(shipped_lines(), every=copies).draws(500, seed=1)
    assert "il en faut au moins 2\u202f000" in caught.value.defects[0]
    assert all("mêmes communes" in each for each in caught.value.defects[1:])
    assert "une ligne par territoire" in caught.value.remedy


def test_a_line_where_the_apl_sees_no_gap() -> None:
    """Its count denies the draws without gap, and can deny the model: told, never a NaN."""
    known = shipped_lines()

    def alencon_at(apl: float) -> KnownLines:
        lines = {line.key: line for line in known.lines}
        area = lines["alencon"].area.model_copy(update={"apl": apl})
        return replace(
            known, every=(*(lines | {"alencon": replace(lines["alencon"], area=area)}).values(),)
        )

    well = alencon_at(4.3)
    area = well.lines[3].area
    prior = need_of(area, known.prior(DRAWS, rng=np.random.default_rng(1)))
    assert np.mean(prior.gap == 0) > 0.005
    learnt = well.draws(DRAWS, seed=1)
    assert np.isfinite(learnt.mu).all()
    assert (need_of(area, learnt).gap > 0).all()
    # no draw leaves it a gap: the others hold without it
    with pytest.raises(ScenarioError, match="contredisent le modèle") as caught:
        alencon_at(12.0).draws(500, seed=1)
    assert "nan" not in str(caught.value)
    (defect,) = caught.value.defects
    assert "Alençon" in defect and "ne laisse en attendre aucune" in defect


# ---- once, and always the same


def test_learning_is_done_once_and_always_the_same(tmp_path: Path) -> None:
    known = shipped_lines()
    assert shipped_lines() is known
    assert known.draws(1_000, seed=6) is known.draws(1_000, seed=6)
    # what is read again is equal, and so are its draws
    again = known_lines()
    assert again == known and again is not known
    before = known.draws(1_000, seed=6)
    learning._sample.cache_clear()
    learning._taken.cache_clear()
    _sampling._cut.cache_clear()
    after = again.draws(1_000, seed=6)
    assert after is not before
    for name, values in vars(before).items():
        assert np.array_equal(values, getattr(after, name)), name
    # another seed chooses others, of the same law
    other = known.draws(DRAWS, seed=7)
    assert not np.array_equal(other.mu[:1_000], before.mu)
    assert np.median(other.mu) == pytest.approx(np.median(known.draws(DRAWS, seed=8).mu), abs=0.02)
    # a copy that says the same teaches the same
    assert known_lines(written(tmp_path)) == known


def test_enough_draws_weigh() -> None:
    assert size(shipped_lines()) > 10_000
    for key in KEYS:
        assert size(shipped_lines().less([key])) > 10_000


def test_national_parameters_are_those_given() -> None:
    given = default_parameters()
    fixed = given | {
        "met_share": given["met_share"].model_copy(update={"value": [0.72, 0.72, 0.72]})
    }
    known = known_lines(parameters=fixed)
    assert set(known.draws(1_000, seed=1).met_share) == {0.72}
    assert known != shipped_lines()
    area = known_area("asclepios")
    assert area is not None
    spread = [
        np.ptp(np.quantile(need_of(area, x.draws(5_000, seed=1)).gap, (0.1, 0.9)))
        for x in (known, shipped_lines())
    ]
    assert spread[0] < spread[1]
