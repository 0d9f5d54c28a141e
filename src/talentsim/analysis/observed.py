"""A run of the AI world beside what is observed of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from talentsim.analysis.indicators import RunView, stay_rate
from talentsim.config import Config
from talentsim.data.facts import facts
from talentsim.observers import By, author_shares

EUROPE = ("GBR", "DEU", "FRA", "CHE", "NLD", "REU")
NAMES = {"USA": "US", "CHN": "China", "IND": "India"}
COLUMNS = ["quantity", "unit", "simulated", "observed", "fact", "fitted"]


def beside_facts(run: RunView, config: Config) -> pd.DataFrame:
    """Lay stocks, stay rates and authorship beside the figures that are known of them.

    Returns
    -------
    quantity, unit, simulated, observed, fact (its id) and whether the starting values were fitted to it. The figures of
    2015 are upper bounds.
    """
    rows = _stocks(run, config) + _stays(run) + _authors(run, config)
    return pd.DataFrame(rows, columns=COLUMNS)


def _stocks(run: RunView, config: Config) -> list[tuple]:
    stock = run.total("stocks", "researchers", "work") / config.population.scale
    known, at = facts()["unido_stock"].value, {code: place for place, code in enumerate(run.codes)}
    last = stock[_place(run, 2024)]
    rows = [(f"researchers, {code} {year}", "thousands", stock[_place(run, year), at[code]] / 1000, known[year][NAMES[code]] / 1000,
             "unido_stock", True) for year in (2015, 2024) for code in ("USA", "CHN")]
    europe = 100 * sum(last[at[code]] for code in EUROPE) / last.sum()
    return [*rows, ("researchers, world 2024", "thousands", last.sum() / 1000, known[2024]["world"] / 1000, "unido_stock", True),
            ("Europe's share of the researchers, 2024", "%", europe, known[2024]["Europe_pct"], "unido_stock", True)]


def _stays(run: RunView) -> list[tuple]:
    """Return five-year stay rates of foreign doctorates of the United States: seen to 2017 by the fit, and 2021."""
    rate, usa = stay_rate(run, 5)[:, run.codes.index("USA")], run.codes.index("USA")
    graduates = _graduates(run)
    early, late = facts()["stay5_series"].value, facts()["stay5_2021"].value
    rows = []
    for code, name, name_late in (("CHN", "China_incl_HK", "China"), ("IND", "India", "India"), ("all", "total", "total")):
        def of(year: int, code: str = code) -> float:
            if code != "all":
                return float(rate[_place(run, year), run.codes.index(code)])
            weight = graduates[year - 5] * (np.arange(len(run.codes)) != usa)
            return float(np.nansum(rate[_place(run, year)] * weight) / weight.sum())

        rows.append((f"stay rate after 5 years, {code}, mean of 2015 and 2017", "%", (of(2015) + of(2017)) / 2,
                     (early[name][2015] + early[name][2017]) / 2, "stay5_series", code != "all"))
        rows.append((f"stay rate after 5 years, {code}, 2021", "%", of(2021), late[name_late], "stay5_2021", False))
    return rows


def _graduates(run: RunView) -> dict[int, np.ndarray]:
    """Return the doctorates taken in the United States by year and origin."""
    people = run.table("people")
    at_usa = people[people["training"] == "USA"]
    counts = at_usa.groupby(["doctorate_year", at_usa["origin"].cat.codes], observed=True).size().unstack(fill_value=0)
    counts = counts.reindex(columns=range(len(run.codes)), fill_value=0)
    return {int(year): row.to_numpy() for year, row in counts.iterrows()}


def _authors(run: RunView, config: Config) -> list[tuple]:
    """Return shares of top-tier conference authors, by the seat of the employer as they were counted."""
    conference = config.observers.conferences.get("neurips")
    if conference is None:
        return []
    counted: tuple[tuple[By, str, str], ...] = (("hq", "mp_work_top20", "by seat of the employer"),
                                                ("origin", "mp_origin_top20", "by first degree"))
    rows = []
    for by, fact, words in counted:
        shares = author_shares(run.table("works"), conference, by).set_index(["year", "country"])["share"]
        for year in (2019, 2022):
            for code, name in NAMES.items():
                if name in facts()[fact].value[year]:
                    rows.append((f"top-tier authors {words}, {code} {year}", "%", 100 * float(shares.get((year, code), 0.0)),
                                 facts()[fact].value[year][name], fact, False))
    return rows


def _place(run: RunView, year: int) -> int:
    return list(run.years).index(year)
