"""The common workload in Mesa as its tutorials teach it: an object an agent, a method a rule, everything looked up when it is needed."""

from __future__ import annotations

import math

import mesa
import numpy as np
import workload as w


class Researcher(mesa.Agent):
    """Somebody who does research somewhere."""

    def __init__(self, model: World, origin: int) -> None:
        super().__init__(model)
        self.origin = self.work = origin
        self.entry = self.since = model.t
        self.moves = 0
        self.ability = math.exp(w.SD_LOG_ABILITY * self.draw_normal())
        self.home = w.SD_HOME * self.draw_normal()

    def draw_normal(self) -> float:
        return max(-w.CLIP_SD, min(w.CLIP_SD, self.random.gauss(0.0, 1.0)))

    def friction(self, country: int) -> float:
        if country == self.origin:
            return 0.0
        if country == self.work and self.model.t - self.since >= w.YEARS_TO_PERMANENCE[country]:
            return 0.0
        return float(w.FRICTION[country])

    def utility(self, country: int) -> float:
        if country == self.work:
            return 0.0
        model = self.model
        v = w.BETA_PAY * (w.LOG_PAY[country] - w.LOG_PAY[self.work])
        v += w.BETA_ECO * self.ability ** w.KAPPA * (model.world.log_strength[country] - model.world.log_strength[self.work])
        v -= w.BETA_VISA * (self.friction(country) - self.friction(self.work))
        tenure = min(model.t - self.since, w.LONGEST)
        if country == self.origin:
            return v + w.RETURN_CONSTANT - w.RETURN_SLOPE * math.log1p(tenure) + self.home
        shares = model.world.diaspora[self.origin]
        v += w.BETA_DIASPORA * (shares[country] - shares.sum() / (w.N - 1))
        if self.moves:
            return v - w.ONWARD_MOVE - w.ONWARD_TENURE * tenure
        return v - w.FIRST_MOVE - w.FIRST_MOVE_AGE * min(model.t - self.entry, w.LONGEST)

    def step(self) -> None:
        best, choice = -math.inf, self.work
        for country in range(w.N):
            value = self.utility(country) - math.log(-math.log(self.random.random()))
            if value > best:
                best, choice = value, country
        if choice == self.work:
            return
        if choice == self.origin:
            self.move(choice)
        else:
            self.model.applications[choice].append(self)

    def move(self, country: int) -> None:
        self.model.tables.moves[self.model.t, self.origin, self.work, country] += 1
        self.work, self.since = country, self.model.t
        self.moves += 1

    def produce(self) -> None:
        model = self.model
        model.tables.works[model.t, self.origin, self.work] += self.ability * model.per_ability[self.work]
        model.talent[self.work] += self.ability
        model.living[self.origin, self.work] += 1

    def perhaps_leave(self) -> None:
        if self.random.random() < w.EXIT:
            self.remove()
        else:
            self.model.tables.stock[self.model.t, self.origin, self.work] += 1


class World(mesa.Model):
    """All researchers, the countries, and the tables of a run."""

    def __init__(self, agents: int = 1000, years: int = 30, seed: int | None = None) -> None:
        super().__init__(seed=seed)
        self.n_agents, self.t = agents, -1
        self.world, self.tables, self.seats = w.Year(), w.Tables.empty(years), w.seats(agents)

    def step(self) -> None:
        self.t += 1
        for origin, n in enumerate(w.cohorts(self.n_agents, self.t == 0)):
            for _ in range(n):
                Researcher(self, origin)
        self.applications: list[list[Researcher]] = [[] for _ in range(w.N)]
        self.agents.do("step")
        self.admit()
        self.talent, self.living, self.per_ability = np.zeros(w.N), np.zeros((w.N, w.N)), self.world.output_per_ability()
        self.agents.do("produce")
        self.tables.agents[self.t] = len(self.agents)
        self.world.close(self.talent, self.living)
        self.tables.strength[self.t] = self.world.relative_strength()
        self.agents.do("perhaps_leave")

    def admit(self) -> None:
        for host, asking in enumerate(self.applications):
            n_seats = self.seats.get(host, len(asking))
            self.random.shuffle(asking)
            refused = 0
            for each in asking[:n_seats]:
                if self.random.random() < w.REFUSAL[host]:
                    refused += 1
                else:
                    each.move(host)
            lost = max(len(asking) - n_seats, 0)
            self.tables.visas[self.t, :, host] = len(asking), lost, refused, len(asking) - lost - refused


def run(agents: int, years: int, seed: int) -> w.Tables:
    """Run the model once."""
    model = World(agents, years, seed)
    for _ in range(years):
        model.step()
    return model.tables


if __name__ == "__main__":
    w.main(run)
