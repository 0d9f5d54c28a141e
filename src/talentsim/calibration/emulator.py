"""Emulator: Gaussian-process regression of every target on the parameters, with an error of its own.

One kernel serves all targets, so that one decomposition of it does: a Gaussian of distances between prior probabilities of
parameters, each stretched by how much the targets change along it, found in a few rounds (after Radhakrishnan et al. 2024,
Mechanism for feature learning in neural networks and backpropagation-free machine learning models, Science 383).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from talentsim.arrays import Floats
from talentsim.calibration.targets import LEAST, Target

ROUNDS = 3
"""In which relevances are found."""

PENALTIES = np.geomspace(1e-4, 300.0, 12)
"""Variance of what no smooth function tells, against that of what one does; each target takes the one that predicts best."""

N_LOOKED = 300
"""Runs at which slopes are looked at, at most."""

EARLIER_LEVEL = 100.0
"""Variance of the level of runs of another version: large, so that it is free."""


def transformed(targets: Sequence[Target], values: Floats) -> Floats:
    """Put targets on the scale they are emulated on: shares as log odds, what misses in logs as logs, effects as they are."""
    return np.stack([_forward(each, values[:, place]) for place, each in enumerate(targets)], axis=1)


def restored(targets: Sequence[Target], emulated: Floats) -> Floats:
    """Undo `transformed`."""
    return np.stack([_back(each, emulated[:, place]) for place, each in enumerate(targets)], axis=1)


def slopes(targets: Sequence[Target], values: Floats) -> Floats:
    """Return by how much a target misses more, on its own scale, for a unit on the emulated one; shape of `values`."""
    columns = [np.clip(values[:, place], 100 * LEAST, 100 * (1 - LEAST)) * (1 - np.clip(values[:, place] / 100, LEAST, 1 - LEAST))
               if _is_share(each) else np.ones(len(values)) for place, each in enumerate(targets)]
    return np.stack(columns, axis=1)


def _is_share(target: Target) -> bool:
    return target.unit == "%" and target.scale == "points" and target.indicator["kind"] != "experiment"


def _forward(target: Target, value: Floats) -> Floats:
    if _is_share(target):
        share = np.clip(value / 100.0, LEAST, 1.0 - LEAST)
        return np.asarray(np.log(share / (1.0 - share)))
    return np.asarray(np.log(np.maximum(value, 1e-6))) if target.scale == "log" else value


def _back(target: Target, value: Floats) -> Floats:
    if _is_share(target):
        return np.asarray(100.0 / (1.0 + np.exp(-value)))
    return np.asarray(np.exp(value)) if target.scale == "log" else value


@dataclass(frozen=True)
class Emulator:
    """Targets as smooth functions of parameters.

    Parameters
    ----------
    relevance
        How far each parameter stretches distances, shape (n_parameters,); its square sums to 1.
    places
        Stretched parameters of the runs it has seen, shape (n_runs, n_parameters).
    coefficients
        Of the kernel at each place, shape (n_runs, n_targets).
    level
        Mean by target, shape (n_targets,).
    error
        Standard deviation of what it gets wrong, on the emulated scale, the noise of one run taken out.
    r2
        Share of the variance of runs left out that it explains, by target.
    """

    relevance: Floats
    places: Floats
    coefficients: Floats
    level: Floats
    error: Floats
    r2: Floats

    def __call__(self, ranks: Floats) -> Floats:
        """Return targets on the emulated scale; `ranks` are prior probabilities, shape (n, n_parameters)."""
        return self.level + kernel(_centred(ranks) * self.relevance, self.places) @ self.coefficients


def kernel(one: Floats, other: Floats) -> Floats:
    """Return the covariance of a smooth function between two sets of stretched parameters, shape (n_one, n_other)."""
    distance = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None] - 2.0 * one @ other.T
    return np.asarray(np.exp(-0.5 * np.maximum(distance, 0.0)))


def fit_emulator(ranks: Floats, emulated: Floats, noise: Floats, judged: slice, earlier: Floats | None = None) -> Emulator:
    """Fit an emulator to runs.

    Parameters
    ----------
    ranks
        Prior probabilities of the parameters, shape (n_runs, n_parameters).
    emulated
        Targets on the emulated scale, shape (n_runs, n_targets); what is missing stands at its mean.
    noise
        Standard deviation of one run by target.
    judged
        Runs by which the error is told: those where the posterior is.
    earlier
        1 for runs of another version of the model, 0 for the others; the former have levels of their own. None: no such runs.
    """
    filled = np.where(np.isfinite(emulated), emulated, np.nanmean(emulated, axis=0))
    own = filled if earlier is None else filled[earlier == 0]
    level, spread = own.mean(axis=0), np.maximum(own.std(axis=0), 1e-9)
    seen, u = (filled - level) / spread, _centred(ranks)
    marked = 0.0 if earlier is None else EARLIER_LEVEL * np.outer(earlier, earlier)
    relevance = np.full(u.shape[1], u.shape[1] ** -0.5)
    for turn in range(ROUNDS):
        places = u * relevance
        smooth = kernel(places, places)
        coefficients, left_out = _regressed(smooth + marked, seen)
        if turn + 1 < ROUNDS:
            relevance = _relevance(u, relevance, smooth, coefficients)
    left_out = left_out[judged] * spread
    error = np.sqrt(np.maximum((left_out**2).mean(axis=0) - noise**2, 0.09 * (left_out**2).mean(axis=0)))
    variance = np.maximum(filled[judged].var(axis=0), 1e-12)
    return Emulator(relevance, places, coefficients * spread, level, error, 1.0 - (left_out**2).mean(axis=0) / variance)


def _centred(ranks: Floats) -> Floats:
    return 2.0 * ranks - 1.0


def _regressed(covariance: Floats, seen: Floats) -> tuple[Floats, Floats]:
    """Regress each target with the penalty that predicts runs left out best.

    Returns
    -------
    Coefficients and what each run left out is missed by, both of the shape of `seen`.
    """
    values, vectors = np.linalg.eigh(covariance)
    turned, values = vectors.T @ seen, np.maximum(values, 0.0)
    coefficients, left_out = np.zeros_like(seen), np.full(seen.shape, np.inf)
    for penalty in PENALTIES:
        inverse = 1.0 / (values + penalty)
        found = vectors @ (inverse[:, None] * turned)
        missed = found / (vectors**2 @ inverse)[:, None]
        better = (missed**2).sum(axis=0) < (left_out**2).sum(axis=0)
        coefficients[:, better], left_out[:, better] = found[:, better], missed[:, better]
    return coefficients, left_out


def _relevance(u: Floats, relevance: Floats, smooth: Floats, coefficients: Floats) -> Floats:
    """Return by how much to stretch each parameter: the root of the root mean squared slope of all targets along it."""
    looked = np.linspace(0, len(u) - 1, min(len(u), N_LOOKED)).astype(int)
    near, shown = smooth[looked], smooth[looked] @ coefficients
    slope = np.array([np.mean((u[looked, place, None] * shown - near @ (u[:, place, None] * coefficients)) ** 2) for place in range(u.shape[1])])
    stretched = (relevance**4 * slope) ** 0.25 + 1e-9
    return np.asarray(stretched / np.sqrt((stretched**2).sum()))
