"""What a world built from the migration panel is given year by year: cohorts, and constants of the corridors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from talentsim.arrays import Floats
from talentsim.config import Config, UserError
from talentsim.config.panel import DriftConfig, PanelConfig
from talentsim.panel.drift import Drift, damped_growth, forecast_corridors, take_apart
from talentsim.panel.inversion import MovingLaw, Replay, replay
from talentsim.panel.panel import Panel, load_panel, read_table, states_of

KINDS = ("origin", "destination", "corridor")


@dataclass(frozen=True)
class Paths:
    """Series by year from the first of burn-in to the last simulated, at scale 1."""

    cohorts: Floats         # (y, o) new researchers
    corridor: Floats        # (y, c, k) utils


def panel_of(config: Config) -> Panel:
    """Return the whole panel of a world that has one.

    Raises
    ------
    UserError
        When the world has none, or its tables are missing or wrong.
    """
    if config.world.panel is None:
        raise UserError("world", f"world {config.world.name!r} is not built from the migration panel", "world=scholars",
                        "world=scholars world.data_dir=FOLDER")
    if config.world.data_dir is None:
        raise UserError("world.data_dir", "no folder is given", "a folder with the tables of the migration panel",
                        "world.data_dir=FOLDER; make one with: talentsim data scholars SOURCE_DIR")
    return load_panel(config.world.data_dir, tuple(config.world.countries))


def stylised_targets(config: Config) -> pd.DataFrame:
    """Return the table of stylised facts that lies in the panel's folder; no rows where there is none.

    Columns id, fact, target, tolerance, use.

    Raises
    ------
    UserError
        When it lacks a column, a figure is not a number, or a fact is there twice.
    """
    folder, columns = Path(config.world.data_dir or ""), ["id", "fact", "target", "tolerance", "use"]
    if not any((folder / f"stylised_facts{suffix}").is_file() for suffix in (".parquet", ".csv")):
        return pd.DataFrame(columns=columns)
    table, where = read_table(folder, "stylised_facts"), str(folder / "stylised_facts.csv")
    for column in columns:
        if column not in table:
            raise UserError(where, f"column {column!r} is missing", ", ".join(columns))
    for column in ("target", "tolerance"):
        figure = pd.to_numeric(table[column], errors="coerce")
        if not np.isfinite(figure).all():
            row = table[~np.isfinite(figure)].iloc[0]
            raise UserError(where, f"{column!r} of fact {row.id} is {row[column]!r}", "a number")
    if table.id.duplicated().any():
        raise UserError(where, f"fact {table.id[table.id.duplicated()].iloc[0]} is there twice", "one row each")
    return table


def known_panel(config: Config) -> Panel:
    """Return the panel as it was known at the end of `world.panel.known_until`.

    Raises
    ------
    UserError
        When the panel does not reach that far, or the world's years do not fit it.
    """
    panel, rules = panel_of(config), config.world.panel
    assert rules is not None
    first, last = int(panel.years[0]), int(panel.years[-1])
    if not first + 10 <= rules.known_until <= last:
        raise UserError("world.panel.known_until", f"{rules.known_until} is not in the panel", f"{first + 10} to {last}")
    if not first <= rules.fit_from:
        raise UserError("world.panel.fit_from", f"{rules.fit_from} lies before the panel", f"{first} or later")
    if config.world.burn_in_year > first - 5:
        raise UserError("world.burn_in_year", f"{config.world.burn_in_year} leaves no burn-in before the panel's first year {first}",
                        f"{first - 5} or earlier")
    return panel.until(rules.known_until)


def panel_paths(config: Config) -> Paths:
    """Return cohorts and corridor constants: met exactly while the panel is known, forecast from there."""
    world = config.world
    rules = world.model_dump_json(include={"data_dir", "panel", "burn_in_year", "end_year"})
    behaviour = config.behaviour.model_dump_json(include={"location", "exit"})
    return _paths(_Asked(config, rules + behaviour + ",".join(world.countries) + str(states_of(world.data_dir or ""))))


def replay_of(config: Config, known: Panel | None = None) -> Replay:
    """Live through the known panel; see `inversion.replay`."""
    assert config.world.panel is not None
    return replay(known_panel(config) if known is None else known, MovingLaw.from_behaviour(config.behaviour),
                  config.world.burn_in_year, float(config.world.panel.least_away))


def continue_paths(lived: Replay, rules: PanelConfig, horizon: int) -> Paths:
    """Forecast entries and constants for the years after a replay."""
    known = lived.years >= rules.fit_from
    effects = take_apart(lived.corridor[known], lived.exposure[known])
    return Paths(
        damped_growth(lived.entries, horizon, rules.entry_window, float(rules.entry_damping)),
        forecast_corridors(effects, drifts_of(rules), horizon, float(rules.world_trend)))


def drifts_of(rules: PanelConfig) -> dict[str, Drift]:
    """Return the drift of each kind of series."""
    return {kind: _drift(getattr(rules, kind)) for kind in KINDS}


def _drift(given: DriftConfig) -> Drift:
    return Drift(*(float(getattr(given, name)) for name in Drift.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class _Asked:
    """A configuration that is the same as another when all that the paths rest on is."""

    config: Config
    key: str

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.key == other.key


@lru_cache(maxsize=8)
def _paths(asked: _Asked) -> Paths:
    config = asked.config
    assert config.world.panel is not None
    lived = replay_of(config)
    horizon = config.world.end_year - int(lived.years[-1])
    n_years = config.world.end_year - config.world.burn_in_year + 1
    cohorts, corridor = lived.entries, lived.corridor
    if horizon > 0:
        ahead = continue_paths(lived, config.world.panel, horizon)
        cohorts, corridor = np.concatenate([cohorts, ahead.cohorts]), np.concatenate([corridor, ahead.corridor])
    return Paths(cohorts[:n_years], corridor[:n_years])
