"""The dictionary of results: what each table of a comparison holds, and what each of its columns means, with the unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd


class Column(NamedTuple):
    """What a column means, and its unit; none for names."""

    meaning: str
    unit: str = ""


class Described(NamedTuple):
    """A table: the command that writes it, its name, what it holds, its columns in order, and those that mean here what they mean nowhere else.

    `besides` are columns whose names depend on the run, by a label that says how they are called.
    """

    command: str
    name: str
    holds: str
    columns: tuple[str, ...]
    own: Mapping[str, Column] = {}
    besides: Mapping[str, Column] = {}

    def column(self, name: str) -> Column:
        """Return what a column means.

        Raises
        ------
        KeyError
            When it stands in no list.
        """
        return self.own[name] if name in self.own else COLUMNS[name]


PEOPLE, WORKS, POINTS = "people", "works", "percentage points"
OF_OUTCOME = "that of the outcome: % of works, people or works"
OF_DIFFERENCE = f"that of the outcome; {POINTS} of a share"
BAND = "the interval over draws of the parameters, or over replications with parameters=point"


MEAN, MIDDLE = "mean", "median over draws, mean with parameters=point"


def interval(unit: str, of: str = "") -> dict[str, Column]:
    """Return the two ends of an interval."""
    return {"low": Column(f"lower end of {of or BAND}", unit), "high": Column(f"upper end of {of or BAND}", unit)}


def compared(unit: str, difference: str = "", middle: str = MEAN) -> dict[str, Column]:
    """Return both arms and their paired difference, each the middle of its own values, with the interval of the difference."""
    difference = difference or unit
    return {"baseline": Column(f"level in the baseline, {middle}", unit), "scenario": Column(f"level in the scenario, {middle}", unit),
            "difference": Column(f"scenario less baseline with the same luck in both, {middle}", difference), **interval(difference)}


COLUMNS = {
    "outcome": Column("quantity that is compared, as work_share; the list of outcomes says in what unit"), "country": Column("country, by its code"),
    "unit": Column("unit of the row's numbers"), "year": Column("calendar year, its end", "year"), "arm": Column("baseline or scenario"),
    "origin": Column("country of first degree, by its code"), "training": Column("country of the doctorate, by its code"), "work": Column("country of work, by its code"),
    "hq": Column("country of the employer's headquarters, by its code"), "from": Column("country left, by its code"), "to": Column("country moved to, by its code"),
    "tier": Column("all, or the ablest of the world (top20, top2: 20 % and 2 %), each with all tiers above it"),
    "sector": Column("academia (doctoral students included) or industry, that of the employer"), "stage": Column("student or researcher"),
    "route": Column("way to a right to work or study"), "job": Column("number of the job"), "group": Column("group of parameters"), "title": Column("the same in words"),
    "baseline_country": Column("country of work in the baseline, by its code"), "scenario_country": Column("country of work in the scenario, by its code"),
    "kind": Column("what the row shows: as configured, a structure, a policy alone, a policy left out, their interaction, the low or high end of a range"),
    "name": Column("name of the row's structure, policy or figure"), "replications": Column("pairs of runs behind the row", "runs"),
    "key": Column("key of a figure"), "id": Column("name of the moment or fact"), "target": Column("name of what is observed"), "model": Column("the model, or a benchmark"),
}
"""Columns that mean the same wherever they stand; every other is described by its table."""

SHARES = compared("% of works", POINTS, MIDDLE)
SIDE = SHARES | {"effect": Column("what it adds to the difference of the same replications as configured", POINTS)}
VISAS = {"applied": "applications", "refused": "refused", "lost_lottery": "not selected in a lottery", "granted": "granted"}
WRITTEN_BY = "talentsim scenario=NAME, talentsim sensitivity, each job of talentsim -m"

COMPARISON = {each.name: each for each in (
    Described(WRITTEN_BY, "headline", "levels and paired difference of every outcome, in the year of the headline", (
        "outcome", "country", "unit", "year", "baseline", "scenario", "difference", "low", "high", "low_error", "high_error", "boot_low", "boot_high",
        "standard_error", "unpaired_error"), compared(OF_OUTCOME, OF_DIFFERENCE, MIDDLE) | {
        "low_error": Column("Monte-Carlo error of the lower end, over draws; empty with parameters=point", OF_DIFFERENCE),
        "high_error": Column("Monte-Carlo error of the upper end, over draws; empty with parameters=point", OF_DIFFERENCE),
        "boot_low": Column("lower end of the bootstrap's interval of the mean; none over draws", OF_DIFFERENCE), "boot_high": Column("upper end of the bootstrap's interval of the mean; none over draws", OF_DIFFERENCE),
        "standard_error": Column("Monte-Carlo standard error of the difference", OF_DIFFERENCE),
        "unpaired_error": Column("what that error would be if baseline and scenario had met different luck", OF_DIFFERENCE)}),
    Described(f"{WRITTEN_BY}, talentsim scenario=baseline", "over_time", "means of every outcome in baseline and scenario, every year", ("outcome", "country", "year", "mean", "low", "high", "arm"),
        {"mean": Column("mean over replications", OF_OUTCOME), **interval(OF_OUTCOME, "the middle 90 % of single replications")}),
    Described(WRITTEN_BY, "differences", "levels and paired difference of every outcome as in the headline, every year: over draws each is a median of its own, and they need not subtract",
        ("outcome", "country", "year", "baseline", "scenario", "difference", "low", "high", "standard_error"),
        compared(OF_OUTCOME, OF_DIFFERENCE, MIDDLE) | {"standard_error": Column("Monte-Carlo standard error of the difference", OF_DIFFERENCE)}),
    Described(WRITTEN_BY, "by_origin", "people by country of first degree and of work, every year; means, which add up",
        ("origin", "country", "year", "baseline", "scenario", "difference", "low", "high"), compared(PEOPLE)),
    Described(WRITTEN_BY, "by_tier", "people and works of the ablest alone, every year; a higher tier is part of the lower, and all is everybody",
        ("tier", "country", "year", "baseline", "scenario", "difference", "low", "high", "outcome"), compared("people, or % of the tier's works", f"people, or {POINTS}")),
    Described(WRITTEN_BY, "by_sector", "people and works by sector of the employer, every year",
        ("sector", "country", "year", "baseline", "scenario", "difference", "low", "high", "outcome"), compared("people, or % of the sector's works", f"people, or {POINTS}")),
    Described(WRITTEN_BY, "diversion", "the same people in both worlds, in the year of the headline", ("baseline_country", "scenario_country", "researchers", "low", "high"),
        {"researchers": Column("people who are in these two countries, mean", PEOPLE), **interval(PEOPLE)}),
    Described(WRITTEN_BY, "diversion_by_year", "the same people in both worlds, every year", ("year", "baseline_country", "scenario_country", "researchers", "low", "high"),
        {"researchers": Column("people who are in these two countries, mean", PEOPLE), **interval(PEOPLE)}),
    Described(WRITTEN_BY, "diverted", "people who are in different countries in the two worlds, by year, origin, tier and stage; a higher tier is part of the lower, "
        "and all is everybody: add up one tier alone", ("year", "origin", "tier", "stage", "baseline_country", "scenario_country", "researchers", "low", "high"),
        {"stage": Column("student or researcher, in the baseline"), "researchers": Column("people, mean", PEOPLE), **interval(PEOPLE)}),
    Described(WRITTEN_BY, "parting", "the first decision that differs between a person's two lives", ("year", "origin", "baseline_decision", "scenario_decision", "people", "low", "high"),
        {"baseline_decision": Column("what happened to the person in the baseline"), "scenario_decision": Column("what happened in the scenario"),
         "people": Column("people, mean", PEOPLE), **interval(PEOPLE)}),
    Described(WRITTEN_BY, "pathways", "works from training country to work country to headquarters, in the year of the headline", ("arm", "training", "work", "hq", "works"),
        {"works": Column("expected output, in those of a typical researcher's year, mean", WORKS)}),
    Described(WRITTEN_BY, "corridors", "moves between countries since the first policy began", ("from", "to", "baseline", "scenario", "difference", "low", "high"), compared("people a year")),
    Described(WRITTEN_BY, "stay_curves", "share of doctorates who are still in the country of training, by years since",
        ("arm", "training", "origin", "years_since", "stay_rate", "low", "high", "graduates", "first_cohort", "last_cohort"),
        {"years_since": Column("years since the doctorate", "years"), "stay_rate": Column("share still in the country of training", "% of doctorates"), **interval("% of doctorates"),
         "graduates": Column("doctorates behind the rate, in one replication", PEOPLE), "first_cohort": Column("first year of doctorate that is counted", "year"),
         "last_cohort": Column("last year of doctorate that is counted", "year")}),
    Described(WRITTEN_BY, "visa_funnel", "what became of applications for visas since the first policy began", (
        "arm", "country", "origin", "route", "applied", "refused", "lost_lottery", "granted"), {name: Column(f"{words}, mean", "people a year") for name, words in VISAS.items()}),
    Described(WRITTEN_BY, "sides", "the headline under other structures, and policy by policy; share of the works made in the country that is followed", (
        "kind", "name", "title", "country", "year", "replications", "baseline", "scenario", "difference", "low", "high", "effect"), SIDE),
    Described("talentsim sensitivity", "sensitivity", "the headline with figures at the ends of their ranges; share of the works made in the country that is followed", (
        "kind", "name", "title", "parameter", "value", "configured", "country", "year", "replications", "baseline", "scenario", "difference", "low", "high", "effect"), SIDE | {
        "parameter": Column("keys of the figures that are varied"), "value": Column("their values, as text", "that of the figure"),
        "configured": Column("their values as configured, as text", "that of the figure")}),
    Described("talentsim scenario=NAME, over draws", "variance_shares", "how much of the variance of the headline over draws each group of parameters explains",
        ("group", "share", "parameters", "r2", "draws"), {"share": Column("part of the variance over draws", "0 to 1"), "parameters": Column("parameters in the group, those that explain most first"),
         "r2": Column("share of the variance explained in draws left out; the same in every row", "0 to 1"), "draws": Column("draws of the parameters", "draws")}),
    Described("talentsim scenario=NAME world=ai", "fit", "the baseline beside what is observed of it", (
        "quantity", "unit", "simulated", "observed", "is_bound", "fact", "use", "low", "high"), {
        "quantity": Column("what is observed, in words"), "simulated": Column("the baseline's figure", "that of the row"), "observed": Column("the published figure", "that of the row"),
        "is_bound": Column("whether the published figure is one end of a range"), "fact": Column("name of the fact; `talentsim facts` lists them"),
        "use": Column("fitted (the figures were calibrated to it), seen, or held out"), **interval("that of the row")}),
    Described("talentsim scenario=baseline", "portrait", "one world described by itself: its countries in the first year and in that of the headline, the largest first, then the world", (
        "country", "from_year", "year", "people_before", "people", "growth", "hosted_before", "hosted", "low", "high", "trained", "owned", "first_degrees"), {
        "from_year": Column("first reported year", "year"), "people_before": Column("people in that year, all doctoral students included", PEOPLE),
        "people": Column("people in the year of the headline, all doctoral students included", PEOPLE), "growth": Column("growth of people from that year on", "% a year"),
        "hosted_before": Column("works made in the country in the first year", "% of works"), "hosted": Column("works made in the country", "% of works"),
        **interval("% of works", "the middle 90 % of single replications of `hosted`"), "trained": Column("works by those who took the doctorate there", "% of works"),
        "owned": Column("works of employers with headquarters there", "% of works"), "first_degrees": Column("works by those with a first degree from there", "% of works")}),
    Described("talentsim scenario=NAME world=ai, where the baseline is not the shipped one", "departures", "keys in which the baseline differs from the shipped one", ("key",)),
)}
"""What each table of a comparison holds, by name."""


def dictionary(tables: Sequence[tuple[str, Sequence[str]]]) -> pd.DataFrame:
    """Describe every column of some tables of a comparison: table, what it holds, column, meaning, unit.

    Parameters
    ----------
    tables
        Name and columns of each; one that is not described here is listed with empty words.
    """
    rows = []
    for name, columns in tables:
        table = COMPARISON.get(name)
        known = () if table is None else table.columns
        rows += [(name, "" if table is None else table.holds, column, *(table.column(column) if table is not None and column in known else Column(""))) for column in columns]
    return pd.DataFrame(rows, columns=["table", "it holds", "column", "meaning", "unit"])
