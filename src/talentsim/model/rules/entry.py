"""Submodel entry: those who take a first degree this year and go on to research."""

from __future__ import annotations

import numpy as np

from talentsim.arrays import ABILITY_UNIT, HOME_UNIT, Floats, Words
from talentsim.model.state.researchers import uid_of
from talentsim.model.state.world import World
from talentsim.streams import draw_key, person_address, to_exponential, to_normal, to_uniform, words_at
from talentsim.vocab import CareerStage, Decision, VisaStatus

READS = ("given.cohorts", "levers.entry", "origins")
WRITES = ("researchers", "entered", "tally.entrants")

CLIP_SD = 4.0
_FOR_EVER = 1000        # years


def step(world: World, year: int) -> None:
    """Add this year's cohorts, by origin and number; each person's ability, ties and career length are drawn now.

    A cohort of x people in expectation has floor(x + u) members, u uniform and addressed by year and origin.
    """
    n = len(world.countries)
    size = cohort_sizes(world, year)
    origin = np.repeat(np.arange(n), size)
    index = np.arange(len(origin)) - np.repeat(np.cumsum(size) - size, size)
    address = person_address(origin, year, index, world.key.packing)
    graduation = year + world.config.behaviour.study.years
    world.entered = world.researchers.append(
        uid=uid_of(origin, year, index), address=address, origin_country=origin, training_country=origin,
        work_country=origin, previous_country=origin, career_stage=CareerStage.STUDENT, n_moves=0, graduation_year=graduation,
        last_move_year=year, visa_status=VisaStatus.NATIONAL, status_since=year,
        employer=world.employers.university(origin), is_listed=_is_listed(world, year, origin, address),
        exit_year=graduation + _career_length(world, year, address),
        ability=_ability(world, year, origin, address), home_attachment=_home_attachment(world, year, origin, address),
    )
    world.tally.entrants += size


def cohort_sizes(world: World, year: int) -> np.ndarray:
    """Return how many enter this year, by origin; shape (n_countries,)."""
    n = len(world.countries)
    expected = world.given.cohorts * world.levers["entry"] * world.config.population.scale
    luck = to_uniform(words_at(person_address(np.arange(n), year, 0, world.key.packing),
                               draw_key(world.key, Decision.COHORT_SIZE, year)))
    return np.floor(expected + luck).astype(np.int64)


def _ability(world: World, year: int, origin: np.ndarray, address: Words) -> np.ndarray:
    """Draw ability: lognormal by origin, clipped at four standard deviations, in ABILITY_UNIT."""
    normal = _normal(world, Decision.ABILITY, year, address)
    ability = np.exp(world.origins.ability_mean_log[origin] + world.origins.ability_sd_log[origin] * normal)
    return np.clip(np.rint(ability / ABILITY_UNIT), 1, np.iinfo(np.uint16).max)


def _home_attachment(world: World, year: int, origin: np.ndarray, address: Words) -> np.ndarray:
    """Draw home attachment: normal by origin, clipped likewise, in HOME_UNIT."""
    normal = _normal(world, Decision.HOME_ATTACHMENT, year, address)
    utils = world.origins.home_attachment[origin] + world.origins.home_attachment_sd[origin] * normal
    limits = np.iinfo(np.int16)
    return np.clip(np.rint(utils / HOME_UNIT), limits.min, limits.max)


def _is_listed(world: World, year: int, origin: np.ndarray, address: Words) -> np.ndarray:
    """Draw who has ties to an institution on a screening list."""
    uniform = to_uniform(words_at(address, draw_key(world.key, Decision.LISTED, year)))
    return np.asarray(uniform < world.origins.listed_share[origin])


def _normal(world: World, decision: Decision, year: int, address: Words) -> Floats:
    """Draw clipped normals; with `population.classes`, the midpoint of each draw's quantile class instead."""
    uniform = to_uniform(words_at(address, draw_key(world.key, decision, year)))
    classes = world.config.population.classes
    if classes is not None:
        uniform = (np.floor(uniform * classes) + 0.5) / classes
    return np.clip(to_normal(uniform), -CLIP_SD, CLIP_SD)


def _career_length(world: World, year: int, address: Words) -> np.ndarray:
    """Draw whole years in research after the graduation year: geometric, for a constant yearly chance of exit."""
    waiting = to_exponential(to_uniform(words_at(address, draw_key(world.key, Decision.CAREER_LENGTH, year))))
    with np.errstate(divide="ignore"):              # a rate of 0 keeps everybody, a rate of 1 nobody
        years = np.floor(waiting / -np.log1p(-float(world.config.behaviour.exit.rate)))
    return np.minimum(years, _FOR_EVER).astype(np.int64)
