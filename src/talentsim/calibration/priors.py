"""Parameters that calibration may move: priors, and the figures of the configuration that each sets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.special import ndtr, ndtri

from talentsim.arrays import Floats
from talentsim.calibration.targets import content_of
from talentsim.config import Config, UserError
from talentsim.ensemble.draws import figure_at


@dataclass(frozen=True)
class CalibratedParameter:
    """One number with a prior, and the figures it is laid on.

    The prior is uniform, uniform in the log, or a normal, each held between `low` and `high` and within the figure's range.
    """

    name: str
    group: str
    keys: tuple[str, ...]
    apply: Literal["set", "shift", "scale"]
    kind: Literal["uniform", "loguniform", "normal"]
    low: float
    high: float
    mean: float = 0.0
    sd: float = 1.0

    def from_normal(self, z: Floats) -> Floats:
        """Turn standard normal scores into values of the prior."""
        return self.from_rank(ndtr(z))

    def from_rank(self, rank: Floats) -> Floats:
        """Turn probabilities into quantiles of the prior."""
        if self.kind == "uniform":
            return self.low + rank * (self.high - self.low)
        if self.kind == "loguniform":
            return self.low * np.exp(rank * np.log(self.high / self.low))
        ends = ndtr((np.array([self.low, self.high]) - self.mean) / self.sd)
        return np.clip(self.mean + self.sd * ndtri(ends[0] + rank * (ends[1] - ends[0])), self.low, self.high)

    def to_normal(self, value: Floats) -> Floats:
        """Turn values into standard normal scores of the prior, held at four."""
        if self.kind == "uniform":
            rank = (value - self.low) / (self.high - self.low)
        elif self.kind == "loguniform":
            rank = np.log(value / self.low) / np.log(self.high / self.low)
        else:
            ends = ndtr((np.array([self.low, self.high]) - self.mean) / self.sd)
            rank = (ndtr((value - self.mean) / self.sd) - ends[0]) / (ends[1] - ends[0])
        return np.clip(ndtri(np.clip(rank, 1e-9, 1.0 - 1e-9)), -4.0, 4.0)

    def figures(self, config: Config, value: float) -> dict[str, float]:
        """Return the value of each figure by key, held within the figure's own range."""
        found: dict[str, float] = {}
        for key in self.keys:
            figure = figure_at(config, key)
            if figure is None or figure.value is None:
                continue
            wanted = {"set": value, "shift": figure.value + value, "scale": figure.value * value}[self.apply]
            low, high = figure.range or (-np.inf, np.inf)
            found[key] = float(np.clip(wanted, low, high))
        return found


def parameters_for(config: Config) -> tuple[CalibratedParameter, ...]:
    """Return the parameters of a configuration's world; those whose figures it does not have are left out.

    Raises
    ------
    UserError
        When a prior has no part in its figure's range, or the world has no parameters.
    """
    content = content_of(config.world.name, "parameters")
    made = (_parameter(config, name, entry, content.get("groups", {})) for name, entry in content["parameters"].items())
    return tuple(each for each in made if each is not None)


def figures_of(config: Config, parameters: Sequence[CalibratedParameter], values: Sequence[float]) -> dict[str, float]:
    """Return what a vector of parameters sets, by key."""
    return {key: figure for each, value in zip(parameters, values, strict=True) for key, figure in each.figures(config, float(value)).items()}


def values_from_normal(parameters: Sequence[CalibratedParameter], z: Floats) -> Floats:
    """Turn standard normal scores, shape (n, n_parameters), into values."""
    return np.stack([each.from_normal(z[:, place]) for place, each in enumerate(parameters)], axis=1)


def _parameter(config: Config, name: str, entry: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> CalibratedParameter | None:
    keys = tuple(key for pattern in entry["keys"] for key in _expanded(pattern, groups) if figure_at(config, key) is not None)
    if not keys:
        return None
    prior, figure = entry["prior"], figure_at(config, keys[0])
    bounds = figure.range if figure is not None and figure.range is not None and entry["apply"] == "set" else (-np.inf, np.inf)
    low, high = max(float(prior.get("low", -np.inf)), bounds[0]), min(float(prior.get("high", np.inf)), bounds[1])
    if not (np.isfinite([low, high]).all() and low < high):
        raise UserError(f"calibration/{config.world.name}/parameters.yaml, {name}", f"the prior reaches from {low:g} to {high:g}",
                        f"within the range of {keys[0]}: {bounds[0]:g} to {bounds[1]:g}", "mend the figure's range, or the prior")
    return CalibratedParameter(name, entry["group"], keys, entry["apply"], prior["kind"], low, high,
                               float(prior.get("mean", 0.0)), float(prior.get("sd", 1.0)))


def _expanded(pattern: str, groups: Mapping[str, Sequence[str]]) -> list[str]:
    named = re.search(r"\{(\w+)\}", pattern)
    return [pattern] if named is None else [pattern.replace(named.group(0), member) for member in groups[named.group(1)]]
