"""The common workload in Mesa as somebody would write it who has profiled it: still an object an agent, but one loop a year over all of
them, what agents share worked out once a year as lists, and one draw a choice in place of twenty.
"""

from __future__ import annotations

from math import exp, log1p

import mesa
import numpy as np
import workload as w

RETURN_BY_TENURE = [w.RETURN_CONSTANT - w.RETURN_SLOPE * log1p(years) for years in range(w.LONGEST + 1)]
FIRST = [exp(-w.FIRST_MOVE - w.FIRST_MOVE_AGE * years) for years in range(w.LONGEST + 1)]
ONWARD = [exp(-w.ONWARD_MOVE - w.ONWARD_TENURE * years) for years in range(w.LONGEST + 1)]
YEARS_TO_PERMANENCE, REFUSAL, PLACES = w.YEARS_TO_PERMANENCE.tolist(), w.REFUSAL.tolist(), list(range(w.N))


class Researcher(mesa.Agent):
    """Somebody who does research somewhere; the model's loop reads and writes it."""

    def __init__(self, model: World, origin: int, ability: float, home: float) -> None:
        super().__init__(model)
        self.origin = self.work = origin
        self.entry = self.since = model.t
        self.has_moved = False
        self.ability, self.taste, self.home = ability, w.BETA_ECO * ability ** w.KAPPA, home


class World(mesa.Model):
    """All researchers, the countries, and the tables of a run."""

    def __init__(self, agents: int = 1000, years: int = 30, seed: int | None = None) -> None:
        super().__init__(seed=seed)
        self.n_agents, self.t = agents, -1
        self.world, self.tables, self.seats = w.Year(), w.Tables.empty(years), w.seats(agents)
        self.numbers = np.random.default_rng(self.random.getrandbits(64))

    def step(self) -> None:
        self.t += 1
        self.enter()
        people = list(self.agents)
        self.admit(self.choose(people))
        self.work_and_leave(people)

    def enter(self) -> None:
        origin = np.repeat(w.PLACE, w.cohorts(self.n_agents, self.t == 0))
        normal = np.clip(self.numbers.standard_normal((2, len(origin))), -w.CLIP_SD, w.CLIP_SD)
        for each in zip(origin.tolist(), np.exp(w.SD_LOG_ABILITY * normal[0]).tolist(), (w.SD_HOME * normal[1]).tolist(), strict=True):
            Researcher(self, *each)

    def choose(self, people: list[Researcher]) -> list[list[Researcher]]:
        t, uniform, moves = self.t, self.random.random, self.tables.moves[self.t]
        v, _ = w.utility(self.world.log_strength, self.world.diaspora)
        weight, log_strength = np.exp(v).tolist(), self.world.log_strength.tolist()
        asking: list[list[Researcher]] = [[] for _ in PLACES]
        for each in people:
            origin, here, taste = each.origin, each.work, each.taste
            tenure = t - each.since
            cell = weight[origin != here and tenure >= YEARS_TO_PERMANENCE[here]][origin][here]
            each_k = [a * exp(taste * e) for a, e in zip(cell, log_strength, strict=True)]
            stay = each_k[here]
            tenure = min(tenure, w.LONGEST)
            away = ONWARD[tenure] if each.has_moved else FIRST[min(t - each.entry, w.LONGEST)]
            home = 0.0
            away_total = sum(each_k) - stay
            if origin != here:
                away_total -= each_k[origin]
                home = each_k[origin] * exp(RETURN_BY_TENURE[tenure] + each.home)
            left = uniform() * (stay + home + away * away_total) - stay
            if left < 0.0:
                continue
            if left < home:
                moves[origin, here, origin] += 1
                each.work, each.since, each.has_moved = origin, t, True
                continue
            left = (left - home) / away
            choice = here
            for k in PLACES:
                if k != here and k != origin:
                    choice = k
                    left -= each_k[k]
                    if left < 0.0:
                        break
            if choice != here:
                asking[choice].append(each)
        return asking

    def admit(self, asking: list[list[Researcher]]) -> None:
        t, uniform, moves = self.t, self.random.random, self.tables.moves[self.t]
        for host, people in enumerate(asking):
            n_seats = self.seats.get(host, len(people))
            if n_seats < len(people):
                self.random.shuffle(people)
            let_in = [each for each in people[:n_seats] if uniform() >= REFUSAL[host]]
            for each in let_in:
                moves[each.origin, each.work, host] += 1
                each.work, each.since, each.has_moved = host, t, True
            lost = max(len(people) - n_seats, 0)
            self.tables.visas[t, :, host] = len(people), lost, len(people) - lost - len(let_in), len(let_in)

    def work_and_leave(self, people: list[Researcher]) -> None:
        n, tables, uniform = w.N, self.tables, self.random.random
        ability, living, stock = [0.0] * (n * n), [0] * (n * n), [0] * (n * n)
        for each in people:
            cell = each.origin * n + each.work
            ability[cell] += each.ability
            living[cell] += 1
            if uniform() < w.EXIT:
                each.remove()
            else:
                stock[cell] += 1
        by_cell = np.array(ability).reshape(n, n)
        tables.works[self.t] = by_cell * self.world.output_per_ability()
        tables.stock[self.t], tables.agents[self.t] = np.array(stock).reshape(n, n), len(people)
        self.world.close(by_cell.sum(axis=0), np.array(living).reshape(n, n))
        tables.strength[self.t] = self.world.relative_strength()


def run(agents: int, years: int, seed: int) -> w.Tables:
    """Run the model once."""
    model = World(agents, years, seed)
    for _ in range(years):
        model.step()
    return model.tables


if __name__ == "__main__":
    w.main(run)
