"""Paired comparison of a scenario with its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from talentsim.arrays import Floats
from talentsim.comparison.breakdown import by_origin, by_sector, by_tier
from talentsim.comparison.checks import Check, verify
from talentsim.comparison.diversion import Diversion, diversion
from talentsim.comparison.groups import codes_shown, put_together
from talentsim.comparison.pair import Pair, PairRuns, run_pair
from talentsim.comparison.reduced import Reduced, reduced
from talentsim.config import Config
from talentsim.config.schema import require_config
from talentsim.ensemble.runner import Progress
from talentsim.ensemble.store import Store
from talentsim.intervals import bootstrap_interval, bounds_of, cut, quantile_error, spread, spread_of_difference, standard_error
from talentsim.model.outcomes import HEADLINE, OUTCOMES


@dataclass(frozen=True)
class Comparison:
    """What a scenario changes.

    Parameters
    ----------
    headline
        outcome, country, unit, year, baseline, scenario, difference, low, high, low_error, high_error, boot_low, boot_high,
        standard_error, unpaired_error: means over replications; Student's t and the bootstrap's interval of the paired
        difference, its Monte-Carlo standard error, and what that would be if the arms had met different luck. Where
        replications are draws of the parameters: medians, the middle share of the draws, and the Monte-Carlo error of the
        median and of both ends. In the headline's year.
    over_time
        outcome, country, year, arm, mean, low, high: the band holds the middle 90 % of single replications.
    differences
        outcome, country, year, baseline, scenario, difference, low, high, standard_error: as in the headline, every year.
    by_origin
        origin, country, year, baseline, scenario, difference, low, high: people by country of first degree and of work.
    by_tier
        tier, outcome, country, year, baseline, scenario, difference, low, high: the ablest alone; empty without tiers.
    by_sector
        sector, outcome, country, year, baseline, scenario, difference, low, high: academia, doctoral students included, and industry.
    diversion
        baseline_country, scenario_country, researchers, low, high: the same person in both worlds, in the year of the
        headline; empty where no lives were kept.
    lives
        The same by year, origin, tier and stage, and the decisions where two lives part.
    checks
        What was verified on these very runs.
    """

    headline: pd.DataFrame
    over_time: pd.DataFrame
    differences: pd.DataFrame
    by_origin: pd.DataFrame
    by_tier: pd.DataFrame
    by_sector: pd.DataFrame
    diversion: pd.DataFrame
    lives: Diversion
    checks: tuple[Check, ...]

    def __repr__(self) -> str:
        """Say what moved most, which tables there are and whether the checks hold."""
        rows = self.headline[self.headline.outcome == HEADLINE]
        most = rows.loc[rows.difference.abs().idxmax()]
        held = sum(check.passed for check in self.checks)
        return (f"Comparison({HEADLINE} in {most.year}: largest difference {most.country} {most.difference:+.2f} points; {held} of {len(self.checks)} checks hold; "
                f"tables {', '.join(self.tables)})")

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table that has rows, by name."""
        own = {each.name: getattr(self, each.name) for each in fields(self)} | self.lives.tables
        return {name: table for name, table in own.items() if isinstance(table, pd.DataFrame) and len(table)}


def compare(baseline: Config, scenario: Config, store: Store | None = None, progress: Progress | None = None) -> Comparison:
    """Run what is missing of two arms and compare them.

    Parameters
    ----------
    baseline, scenario
        Two configurations with the same world, years, seed, scale and replications.
    store
        Where runs are looked for and kept; None takes that of the baseline's `output.dir`.
    progress
        Called with the runs that are done and those there are.

    Returns
    -------
    Tables of paired differences, scenario minus baseline, with the checks made on these runs.

    Raises
    ------
    ValueError
        When the arms do not pair.
    RunsFailedError
        When a run fails.

    Examples
    --------
    >>> from talentsim import Config, compare
    >>> given = ["world=toy", "executor=serial", "world.end_year=2028", "ensemble.replications=1"]
    >>> result = compare(Config.load(*given), Config.load(*given, "scenario=visa_tightening"))
    >>> all(check.passed for check in result.checks)
    True
    >>> result.headline.columns[:7].tolist()
    ['outcome', 'country', 'unit', 'year', 'baseline', 'scenario', 'difference']
    """
    require_config("compare", baseline, scenario)
    return compare_runs(run_pair(Pair(baseline, scenario), store, progress))


def compare_runs(runs: PairRuns, each: Reduced | None = None) -> Comparison:
    """Compare two arms replication by replication: the same people with the same luck in both.

    Parameters
    ----------
    each
        What every replication was reduced to, where that is there already.

    Raises
    ------
    ValueError
        When the arms do not pair.
    """
    runs.pair.must_match()
    each = each or reduced(runs)
    scenario = runs.scenario
    values, codes, years = _values(runs), codes_shown(scenario.config), scenario.years
    lives = diversion(runs, each.parted)
    return Comparison(
        headline=_headline(values, codes, scenario.config, years),
        over_time=_bands(values, codes, years),
        differences=_differences(values, codes, years, scenario.config),
        by_origin=by_origin(runs, each.counts),
        by_tier=by_tier(runs, each.counts),
        by_sector=by_sector(runs, each.counts),
        diversion=lives.of_year(scenario.config.headline_year),
        lives=lives,
        checks=verify(runs))


def compare_years(runs: PairRuns) -> dict[str, pd.DataFrame]:
    """Return the tables `over_time` and `differences` of a comparison alone: nobody's life is read for them."""
    values, codes, config = _values(runs), codes_shown(runs.scenario.config), runs.scenario.config
    return {"over_time": _bands(values, codes, runs.scenario.years), "differences": _differences(values, codes, runs.scenario.years, config)}


Values = dict[str, tuple[Floats, Floats]]


def _values(runs: PairRuns) -> Values:
    """Return every outcome of both arms, countries of a focus of several put together."""
    config, other = runs.scenario.config, runs.scenario.outcomes
    return {name: (put_together(one, config), put_together(other[name], config)) for name, one in runs.baseline.outcomes.items()}


def _long(outcome: str, codes: Sequence[str], years: np.ndarray, **columns: Floats) -> pd.DataFrame:
    n_years, n_countries = len(years), len(codes)
    return pd.DataFrame({"outcome": outcome, "country": np.tile(codes, n_years), "year": np.repeat(years, n_countries),
                         **{name: value.ravel() for name, value in columns.items()}})


def _differences(values: Values, codes: Sequence[str], years: np.ndarray, config: Config) -> pd.DataFrame:
    tables = []
    for name, (one, other) in values.items():
        middle, low, high = spread_of_difference(one, other, config.compare.level, config.over_draws, bounds_of(OUTCOMES[name].is_share))
        before, after = (spread(each, config.compare.level, config.over_draws)[0] for each in (one, other))
        tables.append(_long(name, codes, years, baseline=before, scenario=after, difference=middle, low=low, high=high,
                            standard_error=_error(other - one, config)))
    return pd.concat(tables, ignore_index=True)


def _bands(values: Values, codes: Sequence[str], years: np.ndarray) -> pd.DataFrame:
    tables = []
    for name, both in values.items():
        for arm, value in zip(("baseline", "scenario"), both, strict=True):
            low, high = np.quantile(value, [0.05, 0.95], axis=0)
            tables.append(_long(name, codes, years, mean=value.mean(axis=0), low=low, high=high).assign(arm=arm))
    return pd.concat(tables, ignore_index=True)


def _headline(values: Values, codes: Sequence[str], config: Config, years: np.ndarray) -> pd.DataFrame:
    at, tables = int(config.headline_year - years[0]), []
    for name, (one, other) in values.items():
        before, after = one[:, at], other[:, at]
        level, drawn, change = config.compare.level, config.over_draws, after - before
        within = bounds_of(OUTCOMES[name].is_share)
        middle, low, high = spread_of_difference(before, after, level, drawn, within)
        nowhere = np.full(len(codes), np.nan)       # over draws: an interval of the mean says nothing of a median
        boot_low, boot_high = (nowhere, nowhere) if drawn else cut(*bootstrap_interval(change, level), before, within)
        tables.append(pd.DataFrame({
            "outcome": name, "country": codes, "unit": OUTCOMES[name].unit, "year": config.headline_year,
            "baseline": spread(before, level, drawn)[0], "scenario": spread(after, level, drawn)[0], "difference": middle, "low": low,
            "high": high, "low_error": quantile_error(change, 0.5 - level / 2), "high_error": quantile_error(change, 0.5 + level / 2),
            "boot_low": boot_low, "boot_high": boot_high, "standard_error": _error(change, config),
            "unpaired_error": np.hypot(standard_error(before), standard_error(after))}))
    return pd.concat(tables, ignore_index=True)


def _error(change: Floats, config: Config) -> Floats:
    """Return the Monte-Carlo error of the middle: of the median over draws, or of the mean over replications."""
    return quantile_error(change, 0.5) if config.over_draws else standard_error(change)
