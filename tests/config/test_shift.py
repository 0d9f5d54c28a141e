"""`scenario.start`: all policies of a scenario begin later, or earlier, together."""

from __future__ import annotations

import pytest

from talentsim.config import UserError
from talentsim.config.arms import load_arms
from talentsim.config.shift import shifted

Plain = dict[str, object]


def test_all_policies_of_a_scenario_move_together_and_history_stays() -> None:
    base, plain = load_arms(["world=ai", "scenario=visa_tightening"])
    baseline, moved = load_arms(["world=ai", "scenario=visa_tightening", "scenario.start=2030", "policy.f1_refusal.value=0.1"])
    assert baseline.policies == base.policies
    first = min(each.start.year for name, each in plain.policies.items() if name not in base.policies)
    for name, each in moved.policies.items():
        assert each.start.year - plain.policies[name].start.year == (0 if name in base.policies else 2030 - first)
    assert moved.policies["f1_refusal"].value == 0.1
    assert "2030" in moved.scenario.title and f"{2030 - first} years later" in moved.scenario.description


def test_ends_paths_and_days_move_too() -> None:
    def of(**policy: object) -> Plain:
        return {"scenario": {"name": "x", "title": "X", "description": "X."}, "policy": {"a": policy, "b": {"start": 2028, "end": 2029}}}

    assert shifted(of(start="2026-07-01", end="2028-02-29"), {}, 2027)[0]["policy"] == {
        "a": {"start": "2027-07-01", "end": "2029-02-28"}, "b": {"start": 2029, "end": 2030}}
    assert shifted(of(path={2026: 1.0, 2030: 2.0}), {}, 2025)[0]["policy"]["a"] == {"path": {2025: 1.0, 2029: 2.0}}


@pytest.mark.parametrize(("overrides", "words"), [
    (["scenario=visa_tightening", "scenario.start=soon"], "found 'soon'"), (["scenario.start=2028"], "no policy of its own"),
    (["scenario=visa_tightening", "scenario.start=3000"], "a year")])
def test_what_cannot_be_moved_is_told(overrides: list[str], words: str) -> None:
    with pytest.raises(UserError, match=words):
        load_arms(["world=toy", *overrides])
