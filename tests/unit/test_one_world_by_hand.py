"""What is made of stored runs, against the same runs counted by hand: stay rates, people by origin, the ablest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from talentsim.comparison.breakdown import by_origin, by_sector, by_tier
from talentsim.comparison.pair import Pair, PairRuns, run_pair
from talentsim.ensemble.store import Store
from talentsim.measures.staying import stay_curves
from talentsim.model.model import TalentModel
from worlds import edited, policy

Plain = dict[str, Any]
FIRST, LAST_COHORT, END = 2012, 2016, 2024


@pytest.fixture(scope="module")
def runs(plain_toy: Plain, tmp_path_factory: pytest.TempPathFactory) -> PairRuns:
    common = {"population.scale": 5.0, "ensemble.replications": 2, "world.burn_in_year": 2004, "world.start_year": FIRST, "world.end_year": END}
    arms = (edited(plain_toy, common | {"policy": each}) for each in ({}, {"x": policy("student_refusal", start=2018, value=0.4)}))
    return run_pair(Pair(*arms), Store(tmp_path_factory.mktemp("store")))


def test_stay_rates_are_what_the_model_holds_year_by_year(runs: PairRuns) -> None:
    """Counted in the model itself while it runs, not from what was stored of it."""
    arm = runs.baseline
    table = stay_curves({"baseline": arm}, ["USA"], FIRST, END, "United States").set_index(["origin", "years_since"])
    assert table.first_cohort.eq(FIRST).all() and table.last_cohort.eq(LAST_COHORT).all()
    rates = np.zeros((2, 2, END - LAST_COHORT + 1, len(arm.codes)))         # replication, (alive, there), years since, origin
    for replication in range(2):
        model = TalentModel(arm.config, replication=replication)
        while model.running:
            model.step()
            people = model.world.researchers
            for since in range(END - LAST_COHORT + 1):
                if FIRST <= model.year - since <= LAST_COHORT:
                    of = (people.training_country == arm.codes.index("USA")) & (people.graduation_year == model.year - since)
                    there = of & (people.work_country == arm.codes.index("USA"))
                    for place, which in enumerate((of, there)):
                        rates[replication, place, since] += np.bincount(people.origin_country[which], minlength=len(arm.codes))
    for origin, code in enumerate(arm.codes):
        for since in range(END - LAST_COHORT + 1):
            alive, there = rates[:, :, since, origin].T
            if (alive > 0).all():
                assert table.stay_rate[code, since] == pytest.approx(np.mean(100.0 * there / alive)), (code, since)
    assert table.stay_rate.between(0, 100).all() and table.stay_rate.nunique() > 10


def test_without_lives_or_years_to_follow_there_is_no_stay_rate(runs: PairRuns) -> None:
    assert stay_curves({"baseline": runs.baseline}, ["USA"], END, END, "United States").empty


def test_people_by_origin_are_the_stocks_of_both_arms(runs: PairRuns) -> None:
    table = by_origin(runs).astype({"origin": str, "country": str}).set_index(["origin", "country", "year"])
    means = []
    for arm in runs:
        stocks = [arm.of_run(place, "stocks").astype({"origin": str, "work": str}).groupby(["origin", "work", "year"]).researchers.sum() for place in range(2)]
        means.append((stocks[0].add(stocks[1], fill_value=0.0)) * arm.weight / 2.0)
    for key in (("CHN", "USA", END), ("IND", "IND", 2020), ("CAN", "USA", FIRST)):
        assert table.baseline[key] == pytest.approx(means[0][key]) and table.scenario[key] == pytest.approx(means[1][key])
        assert table.difference[key] == pytest.approx(means[1][key] - means[0][key]), key
    early = table[table.index.get_level_values("year") < 2018]
    assert (early.difference == 0).all() and (table.difference != 0).any()
    assert table.baseline.sum() == pytest.approx(means[0].sum())


def test_shares_of_the_ablest_sum_to_the_whole_and_their_differences_to_nothing(runs: PairRuns) -> None:
    table = by_tier(runs)
    sums = table[table.outcome == "work_share"].groupby(["tier", "year"], observed=True)[["baseline", "scenario", "difference"]].sum()
    assert sums.baseline.to_numpy() == pytest.approx(np.full(len(sums), 100.0)) and sums.scenario.to_numpy() == pytest.approx(np.full(len(sums), 100.0))
    assert np.abs(sums.difference).max() < 1e-9 and len(sums) == 3 * (END - FIRST + 1)
    people = table[(table.outcome == "researchers") & (table.year == END)].groupby("tier", observed=True).baseline.sum()
    assert people["all"] == people.max() and people.min() < 0.5 * people["all"]
    sectors = by_sector(runs)
    assert sectors[(sectors.outcome == "researchers") & (sectors.year == END)].groupby("sector", observed=True).baseline.sum().sum() == pytest.approx(people["all"])
    shares = sectors[sectors.outcome == "work_share"].groupby(["sector", "year"], observed=True)[["baseline", "scenario"]].sum()
    assert shares.to_numpy() == pytest.approx(np.full((2 * (END - FIRST + 1), 2), 100.0))
