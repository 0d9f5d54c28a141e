"""Probabilities of logit choice in closed form, for the mean-field twin and for tests of the draws.

Source: McFadden (1974), Conditional logit analysis of qualitative choice behavior.
"""

from __future__ import annotations

import numpy as np

from talentsim.arrays import Floats, Integers


def logsum(utility: Floats, axis: int = -1) -> Floats:
    """Return log sum exp(V): the expected utility of the best alternative, less Euler's constant."""
    top = utility.max(axis=axis, keepdims=True)
    return np.squeeze(top, axis) + np.log(np.exp(utility - top).sum(axis=axis))


def probabilities(utility: Floats, axis: int = -1) -> Floats:
    """Return logit probabilities; shape of `utility`, -inf gives 0."""
    return np.exp(utility - np.expand_dims(logsum(utility, axis), axis))


def screened_probabilities(utility: Floats, p_refusal: Floats, step: float = 0.2, whole: Integers | None = None) -> Floats:
    """Return the probability that each alternative is chosen when each admits or refuses at random, independently.

    The arrival times of the open alternatives race; with rates w = exp(V),

        P(k) = int_0^inf (1 - r_k) w_k exp(-w_k t) prod_{j != k} [r_j + (1 - r_j) exp(-w_j t)] dt.

    The integral runs over log t by the trapezoidal rule, which converges geometrically here, up to where one that
    surely admits has surely arrived.

    Parameters
    ----------
    utility, p_refusal
        Shape (n, n_countries), with a refusal of 0 for at least one alternative in each row.
    step
        Of log t, between the points of the rule.
    whole
        Of which whole each alternative is a part, shape (n_countries,). Parts of one whole refuse by one draw: who is refused by a part
        is refused by those that refuse as often. None where each is a whole.
    """
    log_weight = utility - utility.max(axis=-1, keepdims=True)
    weight = np.exp(log_weight)
    sure = np.where(p_refusal == 0.0, log_weight, -np.inf).max(axis=-1)
    time = np.exp(np.arange(-40.0, 8.0 - sure.min(), step))
    whole = np.arange(utility.shape[-1]) if whole is None else whole
    waiting, arriving = _race_of_wholes(weight, p_refusal, time, whole)
    others = np.prod(waiting, axis=-2, keepdims=True) / np.maximum(waiting, 1e-300)
    chance = (arriving * others[..., np.unique(whole, return_inverse=True)[1], :] * time).sum(axis=-1) * step
    return np.asarray(chance / chance.sum(axis=-1, keepdims=True))


def _race_of_wholes(weight: Floats, p_refusal: Floats, time: Floats, whole: Integers) -> tuple[Floats, Floats]:
    """Return the chance that nothing of a whole has arrived, (n, whole, t), and the density of each part's arrival, (n, k, t)."""
    wholes = np.unique(whole)
    waiting, arriving = np.empty((*weight.shape[:-1], len(wholes), len(time))), np.zeros((*weight.shape, len(time)))
    for place, each in enumerate(wholes):
        parts = np.flatnonzero(whole == each)
        order = np.argsort(p_refusal[..., parts], axis=-1, kind="stable")                   # first those that refuse least often
        refusal, rate = (np.take_along_axis(value[..., parts], order, axis=-1) for value in (p_refusal, weight))
        admit = np.diff(refusal, append=1.0, axis=-1)                                       # these and all before them, none behind
        survival = np.exp(-np.cumsum(rate, axis=-1)[..., None] * time)
        waiting[..., place, :] = refusal[..., 0, None] + (admit[..., None] * survival).sum(axis=-2)
        ranked = np.stack([((admit[..., i:] * rate[..., i, None])[..., None] * survival[..., i:, :]).sum(axis=-2) for i in range(len(parts))], axis=-2)
        arriving[..., parts, :] = np.take_along_axis(ranked, np.argsort(order, axis=-1)[..., None], axis=-2)
    return waiting, arriving
