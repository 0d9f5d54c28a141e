"""Emulator: a quadratic ridge regression of every target on the parameters, with an error of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from talentsim.arrays import Floats, Integers
from talentsim.calibration.targets import LEAST, Target

N_PRODUCTS = 25
"""Products of two parameters that each target may take, those its residuals go with most."""

PENALTIES = np.geomspace(0.1, 300.0, 8)
EARLIER_UNIT = 10.0
"""Size of the mark of runs of another version: large enough that the penalty leaves their level free."""

SCREENED = 1.15
"""By how much the error left out grows: the products were chosen on the same runs."""


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
    """Targets as quadratic functions of parameters.

    Parameters
    ----------
    pairs
        Products of parameters in use, shape (n_pairs, 2).
    coefficients
        Shape (1 + 2 * n_parameters + n_pairs, n_targets).
    error
        Standard deviation of what it gets wrong, on the emulated scale, the noise of one run taken out.
    r2
        Share of the variance of runs left out that it explains, by target.
    """

    pairs: Integers
    coefficients: Floats
    error: Floats
    r2: Floats

    def __call__(self, ranks: Floats) -> Floats:
        """Return targets on the emulated scale; `ranks` are prior probabilities, shape (n, n_parameters)."""
        return features(ranks, self.pairs) @ self.coefficients


def features(ranks: Floats, pairs: Integers) -> Floats:
    """Return 1, the centred ranks, their squares, and the products of some pairs; columns in this order."""
    u = 2.0 * ranks - 1.0
    return np.concatenate([np.ones((len(u), 1)), u, 1.5 * u**2 - 0.5, u[:, pairs[:, 0]] * u[:, pairs[:, 1]]], axis=1)


def fit_emulator(ranks: Floats, emulated: Floats, weights: Floats, noise: Floats, judged: slice, earlier: Floats | None = None) -> Emulator:
    """Fit an emulator to runs.

    Parameters
    ----------
    ranks
        Prior probabilities of the parameters, shape (n_runs, n_parameters).
    emulated
        Targets on the emulated scale, shape (n_runs, n_targets); what is missing stands at its mean.
    weights
        How much each run counts, shape (n_runs,).
    noise
        Standard deviation of one run by target.
    judged
        Runs by which the error is told: those where the posterior is.
    earlier
        1 for runs of another version of the model, 0 for the others; the former have levels of their own. None: no such runs.
    """
    n, k = ranks.shape
    u = 2.0 * ranks - 1.0
    one, two = np.triu_indices(k, 1)
    products = u[:, one] * u[:, two]
    base = features(ranks, np.empty((0, 2), np.int64))
    n_own = base.shape[1]
    if earlier is not None:
        base = np.column_stack([base, EARLIER_UNIT * earlier])
    filled = np.where(np.isfinite(emulated), emulated, np.nanmean(emulated, axis=0))
    fits = []
    for column in filled.T:
        _, residual, _ = _ridge(base, column, weights)
        score = np.abs((weights[:, None] * (products - products.mean(axis=0))).T @ residual) / (products.std(axis=0) + 1e-9)
        chosen = np.sort(np.argsort(-score)[:min(N_PRODUCTS, len(score), max(n // 8, 1))])
        coefficients, _, left_out = _ridge(np.concatenate([base, products[:, chosen]], axis=1), column, weights)
        fits.append((chosen, coefficients, left_out))
    used = np.unique(np.concatenate([chosen for chosen, _, _ in fits])).astype(np.int64)
    table = np.zeros((n_own + len(used), len(fits)))
    for place, (chosen, coefficients, _) in enumerate(fits):
        table[:n_own, place] = coefficients[:n_own]
        table[n_own + np.searchsorted(used, chosen), place] = coefficients[base.shape[1]:]
    left_out = np.stack([each for _, _, each in fits], axis=1)[judged]
    total = SCREENED * left_out.std(axis=0)
    error = np.sqrt(np.maximum(total**2 - noise**2, (0.3 * total) ** 2))
    spread = np.maximum(filled[judged].var(axis=0), 1e-12)
    return Emulator(np.stack([one[used], two[used]], axis=1), table, error, 1.0 - left_out.var(axis=0) / spread)


def _ridge(x: Floats, y: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Fit with the penalty that predicts runs left out best; the constant is free.

    Returns
    -------
    Coefficients, residuals, residuals of each run left out.
    """
    root = np.sqrt(weights)
    centre, level = (weights @ x) / weights.sum(), (weights @ y) / weights.sum()
    left, values, right = np.linalg.svd((x - centre)[:, 1:] * root[:, None], full_matrices=False)
    z, best = left.T @ ((y - level) * root), None
    for penalty in PENALTIES:
        shrunk = values**2 / (values**2 + penalty)
        residual = y - level - (left @ (shrunk * z)) / root
        leverage = np.minimum((left**2) @ shrunk + weights / weights.sum(), 0.95)
        left_out = residual / (1.0 - leverage)
        loss = float(weights @ left_out**2)
        if best is None or loss < best[0]:
            slope = right.T @ (values / (values**2 + penalty) * z)
            best = loss, np.concatenate([[level - centre[1:] @ slope], slope]), residual, left_out
    assert best is not None
    return best[1:]
