"""Policies: shares of a year, ramps, order, bounds, and whom they touch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from talentsim.config import Policy
from talentsim.model.policy import LeverAxes, first_year, levers_in_year, share_in_force
from talentsim.report.words import policy_in_words

AXES = LeverAxes(("USA", "CHN", "IND"), ("ALPHA", "BETA"), ("USA", "CHN"))


def policy(**fields: Any) -> Policy:
    return Policy(**({"lever": "pay", "countries": ["USA"], "start": 2026, "change": "add", "value": 10.0} | fields))


def base() -> dict[str, np.ndarray]:
    return {"pay": np.array([100.0, 50.0, 20.0]), "student_refusal": np.array([[0, .2, .3], [.1, 0, .1], [.1, .1, 0]])}


def test_a_year_counts_whole() -> None:
    assert [share_in_force(policy(end=2027), year) for year in range(2024, 2030)] == [0, 0, 1, 1, 0, 0]


def test_no_end_is_for_good() -> None:
    assert share_in_force(policy(), 2300) == 1.0


def test_a_start_within_a_year_counts_by_its_share() -> None:
    assert share_in_force(policy(start="2026-07-02"), 2026) == pytest.approx(183 / 365)
    assert share_in_force(policy(start="2018-11-01", end="2022-02-23"), 2018) == pytest.approx(61 / 365)
    assert share_in_force(policy(start="2018-11-01", end="2022-02-23"), 2022) == pytest.approx(54 / 365)


def test_ramp_is_the_mean_of_a_line() -> None:
    ramped = policy(start="2026-04-01", ramp_years=2.5)
    start = 2026 + 90 / 365
    for year in range(2025, 2031):
        mean = quad(lambda t: float(np.clip((t - start) / 2.5, 0, 1)), year, year + 1, points=[start, start + 2.5])[0]
        assert share_in_force(ramped, year) == pytest.approx(mean, abs=1e-9)


@pytest.mark.parametrize(("change", "expected"), [("set", 10.0), ("add", 110.0), ("multiply", 1000.0)])
def test_changes(change: str, expected: float) -> None:
    assert levers_in_year(base(), {"x": policy(change=change)}, 2026, AXES)["pay"].tolist() == [expected, 50, 20]


def test_set_then_multiply_then_add_whatever_the_order() -> None:
    policies = {"a": policy(change="add", value=1.0), "b": policy(change="multiply", value=3.0), "c": policy(change="set", value=5.0)}
    for names in ("abc", "cba", "bca"):
        assert levers_in_year(base(), {name: policies[name] for name in names}, 2030, AXES)["pay"][0] == 16.0


@pytest.mark.parametrize(("change", "values", "expected"), [("add", (0.9, -0.4), 0.7), ("add", (-0.5, 0.4), 0.1), ("multiply", (10.0, 0.5), 1.0),
                                                           ("multiply", (4.0, 0.25), 0.2)])
def test_what_two_policies_of_a_kind_come_to_does_not_depend_on_their_names(change: str, values: tuple[float, float], expected: float) -> None:
    """Nor on which starts first: bounds hold for what they come to together, and a renamed policy is the same one."""
    for names in ("ab", "ba"):
        for starts in ((2026, 2026), (2024, 2026), (2026, 2024)):
            policies = {name: policy(lever="student_refusal", origins=["CHN"], change=change, value=value, start=start)
                        for name, value, start in zip(names, values, starts, strict=True)}
            found = levers_in_year(base(), policies, 2026, AXES)["student_refusal"]
            assert found[0, 1] == pytest.approx(expected) and np.array_equal(np.delete(found, 1), np.delete(base()["student_refusal"], 1))


def test_a_host_does_not_screen_its_own_nationals() -> None:
    visa = policy(lever="student_refusal", countries=None, value=0.5)
    changed = levers_in_year(base(), {"x": visa}, 2026, AXES)["student_refusal"]
    assert np.allclose(np.diag(changed), 0.0)
    assert np.allclose(changed - base()["student_refusal"], 0.5 * ~np.eye(3, dtype=bool))


def test_origins_select() -> None:
    visa = policy(lever="student_refusal", origins=["CHN"], value=0.5)
    changed = levers_in_year(base(), {"x": visa}, 2026, AXES)["student_refusal"]
    assert changed[0].tolist() == [0.0, 0.7, 0.3]


def test_results_are_held_at_the_levers_bounds() -> None:
    visa = policy(lever="student_refusal", value=1.0)
    assert levers_in_year(base(), {"x": visa}, 2026, AXES)["student_refusal"][0, 1:].tolist() == [1.0, 1.0]


def test_percent_where_a_share_is_meant_is_refused_with_the_share() -> None:
    """Ten instead of 0.1 added to a chance: held at 100 % it would have been the harshest policy there is, with a warning alone."""
    with pytest.raises(ValueError, match=r"value 10 is out of range; allowed to add to student_refusal: -1 to 1 \(probability\); for 10 percentage points write 0.1"):
        policy(lever="student_refusal", value=10.0)
    assert policy(value=1e4).value == 1e4, "pay has no upper bound, and takes any step"


def test_base_is_left_alone() -> None:
    levers = base()
    levers_in_year(levers, {"x": policy()}, 2026, AXES)
    assert levers["pay"][0] == 100.0
    assert levers_in_year(levers, {"x": policy()}, 2025, AXES)["pay"] is levers["pay"]


def test_first_year() -> None:
    assert first_year({}) is None
    assert first_year({"a": policy(), "b": policy(start="2024-05-01")}) == 2024


def wide() -> dict[str, np.ndarray]:
    return {"collaboration": np.ones((3, 3)), "site_weight": np.array([[.4, .1, 0], [0, .3, .1]]), "placement": np.array([.5, .2]),
            "work_visa_cap": np.array([100.0, np.inf, np.inf])}


def wide_policy(lever: str, **fields: Any) -> Policy:
    return Policy(**({"lever": lever, "start": 2026, "change": "multiply", "value": 0.0} | fields))


def test_a_pair_is_cut_both_ways() -> None:
    cut = wide_policy("collaboration", countries=["USA"], partners=["CHN"])
    changed = levers_in_year(wide(), {"x": cut}, 2026, AXES)["collaboration"]
    assert changed.tolist() == [[1, 0, 1], [0, 1, 1], [1, 1, 1]]


def test_pairs_among_all_leave_each_country_alone() -> None:
    changed = levers_in_year(wide(), {"x": wide_policy("collaboration")}, 2026, AXES)["collaboration"]
    assert np.array_equal(changed, np.eye(3))


@pytest.mark.parametrize(("fields", "expected"), [
    ({"employers": ["ALPHA"]}, [[0, 0, 0], [0, .3, .1]]),
    ({"headquarters": ["CHN"], "countries": ["IND"]}, [[.4, .1, 0], [0, .3, 0]]),
    ({"countries": ["CHN"]}, [[.4, 0, 0], [0, 0, .1]]),
    ({"employers": ["ALPHA"], "headquarters": ["CHN"]}, [[.4, .1, 0], [0, .3, .1]]),
])
def test_sites_are_chosen_by_employer_headquarters_and_country(fields: dict[str, Any], expected: list[list[float]]) -> None:
    assert levers_in_year(wide(), {"x": wide_policy("site_weight", **fields)}, 2026, AXES)["site_weight"].tolist() == expected


def test_employers_are_chosen_by_headquarters() -> None:
    changed = levers_in_year(wide(), {"x": wide_policy("placement", headquarters=["CHN"])}, 2026, AXES)["placement"]
    assert changed.tolist() == [.5, 0]


def test_a_path_has_a_value_of_its_own_each_year_and_keeps_the_last() -> None:
    path = policy(change="set", value=None, start=None, path={2014: 60.0, 2015: 50.0, 2018: 40.0}, end=2020)
    values = [levers_in_year(base(), {"x": path}, year, AXES)["pay"][0] for year in range(2012, 2023)]
    assert values == [100, 100, 60, 50, 50, 50, 40, 40, 40, 100, 100]
    assert path.start.isoformat() == "2014-01-01" and first_year({"x": path}) == 2014


def test_no_limit_is_replaced_whole_and_otherwise_stays() -> None:
    half = wide_policy("work_visa_cap", change="set", value=10.0, start="2026-07-02")
    assert levers_in_year(wide(), {"x": half}, 2026, AXES)["work_visa_cap"][1:].tolist() == [10.0, 10.0]
    for change in ("multiply", "add"):
        less = wide_policy("work_visa_cap", change=change, value=0.0)
        assert levers_in_year(wide(), {"x": less}, 2026, AXES)["work_visa_cap"][1:].tolist() == [np.inf, np.inf]


@pytest.mark.parametrize(("fields", "words"), [
    ({"path": {2026: 1.0}}, "both `value` and `path`"),
    ({"value": None}, "neither `value` nor `path`"),
    ({"value": None, "start": None, "path": {2027: 1.0, 2026: 2.0}}, "out of order"),
    ({"value": None, "start": 2025, "path": {2026: 1.0}}, "leave `start` out"),
    ({"value": None, "path": {2026: 1.0}, "ramp_years": 2.0}, "beside a path"),
    ({"value": None, "path": {2026: 1.0, 2030: 2.0}, "end": 2028}, "give a later end"),
    ({"value": None, "path": {2026: 5.0}, "range": (0.0, 1.0)}, "out of range"),
    ({"origins": ["CHN"]}, "runs over countries alone; take `origins` out and use `countries`"),
    ({"lever": "placement"}, "runs over employer; take `countries` out and use `employers` or `headquarters`"),
    ({"lever": "collaboration", "origins": ["CHN"]}, "runs over pair of countries; take `origins` out"),
    ({"countries": []}, "empty list"),
])
def test_a_wrong_policy_says_what_is_wrong(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("`", ".")):
        policy(**fields)


@pytest.mark.parametrize(("fields", "words"), [
    ({"lever": "collaboration", "countries": ["CHN"], "partners": ["USA"], "change": "multiply", "value": 0.2},
     "between CHN and USA: falls to 20 % of what it was"),
    ({"lever": "site_weight", "countries": ["IND"], "headquarters": ["USA"], "change": "set", "value": 0.1},
     "of firms with headquarters in USA in IND: becomes 10 %"),
    ({"lever": "placement", "countries": None, "employers": ["ALPHA"], "change": "set", "value": 1.0}, "of ALPHA: becomes 100 %"),
    ({"lever": "work_visa_odds", "change": "set", "value": None, "start": None, "path": {2013: 0.69, 2014: 0.49}},
     "in USA, for people from all other countries: becomes 69 % in 2013; becomes 49 % in 2014, from 2013 for good"),
])
def test_a_policy_is_said_in_words(fields: dict[str, Any], words: str) -> None:
    assert words in policy_in_words(policy(**fields))
