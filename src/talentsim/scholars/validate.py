"""Validation of the scholars world: one pass over the years it has not seen, beside the statistical benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from talentsim.arrays import Floats, Integers
from talentsim.config import Config, UserError
from talentsim.panel.inversion import Replay
from talentsim.panel.panel import Panel
from talentsim.panel.paths import panel_of
from talentsim.scholars.benchmarks import BENCHMARKS, NEEDS_COVARIATES
from talentsim.scholars.calibrate import last_known_years
from talentsim.scholars.careers import counted_careers, expected_careers, moments
from talentsim.scholars.fact_table import fact_table, held_out_counts
from talentsim.scholars.forecast import (
    Variant,
    as_configured,
    forecast,
    live,
    rolling_scores,
    with_diaspora,
    with_ecosystem,
    with_pay,
    without_returns,
    without_tenure,
)
from talentsim.scholars.scores import Forecast, beside_observed, by_year, lead_of, score, score_table
from talentsim.scholars.stylised import Series

REQUIRED: dict[str, tuple[str, float]] = {
    "wlogRMSE": ("at most", 0.120), "CPC": ("at least", 0.957), "MAPE50": ("at most", 7.5), "chg_corr50": ("at least", 0.65),
    "netrate_RMSE_permil": ("at most", 2.0), "TVD_stock": ("at most", 0.007),
}
"""Scores on 2015-2018, from what was known in 2014, that the model was asked to reach before it was built."""

ASKED_FOR = (2014, 2018)

MODEL = "model, expected numbers"
AGENTS = "model, mean of {} runs of agents at scale {:g}"


@dataclass(frozen=True)
class Validation:
    """Tables of a validation.

    Parameters
    ----------
    scores
        Every forecast with its scores, the benchmarks' first.
    by_year, lead
        Scores of each year ahead; how far the model leads each benchmark, see `scores.lead_of`.
    verdict
        What was asked for and what was reached: measure, required, reached, met; no row for other years than those asked for.
    facts, fact_counts, ablation
        Stylised facts; how many held-out ones each forecast has; what each mechanism buys.
    forecast_flows, forecast_stocks
        Every forecast beside what was observed, see `scores.beside_observed`.
    """

    scores: pd.DataFrame
    by_year: pd.DataFrame
    lead: pd.DataFrame
    verdict: pd.DataFrame
    facts: pd.DataFrame
    fact_counts: pd.DataFrame
    ablation: pd.DataFrame
    forecast_flows: pd.DataFrame
    forecast_stocks: pd.DataFrame


@dataclass(frozen=True)
class AgentRuns:
    """Runs of agents: tables of all replications by name, and people and events of one, of a smaller world."""

    replications: int
    tables: dict[str, pd.DataFrame]
    people: pd.DataFrame
    events: pd.DataFrame

    TABLES: ClassVar[dict[str, tuple[str, tuple[str, ...]]]] = {
        "flows": ("moves", ("from", "to")), "stocks": ("researchers", ("work",)), "entries": ("entrants", ("origin",)),
        "exits": ("exits", ())}
    """Tables that are needed, with the column that counts and the countries it is wanted by."""

    def counts(self, table: str, years: Integers, codes: Sequence[str]) -> Floats:
        """Return agents of one table by replication, year and the countries of `TABLES`."""
        value, axes = self.TABLES[table]
        kept = self.tables[table]
        kept = kept[(kept.year >= years[0]) & (kept.year <= years[-1])]
        place = {code: number for number, code in enumerate(codes)}
        index = (kept.replication.to_numpy(dtype=int), kept.year.to_numpy(dtype=int) - int(years[0]),
                 *(kept[axis].astype(str).map(place).to_numpy(dtype=int) for axis in axes))
        total = np.zeros((self.replications, len(years), *[len(codes)] * len(axes)))
        np.add.at(total, index, kept[value].to_numpy(dtype=float))
        return total


def validate(config: Config, targets: pd.DataFrame, agents: AgentRuns | None = None) -> Validation:
    """Score the years of the panel after `known_until`, once, with everything named beforehand.

    Parameters
    ----------
    targets
        The published table of stylised facts; it may be empty.
    agents
        Runs of agents: their mean is scored too, and patterns of careers are counted in them; without, these are the
        twin's.

    Raises
    ------
    UserError
        When the panel ends with the last known year.
    """
    panel, variant = panel_of(config), as_configured(config)
    known, last = _known_years(panel, variant), variant.rules.known_until
    lived = live(variant, known, config.world.burn_in_year)
    made = _forecasts(panel, known, variant, lived)
    shown = {name: [_continued(panel, known, each)] for name, each in made.items()}
    runs: list[Series] = []
    if agents is not None:
        name, scale = AGENTS.format(agents.replications, config.population.scale), config.population.scale
        made[name] = mean_of_runs(agents, panel.codes, panel.years[len(known.years):], scale)
        shown[name] = runs = series_of_runs(agents, panel, scale)
    scores = score_table(panel, made)
    facts = fact_table(targets, Series(panel, panel.migrations, panel.stock[:len(panel.years)]), _lived_on(panel, known, lived, made[MODEL], config),
                       _careers(lived, agents, variant), last, runs)
    asked = scores[scores.model == MODEL] if (last, int(panel.years[-1])) == ASKED_FOR else scores[:0]
    return Validation(scores, by_year(panel, made), lead_of(panel, made, MODEL), _verdict(asked), facts,
                      held_out_counts(facts, shown, last), ablation_table(config, variant, panel, known), *beside_observed(panel, made))


def _known_years(panel: Panel, variant: Variant) -> Panel:
    """Return the panel as far as it is known; some years are left to score."""
    known = panel.until(variant.rules.known_until)
    if len(known.years) == len(panel.years):
        raise UserError("world.panel.known_until", f"{variant.rules.known_until} is the panel's last year: nothing is left to score",
                        f"{int(panel.years[-1]) - 1} or earlier")
    return known


def _forecasts(panel: Panel, known: Panel, variant: Variant, lived: Replay) -> dict[str, Forecast]:
    """Return the forecast of each benchmark for which there are data, and the model's last, by name."""
    horizon = len(panel.years) - len(known.years)
    made = {name: make(known, horizon) for name, (_, make) in BENCHMARKS.items() if panel.has_covariates or name not in NEEDS_COVARIATES}
    return made | {MODEL: forecast(variant, lived, known, horizon)}


def _continued(panel: Panel, known: Panel, ahead: Forecast) -> Series:
    """Return the known years with a forecast behind them."""
    return Series(panel, np.concatenate([known.migrations, ahead.migrations]), np.concatenate([known.stock, ahead.stock]))


def _lived_on(panel: Panel, known: Panel, lived: Replay, ahead: Forecast, config: Config) -> Series:
    """Return the model's years: those it lived through, which meet the panel, and those of its forecast."""
    n = len(known.years)
    return _series(panel, lived.migrations[-n:], lived.entries[-n:], ahead, float(config.behaviour.exit.rate))


def _careers(lived: Replay, agents: AgentRuns | None, variant: Variant) -> dict[str, float]:
    """Return the moments of careers, counted in agents where there are runs of them and expected otherwise."""
    years = variant.rules.fit_from, variant.rules.known_until
    return moments(expected_careers(lived, *years) if agents is None else counted_careers(agents.people, agents.events, *years))


def mean_of_runs(agents: AgentRuns, codes: Sequence[str], years: Integers, scale: float) -> Forecast:
    """Return the mean flows and stocks of runs of agents, in researchers."""
    flows, stocks = (agents.counts(name, years, codes).mean(axis=0) / scale for name in ("flows", "stocks"))
    return Forecast(int(years[0]), flows, stocks)


def series_of_runs(agents: AgentRuns, panel: Panel, scale: float) -> list[Series]:
    """Return each run of agents over the panel's years, in researchers."""
    counted = (agents.counts(name, panel.years, panel.codes) / scale for name in agents.TABLES)
    return [Series(panel, *each) for each in zip(*counted, strict=True)]


def ablation_table(config: Config, model: Variant, panel: Panel, known: Panel) -> pd.DataFrame:
    """Score the model without, or with, each mechanism: on forecasts within the known years, and on the years after.

    Every variant lives through the known years anew, so each meets the same flows; drift and personal figures stay.
    """
    variants = {
        "the model": model,
        "without return home": without_returns(model),
        "without tenure and career age": without_tenure(model),
        "with diaspora": with_diaspora(model),
        "with ecosystem (stock of researchers)": with_ecosystem(model),
        "constants as in the last year": replace(model, hold="last"),
        "constants as in the mean of three years": replace(model, hold="mean"),
        "no slope of the country left": replace(model, still=("origin",)),
        "no slope of the country entered": replace(model, still=("destination",)),
        "no slope of the corridor": replace(model, still=("corridor",)),
    }
    if panel.has_covariates:
        variants["with pay (GDP per head)"] = with_pay(model)
    measures = ("wlogRMSE", "CPC", "MAPE50", "netrate_RMSE_permil")
    rows = []
    for name, variant in variants.items():
        lived = live(variant, known, config.world.burn_in_year)
        rolling = rolling_scores(variant, known, lived, last_known_years(model.rules))
        test = score(panel, forecast(variant, lived, known, len(panel.years) - len(known.years)))
        rows.append({"variant": name} | {f"rolling {each}": float(rolling[each].mean()) if len(rolling) else float("nan") for each in measures}
                    | {f"test {each}": test[each] for each in (*measures, "chg_corr50")})
    return pd.DataFrame(rows)


def _series(panel: Panel, met: Floats, entries: Floats, ahead: Forecast, exit_rate: float) -> Series:
    """Join the years that are met and those that are forecast."""
    n = len(met)
    stock = np.concatenate([panel.stock[:n], ahead.stock])
    return Series(panel, np.concatenate([met, ahead.migrations]), stock, entries, stock.sum(axis=1) * exit_rate / (1.0 - exit_rate))


def _verdict(reached: pd.DataFrame) -> pd.DataFrame:
    rows = [(name, f"{bound} {value:g}", float(row[name]), bool(row[name] <= value if bound == "at most" else row[name] >= value))
            for _, row in reached.iterrows() for name, (bound, value) in REQUIRED.items()]
    return pd.DataFrame(rows, columns=["measure", "required", "reached", "met"])
