"""Waves: runs where the posterior may be, an emulator of them, its posterior, runs there, until nothing moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import norm

from talentsim.arrays import Floats, Texts
from talentsim.calibration.emulator import Emulator, fit_emulator, restored, slopes, transformed
from talentsim.calibration.priors import CalibratedParameter, values_from_normal
from talentsim.calibration.sampler import ensemble_sample, latin_hypercube
from talentsim.calibration.simulated import Tick, simulated
from talentsim.calibration.targets import FITTED, Target
from talentsim.config import Config
from talentsim.config.calibration import CalibrationConfig

Simulate = Callable[[Floats, int], Floats]
"""Targets at vectors of parameters, shape (n, n_targets); the second argument is the number of the first replication."""

MOVED = 0.2         # posterior standard deviations
WIDER = 1.3         # by how much a first design reaches beyond the posterior of another version
N_SAMPLED = 4096    # of the posterior in each wave: 256 alone seem to move by chance


class Runs(NamedTuple):
    """Scores and indicators of runs, and by each the version of the model (and of how it is looked at) that it is of."""

    z: Floats
    shown: Floats
    version: Texts


@dataclass
class Calibration:
    """What a calibration has found so far: all runs, and after each wave the posterior of each fit.

    Parameters
    ----------
    roles
        By name of a fit, the roles of targets that it sees.
    earlier
        Runs of calibrations before: the first design is then their posterior, and the emulator learns from them; of those of another
        version, slopes alone.
    """

    parameters: Sequence[CalibratedParameter]
    targets: Sequence[Target]
    settings: CalibrationConfig
    simulate: Simulate
    roles: dict[str, tuple[str, ...]]
    z: Floats = field(default_factory=lambda: np.empty((0, 0)))
    shown: Floats = field(default_factory=lambda: np.empty((0, 0)))
    draws: dict[str, Floats] = field(default_factory=dict)
    earlier: Runs | None = None
    version: str = ""
    trace: list[dict[str, object]] = field(default_factory=list)
    emulator: Emulator | None = None
    latest: slice = field(default_factory=lambda: slice(0, 0))

    def run(self) -> Calibration:
        """Go through the waves; stop early where none of the fits moves and its draws fit on the real model."""
        sizes = [self.settings.first, *self.settings.waves]
        cube = latin_hypercube(self.settings.first, len(self.parameters), self.settings.seed)
        proposed = norm.ppf(np.clip(cube, 1e-6, 1 - 1e-6))
        if self.earlier is not None:
            self._fit(-1)
            proposed = self._inside(self.settings.first, 1.0 if self.version in self.earlier.version else WIDER)
        for wave, _ in enumerate(sizes):
            self._add(proposed)
            moved = self._fit(wave)
            if wave + 1 < len(sizes):
                proposed = self._inside(sizes[wave + 1])
            if wave > (0 if self.earlier is not None else 1) and moved < MOVED and self._chi2(slice(self.latest.start, None)) < 1.3:
                break
        return self

    def values(self, fit: str) -> Floats:
        """Return as many posterior draws of a fit as are kept, shape (n_draws, n_parameters)."""
        return values_from_normal(self.parameters, thinned(self.draws[fit], self.settings.draws))

    def identifiability(self, fit: str) -> pd.DataFrame:
        """Return prior and posterior of each parameter: quantiles, and how far the data narrow it (ratio of standard deviations)."""
        rows = []
        for place, each in enumerate(self.parameters):
            z = self.draws[fit][:, place]
            low, middle, high = np.quantile(each.from_normal(z), [0.05, 0.5, 0.95])
            prior = each.from_rank(np.array([0.05, 0.95]))
            rows.append({"parameter": each.name, "group": each.group, "prior_low": prior[0], "prior_high": prior[1], "low": low,
                         "median": middle, "high": high, "sd_ratio": float(z.std())})
        return pd.DataFrame(rows)

    def known(self) -> Runs:
        """Return all runs that it knows, its own first."""
        own = Runs(self.z, self.shown, np.full(len(self.z), self.version))
        if self.earlier is None:
            return own
        return Runs(*(np.concatenate([one, other]) for one, other in zip(own, self.earlier, strict=True))) if len(self.z) else self.earlier

    def log_likelihood(self, fit: str, emulator: Emulator) -> Callable[[Floats], Floats]:
        """Return the log likelihood of a fit as a function of standard normal scores.

        What was observed is missed by the tolerance, and by the luck of one run, for the world was run once; where the emulator does
        not know what a run would show, by that, too.
        """
        seen = [place for place, each in enumerate(self.targets) if each.role in self.roles[fit]]
        targets = [self.targets[place] for place in seen]
        tolerance = np.array([each.tolerance for each in targets])

        def log_likelihood(z: Floats) -> Floats:
            emulated, error = (each[:, seen] for each in emulator.predicted(norm.cdf(z)))
            shown = restored(targets, emulated)
            misses = np.stack([each.miss(shown[:, place]) for place, each in enumerate(targets)], axis=1)
            variance = tolerance**2 + error * slopes(targets, shown) ** 2
            return np.asarray(-0.5 * (misses**2 / variance + np.log(variance)).sum(axis=1))

        return log_likelihood

    def _inside(self, n: int, wider: float = 1.0) -> Floats:
        """Return scores from the posteriors so far, as many of each fit, spread by some factor about each one's mean."""
        centres = {fit: draws.mean(axis=0) for fit, draws in self.draws.items()}
        return np.concatenate([centres[fit] + wider * (thinned(draws, n // len(self.draws)) - centres[fit]) for fit, draws in self.draws.items()])

    def _of_fit(self, number: int) -> slice:
        """Return those runs of the latest wave that were proposed by a fit; all of a first wave that the prior proposed."""
        each = (self.latest.stop - self.latest.start) // len(self.roles)
        return self.latest if self.earlier is None and self.latest.start == 0 else slice(self.latest.start + number * each, self.latest.start + (number + 1) * each)

    def _add(self, z: Floats) -> None:
        known = int((self.known().version == self.version).sum())
        shown = self.simulate(values_from_normal(self.parameters, z), known)
        self.latest = slice(len(self.z), len(self.z) + len(z))
        self.z = np.concatenate([self.z.reshape(-1, z.shape[1]), z])
        self.shown = np.concatenate([self.shown.reshape(-1, shown.shape[1]), shown])

    def _fit(self, wave: int) -> float:
        """Fit the emulator, sample every fit's posterior, note it; return how far the most moved parameter has moved."""
        emulator = self.emulator = self._emulated()
        most = 0.0
        for number, fit in enumerate(self.roles):
            before = self.draws.get(fit)
            draws, error = ensemble_sample(self.log_likelihood(fit, emulator), len(self.parameters), self.settings.walkers, self.settings.steps,
                                    self.settings.seed + 7 * (wave + 1) + number, max(N_SAMPLED, self.settings.draws), before)
            moved = np.inf if before is None else float(np.max(np.abs(draws.mean(axis=0) - before.mean(axis=0)) / draws.std(axis=0)))
            self.draws[fit] = draws
            most = max(most, moved)
            emulated = chi2_of(self.targets, restored(self.targets, emulator(norm.cdf(draws))), self.roles[fit])
            mine = self._of_fit(number)
            self.trace.append({"wave": wave, "fit": fit, "runs": len(self.z), "moved": moved, "error": error, "chi2_emulator": emulated,
                               "chi2_latest_runs": self._chi2(mine, self.roles[fit]) if len(self.z) else float("nan"), "r2_median": float(np.median(emulator.r2))})
        return most

    def _emulated(self) -> Emulator:
        """Fit the emulator to all runs."""
        z, shown, version = self.known()
        number = np.where(version == self.version, 0, 1 + np.unique(version, return_inverse=True)[1])
        return fit_emulator(norm.cdf(z), transformed(self.targets, shown), number if (number == 0).any() else None)

    def _chi2(self, runs: slice, roles: Sequence[str] = FITTED) -> float:
        """Return the median over runs of the real model of the mean squared miss of a target, in tolerances."""
        return chi2_of(self.targets, self.shown[runs], roles)


def thinned(draws: Floats, n: int) -> Floats:
    """Return n of some draws, evenly spread over them."""
    return draws[np.linspace(0, len(draws) - 1, n).astype(int)]


def misses_of(targets: Sequence[Target], shown: Floats, roles: Sequence[str]) -> Floats:
    """Return misses in tolerances of the targets with one of some roles, shape (n_runs, n_of_them); NaN where nobody is to speak of."""
    columns = [each.miss(shown[:, place]) / each.tolerance for place, each in enumerate(targets) if each.role in roles]
    return np.stack(columns, axis=1)


def chi2_of(targets: Sequence[Target], shown: Floats, roles: Sequence[str]) -> float:
    """Return the median over runs of the mean squared miss of a target, in tolerances, of those targets that a run shows."""
    misses = misses_of(targets, shown, roles)
    seen = np.isfinite(misses)
    return float(np.median((np.where(seen, misses, 0.0) ** 2).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)))


def simulator(config: Config, parameters: Sequence[CalibratedParameter], targets: Sequence[Target], folder: Path, tick: Tick | None) -> Simulate:
    """Return the real model as waves ask for it, with results kept in a folder."""
    return lambda values, first: simulated(config, parameters, values, targets, folder, first, tick)


def runs_table(found: Calibration) -> pd.DataFrame:
    """Return the version, scores and indicators of every run that is known, one row a run: the next calibration may begin from it."""
    z, shown, version = found.known()
    scores = {f"z {each.name}": z[:, place] for place, each in enumerate(found.parameters)}
    return pd.DataFrame({"version": version} | scores | {each.id: shown[:, place] for place, each in enumerate(found.targets)})


def earlier_runs(table: pd.DataFrame, parameters: Sequence[CalibratedParameter], targets: Sequence[Target], points: Mapping[str, float]) -> Runs:
    """Return the runs of calibrations before; a table that names no version is of another one.

    A parameter that a run did not have stood at the point; a target that it did not have is missing.
    """
    z = [table[f"z {each.name}"].to_numpy(float) if f"z {each.name}" in table else np.full(len(table), each.to_normal(np.array(points[each.name])))
         for each in parameters]
    shown = [table[each.id].to_numpy(float) if each.id in table else np.full(len(table), np.nan) for each in targets]
    version = table["version"].to_numpy(str) if "version" in table else np.full(len(table), "another")
    return Runs(np.stack(z, axis=1), np.stack(shown, axis=1), version)
