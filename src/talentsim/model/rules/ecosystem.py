"""Submodel ecosystem: strength follows its components, and the diaspora is counted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from talentsim.arrays import Floats
from talentsim.model.attribution import cells, sum_by_cell
from talentsim.model.state.world import World

READS = ("tally.talent", "levers", "base_levers", "destinations.strength", "researchers", "log_reference",
         "config.behaviour.ecosystem")
WRITES = ("log_strength", "log_reference", "diaspora", "tally.components")

COMPONENTS = ("compute", "capital", "openness", "ip_protection", "translation")
CONVERGING = ("compute", "capital")


def step(world: World, year: int) -> None:
    """Move strength a part of the way to its target, and count who lives where for next year's decisions.

    log target = log strength in the start year + sum over components of weight * (log component now - then), then meaning
    in the start year and without policies. Talent is the ability-weighted stock relative to the world's geometric mean.
    Before the start year strength stands still.
    """
    world.diaspora = diaspora_shares(world)
    if year < world.config.world.start_year:
        return
    components = log_components(world, year, world.levers)
    world.tally.components = components
    if not world.log_reference:
        world.log_reference = log_components(world, year, world.base_levers)
    law = world.config.behaviour.ecosystem
    target = np.log(world.destinations.strength)
    for name, value in components.items():
        if name != "talent" or law.feedback:
            target = target + float(getattr(law, f"weight_{name}")) * (value - world.log_reference[name])
    world.log_strength = world.log_strength + float(law.adjustment) * (target - world.log_strength)


def log_components(world: World, year: int, levers: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the logs of the components relative to the world's geometric mean, each of shape (n_countries,).

    Compute and capital draw together: a given share of the log gap to the world closes every year.
    """
    law = world.config.behaviour.ecosystem
    logs = {"talent": np.log(np.maximum(world.tally.talent, 1.0))}
    for name in COMPONENTS:
        logs[name] = np.log(levers[name])
    logs = {name: value - value.mean() for name, value in logs.items()}
    for name in CONVERGING:
        left = 1.0 - float(getattr(law, f"convergence_{name}"))
        logs[name] = logs[name] * left ** (year - world.config.world.start_year)
    return logs


def diaspora_shares(world: World) -> Floats:
    """Return the share of each origin's nationals abroad by country; shape (origin, country), 0 at home."""
    n = len(world.countries)
    people = world.researchers
    abroad = sum_by_cell(cells((people.origin_country, people.work_country), (n, n)), None, (n, n)).astype(np.float64)
    np.fill_diagonal(abroad, 0.0)
    total = abroad.sum(axis=1, keepdims=True)
    return np.divide(abroad, total, out=np.zeros_like(abroad), where=total > 0)
