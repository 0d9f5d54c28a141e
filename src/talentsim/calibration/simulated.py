"""Runs of the real model at vectors of parameters: each result on disk by its content, so that a killed calibration goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import as_completed
from pathlib import Path

import numpy as np

from talentsim.arrays import Floats
from talentsim.calibration.measured import simulate_targets
from talentsim.calibration.priors import CalibratedParameter, figures_of
from talentsim.calibration.targets import Target, digest_of
from talentsim.config import Config
from talentsim.ensemble.draws import with_figures
from talentsim.ensemble.executors import open_executor
from talentsim.ensemble.identity import arm_id, digest_of_modules
from talentsim.ensemble.results import prepare_folder, read_json, write_json

Tick = Callable[[int, int], None]

MEASURING = ("calibration/experiments.py", "calibration/measured.py", "measures/observers.py")
"""Modules that say what a run shows: other code reads other figures off the same run."""


def simulated(config: Config, parameters: Sequence[CalibratedParameter], values: Floats, targets: Sequence[Target], folder: Path,
              first: int = 0, tick: Tick | None = None) -> Floats:
    """Return every target's indicator at every vector of parameters, each met by luck of its own.

    Parameters
    ----------
    values
        Shape (n, n_parameters).
    folder
        Where results are kept; those that are there are not computed again.
    first
        Number of the first vector's replication.

    Returns
    -------
    Shape (n, n_targets).
    """
    figures = [figures_of(config, parameters, row) for row in values]
    return simulated_figures(config, figures, targets, folder, first, tick)


def simulated_figures(config: Config, figures: Sequence[Mapping[str, float]], targets: Sequence[Target], folder: Path, first: int = 0,
                      tick: Tick | None = None) -> Floats:
    """Return every target's indicator at every set of figures, as `simulated`."""
    prepare_folder(folder)
    bare = config.model_copy(update={"parameters": config.parameters.model_copy(update={"draws": None})})
    whole = digest_of([arm_id(bare), digest_of_modules(*MEASURING), [vars(each) for each in targets], bare.observers.model_dump(mode="json"), bare.ensemble.seed])
    paths = [folder / f"{digest_of([whole, dict(each), first + place])}.json" for place, each in enumerate(figures)]
    missing = [place for place, path in enumerate(paths) if not path.exists()]
    n_done = len(paths) - len(missing)
    if tick is not None:
        tick(n_done, len(paths))
    if missing:
        with open_executor(config.executor, len(missing)) as pool:
            asked = [pool.submit(_simulate, bare, dict(figures[place]), first + place, tuple(targets), paths[place]) for place in missing]
            for future in as_completed(asked):
                future.result()
                n_done += 1
                if tick is not None:
                    tick(n_done, len(paths))
    found = [read_json(path) for path in paths]
    return np.array([[np.nan if (value := each.get(target.id)) is None else value for target in targets] for each in found])


def _simulate(config: Config, figures: Mapping[str, float], replication: int, targets: Sequence[Target], path: Path) -> None:
    """Simulate one vector and leave its indicators on disk; a figure that cannot be told is null there."""
    shown = simulate_targets(with_figures(config, figures), replication, targets)
    write_json({name: value if np.isfinite(value) else None for name, value in shown.items()}, path)
