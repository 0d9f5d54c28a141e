"""Emulator: Gaussian-process regression of every target on the parameters, with an error of its own at every point.

One kernel serves all targets, so that one decomposition of it does: a level, straight lines, and a Gaussian of distances between prior
probabilities of parameters, each stretched by how much the targets change along it, found in a few rounds (after Radhakrishnan et al.
2024, Mechanism for feature learning in neural networks and backpropagation-free machine learning models, Science 383). The error is the
process's own, which grows away from the runs, scaled for each target so that runs left out are missed by as much as it says (Rasmussen,
Williams 2006, Gaussian Processes for Machine Learning, section 5.4.2). It is that of one run more, whose luck is part of it: what was
observed is one run of the world, too.

Why not scikit-learn, measured with 1.9.1 on 620 real runs, 75 targets, 52 parameters (`python benchmarks/libraries.py FOLDER/runs.parquet`,
one thread): of runs left out its GaussianProcessRegressor with a length for each parameter explains a mean of 0.844 of the variance,
after 15 steps of its search and 37 s of CPU, against 0.835 in 0.3 s here, with an error as true (0.96 and 0.93 of the squared miss); with one length
for all 0.803. It has one noise for all targets, and no level of their own for runs of another version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from talentsim.arrays import Floats, Integers
from talentsim.calibration.targets import LEAST, Target

ROUNDS = 3
"""In which relevances are found."""

PENALTIES = np.geomspace(1e-6, 100.0, 14)
"""Variance of what no smooth function tells, against that of what one does; each target takes the one that foretells runs left out best."""

N_LOOKED = 300
"""Runs at which slopes are looked at, at most."""

LEVEL, LINES = 100.0, 10.0
"""Variances of a level and of straight lines: large, so that both are free, and a point far from all runs is not taken for their mean.
Runs of another version have levels of their own."""


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
    vectors, inverses
        Eigenvectors of the covariance of the runs, shape (n_runs, n_runs), and one over its eigenvalues under each penalty, shape
        (n_runs, n_penalties).
    chosen
        Number of the penalty of each target.
    scale
        Variance of a target's smooth function, on the emulated scale.
    r2
        Share of the variance of runs left out that it explains, by target.
    """

    relevance: Floats
    places: Floats
    coefficients: Floats
    level: Floats
    vectors: Floats
    inverses: Floats
    chosen: Integers
    scale: Floats
    r2: Floats

    def __call__(self, ranks: Floats) -> Floats:
        """Return targets on the emulated scale; `ranks` are prior probabilities, shape (n, n_parameters)."""
        return self.predicted(ranks)[0]

    def predicted(self, ranks: Floats) -> tuple[Floats, Floats]:
        """Return targets on the emulated scale, and by how much one run there may miss them (a variance): what the process does not
        know of the smooth function, and what no smooth function tells, the luck of that run among it."""
        places = _centred(ranks) * self.relevance
        near = kernel(places, self.places) + _straight(places, self.places)
        own = 1.0 + LEVEL + LINES * (places**2).sum(axis=1)
        unknown = np.maximum(own[:, None] - (near @ self.vectors) ** 2 @ self.inverses, 0.0)
        return self.level + near @ self.coefficients, (unknown[:, self.chosen] + PENALTIES[self.chosen]) * self.scale


def kernel(one: Floats, other: Floats) -> Floats:
    """Return the covariance of a curve between two sets of stretched parameters, shape (n_one, n_other)."""
    distance = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None] - 2.0 * one @ other.T
    return np.asarray(np.exp(-0.5 * np.maximum(distance, 0.0)))


def _straight(one: Floats, other: Floats) -> Floats:
    return LEVEL + LINES * one @ other.T


def fit_emulator(ranks: Floats, emulated: Floats, versions: Integers | None = None) -> Emulator:
    """Fit an emulator to runs.

    Parameters
    ----------
    ranks
        Prior probabilities of the parameters, shape (n_runs, n_parameters).
    emulated
        Targets on the emulated scale, shape (n_runs, n_targets); what is missing stands at its mean.
    versions
        Number of the version of the model that each run is of, shape (n_runs,): 0 for this one, whose levels are sought; the others have
        levels of their own. None: all are of this one.
    """
    filled = np.where(np.isfinite(emulated), emulated, np.nanmean(emulated, axis=0))
    own = filled if versions is None else filled[versions == 0]
    level, spread = own.mean(axis=0), np.maximum(own.std(axis=0), 1e-9)
    seen, u = (filled - level) / spread, _centred(ranks)
    marked = 0.0 if versions is None else LEVEL * ((versions[:, None] == versions) & (versions > 0))
    relevance = np.full(u.shape[1], u.shape[1] ** -0.5)
    for turn in range(ROUNDS):
        places = u * relevance
        smooth = kernel(places, places)
        found = _regressed(smooth + _straight(places, places) + marked, seen)
        if turn + 1 < ROUNDS:
            relevance = _relevance(u, relevance, smooth, found.coefficients)
    r2 = 1.0 - (found.left_out**2).mean(axis=0) * spread**2 / np.maximum(filled.var(axis=0), 1e-12)
    return Emulator(relevance, places, found.coefficients * spread, level, found.vectors, found.inverses, found.chosen, found.scale * spread**2, r2)


def _centred(ranks: Floats) -> Floats:
    return 2.0 * ranks - 1.0


class _Regressed(NamedTuple):
    """Coefficients, what runs left out are missed by, and what the error at a point is made of; see `Emulator`."""

    coefficients: Floats
    left_out: Floats
    vectors: Floats
    inverses: Floats
    chosen: Integers
    scale: Floats


def _regressed(covariance: Floats, seen: Floats) -> _Regressed:
    """Regress each target with the penalty, and the scale of its variance, under which runs left out are likeliest."""
    values, vectors = np.linalg.eigh(covariance)
    turned, inverses = vectors.T @ seen, 1.0 / (np.maximum(values, 0.0)[:, None] + PENALTIES)
    coefficients, left_out = np.zeros_like(seen), np.zeros_like(seen)
    n_targets = seen.shape[1]
    chosen, scale, best = np.zeros(n_targets, int), np.zeros(n_targets), np.full(n_targets, -np.inf)
    for number, inverse in enumerate(inverses.T):
        found = vectors @ (inverse[:, None] * turned)
        precision = (vectors**2 @ inverse)[:, None]     # of a run left out, over the scale
        scaled = np.maximum((found**2 / precision).mean(axis=0), 1e-18)
        likely = np.log(precision).mean() - np.log(scaled)
        better = likely > best
        coefficients[:, better], left_out[:, better] = found[:, better], (found / precision)[:, better]
        chosen[better], scale[better], best[better] = number, scaled[better], likely[better]
    return _Regressed(coefficients, left_out, vectors, inverses, chosen, scale)


def _relevance(u: Floats, relevance: Floats, smooth: Floats, coefficients: Floats) -> Floats:
    """Return by how much to stretch each parameter: the root of the root mean squared slope of all targets along it."""
    looked = np.linspace(0, len(u) - 1, min(len(u), N_LOOKED)).astype(int)
    near, shown = smooth[looked], smooth[looked] @ coefficients
    straight = LINES * u.T @ coefficients
    slope = np.array([np.mean((straight[place] + near @ (u[:, place, None] * coefficients) - u[looked, place, None] * shown) ** 2)
                      for place in range(u.shape[1])])
    stretched = (relevance**4 * slope) ** 0.25 + 1e-9
    return np.asarray(stretched / np.sqrt((stretched**2).sum()))
