"""The dictionary of results: what each table holds, and what each column means, with its unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd


class Column(NamedTuple):
    """What a column means, and its unit; none for names."""

    meaning: str
    unit: str = ""


OF_OUTCOME = "that of the outcome: % of works, people or works; of a difference between shares, percentage points"

TABLES = {
    "headline": "levels and paired difference of every outcome, in the year of the headline",
    "over_time": "means of every outcome in baseline and scenario, every year, with the middle 90 % of single replications",
    "differences": "levels and paired difference of every outcome as in the headline, every year: over draws each is a median of its own, and they need not subtract",
    "by_origin": "people by country of first degree and of work, every year",
    "by_tier": "people and works of the ablest alone, every year; a higher tier is part of the lower, and all is everybody",
    "by_sector": "people and works by sector of the employer, every year; a share is of the sector's works",
    "diversion": "the same people in both worlds, in the year of the headline",
    "diversion_by_year": "the same people in both worlds, every year",
    "diverted": "people who are in different countries in the two worlds, by year, origin, tier and stage; a higher tier is part of the lower, and all is everybody: add up one tier alone",
    "parting": "the first decision that differs between a person's two lives",
    "pathways": "works from training country to work country to headquarters, in the year of the headline",
    "corridors": "moves a year between countries since the first policy began",
    "stay_curves": "share of doctorates who are still in the country of training, by years since",
    "visa_funnel": "what became of applications for visas since the first policy began",
    "sides": "the headline under other structures, and policy by policy",
    "sensitivity": "the headline with figures at the ends of their ranges",
    "variance_shares": "how much of the variance over draws each group of parameters explains",
    "fit": "the baseline compared with what is observed",
    "portrait": "one world described by itself: its countries in the first year and in that of the headline, the largest first, then the world",
    "departures": "keys in which the baseline differs from the shipped one",
}
"""What each table of a comparison holds."""

COLUMNS = {
    "outcome": Column("quantity that is compared"), "country": Column("country, by its code"), "unit": Column("unit of the row"),
    "year": Column("calendar year, its end", "year"), "arm": Column("baseline or scenario"),
    "baseline": Column("level in the baseline", OF_OUTCOME), "scenario": Column("level in the scenario", OF_OUTCOME),
    "difference": Column("scenario less baseline, the same luck in both", OF_OUTCOME), "mean": Column("mean over replications", OF_OUTCOME),
    "low": Column("lower end of the interval, or of the band", OF_OUTCOME), "high": Column("upper end of the interval, or of the band", OF_OUTCOME),
    "low_error": Column("Monte-Carlo error of the lower end, over draws", OF_OUTCOME),
    "high_error": Column("Monte-Carlo error of the upper end, over draws", OF_OUTCOME),
    "boot_low": Column("lower end of the bootstrap's interval", OF_OUTCOME), "boot_high": Column("upper end of the bootstrap's interval", OF_OUTCOME),
    "standard_error": Column("Monte-Carlo standard error of the difference", OF_OUTCOME),
    "unpaired_error": Column("what that error would be if baseline and scenario had met different luck", OF_OUTCOME),
    "origin": Column("country of first degree"), "tier": Column("all, or the ablest of the world (top20, top2: 20 % and 2 %), each with all tiers above it"),
    "sector": Column("academia (doctoral students included) or industry, that of the employer"), "stage": Column("student or researcher, in the baseline"), "training": Column("country of the doctorate"),
    "work": Column("country of work"), "hq": Column("country of the employer's headquarters"),
    "baseline_country": Column("country of work in the baseline"), "scenario_country": Column("country of work in the scenario"),
    "researchers": Column("researchers and doctoral students", "people"), "people": Column("people, all doctoral students included", "people"),
    "baseline_decision": Column("what happened to the person in the baseline"), "scenario_decision": Column("what happened in the scenario"),
    "works": Column("expected output, in those of a typical researcher's year", "works"), "from": Column("country left"), "to": Column("country moved to"),
    "years_since": Column("years since the doctorate", "years"), "stay_rate": Column("share still in the country of training", "%"),
    "graduates": Column("doctorates behind the rate, over all replications", "people"),
    "first_cohort": Column("first year of doctorate that is counted", "year"), "last_cohort": Column("last year of doctorate that is counted", "year"),
    "route": Column("way to a right to work or study"), "applied": Column("applications", "people"), "refused": Column("refused", "people"),
    "lost_lottery": Column("not selected in a lottery", "people"), "granted": Column("granted", "people"),
    "kind": Column("what the row shows: as configured, another structure, a policy alone or left out, an end of a range"),
    "name": Column("name of the row's structure, policy or figure"), "title": Column("the same in words"),
    "replications": Column("pairs of runs behind the row", "runs"), "parameter": Column("keys of the figures that are varied"),
    "value": Column("their values, as text"), "configured": Column("their values as configured"),
    "effect": Column("what the end, or another structure, adds to the difference of the same replications", OF_OUTCOME), "group": Column("group of parameters"),
    "share": Column("part of the variance over draws"), "parameters": Column("parameters in the group, those that explain most first"),
    "from_year": Column("first reported year", "year"), "people_before": Column("people in that year, all doctoral students included", "people"),
    "growth": Column("growth of people from that year on", "% a year"), "hosted_before": Column("works made in the country in that year", "% of works"),
    "hosted": Column("works made in the country", "% of works"), "trained": Column("works by those who took the doctorate there", "% of works"),
    "owned": Column("works of employers with headquarters there", "% of works"), "first_degrees": Column("works by those with a first degree from there", "% of works"),
    "key": Column("key of a figure"),
    "r2": Column("share of the variance explained in draws left out"), "draws": Column("draws of the parameters", "draws"),
}
"""Columns of a comparison's tables, which mean the same wherever they stand."""


def dictionary(tables: Sequence[tuple[str, Sequence[str]]]) -> pd.DataFrame:
    """Describe every column of some tables: table, what it holds, column, meaning, unit.

    Parameters
    ----------
    tables
        Name and columns of each; one that is not described here is listed with empty words.
    """
    rows = [(table, TABLES.get(table, ""), column, *COLUMNS.get(column, Column(""))) for table, columns in tables for column in columns]
    return pd.DataFrame(rows, columns=["table", "it holds", "column", "meaning", "unit"])
