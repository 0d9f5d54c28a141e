"""The dictionary of what other commands than the comparison write: runs in the store, sweeps, indicators, calibration, validation, data."""

from __future__ import annotations

from talentsim.report.dictionary import MIDDLE, OF_DIFFERENCE, OF_OUTCOME, VISAS, Column, Described, compared, interval

RUNS, SWEEP, INDICATORS, BUNDLE = "every run, below outputs/store", "talentsim -m", "talentsim indicators", "talentsim bundle"
CALIBRATE, VALIDATE = "talentsim calibrate world=ai", "talentsim validate [history] world=ai"
PANEL_CALIBRATE, PANEL_VALIDATE, PANEL_DATA = "talentsim calibrate world=scholars", "talentsim validate [agents] world=scholars", "talentsim data scholars"
FIT = "FIT"
"""Stands for the name of a fit, as `ai`, `ai_2019` or `ai_prior`."""

AGENTS = "agents"
N_AGENTS = {"researchers": Column("agents, doctoral students included", AGENTS)}
N_WORKS = {"works": Column("expected output of the agents, in works of a typical researcher's year", "works of agents")}
STATUS = Column("national, student, post_study, temporary, queued or permanent: the right by which the person lives there")
OF_TARGET, TOLERANCES, SQUARED, DEVIATIONS = "that of the target", "tolerances of the target", "squared tolerances", "standard deviations of the posterior"

OF_RUNS = (
    Described(RUNS, "stocks", "researchers and doctoral students at the end of each year", ("year", "origin", "training", "work", "stage", "status", "researchers"), N_AGENTS | {"status": STATUS}),
    Described(RUNS, "flows", "moves between countries within each year", ("year", "reason", "origin", "from", "to", "moves"),
        {"reason": Column("decision that made the move"), "moves": Column("moves", AGENTS)}),
    Described(RUNS, "works", "what is produced, by where it was made possible", ("year", "origin", "training", "work", "hq", "works", "frontier_works"),
        N_WORKS | {"frontier_works": Column("works among the most cited", "works of agents")}),
    Described(RUNS, "visas", "applications and what became of them", ("year", "country", "origin", "route", "applied", "refused", "lost_lottery", "granted"),
        {name: Column(words, AGENTS) for name, words in VISAS.items()}),
    Described(RUNS, "entries", "people who begin", ("year", "origin", "entrants"), {"entrants": Column("people who begin, with a first degree of that year", AGENTS)}),
    Described(RUNS, "exits", "people who leave research", ("year", "origin", "work", "exits"), {"exits": Column("people who leave research", AGENTS)}),
    Described(RUNS, "ecosystem", "strength of each country's ecosystem and its components, each relative to the world's geometric mean of that year", (
        "year", "country", "strength", "talent", "compute", "capital", "openness", "ip_protection", "translation", "collaboration"), {
        "strength": Column("strength of the ecosystem", "index, 1 is the world's mean"), "talent": Column("talent in the country, weighed by ability", "index, 1 is the world's mean"),
        "compute": Column("computing capacity", "index, 1 is the world's mean"), "capital": Column("capital for research", "index, 1 is the world's mean"),
        "openness": Column("openness", "index, 1 is the world's mean"), "ip_protection": Column("protection of intellectual property", "index, 1 is the world's mean"),
        "translation": Column("strength in turning research into products", "index, 1 is the world's mean"),
        "collaboration": Column("factor of output by work with others; 1 where no bloc is cut off", "factor")}),
    Described(RUNS, "outcomes", "the outcomes that comparisons are made of, of researchers whatever population.scale is", ("outcome", "year", "country", "value"), {"value": Column("the outcome", OF_OUTCOME)}),
    Described(RUNS, "tiers", "people and works of the ablest", ("year", "tier", "work", "researchers", "works"), N_AGENTS | N_WORKS),
    Described(RUNS, "sectors", "people and works by sector of the employer", ("year", "sector", "work", "researchers", "works"), N_AGENTS | N_WORKS),
    Described(RUNS, "people", "every agent, unless output.people=false", ("uid", "origin", "training", "entry_year", "doctorate_year", "exit_year", "ability", "is_listed"), {
        "uid": Column("the person, the same in every scenario"), "entry_year": Column("year of the first degree", "year"),
        "doctorate_year": Column("year of the doctorate, also where it lies after the last year", "year"),
        "exit_year": Column("year of leaving research, also where it lies after the last year", "year"),
        "ability": Column("ability", "multiple of the typical"), "is_listed": Column("tied to a listed institution")}),
    Described(RUNS, "events", "every change in an agent's life, unless output.people=false", ("uid", "year", "from", "to", "stage", "status", "reason"), {
        "uid": Column("the person, the same in every scenario"), "from": Column("country before, by its code"), "to": Column("country after, by its code"),
        "status": STATUS, "reason": Column("decision that made the change")}),
)
OF_ANALYSES = (
    Described(SWEEP, "sweep", "the differences of all jobs, every year", (
        "job", "overrides", "world", "focus", "headline_year", "level", "outcome", "country", "unit", "year", "baseline", "scenario", "difference", "low", "high", "standard_error"),
        compared(OF_OUTCOME, OF_DIFFERENCE, MIDDLE) | {
        "overrides": Column("what the job was given"), "world": Column("name of the world"), "focus": Column("country that the job follows, by its code"),
        "headline_year": Column("year of the job's headline", "year"), "level": Column("level of the intervals", "0 to 1"),
        "standard_error": Column("Monte-Carlo standard error of the difference", OF_DIFFERENCE)}, {"KEY": Column("value of a key that the sweep varies, a column each, by its name", "that of the figure")}),
    Described(SWEEP, "failures", "jobs that failed", ("job", "overrides", "message", "traceback"), {
        "overrides": Column("what the job was given"), "message": Column("what went wrong"), "traceback": Column("where it went wrong, for those who know the code; none for a faulty input")}),
    Described(INDICATORS, "indicators", "indicators of baseline and scenario, every year", ("indicator", "unit", "year", "country", "partner", "baseline", "scenario", "difference", "low", "high"),
        compared("that of the row", middle=MIDDLE) | {"indicator": Column("name of the indicator; `talentsim indicators --list`"), "partner": Column("the other country of an indicator of two, by its code")}),
    Described(BUNDLE, "draws", "in bundle.zip, as CSV: the draws of the parameters, one row a replication", (), {}, {"KEY": Column("value of a figure, a column each, by its key", "that of the figure")}),
)
OF_CALIBRATION = (
    Described(VALIDATE, "scorecard", "the model under draws beside every target, misses first", (
        "target", "title", "role", "group", "unit", "observed", "lower", "median", "low", "high", "parameter_low", "parameter_high", "inside", "miss", "score", "counts"), {
        "role": Column("calibrate (fitted), input (fitted, and in effect an input of the model), held_out, or report (neither fitted nor held out)"), "group": Column("group of targets"),
        "observed": Column("what was observed, or the upper end of it", "that of the row"), "lower": Column("lower end of what was observed, where it is a range", "that of the row"),
        "median": Column("median over draws", "that of the row"), **interval("that of the row", "the middle 90 % by parameters, luck and tolerance together"),
        "parameter_low": Column("lower end by parameters and luck alone", "that of the row"), "parameter_high": Column("upper end by parameters and luck alone", "that of the row"),
        "inside": Column("whether the band holds what was observed"), "miss": Column("how far the median lies off", TOLERANCES),
        "score": Column("interval score: width, and what the band misses; less is better", TOLERANCES), "counts": Column("how the source counts")}),
    Described(VALIDATE, "forecasts", "targets held out: the model beside simple forecasts", ("target", "title", "group", "forecast", "low", "high", "inside", "score"), {
        "group": Column("group of targets"), "forecast": Column("model, no change, or linear trend"), **interval(OF_TARGET, "the band of 90 %"),
        "inside": Column("whether the band holds what was observed"), "score": Column("interval score; less is better", TOLERANCES)}),
    Described(VALIDATE, "summary", "the scorecard counted, by role", ("role", "targets", "inside", "chi2", "score"), {
        "role": Column("as in scorecard"), "targets": Column("targets that the draws show", "targets"), "inside": Column("those inside their band", "targets"),
        "chi2": Column("mean squared miss", SQUARED), "score": Column("mean interval score", TOLERANCES)}),
    Described(VALIDATE, "history", "with `validate history`: what leaving a policy of the past out does to the fit, those it needs most first", ("policy", "chi2_change", "target", "moved"), {
        "policy": Column("policy of the past, in words"), "chi2_change": Column("what the mean squared miss changes by", SQUARED), "target": Column("fitted target that moves most, in words"),
        "moved": Column("how far it moves", TOLERANCES)}),
    Described(CALIBRATE, "trace", "how the calibration went, wave by wave and fit by fit", ("wave", "fit", "runs", "moved", "error", "chi2_emulator", "chi2_latest_runs", "r2_median"), {
        "wave": Column("number of the wave, from 0; -1 is that of an earlier calibration's runs"), "fit": Column("name of the fit"), "runs": Column("runs of the real model so far", "runs"),
        "moved": Column("how far the posterior's means moved, the most of them", DEVIATIONS), "error": Column("standard error of the posterior's means, the largest", DEVIATIONS),
        "chi2_emulator": Column("mean squared miss by the emulator", SQUARED), "chi2_latest_runs": Column("mean squared miss of the wave's runs", SQUARED),
        "r2_median": Column("median over targets of how much of the variance the emulator explains", "0 to 1")}),
    Described(CALIBRATE, "runs", "every run of the calibration: another may begin from it", ("version",), {"version": Column("digest of what the run depends on")}, {
        "z PARAMETER": Column("value of a parameter, a column each, as the normal score of its prior", "standard deviations of the prior"),
        "TARGET": Column("what the run shows of a target, a column each; empty where there was nobody to speak of", OF_TARGET)}),
    Described(CALIBRATE, f"{FIT}_identifiability", "prior and posterior of each parameter", ("parameter", "group", "prior_low", "prior_high", "low", "median", "high", "sd_ratio"), {
        "parameter": Column("name of the parameter"), "prior_low": Column("lower end of the prior's middle 90 %", "that of the figure"), "prior_high": Column("upper end of the prior's middle 90 %", "that of the figure"),
        **interval("that of the figure", "the posterior's middle 90 %"), "median": Column("median of the posterior", "that of the figure"),
        "sd_ratio": Column("standard deviation of the posterior in that of the prior: 1 where the data say nothing", "ratio")}),
    Described(CALIBRATE, f"{FIT}_checked", "draws of a fit run on the real model, one row a draw", (), {}, {"TARGET": Column("what the run shows of a target, a column each", OF_TARGET)}),
    Described(CALIBRATE, FIT, "as CSV: the draws of a fit, one row a draw", (), {}, {"KEY": Column("value of a figure, a column each, by its key", "that of the figure")}),
)
SCORES = {
    "wlogRMSE": Column("root mean squared log error of flows, weighed by their size", "log points"), "logRMSE": Column("the same unweighted", "log points"),
    "CPC": Column("common part of commuters: what forecast and observed flows share", "0 to 1"), "R2log": Column("share of the variance of log flows that is explained", "0 to 1"),
    "bias_total%": Column("error of the total of moves", "%"), "MAPE50": Column("mean absolute error over the 50 largest corridors", "%"),
    "MdAPE50": Column("median absolute error over the 50 largest corridors", "%"), "chg_corr50": Column("over them, correlation of forecast and observed change", "-1 to 1"),
    "netrate_rho": Column("rank correlation of the regions' net rates", "-1 to 1"), "netrate_RMSE_permil": Column("root mean squared error of net rates", "per mil of researchers"),
    "TVD_stock": Column("half the summed absolute difference of shares of stocks", "0 to 1"), "MAPE_stock": Column("mean absolute error of stocks", "%"),
}
ABLATION = ("wlogRMSE", "CPC", "MAPE50", "netrate_RMSE_permil")
NUMBER, TELLING = Column("of persons, years or %, as the fact says", "that of the fact"), "1 or 0, empty where it cannot be told"
OF_SCHOLARS = (
    Described(PANEL_CALIBRATE, "parameters", "figures before and as proposed", ("key", "before", "proposed", "method"), {
        "before": Column("before the calibration", "that of the figure"), "proposed": Column("as proposed", "that of the figure"), "method": Column("how it was found")}),
    Described(PANEL_CALIBRATE, "careers", "moments of careers before and as proposed", ("id", "target", "tolerance", "before", "proposed", "inside"), {
        "target": Column("observed", "that of the moment"), "tolerance": Column("what it may be off by", "that of the moment"), "before": Column("under the figures before", "that of the moment"),
        "proposed": Column("under the figures proposed", "that of the moment"), "inside": Column("whether the proposal is within the tolerance")}),
    Described(PANEL_CALIBRATE, "entries", "ways in which entries may go on, with mean scores on forecasts within the known years", ("window", "damping", *SCORES), SCORES | {
        "window": Column("years of growth that are looked at", "years"), "damping": Column("what is left of the growth a year later", "0 to 1")}),
    Described(PANEL_CALIBRATE, "rolling", "scores of the proposal on forecasts from several years within the known ones", ("last_known", "years", *SCORES), SCORES | {
        "last_known": Column("last year that the forecast knows", "year"), "years": Column("years that it looks ahead", "years")}),
    Described(PANEL_VALIDATE, "scores", "scores of the model and of each benchmark over the years not seen", ("model", *SCORES), SCORES),
    Described(PANEL_VALIDATE, "by_year", "scores of forecasts by year", ("model", "year", "wlogRMSE", "CPC", "TVD_stock"), SCORES),
    Described(PANEL_VALIDATE, "lead", "how far the model leads each benchmark", ("model", "lead", "low", "high"), {
        "lead": Column("wlogRMSE of the benchmark less the model's", "log points"), **interval("log points", "95 % by drawing corridors anew")}),
    Described(PANEL_VALIDATE, "verdict", "what was asked for and what was reached; no rows for other years than those asked of", ("measure", "required", "reached", "met"), {
        "measure": Column("score, by its name"), "required": Column("what was asked for"), "reached": Column("what was reached", "that of the score"), "met": Column("whether it was met")}),
    Described(PANEL_VALIDATE, "facts", "stylised facts beside the panel's and the model's", (
        "id", "fact", "use", "first", "last", "target", "tolerance", "panel", "model", "inside", "runs", "runs_inside", "panel_ahead", "model_ahead", "ahead_inside", "runs_ahead",
        "runs_ahead_inside", "remark"), {
        "fact": Column("the fact in words, with its unit"), "use": Column("what the table of facts is there for: calibrate or validate"), "first": Column("first year of its period", "year"),
        "last": Column("last year of its period", "year"), "target": NUMBER, "tolerance": Column("what it may be off by", "that of the fact"),
        "panel": Column("the same computed from the panel", "that of the fact"), "model": Column("the model's expected numbers", "that of the fact"),
        "inside": Column("whether the model is within the tolerance", TELLING), "runs": Column("mean over runs of agents, with `validate agents`", "that of the fact"),
        "runs_inside": Column("whether they are within the tolerance", TELLING), "panel_ahead": Column("the panel over the years held out", "that of the fact"),
        "model_ahead": Column("the model over them", "that of the fact"), "ahead_inside": Column("whether it is within the tolerance", TELLING),
        "runs_ahead": Column("runs of agents over them", "that of the fact"), "runs_ahead_inside": Column("whether they are within the tolerance", TELLING),
        "remark": Column("why it cannot be told, or where the target is from")}),
    Described(PANEL_VALIDATE, "fact_counts", "held-out facts that each forecast meets", ("model", "inside", "facts"), {
        "inside": Column("facts within their tolerance", "facts"), "facts": Column("facts that can be told", "facts")}),
    Described(PANEL_VALIDATE, "ablation", "scores of the model without, or with, each mechanism: on forecasts within the known years (rolling) and on the years not seen (test)", (
        "variant", *(f"rolling {name}" for name in ABLATION), *(f"test {name}" for name in (*ABLATION, "chg_corr50"))), {
        "variant": Column("the model, and what is left out or put in"), **{f"rolling {name}": SCORES[name] for name in ABLATION},
        **{f"test {name}": SCORES[name] for name in (*ABLATION, "chg_corr50")}}),
    Described(PANEL_VALIDATE, "forecast_flows", "moves of every forecast beside what was observed", ("model", "year", "from", "to", "forecast", "observed"), {
        "forecast": Column("moves, forecast", "people"), "observed": Column("moves, observed", "people")}),
    Described(PANEL_VALIDATE, "forecast_stocks", "researchers by region of every forecast beside what was observed", ("model", "year", "country", "forecast", "observed"), {
        "country": Column("region, by its code"), "forecast": Column("researchers at the end of the year, forecast", "people"), "observed": Column("the same, observed", "people")}),
)
REGION, FROM_TO = Column("region, by its code; ROW is the rest of the world"), {"origin": Column("region left, by its code"), "destination": Column("region moved to, by its code")}
YES_NO = "1 or 0"
OF_DATA = (
    Described(PANEL_DATA, "flows", "moves between regions, by year; below outputs/data/scholars", ("origin", "destination", "year", "migrations", "source"), FROM_TO | {
        "migrations": Column("moves", "people"), "source": Column("database that it comes from")}),
    Described(PANEL_DATA, "stocks", "researchers, arrivals and departures of each region", ("region", "year", "researchers", "inflow", "outflow", "source"), {
        "region": REGION, "researchers": Column("researchers", "people"), "inflow": Column("arrivals from other countries, those within the rest included", "people"),
        "outflow": Column("departures to other countries, those within the rest included", "people"), "source": Column("database that it comes from")}),
    Described(PANEL_DATA, "covariates", "copied from the folder of the published files, where it is there, with whatever other columns it has", ("region", "year", "gdp_pc_ppp_rw"), {
        "region": REGION, "gdp_pc_ppp_rw": Column("GDP per head", "constant int'l $ (PPP)")}, {"OTHER": Column("any other column of that file")}),
    Described(PANEL_DATA, "covariates_pair", "copied likewise", ("origin", "destination", "dist_km", "comlang_off", "comlang_ethno", "colony_sym", "contig"), FROM_TO | {
        "dist_km": Column("distance", "km"), "comlang_off": Column("a common official language", YES_NO), "comlang_ethno": Column("a common spoken language", YES_NO),
        "colony_sym": Column("a colonial tie, either way", YES_NO), "contig": Column("a common border", YES_NO)}, {"OTHER": Column("any other column of that file")}),
)

OTHERS = (*OF_RUNS, *OF_ANALYSES, *OF_CALIBRATION, *OF_SCHOLARS, *OF_DATA)
"""Tables of every other command, in the order of the documents."""
