"""The common workload in Starsim: one module whose states are Starsim's arrays and whose draws are Starsim's distributions."""

from __future__ import annotations

import numpy as np
import starsim as ss
import workload as w


class Migration(ss.Module):
    """Entry, choice of country, visas, output and exit; a step a year."""

    def __init__(self, agents: int, years: int) -> None:
        super().__init__()
        self.n_agents, self.world, self.tables = agents, w.Year(), w.Tables.empty(years)
        self.define_states(
            ss.IntArr("origin", default=0), ss.IntArr("work", default=0), ss.IntArr("entry", default=0), ss.IntArr("since", default=0),
            ss.IntArr("moves", default=0), ss.FloatArr("ability", default=1.0), ss.FloatArr("home", default=0.0))
        self.draw_ability, self.draw_home = ss.normal(loc=0.0, scale=1.0), ss.normal(loc=0.0, scale=1.0)
        self.draw_choice, self.draw_lottery, self.draw_refusal, self.draw_exit = (ss.random() for _ in range(4))

    def enter(self) -> None:
        origin = np.repeat(w.PLACE, w.cohorts(self.n_agents, self.ti == 0))
        new = self.sim.people.auids if self.ti == 0 else self.sim.people.grow(len(origin))
        self.origin[new] = self.work[new] = origin
        self.entry[new] = self.since[new] = self.ti
        self.ability[new] = np.exp(w.SD_LOG_ABILITY * np.clip(self.draw_ability.rvs(new), -w.CLIP_SD, w.CLIP_SD))
        self.home[new] = w.SD_HOME * np.clip(self.draw_home.rvs(new), -w.CLIP_SD, w.CLIP_SD)

    def step(self) -> None:
        self.enter()
        t, everyone, uids = self.ti, np.arange(len(self.sim.people)), self.sim.people.auids
        origin, work, moves, home = self.origin.values, self.work.values, self.moves.values, self.home.values
        v, gain = w.utility(self.world.log_strength, self.world.diaspora)
        years_here = t - self.since.values
        tenure, age = np.minimum(years_here, w.LONGEST), np.minimum(t - self.entry.values, w.LONGEST)
        permanent = (work != origin) & (years_here >= w.YEARS_TO_PERMANENCE[work])
        u = v[permanent.astype(int), origin, work] + (self.ability.values ** w.KAPPA)[:, None] * gain[work]
        cost = np.where(moves > 0, w.ONWARD_MOVE + w.ONWARD_TENURE * tenure, w.FIRST_MOVE + w.FIRST_MOVE_AGE * age)
        pull = u[everyone, origin] + w.RETURN_CONSTANT - w.RETURN_SLOPE * np.log1p(tenure) + home
        u -= cost[:, None]
        u[everyone, origin] = pull
        u[everyone, work] = 0.0
        likely = np.cumsum(np.exp(u), axis=1)
        chosen = (likely < (self.draw_choice.rvs(uids) * likely[:, -1])[:, None]).sum(axis=1)
        self.move(uids, origin, work, chosen)
        self.produce_and_leave(uids)

    def move(self, uids: ss.uids, origin: np.ndarray, work: np.ndarray, chosen: np.ndarray) -> None:
        goes_home = np.flatnonzero((chosen != work) & (chosen == origin))
        asks = np.flatnonzero((chosen != work) & (chosen != origin))
        host, luck, lost = chosen[asks], self.draw_lottery.rvs(uids[asks]), np.zeros(len(asks), bool)
        for country, seats in w.seats(self.n_agents).items():
            here = np.flatnonzero(host == country)
            lost[here[np.argsort(luck[here])[seats:]]] = True
        refused = ~lost & (self.draw_refusal.rvs(uids[asks]) < w.REFUSAL[host])
        let_in = ~lost & ~refused
        for place, which in enumerate((np.ones(len(asks), bool), lost, refused, let_in)):
            self.tables.visas[self.ti, place] = np.bincount(host[which], minlength=w.N)
        leaves = np.concatenate([goes_home, asks[let_in]])
        step = (origin[leaves] * w.N + work[leaves]) * w.N + chosen[leaves]
        self.tables.moves[self.ti] = np.bincount(step, minlength=w.N ** 3).reshape(w.N, w.N, w.N)
        who = uids[leaves]
        self.work[who], self.since[who] = chosen[leaves], self.ti
        self.moves[who] = self.moves[who] + 1

    def produce_and_leave(self, uids: ss.uids) -> None:
        t, shape = self.ti, (w.N, w.N)
        cell = self.origin.values * w.N + self.work.values
        by_cell = np.bincount(cell, self.ability.values, minlength=w.N ** 2).reshape(shape)
        self.tables.works[t] = by_cell * self.world.output_per_ability()
        self.tables.agents[t] = len(cell)
        self.world.close(by_cell.sum(axis=0), np.bincount(cell, minlength=w.N ** 2).reshape(shape))
        self.tables.strength[t] = self.world.relative_strength()
        stays = self.draw_exit.rvs(uids) >= w.EXIT
        self.sim.people.request_death(uids[~stays])
        self.tables.stock[t] = np.bincount(cell[stays], minlength=w.N ** 2).reshape(shape)


def run(agents: int, years: int, seed: int) -> w.Tables:
    """Run the model once."""
    model = Migration(agents, years)
    sim = ss.Sim(n_agents=int(w.cohorts(agents, True).sum()), start=f"{w.FIRST_YEAR}-01-01", stop=f"{w.FIRST_YEAR + years - 1}-01-01",
                 dt=ss.years(1), rand_seed=seed, use_aging=False, modules=[model], copy_inputs=False, verbose=0)
    sim.run()
    assert sim.t.npts == years
    return model.tables


if __name__ == "__main__":
    ss.options(crn=False)       # as NumPy draws: fewer steps a draw, and no luck shared between scenarios
    w.main(run)
