"""Targets: observed figures, the indicator that stands beside each, how far a model may miss it, and what part it plays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from talentsim.arrays import Floats
from talentsim.config import UserError
from talentsim.config.files import shipped_file

Role = Literal["calibrate", "input", "held_out", "report"]
ROLES: tuple[Role, ...] = ("calibrate", "input", "held_out", "report")
FITTED: tuple[Role, ...] = ("calibrate", "input")
"""Roles that a posterior fitted to 2019 sees; one fitted to all data sees what is held out, too."""

LEAST = 0.03
"""Shares are held this far from 0 and 1 before their log odds are taken: a small group has them by chance."""


@dataclass(frozen=True)
class Target:
    """An observed figure.

    Parameters
    ----------
    indicator
        What a run shows of it: a `kind` of `measured.INDICATORS` and its arguments.
    observed, lower
        The figure; where `lower` is given, anything between the two is as good.
    scale
        Whether misses count in the figure's own unit ("points") or as log ratios ("log").
    sampling, discrepancy
        Standard deviations of the figure's own error, and of what a model of this kind may miss it by.
    earlier
        Earlier observations by year, for simple forecasts to stand beside.
    """

    id: str
    title: str
    fact: str
    indicator: Mapping[str, Any]
    observed: float
    unit: str
    scale: Literal["points", "log"]
    sampling: float
    discrepancy: float
    role: Role
    lower: float | None = None
    group: str = ""
    counts: str = ""
    earlier: Mapping[int, float] = field(default_factory=dict)

    @property
    def tolerance(self) -> float:
        """One standard deviation of everything but the parameters."""
        return float(np.hypot(self.sampling, self.discrepancy))

    def miss(self, simulated: Floats | float) -> Floats:
        """Return simulated less observed, on the target's scale; 0 between its bounds."""
        value = np.asarray(simulated, float)
        nearest = np.clip(value, self.observed if self.lower is None else self.lower, self.observed)
        if self.scale == "log":
            return np.asarray(np.log(np.maximum(value, 1e-6) / np.maximum(nearest, 1e-6)))
        return np.asarray(value - nearest)

    def spread(self, simulated: Floats, error: Floats) -> Floats:
        """Return values with an error of the target's scale laid on, in the figure's unit."""
        moved = simulated * np.exp(error) if self.scale == "log" else simulated + error
        return np.clip(moved, 0.0, 100.0) if self.unit == "%" and self.indicator["kind"] != "experiment" else moved


@lru_cache(maxsize=4)
def targets_of(world: str) -> tuple[Target, ...]:
    """Return the targets of a world, groups of countries written out.

    Raises
    ------
    UserError
        When the world has none.
    """
    content = content_of(world, "targets")
    groups = content.get("groups", {})
    return tuple(Target(id=name, **{**entry, "indicator": spelled_out(entry["indicator"], groups)})
                 for name, entry in content["targets"].items())


def roles_of_facts(world: str) -> dict[str, str]:
    """Return by id of a fact the roles that its figures have in the calibration of a world."""
    roles: dict[str, list[str]] = {}
    for each in targets_of(world):
        roles.setdefault(each.fact, []).append(each.role)
    return {fact: ", ".join(dict.fromkeys(each)) for fact, each in roles.items()}


def digest_of(content: Any) -> str:
    """Return a hash of plain data, in its order."""
    return hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest()[:16]


def spelled_out(node: Any, groups: Mapping[str, Sequence[str]]) -> Any:
    """Return plain data with names of groups in lists replaced by their members."""
    if isinstance(node, Mapping):
        return {name: spelled_out(each, groups) for name, each in node.items()}
    if isinstance(node, list):
        return [member for each in node for member in (groups[each] if isinstance(each, str) and each in groups else [spelled_out(each, groups)])]
    return node


def has_targets(world: str) -> bool:
    """Return whether a world has targets to be calibrated to."""
    return shipped_file(f"calibration/{world}", "targets") is not None


def content_of(world: str, name: str) -> Any:
    """Return a world's file of targets or parameters as plain data.

    Raises
    ------
    UserError
        When the world has none.
    """
    content = shipped_file(f"calibration/{world}", name)
    if content is None:
        raise UserError("world", f"world {world} has no {name} to calibrate to", "world=ai", "world=scholars is fitted to its own tables")
    return content
