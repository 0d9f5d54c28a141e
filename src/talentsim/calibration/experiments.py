"""Published effects as simulated moments: the same people meet a change, and do not, and the paper's estimator is mimicked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from talentsim.config import Policy
from talentsim.model.simulation import Simulation
from talentsim.model.state.world import World
from talentsim.vocab import Reason, Tier

POOLED = 2
"""Cohorts of doctorates after the first of the change that are counted with it, where so many years are run."""


class Experiment:
    """One replayed experiment, fed the years of a run as they pass.

    Two forks, or one beside the run itself, leave the run on the eve of the change; after its last year the outcomes of both
    are compared: counts as a difference in %, a share in points, counts at another pay as an elasticity.

    Parameters
    ----------
    asked
        `year` and `years` of the change, the policy of each arm (`one`, `other`), and the policies each is without.
    outcomes
        Name in `OUTCOMES` by target.
    """

    def __init__(self, asked: Mapping[str, Any], outcomes: Mapping[str, str], replication: int) -> None:
        self.first, self.last = int(asked["year"]), int(asked["year"]) + int(asked.get("years", 1)) - 1
        self.asked, self.outcomes, self.replication = asked, outcomes, replication
        self.effects: dict[str, float] = dict.fromkeys(outcomes, float("nan"))
        self._forks: list[Simulation | None] = []

    def watch(self, run: Simulation) -> None:
        """Look at a year of the run that is over."""
        if run.year == self.first - 1:
            self._forks = [self._fork(run, arm) for arm in ("one", "other")]
        if run.year == self.last:
            arms = [self._finished(each or run) for each in self._forks]
            self.effects = {target: self._compared(outcome, *(OUTCOMES[outcome](arm, self.first) for arm in arms))
                            for target, outcome in self.outcomes.items()}
            self._forks = []

    def _fork(self, run: Simulation, arm: str) -> Simulation | None:
        """Return the run as it goes on under an arm's policies; None where they are its own."""
        left_out = {*self.asked.get("without", ()), *self.asked.get(f"without_{arm}", ())}
        if not left_out and arm not in self.asked:
            return None
        policies: dict[str, Policy | None] = {name: each for name, each in run.config.policies.items() if name not in left_out}
        if arm in self.asked:
            policies["experiment"] = Policy.model_validate({"start": self.first, "title": "experiment", **self.asked[arm]})
        config = run.config.model_copy(update={"policy": policies, "output": run.config.output.model_copy(update={"people": False})})
        return Simulation(config, replication=self.replication, start=run.checkpoint())

    def _finished(self, run: Simulation) -> World:
        while run.year < self.last:
            run.step()
        return run.world

    def _compared(self, outcome: str, one: float, other: float) -> float:
        if self.asked.get("reverse"):
            one, other = other, one
        if outcome == "stay_chn":
            return other - one
        if min(one, other) <= 0:
            return float("nan")
        change = float(np.log(other / one))
        return change / float(np.log(self.asked["other"]["value"])) if outcome.startswith("top_") else 100.0 * float(np.expm1(change))


def experiments_of(asked: Mapping[str, Mapping[str, Any]], replication: int) -> list[Experiment]:
    """Return the experiments behind some targets' indicators; one for all that look at the same change."""
    alike: dict[str, tuple[dict[str, Any], dict[str, str]]] = {}
    for target, each in asked.items():
        change = {name: value for name, value in each.items() if name != "outcome"}
        alike.setdefault(repr(change), (change, {}))[1][target] = each["outcome"]
    return [Experiment(change, outcomes, replication) for change, outcomes in alike.values()]


def _students(world: World, origin: str | None) -> float:
    moves = world.tally.moves[Reason.STUDY][:, :, world.codes.index("USA")]
    return float(moves.sum() if origin is None else moves[world.codes.index(origin)].sum())


def _graduates(world: World, year: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which researchers are Chinese doctorates of the United States since a year, and who lives there."""
    people, usa = world.researchers, world.codes.index("USA")
    which = ((people.training_country == usa) & (people.origin_country == world.codes.index("CHN")) & (people.graduation_year >= year) & (people.graduation_year <= year + POOLED))
    return which, people.work_country == usa


def _stay(world: World, year: int) -> float:
    which, here = _graduates(world, year)
    return 100.0 * float((which & here).sum()) / max(float(which.sum()), 1.0)


def _top(world: World, native: bool) -> float:
    people, usa = world.researchers, world.codes.index("USA")
    able = people.ability >= world.origins.tier_ability[Tier.TOP20]
    return float((able & (people.work_country == usa) & ((people.origin_country == usa) == native)).sum())


def _chinese_graduates(world: World, year: int) -> float:
    which, here = _graduates(world, year)
    return float((which & here).sum())


OUTCOMES: dict[str, Callable[[World, int], float]] = {
    "foreign_students": lambda world, _: _students(world, None),
    "students_chn": lambda world, _: _students(world, "CHN"),
    "graduates_chn": _chinese_graduates,
    "stay_chn": _stay,
    "top_foreign": lambda world, _: _top(world, False),
    "top_native": lambda world, _: _top(world, True),
}
"""What the papers look at, by name: a number of a world at the end of a year."""
