"""Paired comparison of a scenario with its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from talentsim.analysis.diversion import diversion_table
from talentsim.analysis.intervals import t_interval
from talentsim.analysis.outcomes import OUTCOMES, Outcome
from talentsim.arrays import Floats
from talentsim.config import Config
from talentsim.policy import first_year
from talentsim.recorder import RunTables


@dataclass(frozen=True)
class Check:
    """A property that must hold exactly, and whether it did."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True)
class Comparison:
    """What a scenario changes.

    Parameters
    ----------
    headline
        outcome, country, unit, year, baseline, scenario, difference, low, high: means over replications, and the paired
        interval of the difference, in the year of the headline.
    over_time
        outcome, country, year, arm, mean, low, high: the band holds the middle 90 % of single replications.
    differences
        outcome, country, year, difference, low, high: paired, every year.
    diversion
        baseline_country, scenario_country, researchers, low, high: the same person in both worlds, in the year of the
        headline.
    checks
        What was verified on these very runs.
    """

    headline: pd.DataFrame
    over_time: pd.DataFrame
    differences: pd.DataFrame
    diversion: pd.DataFrame
    checks: tuple[Check, ...]


def compare(baseline: Config, scenario: Config, baseline_runs: Sequence[RunTables],
            scenario_runs: Sequence[RunTables]) -> Comparison:
    """Compare two arms replication by replication: the same people with the same luck in both.

    Raises
    ------
    ValueError
        When the arms do not pair: different countries, years or numbers of replications.
    """
    pairs = list(zip(baseline_runs, scenario_runs, strict=True))
    if any(one.codes != other.codes or list(one.years) != list(other.years) for one, other in pairs):
        raise ValueError("the arms differ in countries or years and cannot be paired")
    weight = 1.0 / scenario.population.scale
    values = {name: (_stack(outcome, baseline_runs, weight), _stack(outcome, scenario_runs, weight))
              for name, outcome in OUTCOMES.items()}
    codes, years = pairs[0][0].codes, pairs[0][0].years
    level = scenario.compare.level
    differences = pd.concat([_differences(name, *both, codes, years, level) for name, both in values.items()],
                            ignore_index=True)
    over_time = pd.concat([_bands(name, arm, value, codes, years) for name, both in values.items()
                           for arm, value in zip(("baseline", "scenario"), both, strict=True)], ignore_index=True)
    return Comparison(
        headline=_headline(over_time, differences, scenario.headline_year), over_time=over_time, differences=differences,
        diversion=diversion_table(baseline_runs, scenario_runs, weight, level),
        checks=verify(baseline, scenario, pairs))


def start_of_difference(baseline: Config, scenario: Config) -> int | None:
    """Return the first year in which the arms may differ; None when they differ in more than dated policies."""
    if baseline.model_dump(include=_OUTSIDE_POLICY) != scenario.model_dump(include=_OUTSIDE_POLICY):
        return None
    one, other = baseline.policies, scenario.policies
    changed = {name: policy for arm, against in ((one, other), (other, one)) for name, policy in arm.items()
               if against.get(name) != policy}
    start = first_year(changed)
    return scenario.world.end_year + 1 if start is None else start


_OUTSIDE_POLICY = {"world", "behaviour", "entry", "population"}


def verify(baseline: Config, scenario: Config, pairs: Sequence[tuple[RunTables, RunTables]]) -> tuple[Check, ...]:
    """Check on the runs at hand what must hold exactly: no difference before the policies start, and the accounts."""
    start = start_of_difference(baseline, scenario)
    checks = []
    if start is None:
        checks.append(Check("before start", True, "not checked: the arms differ in more than dated policies"))
    else:
        n_before = int(np.sum(pairs[0][0].years < start))
        same = all(np.array_equal(one.works[:n_before], other.works[:n_before])
                   and np.array_equal(one.researchers[:n_before], other.researchers[:n_before])
                   for one, other in pairs)
        what = "placebo" if start > scenario.world.end_year else "before start"
        span = "every year" if what == "placebo" else f"{n_before} years before {start}"
        checks.append(Check(what, same, f"arms {'equal' if same else 'DIFFER'} bit for bit in {span}, "
                                        f"{len(pairs)} replications"))
    closed = all(conserved(run) for pair in pairs for run in pair)
    checks.append(Check("conservation", closed, "researchers(t) = researchers(t-1) + entrants - exits, "
                        "and stock differences equal flows, " + ("in every run" if closed else "NOT in every run")))
    return tuple(checks)


def conserved(run: RunTables) -> bool:
    """Return whether stocks and flows of a run add up, by origin and country, in every year but the first."""
    stock = run.researchers.sum(axis=(2, 4))                                   # (y, o, w)
    moves = run.moves.sum(axis=1)                                              # (y, o, from, to)
    entrants = run.entrants[:, :, None] * np.eye(len(run.codes), dtype=np.int64)
    change = entrants + moves.sum(axis=2) - moves.sum(axis=3) - run.exits
    return bool(np.array_equal(np.diff(stock, axis=0), change[1:]))


def _stack(outcome: Outcome, runs: Sequence[RunTables], weight: float) -> Floats:
    value = np.array([outcome.of(run) for run in runs])
    return value * weight if outcome.counts else value


def _long(outcome: str, codes: Sequence[str], years: np.ndarray, **columns: Floats) -> pd.DataFrame:
    n_years, n_countries = len(years), len(codes)
    return pd.DataFrame({"outcome": outcome, "country": np.tile(codes, n_years), "year": np.repeat(years, n_countries),
                         **{name: value.ravel() for name, value in columns.items()}})


def _differences(outcome: str, baseline: Floats, scenario: Floats, codes: Sequence[str], years: np.ndarray,
                 level: float) -> pd.DataFrame:
    mean, low, high = t_interval(scenario - baseline, level)
    return _long(outcome, codes, years, difference=mean, low=low, high=high)


def _bands(outcome: str, arm: str, value: Floats, codes: Sequence[str], years: np.ndarray) -> pd.DataFrame:
    low, high = np.quantile(value, [0.05, 0.95], axis=0)
    return _long(outcome, codes, years, mean=value.mean(axis=0), low=low, high=high).assign(arm=arm)


def _headline(over_time: pd.DataFrame, differences: pd.DataFrame, year: int) -> pd.DataFrame:
    means = over_time[over_time.year == year].pivot(index=["outcome", "country"], columns="arm", values="mean")
    table = differences[differences.year == year].join(means, on=["outcome", "country"])
    table["unit"] = table.outcome.map({name: outcome.unit for name, outcome in OUTCOMES.items()})
    columns = ["outcome", "country", "unit", "year", "baseline", "scenario", "difference", "low", "high"]
    return table[columns].reset_index(drop=True)
