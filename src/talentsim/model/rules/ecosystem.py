"""Submodel ecosystem: strength follows its components, and the diaspora is counted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from talentsim.arrays import Floats
from talentsim.model.attribution import everybody
from talentsim.model.state.world import World

READS = ("tally.talent", "levers", "figures.destinations", "given.levers", "destinations", "researchers", "log_reference",
         "config.behaviour.ecosystem")
WRITES = ("log_strength", "log_reference", "diaspora", "tally.components")

COMPONENTS = ("compute", "capital", "openness", "ip_protection", "translation")
CONVERGING = ("compute", "capital")


def step(world: World, year: int) -> None:
    """Move strength a part of the way to its target, and count who lives where for next year's decisions.

    log target = log strength in the start year + sum over components of weight * (log component now - then), then meaning
    in the start year and without policies. Talent is the ability-weighted stock relative to the world's geometric mean.
    Before the start year strength stands still. Where data give strength, it moves with them, and "then" is the last year
    with data: until then what the components did is in the data, and counts no second time.
    """
    world.diaspora = diaspora_shares(world)
    world.log_strength = world.log_strength + _step_of_data(world, year)
    if year < world.config.world.start_year:
        return
    components = log_components(world, year, world.levers)
    world.tally.components = components
    _set_reference(world, year)
    law = world.config.behaviour.ecosystem
    target = np.log(world.destinations.strength)
    for name, value in components.items():
        if name != "talent" or law.feedback:
            target = target + float(getattr(law, f"weight_{name}")) * (value - world.log_reference[name])
    world.log_strength = world.log_strength + float(law.adjustment) * (target - world.log_strength)


def _step_of_data(world: World, year: int) -> Floats:
    """Return by how much the log of strength as it is given moves since last year; 0 where it is one number."""
    place = year - world.config.world.burn_in_year
    before, now = (world.figures.destinations.strength[each] for each in (max(place - 1, 0), place))
    return np.log(now) - np.log(before)


def _set_reference(world: World, year: int) -> None:
    """Take the components as they are without policies for "then": in the start year, and as long as strength is given."""
    if world.log_reference and not world.destinations.is_known.any():
        return
    now = log_components(world, year, world.given.levers)
    is_known = world.destinations.is_known
    world.log_reference = {name: np.where(is_known, value, world.log_reference.get(name, value)) for name, value in now.items()}


def log_components(world: World, year: int, levers: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the logs of the components relative to the world's geometric mean, each of shape (n_countries,).

    Parts of one country count in that mean as their shares of it. Compute and capital draw together: a given share of the log
    gap to the world closes every year.
    """
    law = world.config.behaviour.ecosystem
    logs = {"talent": np.log(np.maximum(world.tally.talent, 1.0))}
    for name in COMPONENTS:
        logs[name] = np.log(levers[name])
    logs = {name: value - world.countries.mean(value) for name, value in logs.items()}
    for name in CONVERGING:
        left = 1.0 - float(getattr(law, f"convergence_{name}"))
        logs[name] = logs[name] * left ** (year - world.config.world.start_year)
    return logs


def diaspora_shares(world: World) -> Floats:
    """Return the share of each origin's nationals abroad by country; shape (origin, country), 0 at home."""
    n = len(world.countries)
    people = world.researchers
    abroad = everybody((people.origin_country, people.work_country), (n, n)).astype(np.float64)
    np.fill_diagonal(abroad, 0.0)
    total = abroad.sum(axis=1, keepdims=True)
    return np.divide(abroad, total, out=np.zeros_like(abroad), where=total > 0)
