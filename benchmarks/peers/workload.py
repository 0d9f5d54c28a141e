"""The common workload: its figures, what everybody shares of its rules, and how an implementation is called. README.md says it in words.

Needs NumPy alone, so that it runs in every peer's environment.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

N = 20
PLACE = np.arange(N)
PAY = 40_000.0 + 6_000.0 * PLACE                    # int'l $ a year
STRENGTH = 0.6 + 0.07 * PLACE                       # index
YEARS_TO_PERMANENCE = 3 + 7 * PLACE % 8             # years
REFUSAL = 0.02 * (1 + PLACE % 6)                    # probability
CAP = {17: 0.0030, 18: 0.0010, 19: 0.0015}          # seats a year, per agent at the start
ENTRANTS = (1.0 + 3 * PLACE % 5) / (1.0 + 3 * PLACE % 5).sum()     # share of each year's entrants

FRICTION_CAP = 15.0                                 # years
BETA_PAY, BETA_ECO, BETA_VISA, BETA_DIASPORA = 1.2, 0.5, 0.12, 1.0
KAPPA, SD_LOG_ABILITY, SD_HOME, CLIP_SD = 0.5, 0.8, 0.7, 4.0
FIRST_MOVE, FIRST_MOVE_AGE, ONWARD_MOVE, ONWARD_TENURE, LONGEST = 5.5, 0.1, 5.0, 0.1, 15
RETURN_CONSTANT, RETURN_SLOPE = -2.5, 0.3
EXIT, ETA, ADJUSTMENT, WEIGHT_TALENT = 0.04, 0.3, 0.15, 0.3
FIRST_YEAR = 2001
SWEPT_HOST, SWEPT_SINCE, SWEPT_STEP = 19, 16, 0.02      # a sweep's scenario s has (1 + 0.02 s) times the seats there from this step on

LOG_PAY, LOG_STRENGTH = np.log(PAY), np.log(STRENGTH)
FRICTION = FRICTION_CAP * -np.expm1(-YEARS_TO_PERMANENCE / FRICTION_CAP)        # years, of a foreigner in each country
OUTCOMES = ("applied", "lost", "refused", "granted")


def seats(agents: int) -> dict[int, int]:
    """Return how many visas each country with a cap gives a year."""
    return {host: round(share * agents) for host, share in CAP.items()}


def cohorts(agents: int, is_first: bool) -> np.ndarray:
    """Return how many enter in a year, by origin: everybody in the first, and then as many as leave in expectation."""
    return np.rint(agents * ENTRANTS * (1.0 if is_first else EXIT)).astype(int)


def utility(log_strength: np.ndarray, diaspora: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return V[permanent, o, c, k] without what is personal, 0 at k = c, and the gain in log strength, [c, k]."""
    origin, current, to = np.ogrid[:N, :N, :N]
    away = (to != origin) & (to != current)
    foreign = 1.0 - np.eye(N)
    friction = foreign * FRICTION
    common = BETA_PAY * (LOG_PAY[None, None, :] - LOG_PAY[None, :, None])
    common = common + BETA_DIASPORA * away * (diaspora - diaspora.sum(axis=1, keepdims=True) / (N - 1))[:, None, :]
    v = np.empty((2, N, N, N))
    v[0] = common - BETA_VISA * (friction[:, None, :] - friction[:, :, None])
    v[1] = common - BETA_VISA * friction[:, None, :] * (to != current)
    return v, BETA_ECO * (log_strength[None, :] - log_strength[:, None])


@dataclass
class Tables:
    """Yearly tables, the year first; every implementation returns them."""

    stock: np.ndarray           # (year, origin, work) at the end of the year
    works: np.ndarray           # (year, origin, work)
    moves: np.ndarray           # (year, origin, from, to)
    visas: np.ndarray           # (year, outcome, host), see OUTCOMES
    strength: np.ndarray        # (year, country) relative to the geometric mean
    agents: np.ndarray          # (year) in research in the year, those included who leave at its end

    @classmethod
    def empty(cls, years: int) -> Tables:
        """Return tables full of zeros."""
        return cls(np.zeros((years, N, N)), np.zeros((years, N, N)), np.zeros((years, N, N, N)), np.zeros((years, len(OUTCOMES), N)),
                   np.zeros((years, N)), np.zeros(years))

    def indicators(self, agents: int) -> dict[str, float]:
        """Return what implementations are compared by."""
        lived, last, hosts = self.agents.sum(), self.stock[-1], list(CAP)
        relative = np.log(self.strength[-1])
        return {
            "moves a year, % of agents": 100.0 * self.moves.sum() / lived,
            "moves home, % of moves": 100.0 * np.einsum("yofo->", self.moves) / self.moves.sum(),
            "abroad at the end, %": 100.0 * (1.0 - np.trace(last) / last.sum()),
            "works a year, per agent": self.works.sum() / lived,
            "works abroad, %": 100.0 * (1.0 - np.einsum("yoo->", self.works) / self.works.sum()),
            "seats used, %": 100.0 * (self.visas[:, 0] - self.visas[:, 1])[:, hosts].sum() / (sum(seats(agents).values()) * len(self.agents)),
            "lost in the lottery, % of those who asked": 100.0 * self.visas[:, 1, hosts].sum() / self.visas[:, 0, hosts].sum(),
            "refused, % of those not lost": 100.0 * self.visas[:, 2].sum() / (self.visas[:, 0] - self.visas[:, 1]).sum(),
            "strength of the last country, log": float(relative[-1]),
        }


class Year:
    """What the world remembers from year to year beside the agents: strength, diaspora, and talent as it was in the first year."""

    def __init__(self) -> None:
        self.log_strength, self.diaspora = LOG_STRENGTH.copy(), np.zeros((N, N))
        self.first_talent: np.ndarray | None = None

    def output_per_ability(self) -> np.ndarray:
        """Return works a year of one with ability 1, by country of work."""
        return np.exp(ETA * (self.log_strength - self.log_strength.mean()))

    def close(self, talent: np.ndarray, living: np.ndarray) -> None:
        """Move strength, given the sum of ability by country of work, and count the diaspora, (origin, work), before anybody leaves."""
        log_talent = np.log(np.maximum(talent, 1.0 / 256.0))
        log_talent = log_talent - log_talent.mean()
        if self.first_talent is None:
            self.first_talent = log_talent
        target = LOG_STRENGTH + WEIGHT_TALENT * (log_talent - self.first_talent)
        self.log_strength = self.log_strength + ADJUSTMENT * (target - self.log_strength)
        abroad = living * (1.0 - np.eye(N))
        total = abroad.sum(axis=1, keepdims=True)
        self.diaspora = np.divide(abroad, total, out=np.zeros((N, N)), where=total > 0)

    def relative_strength(self) -> np.ndarray:
        """Return strength relative to the geometric mean of all countries."""
        return np.exp(self.log_strength - self.log_strength.mean())


def as_asked(agents: int, years: int, seed: int) -> tuple[Any, ...]:
    """Give an implementation nothing but what was asked for."""
    return agents, years, seed


def main(run: Callable[..., Tables], setup: Callable[[int, int, int], tuple[Any, ...]] = as_asked) -> None:
    """Run an implementation as a program: one line of JSON with its time, its memory, and the indicators of each run.

    `setup` is not timed: it reads what is the same whoever lives in the world.
    """
    parser = argparse.ArgumentParser()
    for name, value in (("agents", 10_000), ("years", 30), ("seed", 1), ("runs", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    asked = parser.parse_args()
    found, wall, cpu = [], 0.0, 0.0
    for number in range(asked.runs):
        given = setup(asked.agents, asked.years, asked.seed + number)
        began, spent = time.perf_counter(), time.process_time()
        found.append(run(*given))
        wall, cpu = wall + time.perf_counter() - began, cpu + time.process_time() - spent
    print(json.dumps({"agents": asked.agents, "agent_years": sum(float(each.agents.sum()) for each in found), "wall": wall, "cpu": cpu,
                      "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                      "indicators": [each.indicators(asked.agents) for each in found]}))
