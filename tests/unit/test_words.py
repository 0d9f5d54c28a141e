"""A policy in words: the same ones at the terminal, on the page and in the report."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from talentsim.comparison.pair import Pair
from talentsim.config import Policy
from talentsim.model.outcomes import OUTCOMES
from talentsim.report.figures.difference import QUESTIONS
from talentsim.report.figures.funnel import FATES
from talentsim.report.words import (
    DECISIONS,
    ROUTES,
    amount,
    changes_by_year,
    common_lines,
    decision_in_words,
    outcome_in_words,
    policy_in_words,
    policy_lines,
    span,
)
from talentsim.vocab import Reason
from worlds import edited, policy

Plain = dict[str, Any]
NAMES = {"USA": "the United States", "CHN": "China", "IND": "India"}


def said(lever: str, **fields: Any) -> str:
    return policy_in_words(Policy.model_validate(policy(lever, **fields)))


@pytest.mark.parametrize(("fields", "words"), [
    ({"value": 0.2}, "rises by 20 percentage points"), ({"value": -0.05}, "falls by 5 percentage points"),
    ({"change": "multiply", "value": 0.5}, "halves"), ({"change": "multiply", "value": 2.0}, "doubles"), ({"change": "multiply", "value": 1.0}, "stays as it is"),
    ({"change": "multiply", "value": 0.0}, "falls to zero"), ({"change": "multiply", "value": 1.2}, "grows to 120 % of what it was"),
    ({"change": "set", "value": 1.0}, "becomes 100 %"),
])
def test_a_share_changes_in_points_and_per_cent(fields: dict[str, Any], words: str) -> None:
    assert said("student_refusal", **fields).endswith(f": {words}, from 2026 for good")


def test_when_and_whom() -> None:
    text = said("student_refusal", origins=["CHN", "IND"], value=0.1, start="2026-09-01", end=2030, ramp_years=2.0)
    assert "in USA, for people from CHN and IND: " in text and text.endswith("from 2026-09-01 to 2030, phased in over 2 years")


def test_only_the_names_differ_between_terminal_and_report() -> None:
    each = Policy.model_validate(policy("student_refusal", origins=["CHN", "IND"], value=0.1))
    terminal, report = policy_in_words(each), policy_in_words(each, NAMES.__getitem__)
    for code, name in NAMES.items():
        terminal = terminal.replace(code, name)
    assert terminal == report


@pytest.mark.parametrize(("values", "unit", "text"), [
    ([0.1, 0.1], "probability", "10 %"), ([0.05, 0.2], "probability", "5 to 20 %"), ([1.0], "years", "1 year"), ([1.0, 3.0], "years", "1 to 3 years"),
    ([np.inf, np.inf], "work visas a year", "no limit"), ([85000.0, np.inf], "work visas a year", "85,000 work visas a year to no limit"),
    ([122521.0], "PPP US$ a year", "122,521 PPP US$ a year"), ([1.0], "index (1 = as today)", "1 index"),
])
def test_values_of_a_lever(values: list[float], unit: str, text: str) -> None:
    assert span(np.array(values), unit) == text


def test_a_year_is_one_and_years_are_more() -> None:
    assert amount(1.0, "years") == "1 year" and amount(0.5, "years") == "0.5 years"


def test_every_reason_an_event_may_have_is_in_words() -> None:
    reasons = {reason.name.lower() for reason in Reason}
    assert {each for each in DECISIONS if each != "no change"} == reasons
    assert all("_" not in decision_in_words(each) for each in reasons)


def test_an_outcome_has_one_name() -> None:
    assert set(QUESTIONS) <= set(OUTCOMES)
    assert all(outcome_in_words(name).startswith(OUTCOMES[name].title) for name in OUTCOMES)
    assert outcome_in_words("work_share") == "Works by work country, % of works" and outcome_in_words("researchers") == OUTCOMES["researchers"].title


def test_routes_and_fates_are_words() -> None:
    assert all("_" not in each for each in ROUTES.values()) and set(FATES) == {"granted", "refused", "lost_lottery"}


def test_what_a_pair_says_of_itself(plain_toy: Plain) -> None:
    baseline = edited(plain_toy, {"policy": {"both": policy("pay", value=1.0), "old": policy("pay", change="multiply", value=2.0)}})
    scenario = edited(plain_toy, {"policy": {"both": policy("pay", value=1.0), "new": policy("student_refusal", value=0.1)}})
    lines = policy_lines(Pair(baseline, scenario))
    assert [line.split(":")[0] for line in lines] == ["new", "old, in the baseline alone"]
    assert common_lines(Pair(baseline, scenario))[-1] == "the policies both"
    assert policy_lines(Pair(baseline, baseline)) == ["no policy differs: a placebo"]
    (years, changes), = changes_by_year(Pair(baseline, scenario))
    assert years == "from 2026 to 2035" and {(each.lever, each.of) for each in changes} == {("pay", "USA"), ("student_refusal", "USA")}


def test_a_policy_without_effect_is_said_to_have_none(plain_toy: Plain) -> None:
    baseline, late = edited(plain_toy), edited(plain_toy, {"policy": {"late": policy("pay", value=1.0, start=2060)}})
    assert policy_lines(Pair(baseline, late))[0].endswith("(no effect in this world: it is not in force before the end of 2035)")
