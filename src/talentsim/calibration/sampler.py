"""Ensemble MCMC in standard normal scores of the prior: two halves of a crowd of walkers learn from each other, until their means are known.

Why not emcee, measured with 3.1.6 on a planted posterior of the calibration's size (`python benchmarks/libraries.py`, one thread): after
5,000 steps and 13 s of CPU its differences and snooker moves spread over 0.82 of the posterior, and after 6.5 s its stretch moves have
means 0.7 standard deviations off; here means are off by 0.014 and the spread is whole in 4.2 s. With these moves for its own it would
save the twenty lines of the loop, and bring a stream of random numbers for one that is addressed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from talentsim.arrays import Floats
from talentsim.streams import GOLDEN, mix

LogDensity = Callable[[Floats], Floats]


KNOWN = 0.02
"""How well means are to be known, in standard deviations of the posterior: a tenth of what counts as moved."""

LONGER = 3
"""How often the crowd goes on, each time for as long as it has gone, where they are not."""

STEPS_KEPT = 40
"""Of each walker, at least, wherever there are as many."""

FRESH = (0.05, 0.1, 0.25)
"""Shares of the variance that moves in the shape of the posterior bring anew, in turn."""


class Sampled(NamedTuple):
    """Draws in no order, so that the first few stand for all, and the standard error of their means: the root of its mean square."""

    draws: Floats
    error: float


def ensemble_sample(log_likelihood: LogDensity, n_parameters: int, n_walkers: int, n_steps: int, seed: int, keep: int,
                    start: Floats | None = None) -> Sampled:
    """Sample a posterior whose prior is a standard normal.

    Parameters
    ----------
    log_likelihood
        Of scores of shape (n, n_parameters).
    n_walkers
        Even, and more than twice the parameters do well.
    n_steps
        The first half arrives, the second is drawn from. Where means are not known by then the crowd goes on, and what it has gone
        before counts as arriving.
    keep
        Draws wanted, taken evenly from all walkers and steps.
    start
        Draws of a posterior like this one, from which walkers set out, shape (n, n_parameters); None: near the middle of the prior, from
        where a crowd in fifty dimensions takes some thousand steps to arrive.
    """
    numbers = _Numbers(seed)
    walkers = 0.7 * numbers.normal((n_walkers, n_parameters)) if start is None else _spread_over(start, n_walkers)
    crowd = _Crowd(log_likelihood, numbers, walkers)
    arrived = crowd.moved(n_steps // 2, _Normal.like(start))
    found = crowd.moved(n_steps - n_steps // 2, _Normal.like(arrived.reshape(-1, n_parameters)))
    for longer in range(LONGER):
        if _error(found) < KNOWN:
            break
        found = crowd.moved(n_steps * 2**longer, _Normal.like(found.reshape(-1, n_parameters)))
    draws = found.reshape(-1, n_parameters)
    return Sampled(draws[np.linspace(0, len(draws) - 1, keep).astype(int)][np.argsort(numbers.uniform(keep))], _error(found))


def _error(found: Floats) -> float:
    """Return the standard error of means from how far those of the earlier and of the later half are apart, with all parameters as one."""
    half = len(found) // 2
    apart = found[-half:].mean(axis=(0, 1)) - found[:half].mean(axis=(0, 1)) if half else np.full(found.shape[-1], np.inf)
    return float(np.sqrt(np.mean((apart / 2.0 / found.std(axis=(0, 1))) ** 2)))


class _Normal(NamedTuple):
    """A normal distribution shaped like draws: its mean, and a root of its covariance with the inverse."""

    mean: Floats
    root: Floats
    inverse: Floats

    @classmethod
    def like(cls, draws: Floats | None) -> _Normal | None:
        """Return that of some draws; None where they are too few to have a shape."""
        if draws is None or len(draws) < 10 * draws.shape[1]:
            return None
        root = np.linalg.cholesky(np.cov(draws.T) + 1e-9 * np.eye(draws.shape[1]))
        return cls(draws.mean(axis=0), root, np.linalg.inv(root))

    def near(self, own: Floats, fresh: float, numbers: _Numbers) -> tuple[Floats, Floats]:
        """Return points as near to where walkers are as leaves this distribution what it is, and the log odds of going back.

        A share `fresh` of the variance is new (Neal 1998, Regression and classification using Gaussian process priors; Cotter et al.
        2013, MCMC methods for functions: modifying old algorithms to make them faster).
        """
        scores = (own - self.mean) @ self.inverse.T
        moved = np.sqrt(1.0 - fresh) * scores + np.sqrt(fresh) * numbers.normal(own.shape)
        return self.mean + moved @ self.root.T, 0.5 * ((moved**2).sum(axis=1) - (scores**2).sum(axis=1))


class _Crowd:
    """Walkers that keep the posterior, whatever it is; each half moves on its own, seeing the other."""

    def __init__(self, log_likelihood: LogDensity, numbers: _Numbers, walkers: Floats) -> None:
        self._log_likelihood, self._numbers, self._walkers = log_likelihood, numbers, walkers
        self._density = self._posterior(walkers)

    def moved(self, n_steps: int, shape: _Normal | None) -> Floats:
        """Go some steps; return where the walkers were at some of them, shape (n_kept, n_walkers, n_parameters).

        Without a shape known, or at every fourth step, along differences of two walkers of the other half, in some coordinates at a
        time (Vrugt et al. 2009, Accelerating Markov Chain Monte Carlo Simulation by Differential Evolution, Int. J. Nonlinear Sci.
        Numer. Simul. 10).
        """
        half = len(self._walkers) // 2
        every, kept = max(1, n_steps // STEPS_KEPT), []
        for step in range(n_steps):
            for own, other in ((slice(half), slice(half, None)), (slice(half, None), slice(half))):
                if shape is not None and step % 4:
                    moved, back = shape.near(self._walkers[own], FRESH[step % 4 - 1], self._numbers)
                else:
                    moved, back = _proposed(self._walkers[own], self._walkers[other], self._numbers, step if shape is None else step // 4), np.zeros(half)
                proposed = self._posterior(moved)
                taken = np.log(self._numbers.uniform(len(moved))) < proposed - self._density[own] + back
                self._walkers[own][taken], self._density[own][taken] = moved[taken], proposed[taken]
            if step % every == every - 1:
                kept.append(self._walkers.copy())
        return np.array(kept)

    def _posterior(self, z: Floats) -> Floats:
        return self._log_likelihood(z) - 0.5 * (z**2).sum(axis=1)


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
