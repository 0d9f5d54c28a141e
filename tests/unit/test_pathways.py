"""Tables of how people and work pass through the world, against sums by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from talentsim.comparison.pair import Pair, PairRuns, run_pair
from talentsim.comparison.pathways import corridors, flow_tables, pathways, visa_funnel
from talentsim.config.arms import load_arms
from talentsim.ensemble.store import Store

pytestmark = pytest.mark.whole

N = 3
Frames = dict[str, dict[str, pd.DataFrame]]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> PairRuns:
    """Three replications of the toy world, with and without tightening."""
    arms = load_arms(["world=toy", "scenario=visa_tightening", "executor=serial", f"ensemble.replications={N}"])
    return run_pair(Pair(*arms), Store(tmp_path_factory.mktemp("store")))


@pytest.fixture(scope="module")
def arms(pair: PairRuns) -> Frames:
    return {table: dict(zip(("baseline", "scenario"), (each.agents(table) for each in pair), strict=True))
            for table in ("works", "flows", "visas")}


def test_pathways_hold_all_works_of_the_year(arms: Frames) -> None:
    table = pathways(arms["works"], 2030, weight=2.0, replications=N)
    for arm, works in arms["works"].items():
        rows = works[works.year == 2030]
        assert table[table.arm == arm].works.sum() == pytest.approx(2.0 * rows.works.sum() / N)
        trained = rows[(rows.training == "CHN") & (rows.work == "USA")].works.sum()
        of_china = table[(table.arm == arm) & (table.training == "CHN") & (table.work == "USA")]
        assert of_china.works.sum() == pytest.approx(2.0 * trained / N)


def test_corridors_are_means_over_years_and_replications(arms: Frames) -> None:
    row = corridors(arms["flows"], (2028, 2031), weight=1.0, replications=N, level=0.95).set_index(["from", "to"]).loc[("CHN", "USA")]
    moves = {}
    for arm, flows in arms["flows"].items():
        rows = flows[flows.year.between(2028, 2031) & (flows["from"] == "CHN") & (flows["to"] == "USA")]
        moves[arm] = np.array([rows[rows.replication == place].moves.sum() / 4.0 for place in range(N)])
    assert row.baseline == pytest.approx(moves["baseline"].mean()) and row.scenario == pytest.approx(moves["scenario"].mean())
    gap = moves["scenario"] - moves["baseline"]
    half = 4.302653 * gap.std(ddof=1) / np.sqrt(N)          # Student's t with two degrees of freedom
    assert (row.low, row.difference, row.high) == pytest.approx((gap.mean() - half, gap.mean(), gap.mean() + half), abs=1e-6)


def test_nobody_moves_from_a_country_to_itself(arms: Frames) -> None:
    table = corridors(arms["flows"], (2011, 2035), weight=1.0, replications=N, level=0.95)
    assert (table["from"] != table["to"]).all()


def test_before_the_policy_no_corridor_differs(arms: Frames) -> None:
    table = corridors(arms["flows"], (2011, 2025), weight=1.0, replications=N, level=0.95)
    assert (table.difference == 0.0).all() and (table.baseline > 0.0).any()


def test_a_funnel_of_applications_adds_up(arms: Frames) -> None:
    table = visa_funnel(arms["visas"], (2026, 2030), weight=1.0, replications=N)
    np.testing.assert_allclose(table.applied, table.refused + table.lost_lottery + table.granted)


def test_corridors_of_many_countries_stay_apart() -> None:
    """Codes are kept in one byte: their products are not."""
    codes = [f"C{number:02d}" for number in range(40)]
    flows = pd.DataFrame({"replication": 1, "year": 2030, "from": pd.Categorical.from_codes([39, 38], codes),
                          "to": pd.Categorical.from_codes([38, 39], codes), "moves": [3, 5]})
    table = corridors({"baseline": flows, "scenario": flows}, (2030, 2030), weight=1.0, replications=2, level=0.95)
    assert table[["from", "to", "baseline"]].to_numpy().tolist() == [["C38", "C39", 2.5], ["C39", "C38", 1.5]]


def test_all_tables_speak_of_the_years_with_the_policy(pair: PairRuns, arms: Frames) -> None:
    tables = flow_tables(pair)
    alone = corridors(arms["flows"], (2027, 2035), weight=1.0, replications=N, level=0.95)
    pd.testing.assert_frame_equal(tables["corridors"], alone)
    assert set(tables) >= {"pathways", "corridors", "stay_curves"}


def test_stay_curves_follow_the_doctorates_of_five_years_by_hand(pair: PairRuns) -> None:
    """Longhand: walk through the events of each person who took a doctorate in the USA between 2027 and 2030."""
    table = flow_tables(pair)["stay_curves"]
    people, events = pair.scenario.of_run(0, "people"), pair.scenario.of_run(0, "events")
    rates = []
    for place in range(N):
        people, events = pair.scenario.of_run(place, "people"), pair.scenario.of_run(place, "events")
        graduates = people[(people.training == "USA") & people.doctorate_year.between(2027, 2030) & (people.origin == "CHN")]
        alive = stayed = 0
        for person in graduates.itertuples():
            life = events[(events.uid == person.uid) & (events.year <= person.doctorate_year + 3)]
            if len(life) and life.iloc[-1].reason != "exit":
                alive, stayed = alive + 1, stayed + (life.iloc[-1]["to"] == "USA")
        rates.append(100.0 * stayed / alive)
    row = table[(table.arm == "scenario") & (table.origin == "CHN") & (table.years_since == 3)].iloc[0]
    assert row.stay_rate == pytest.approx(np.mean(rates)) and (row.first_cohort, row.last_cohort) == (2027, 2030)
