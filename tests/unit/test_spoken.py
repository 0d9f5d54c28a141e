"""Levers in the words that terminal, report and live page share."""

from __future__ import annotations

from typing import Any

import pytest

from talentsim.config import Policy
from talentsim.spoken import LEVER_NAMES, amount, between, lever_at, lever_name, lever_of
from talentsim.vocab import LEVERS
from worlds import policy

NAMES = {"USA": "United States", "CHN": "China", "CAN": "Canada"}


def test_every_lever_has_a_short_name_of_its_own() -> None:
    assert LEVER_NAMES.keys() == LEVERS.keys()
    assert len(set(LEVER_NAMES.values())) == len(LEVERS) and all(each not in lever_name(each) for each in LEVERS if "_" in each)


@pytest.mark.parametrize(("lever", "of", "towards", "words"), [
    ("student_refusal", "USA", "CHN", "China \N{RIGHTWARDS ARROW} United States"), ("pay", "CAN", "", "Canada"),
    ("collaboration", "USA", "CHN", "United States and China"), ("level_odds", "USA", "4", "United States, wage level 4"),
    ("site_weight", "Google", "CAN", "Google in Canada"), ("placement", "Google", "", "Google"),
])
def test_a_cell_of_a_lever_names_whom_it_concerns(lever: str, of: str, towards: str, words: str) -> None:
    assert lever_at(lever, of, towards, lambda code: NAMES.get(code, code)) == f"{LEVER_NAMES[lever]}, {words}"


@pytest.mark.parametrize(("fields", "words"), [
    ({"lever": "student_refusal", "countries": ["CAN"], "origins": ["CHN"]}, "Student visas refused, Canada, from China"),
    ({"lever": "pay", "countries": None}, "Pay of researchers, every country"),
    ({"lever": "site_weight", "countries": ["CHN"], "headquarters": ["USA"]}, "Posts at a firm's site, firms of United States, in China"),
])
def test_a_policy_is_named_alike_as_data_and_checked(fields: dict[str, Any], words: str) -> None:
    whole = policy(**fields)
    assert lever_of(whole, NAMES.__getitem__) == lever_of(Policy.model_validate(whole), NAMES.__getitem__) == words


def test_amounts_and_ranges_say_the_unit_once() -> None:
    assert (amount(1.1234, "probability"), between(0.1, 0.4, "probability"), between(2.0, 2.0, "years")) == ("112 %", "10 to 40 %", "2 years")
    assert (between(20_000.0, 3e5, "int'l $ (PPP) a year"), between(1.0, float("inf"), "years")) == ("20,000 to 300,000 int'l $", "1 year to no limit")
