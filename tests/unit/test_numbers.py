"""Numbers and names as the words of tables, pictures and reports."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talentsim.digits import counted
from talentsim.report.numbers import (
    capital,
    figure,
    interval,
    interval_of_people,
    places_for,
    places_of,
    plain,
    signed,
    signed_tick,
    unit_of_difference,
)
from talentsim.report.terminal.summaries import shown, shown_interval

MINUS = "\N{MINUS SIGN}"
finite = st.floats(-1e9, 1e9)


@given(finite, st.integers(0, 4))
def test_a_number_reads_back_to_what_it_was(value: float, places: int) -> None:
    text = plain(value, places)
    assert "e" not in text and abs(float(text.replace(",", "").replace(MINUS, "-")) - value) <= 0.5001 * 10.0**-places


@given(finite, st.integers(0, 4))
def test_a_difference_has_its_sign_unless_it_rounds_to_nothing(value: float, places: int) -> None:
    text, is_nothing = signed(value, places), not plain(value, places).strip("0.,-" + MINUS)
    assert text[0] in ("+", MINUS) or is_nothing
    assert (text[0] == "+") == (value > 0 and not is_nothing)


@given(finite)
def test_the_terminal_says_the_same_with_another_minus(value: float) -> None:
    assert shown(value, "% of works", is_difference=True) == signed(value, 2).replace(MINUS, "-")


@pytest.mark.parametrize(("value", "text"), [(0.35, "0.35"), (85000.0, "85,000"), (122521.0, "122,521"), (5e7, "50,000,000"), (0.866667, "0.866667")])
def test_a_configured_figure_never_has_a_power_of_ten(value: float, text: str) -> None:
    assert figure(value) == text


@given(st.floats(-1e14, 1e14), st.integers(1, 8))
def test_a_figure_has_its_digits_and_no_power_of_ten(value: float, digits: int) -> None:
    text = figure(value, digits)
    assert "e" not in text and abs(float(text.replace(",", "")) - value) <= 0.5001 * 10.0 ** (1 - digits) * abs(value) + 1e-300
    assert "." not in text or not text.endswith("0")


def test_of_fewer_than_ten_people_no_interval_is_told() -> None:
    assert interval_of_people(0.2, 31.0, 9.9, 1) == shown_interval(0.2, 31.0, "people", of=9.9) == "too few"
    assert interval_of_people(4.0, 31.0, 10.0, 0) == "4 to 31" and shown_interval(-3.0, 3.0, "people", of=250.0) == "-3.0 to +3.0"
    assert shown_interval(-3.0, 3.0, "% of works", of=5.0) == "-3.00 to +3.00", "a share of few percent is not few people"
    assert interval_of_people(math.nan, math.nan, 5.0, 1) == "n/a"


def test_where_there_is_no_number_nothing_is_made_up() -> None:
    assert plain(math.nan, 2) == signed(math.inf, 0) == interval(math.nan, 1.0, 2) == shown_interval(math.nan, math.nan, "people") == "n/a"


def test_places() -> None:
    assert [places_for([each]) for each in (0.0, 0.034, 5.0, 47.0, 900.0)] == [0, 4, 2, 1, 0]
    assert (places_of("people", 5.0), places_of("people", 5.0, 120.0), places_of("% of works", 120.0)) == (1, 0, 2)


def test_an_interval_of_a_level_has_no_plus() -> None:
    assert interval(1.0, 2.0, 1) == "+1.0 to +2.0" and interval(1.0, 2.0, 1, is_difference=False) == "1.0 to 2.0"


def test_small_words() -> None:
    assert [counted(n, "origin", "origins") for n in (0, 1, 2)] == ["0 origins", "1 origin", "2 origins"]
    assert capital("chance that X") == "Chance that X" and capital("") == ""
    assert unit_of_difference("% of works") == "percentage points" and unit_of_difference("people") == "people"
    assert signed_tick(0.5) == "+0.5" and signed_tick(0.0) == "0"
