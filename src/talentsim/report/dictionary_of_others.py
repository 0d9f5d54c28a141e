"""The dictionary of what other commands than the comparison write: runs in the store, sweeps, indicators, calibration, validation."""

from __future__ import annotations

from typing import NamedTuple

from talentsim.report.dictionary import COLUMNS, Column

RUNS, SWEEP, INDICATORS = "every run, in outputs/store", "talentsim -m", "talentsim indicators"
CALIBRATE, VALIDATE = "talentsim calibrate world=ai", "talentsim validate world=ai"
PANEL_CALIBRATE, PANEL_VALIDATE = "talentsim calibrate world=scholars", "talentsim validate world=scholars"


class Written(NamedTuple):
    """A table, the command that writes it, what it holds, its columns, and what stands there besides for each key or target."""

    command: str
    holds: str
    columns: tuple[str, ...]
    besides: str = ""


OTHER_TABLES = {
    "stocks": Written(RUNS, "researchers and doctoral students at the end of each year", ("year", "origin", "training", "work", "stage", "status", "researchers")),
    "flows": Written(RUNS, "moves between countries within each year", ("year", "reason", "origin", "from", "to", "moves")),
    "works": Written(RUNS, "what is produced, by where it was made possible", ("year", "origin", "training", "work", "hq", "works", "frontier_works")),
    "visas": Written(RUNS, "applications and what became of them", ("year", "country", "origin", "route", "applied", "refused", "lost_lottery", "granted")),
    "entries": Written(RUNS, "people who begin", ("year", "origin", "entrants")),
    "exits": Written(RUNS, "people who leave research", ("year", "origin", "work", "exits")),
    "ecosystem": Written(RUNS, "strength of each country's ecosystem and its components", (
        "year", "country", "strength", "talent", "compute", "capital", "openness", "ip_protection", "translation", "collaboration")),
    "outcomes": Written(RUNS, "the outcomes that comparisons are made of", ("outcome", "year", "country", "value")),
    "tiers": Written(RUNS, "people and works of the ablest", ("year", "tier", "work", "researchers", "works")),
    "sectors": Written(RUNS, "people and works by sector of the employer", ("year", "sector", "work", "researchers", "works")),
    "people": Written(RUNS, "every agent, unless output.people=false", (
        "uid", "origin", "training", "entry_year", "doctorate_year", "exit_year", "ability", "is_listed")),
    "events": Written(RUNS, "every change in an agent's life, unless output.people=false", ("uid", "year", "from", "to", "stage", "status", "reason")),
    "sweep": Written(SWEEP, "the differences of all jobs, every year", (
        "job", "overrides", "world", "focus", "headline_year", "level", "outcome", "country", "unit", "year", "baseline", "scenario", "difference", "low",
        "high", "standard_error"), "a column for each key that the sweep varies"),
    "failures": Written(SWEEP, "jobs that failed", ("job", "overrides", "message", "traceback")),
    "indicators": Written(INDICATORS, "indicators of baseline and scenario, every year", (
        "indicator", "unit", "year", "country", "partner", "baseline", "scenario", "difference", "low", "high")),
    "scorecard": Written(VALIDATE, "the model under draws beside every target", (
        "target", "title", "role", "group", "unit", "observed", "lower", "median", "low", "high", "parameter_low", "parameter_high", "inside", "miss", "score",
        "counts")),
    "forecasts": Written(VALIDATE, "targets kept aside: the model beside simple forecasts", ("target", "title", "group", "forecast", "low", "high", "inside", "score")),
    "summary": Written(VALIDATE, "the scorecard counted, by role", ("role", "targets", "inside", "chi2", "score")),
    "history": Written("talentsim validate history world=ai", "what leaving a policy of the past out does to the fit", ("policy", "chi2_change", "target", "moved")),
    "trace": Written(CALIBRATE, "how the calibration went, wave by wave", ("wave", "fit", "runs", "moved", "error", "chi2_emulator", "chi2_latest_runs", "r2_median")),
    "runs": Written(CALIBRATE, "every run of the calibration", ("version",), "a column z KEY for each parameter, a column for each target"),
    "FIT_checked": Written(CALIBRATE, "draws of a fit run on the real model", (), "a column for each target"),
    "parameters": Written(PANEL_CALIBRATE, "figures before and as proposed", ("key", "before", "proposed", "method")),
    "careers": Written(PANEL_CALIBRATE, "moments of careers before and as proposed", ("id", "target", "tolerance", "before", "proposed", "inside")),
    "verdict": Written(PANEL_VALIDATE, "what was asked for and what was reached", ("measure", "required", "reached", "met")),
    "by_year": Written(PANEL_VALIDATE, "scores of forecasts by year", ("model", "year", "wlogRMSE", "CPC", "TVD_stock")),
    "lead": Written(PANEL_VALIDATE, "how far the model leads each benchmark", ("model", "lead", "low", "high")),
    "fact_counts": Written(PANEL_VALIDATE, "facts that each forecast meets", ("model", "inside", "facts")),
}
"""Tables by name; FIT stands for the name of a fit, as `ai` or `ai_2019`."""

OTHER_COLUMNS = {
    "status": Column("visa status"), "reason": Column("decision that made the change"), "moves": Column("moves", "people"),
    "frontier_works": Column("works among the most cited", "works"), "entrants": Column("people who begin", "people"), "exits": Column("people who leave research", "people"),
    "strength": Column("strength of the ecosystem", "relative to the world's mean"), "talent": Column("talent in the country, weighed by ability", "index"),
    "compute": Column("computing capacity", "index"), "capital": Column("capital for research", "index"), "openness": Column("openness", "index"),
    "ip_protection": Column("protection of intellectual property", "index"), "translation": Column("strength in turning research into products", "index"),
    "collaboration": Column("factor of output by work with others", "index"), "uid": Column("the person, the same in every scenario"),
    "entry_year": Column("year of the first degree", "year"), "doctorate_year": Column("year of the doctorate", "year"), "exit_year": Column("year of leaving research", "year"),
    "ability": Column("ability", "multiple of the typical"), "is_listed": Column("tied to a listed institution"), "job": Column("number of the job"),
    "overrides": Column("what the job was given"), "world": Column("name of the world"), "focus": Column("country that the job follows, by its code"),
    "headline_year": Column("year of the job's headline", "year"), "level": Column("level of the intervals"), "message": Column("what went wrong"),
    "traceback": Column("where it went wrong, for those who know the code"), "indicator": Column("name of the indicator; `talentsim indicators --list`"),
    "partner": Column("the other country of an indicator of two, by its code"), "target": Column("what is observed"), "role": Column("fitted, seen or kept aside"),
    "observed": Column("what was observed", "that of the target"), "lower": Column("lower end of what was observed, where it is a bound", "that of the target"),
    "median": Column("median over draws", "that of the target"), "parameter_low": Column("lower end by parameters and luck alone", "that of the target"),
    "parameter_high": Column("upper end by parameters and luck alone", "that of the target"), "inside": Column("whether, or how many, the band holds"),
    "miss": Column("how far the median lies off", "tolerances"), "score": Column("interval score: width, and what the band misses", "tolerances"),
    "counts": Column("how the source counts"), "forecast": Column("the model, no change, or a trend"), "targets": Column("targets", "targets"),
    "chi2": Column("mean squared miss", "squared tolerances"), "policy": Column("policy of the past"), "chi2_change": Column("what the mean squared miss changes by", "squared tolerances"),
    "moved": Column("how far it moves: a target in tolerances, a posterior in standard deviations"), "wave": Column("number of the wave"), "fit": Column("name of the fit"),
    "runs": Column("runs of the real model so far", "runs"), "error": Column("standard error of the posterior's means", "standard deviations of the posterior"), "chi2_emulator": Column("mean squared miss by the emulator", "squared tolerances"),
    "chi2_latest_runs": Column("mean squared miss of the latest runs", "squared tolerances"), "r2_median": Column("median R2 of the emulator over targets"),
    "version": Column("digest of what the run depends on"), "before": Column("before the calibration"), "proposed": Column("as proposed"),
    "method": Column("how it was found"), "id": Column("name of the moment or fact"), "tolerance": Column("what it may be off by"), "measure": Column("what is measured"),
    "required": Column("what was asked for"), "reached": Column("what was reached"), "met": Column("whether it was met"), "model": Column("the model or a benchmark"),
    "wlogRMSE": Column("error of flows, in logs, weighed by their size"), "CPC": Column("part of flows in common"), "TVD_stock": Column("distance of shares of stocks"),
    "lead": Column("how far the model is ahead"), "facts": Column("facts that can be told", "facts"),
}
"""Columns that no table of a comparison has."""


def described(table: str, column: str) -> Column:
    """Return what a column of one of these tables means.

    Raises
    ------
    KeyError
        When it stands in no list.
    """
    if column in OTHER_TABLES[table].columns and column in OTHER_COLUMNS:
        return OTHER_COLUMNS[column]
    return COLUMNS[column]
