"""What a calibration found, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
from rich.table import Table
from rich.text import Text

from talentsim.arrays import Floats
from talentsim.calibration.waves import Calibration, chi2_of
from talentsim.digits import figure
from talentsim.report.terminal.summaries import verbatim


def told(found: Calibration, checked: Mapping[str, Floats], fits: Mapping[str, tuple[str, Sequence[str]]]) -> Iterator[Table | Text]:
    """Yield the waves, the parameters that the data teach most, and how the draws fit on the real model."""
    waves = Table("wave", "fit", "runs", "most moved (sd)", "means known to (sd)", "chi2 per target: emulator", "runs of the wave", "R2, median", title="Waves")
    for row in found.trace:
        waves.add_row(str(row["wave"]), str(row["fit"]), str(row["runs"]), *(f"{row[name]:.2f}" for name in
                      ("moved", "error", "chi2_emulator", "chi2_latest_runs", "r2_median")))
    yield waves
    first = next(iter(fits))
    narrowed = found.identifiability(first).sort_values("sd_ratio")
    table = Table("parameter", "prior, middle 90 %", "posterior: median", "middle 90 %", "sd against prior's", title=fits[first][0])
    for row in narrowed.head(12).itertuples():
        table.add_row(str(row.parameter), f"{figure(row.prior_low, 3)} to {figure(row.prior_high, 3)}", figure(row.median, 3), f"{figure(row.low, 3)} to {figure(row.high, 3)}",
                      f"{row.sd_ratio:.2f}")
    yield table
    for fit, (title, roles) in fits.items():
        yield verbatim(f"{title}: chi2 per target on the real model {chi2_of(found.targets, checked[fit], roles):.2f} (median of {len(checked[fit])} draws)")


def scorecard_lines(tables: Mapping[str, pd.DataFrame], changed: Sequence[str]) -> Iterator[Table | Text]:
    """Yield the scorecard, misses first, then coverage by role, simple forecasts, and history switched off where that was run."""
    card = tables["scorecard"]
    table = Table("target", "role", "observed", "median", "90 % band", "", "miss, tolerances", title="Targets, misses first")
    for row in card.itertuples():
        seen = figure(row.observed, 4) if row.lower == row.observed else f"{figure(row.lower, 4)} to {figure(row.observed, 4)}"
        table.add_row(Text(row.title), row.role, seen, figure(row.median, 4), f"{figure(row.low, 4)} to {figure(row.high, 4)}", "" if row.inside else "OUTSIDE" if row.median == row.median else "nobody",
                      f"{row.miss:+.1f}")
    yield table
    short = Table("role", "inside the band", "squared miss of the median", "interval score", title="In short")
    for row in tables["summary"].itertuples():
        short.add_row(row.role, f"{row.inside} of {row.targets}", f"{row.chi2:.2f}", f"{row.score:.1f}")
    yield short
    if len(tables["forecasts"]):
        yield _forecast_table(tables["forecasts"])
    if "history" in tables:
        history = Table("policy switched off", "squared miss", "moves most", "by, tolerances", title="History, one policy at a time")
        for row in tables["history"].itertuples():
            history.add_row(Text(row.policy), f"{row.chi2_change:+.2f}", Text(row.target), f"{row.moved:+.1f}")
        yield history
    if changed:
        yield verbatim(f"Calibrated for another version: {'; '.join(changed)} changed since the draws were made; make recalibrate")


def _forecast_table(forecasts: pd.DataFrame) -> Table:
    table = Table("held-out figures", "forecast", "inside 90 %", "interval score", title="Beside forecasts without a model")
    for name, part in [("all", forecasts), *((name, rows) for name, rows in forecasts.groupby("group") if name)]:
        for forecast, scored in part.groupby("forecast", sort=False):
            table.add_row(str(name), str(forecast), f"{scored['inside'].sum()} of {len(scored)}", f"{scored['score'].mean():.1f}")
    return table
