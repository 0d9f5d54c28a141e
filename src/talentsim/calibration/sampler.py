"""Ensemble MCMC: differential evolution between two halves of a crowd of walkers, in standard normal scores of the prior."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from talentsim.arrays import Floats
from talentsim.streams import GOLDEN, mix

LogDensity = Callable[[Floats], Floats]


def ensemble_sample(log_likelihood: LogDensity, n_parameters: int, n_walkers: int, n_steps: int, seed: int, keep: int,
                    start: Floats | None = None) -> Floats:
    """Sample a posterior whose prior is a standard normal.

    Each half moves along differences of two walkers of the other half, in some coordinates at a time, after Vrugt et al. (2009),
    Accelerating Markov Chain Monte Carlo Simulation by Differential Evolution, Int. J. Nonlinear Sci. Numer. Simul. 10.

    Parameters
    ----------
    log_likelihood
        Of scores of shape (n, n_parameters).
    n_walkers
        Even, and more than twice the parameters do well.
    keep
        Draws wanted, taken evenly from the second half of the steps.
    start
        Draws of a posterior like this one, from which walkers set out, shape (n, n_parameters); None: near the middle of the prior, from
        where a crowd in fifty dimensions takes some thousand steps to arrive.

    Returns
    -------
    Scores, shape (keep, n_parameters), in no order: the first few stand for all.
    """
    numbers = _Numbers(seed)
    walkers = 0.7 * numbers.normal((n_walkers, n_parameters)) if start is None else _spread_over(start, n_walkers)
    density = log_likelihood(walkers) - 0.5 * (walkers**2).sum(axis=1)
    half = n_walkers // 2
    sides = (np.arange(half), np.arange(half, n_walkers))
    kept: list[Floats] = []
    every = max(1, (n_steps // 2) * n_walkers // max(keep, 1) // n_walkers)
    for turn in range(n_steps):
        for own, other in (sides, sides[::-1]):
            moved = _proposed(walkers[own], walkers[other], numbers, turn)
            proposed = log_likelihood(moved) - 0.5 * (moved**2).sum(axis=1)
            taken = np.log(numbers.uniform(len(own))) < proposed - density[own]
            walkers[own[taken]], density[own[taken]] = moved[taken], proposed[taken]
        if turn >= n_steps // 2 and turn % every == 0:
            kept.append(walkers.copy())
    draws = np.concatenate(kept)
    return draws[np.linspace(0, len(draws) - 1, keep).astype(int)][np.argsort(numbers.uniform(keep))]


def _spread_over(draws: Floats, n: int) -> Floats:
    return np.array(draws[np.linspace(0, len(draws) - 1, n).astype(int)])


def _proposed(own: Floats, other: Floats, numbers: _Numbers, turn: int) -> Floats:
    n, k = own.shape
    first = (numbers.uniform(n) * len(other)).astype(int)
    second = (first + 1 + (numbers.uniform(n) * (len(other) - 1)).astype(int)) % len(other)
    crossed = numbers.uniform((n, k)) < (0.1, 0.3, 1.0)[turn % 3]
    crossed[np.arange(n), (numbers.uniform(n) * k).astype(int)] = True
    reach = np.where(turn % 10 == 9, 1.0, 2.38 / np.sqrt(2.0 * crossed.sum(axis=1)))[:, None]
    return own + crossed * (reach * (other[first] - other[second]) + 1e-3 * numbers.normal((n, k)))


class _Numbers:
    """Random numbers from one seed, addressed by their count."""

    def __init__(self, seed: int) -> None:
        self._next = np.uint64(seed) << np.uint64(40)

    def uniform(self, shape: int | tuple[int, ...]) -> Floats:
        """Return numbers between 0 and 1, neither included."""
        size = int(np.prod(shape))
        with np.errstate(over="ignore"):
            words = mix((self._next + np.arange(1, size + 1, dtype=np.uint64)) * GOLDEN)
        self._next = self._next + np.uint64(size)
        return ((words >> np.uint64(11)).astype(float) + 0.5).reshape(shape) / 2.0**53

    def normal(self, shape: tuple[int, ...]) -> Floats:
        """Return standard normal numbers."""
        return np.asarray(np.sqrt(-2.0 * np.log(self.uniform(shape))) * np.cos(2.0 * np.pi * self.uniform(shape)))


def latin_hypercube(n: int, n_parameters: int, seed: int) -> Floats:
    """Return n points that fill the unit cube, one in each of n slices of every parameter; shape (n, n_parameters).

    As scipy.stats.qmc.LatinHypercube does. Here the numbers are addressed, so that a calibration that goes on with other
    versions of NumPy and scipy asks for the same points and finds the runs that it has stored.
    """
    numbers = _Numbers(seed)
    order = np.argsort(numbers.uniform((n, n_parameters)), axis=0)
    return (order + numbers.uniform((n, n_parameters))) / n
