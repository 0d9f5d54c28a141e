"""A pair of arms: what differs, from when, and what it is run as."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from talentsim.commands.launch import checked
from talentsim.commands.sweep import Sweep, prepared
from talentsim.comparison.pair import Pair, without_effect
from talentsim.comparison.sides import decomposition
from talentsim.config import UserError
from talentsim.config.arms import Composer
from talentsim.ensemble.identity import arm_id
from talentsim.model.policy import share_in_force
from worlds import edited, policy

Plain = dict[str, Any]


def arm(plain: Plain, **policies: Plain) -> Any:
    return edited(plain, {"policy": policies})


def test_added_dropped_and_common_make_up_all_policies(plain_toy: Plain) -> None:
    one, other = policy("pay", value=1.0), policy("pay", value=2.0)
    pair = Pair(arm(plain_toy, same=one, changed=one, gone=one), arm(plain_toy, same=one, changed=other, new=one))
    assert set(pair.added) == {"changed", "new"} and set(pair.dropped) == {"gone"} and set(pair.common) == {"same"}
    assert set(pair.differing) == set(pair.added) | set(pair.dropped) and pair.differing["changed"].value == 2.0
    assert set(Pair(pair.scenario, pair.baseline).differing) == set(pair.differing)


def test_a_pair_of_one_arm_is_a_placebo_without_another(plain_toy: Plain) -> None:
    pair = Pair(arm(plain_toy), arm(plain_toy))
    assert pair.is_placebo and pair.differing == {} and pair.placebo is None and pair.arms_to_run() == list(pair)


def test_what_is_said_of_the_arms_makes_no_difference(plain_toy: Plain) -> None:
    told = edited(plain_toy, {"scenario.title": "Another", "world.title": "Another", "behaviour.exit.rate.note": "said otherwise"})
    assert Pair(arm(plain_toy), told).is_placebo
    assert not Pair(arm(plain_toy), edited(plain_toy, {"behaviour.exit.rate": 0.06})).is_placebo


def test_the_placebo_has_the_scenarios_policies_and_none_acts(plain_toy: Plain) -> None:
    pair = Pair(arm(plain_toy), arm(plain_toy, add=policy("student_refusal", value=0.2), times=policy("pay", change="multiply", value=2.0),
                                   put=policy("student_refusal", change="set", value=0.9)))
    assert pair.placebo is not None and pair.placebo.ensemble.replications == 1
    idle = pair.placebo.policies
    assert set(idle) == set(pair.scenario.policies) and idle["add"].value == 0.0 and idle["times"].value == 1.0
    assert share_in_force(idle["put"], pair.scenario.world.end_year) == 0.0
    assert without_effect(pair.baseline).policies == {}


def test_arms_of_different_frames_do_not_match(plain_toy: Plain) -> None:
    for change in ({"ensemble.seed": 1}, {"population.scale": 0.5}, {"ensemble.replications": 7}, {"world.end_year": 2030},
                   {"parameters": {"name": "x", "draws": "ai", "fixed": []}}):
        with pytest.raises(ValueError, match="cannot be paired"):
            Pair(arm(plain_toy), edited(plain_toy, change)).must_match()
    with pytest.raises(UserError, match=r"differ in ensemble\.replications"):     # as a scenario's own file may say
        checked(Pair(arm(plain_toy), edited(plain_toy, {"ensemble.replications": 7})))


def test_the_baseline_is_asked_what_the_scenario_asks(plain_toy: Plain) -> None:
    """A scenario's file may name its own focus, year and level: no table of either arm, and no side of it, speaks of others."""
    scenario = edited(plain_toy, {"focus": "CAN", "compare.year": 2028, "compare.level": 0.8,
                                  "policy": {"x": policy("pay", value=1.0), "y": policy("pay", value=2.0)}})
    pair = Pair(arm(plain_toy), scenario)
    asked = {(each.focus, each.headline_year, each.compare.level) for one in (pair, *(side.pair for side in decomposition(pair))) for each in one}
    assert asked == {("CAN", 2028, 0.8)} and pair.ids[0] == arm_id(arm(plain_toy))


def test_arms_may_differ_from_the_earlier_version_of_a_policy_on(plain_toy: Plain) -> None:
    """A scenario may put off, or bring forward, what the baseline has."""
    early, late = (arm(plain_toy, same=policy("pay", value=1.0, start=year)) for year in (2015, 2027))
    assert Pair(early, late).start == Pair(late, early).start == 2015


def test_a_change_is_made_to_both(plain_toy: Plain) -> None:
    pair = Pair(arm(plain_toy), arm(plain_toy, x=policy("pay", value=1.0))).with_replications(9)
    assert [each.ensemble.replications for each in pair] == [9, 9] and set(pair.differing) == {"x"}


def test_a_sweep_travels_without_what_its_process_knows(tmp_path: Any) -> None:
    sweep = prepared([["world=toy", "scenario=visa_tightening", f"output.dir={tmp_path}"], ["world=toy", "scenario=visa_tightening", "focus=CAN", f"output.dir={tmp_path}"]], Composer())
    assert [number for number, _ in sweep.jobs] == [0, 1] and len(sweep.pairs) == 2 and not sweep.faults
    sent = pickle.loads(pickle.dumps(sweep))
    assert isinstance(sent, Sweep) and sent.pairs == {} and sent.jobs == []


def test_a_job_that_cannot_be_run_is_refused_or_set_aside(tmp_path: Any) -> None:
    good, bad = ["world=toy", "scenario=visa_tightening", f"output.dir={tmp_path}"], ["world=toy", "scenario=no_such_scenario"]
    with pytest.raises(UserError, match="no_such_scenario"):
        prepared([bad], Composer())
    sweep = prepared([good, bad], Composer())
    assert [number for number, _ in sweep.jobs] == [0] and [number for number, _, _ in sweep.faults] == [1]
    with pytest.raises(UserError, match="no_such_scenario"):
        prepared([[*good, "ensemble.max_failures=0"], bad], Composer())
