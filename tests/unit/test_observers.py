"""Observers in closed form: shares by site and by headquarters, participation, recency, publication rates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from talentsim.config.observers import Articles, Conference
from talentsim.measures.observers import article_counts, author_shares, publication_rates

WORKS = pd.DataFrame(
    [(2019, "CHN", "USA", "USA", "USA", 30.0, 3.0), (2019, "CHN", "CHN", "CHN", "USA", 10.0, 1.0),
     (2019, "CHN", "CHN", "CHN", "CHN", 60.0, 0.0), (2021, "USA", "USA", "USA", "CHN", 50.0, 1.0),
     (2021, "CHN", "CHN", "CHN", "CHN", 50.0, 1.0)],
    columns=["year", "origin", "training", "work", "hq", "works", "frontier_works"])


def figure(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "x", "range": [value, value], "evidence": "assumed"}


def rate(level: float, growth: float = 0.0) -> dict[str, Any]:
    return {"level": figure(level), "growth": figure(growth)}


def conference(recency: float = 0.0, **participation: Any) -> Conference:
    return Conference.model_validate({"title": "A conference", "level_year": 2019, "growth_until": 2022, "recency": figure(recency), "others": rate(1.0),
                                      "participation": participation})


def share(table: pd.DataFrame, year: int, country: str) -> float:
    row = table[(table["year"] == year) & (table["country"] == country)]
    return float(row["share"].sum())


@pytest.mark.parametrize(("by", "expected"), [("work", 0.3), ("hq", 0.4), ("training", 0.3), ("origin", 0.0)])
def test_a_laboratory_counts_for_its_site_or_for_its_owner(by: Any, expected: float) -> None:
    assert share(author_shares(WORKS, conference(), by), 2019, "USA") == pytest.approx(expected)


def test_frontier_works_are_a_tier_of_their_own() -> None:
    assert share(author_shares(WORKS, conference(), "work", "frontier_works"), 2019, "USA") == pytest.approx(0.75)


def test_participation_of_the_country_of_work_weighs_and_drifts() -> None:
    table = author_shares(WORKS, conference(CHN=rate(2.0, 0.1)), "work")
    assert share(table, 2019, "CHN") == pytest.approx(70 * 2 / (70 * 2 + 30))
    late = 2 * np.exp(0.2)
    assert share(table, 2021, "CHN") == pytest.approx(late / (late + 1))


def test_participation_stands_still_after_the_last_year_of_growth() -> None:
    still = conference(CHN=rate(2.0, 0.1)).model_copy(update={"growth_until": 2019})
    assert share(author_shares(WORKS, still, "work"), 2021, "CHN") == pytest.approx(2 / 3)


def test_past_works_fade() -> None:
    """Two years at a recency of four: e to the minus a half of the works of 2019 are left in 2021."""
    left = np.exp(-0.5)
    table = author_shares(WORKS, conference(4.0), "hq")
    assert share(table, 2021, "USA") == pytest.approx(40 * left / (100 + 100 * left))
    assert share(table, 2020, "USA") == pytest.approx(0.4)


@pytest.mark.parametrize("by", ["work", "hq", "training", "origin"])
def test_shares_of_a_year_sum_to_one(by: Any) -> None:
    table = author_shares(WORKS, conference(3.0, CHN=rate(0.3)), by)
    assert np.allclose(table.groupby("year")["share"].sum(), 1.0)


def test_without_participation_nobody_is_seen() -> None:
    assert share(author_shares(WORKS, conference(CHN=rate(0.0)), "work"), 2019, "USA") == 1.0


def test_articles_are_works_times_the_rate() -> None:
    database = Articles.model_validate({"title": "A database", "source": ["mine"], "level_year": 2019, "growth_until": 2022, "others": rate(1.0),
                                        "rate": {"CHN": rate(3.0, -0.1)}})
    counts = article_counts(WORKS, database).set_index(["year", "country"])["articles"]
    assert counts[2019, "CHN"] == pytest.approx(210.0) and counts[2019, "USA"] == pytest.approx(30.0)
    assert counts[2021, "CHN"] == pytest.approx(50 * 3 * np.exp(-0.2))


def test_rates_show_what_was_counted() -> None:
    rates = publication_rates(WORKS, {"CHN": 140.0, "USA": 15.0, "FRA": 9.0}, 2019)
    assert rates == pytest.approx({"CHN": 2.0, "USA": 0.5})
