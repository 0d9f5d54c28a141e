"""Policies: shares of a year, ramps, order, bounds, and whom they touch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from talentsim.config import Policy
from talentsim.policy import first_year, levers_in_year, share_in_force

CODES = ("USA", "CHN", "IND")


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
    assert levers_in_year(base(), {"x": policy(change=change)}, 2026, CODES)["pay"].tolist() == [expected, 50, 20]


def test_set_then_multiply_then_add_whatever_the_order() -> None:
    policies = {"a": policy(change="add", value=1.0), "b": policy(change="multiply", value=3.0), "c": policy(change="set", value=5.0)}
    for names in ("abc", "cba", "bca"):
        assert levers_in_year(base(), {name: policies[name] for name in names}, 2030, CODES)["pay"][0] == 16.0


def test_a_host_does_not_screen_its_own_nationals() -> None:
    visa = policy(lever="student_refusal", countries=None, value=0.5)
    changed = levers_in_year(base(), {"x": visa}, 2026, CODES)["student_refusal"]
    assert np.allclose(np.diag(changed), 0.0)
    assert np.allclose(changed - base()["student_refusal"], 0.5 * ~np.eye(3, dtype=bool))


def test_origins_select() -> None:
    visa = policy(lever="student_refusal", origins=["CHN"], value=0.5)
    changed = levers_in_year(base(), {"x": visa}, 2026, CODES)["student_refusal"]
    assert changed[0].tolist() == [0.0, 0.7, 0.3]


def test_results_are_held_at_the_levers_bounds() -> None:
    visa = policy(lever="student_refusal", value=5.0)
    assert levers_in_year(base(), {"x": visa}, 2026, CODES)["student_refusal"][0, 1:].tolist() == [1.0, 1.0]


def test_base_is_left_alone() -> None:
    levers = base()
    levers_in_year(levers, {"x": policy()}, 2026, CODES)
    assert levers["pay"][0] == 100.0
    assert levers_in_year(levers, {"x": policy()}, 2025, CODES)["pay"] is levers["pay"]


def test_first_year() -> None:
    assert first_year({}) is None
    assert first_year({"a": policy(), "b": policy(start="2024-05-01")}) == 2024
