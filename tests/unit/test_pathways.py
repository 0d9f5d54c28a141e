"""Tables of how people and work pass through the world, against sums by hand."""

from __future__ import annotations

import numpy as np
import pytest

from talentsim.analysis.pathways import corridors, pathways, visa_funnel
from talentsim.config.compose import load_arms
from talentsim.ensemble.ensemble import Ensemble, run_ensembles
from talentsim.ensemble.store import Store

Arms = dict[str, Ensemble]


@pytest.fixture(scope="module")
def arms(tmp_path_factory: pytest.TempPathFactory) -> Arms:
    """Three replications of the toy world, with and without tightening."""
    pair = load_arms(["world=toy", "scenario=visa_tightening", "executor=serial", "ensemble.replications=3"])
    return dict(zip(("baseline", "scenario"), run_ensembles(pair, Store(tmp_path_factory.mktemp("store"))), strict=True))


def test_pathways_hold_all_works_of_the_year(arms: Arms) -> None:
    table = pathways(arms, 2030, weight=2.0)
    for arm, runs in arms.items():
        frames = [run.frame("works") for run in runs]
        by_hand = 2.0 * np.mean([frame[frame.year == 2030].works.sum() for frame in frames])
        assert table[table.arm == arm].works.sum() == pytest.approx(by_hand)
        trained = 2.0 * np.mean([frame[(frame.year == 2030) & (frame.training == "CHN") & (frame.work == "USA")].works.sum()
                                 for frame in frames])
        assert table[(table.arm == arm) & (table.training == "CHN") & (table.work == "USA")].works.sum() == pytest.approx(trained)


def test_corridors_are_means_over_years_and_replications(arms: Arms) -> None:
    table = corridors(arms, (2028, 2031), weight=1.0, level=0.95).set_index(["from", "to"])
    moves = {arm: np.array([frame[frame.year.between(2028, 2031) & (frame["from"] == "CHN") & (frame["to"] == "USA")].moves.sum()
                            for frame in (run.frame("flows") for run in runs)]) / 4.0 for arm, runs in arms.items()}
    row = table.loc[("CHN", "USA")]
    assert (row.baseline, row.scenario) == (pytest.approx(moves["baseline"].mean()), pytest.approx(moves["scenario"].mean()))
    assert row.low <= row.difference <= row.high and row.difference == pytest.approx((moves["scenario"] - moves["baseline"]).mean())
    assert (table.index.get_level_values("from") != table.index.get_level_values("to")).all()


def test_before_the_policy_no_corridor_differs(arms: Arms) -> None:
    table = corridors(arms, (2011, 2025), weight=1.0, level=0.95)
    assert (table.difference == 0.0).all() and (table.baseline > 0.0).any()


def test_a_funnel_of_applications_adds_up(arms: Arms) -> None:
    table = visa_funnel(arms, (2026, 2030), weight=1.0)
    np.testing.assert_allclose(table.applied, table.refused + table.lost_lottery + table.granted)
