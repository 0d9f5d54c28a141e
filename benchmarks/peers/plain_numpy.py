"""The common workload as somebody at ease with NumPy would write it: one array a property, everybody at once, nothing clever."""

from __future__ import annotations

import numpy as np
import workload as w


def run(agents: int, years: int, seed: int) -> w.Tables:
    rng, world, tables = np.random.default_rng(seed), w.Year(), w.Tables.empty(years)
    n, cells = w.N, w.N * w.N
    origin = work = moved = np.empty(0, np.int64)
    since = entry = np.empty(0, np.int64)
    ability = home = np.empty(0)
    for t in range(years):
        new = np.repeat(w.PLACE, w.cohorts(agents, t == 0))
        origin, work = np.concatenate([origin, new]), np.concatenate([work, new])
        moved, since = np.concatenate([moved, np.zeros(len(new), np.int64)]), np.concatenate([since, np.full(len(new), t)])
        entry = np.concatenate([entry, np.full(len(new), t)])
        ability = np.concatenate([ability, np.exp(w.SD_LOG_ABILITY * np.clip(rng.standard_normal(len(new)), -w.CLIP_SD, w.CLIP_SD))])
        home = np.concatenate([home, w.SD_HOME * np.clip(rng.standard_normal(len(new)), -w.CLIP_SD, w.CLIP_SD)])
        everyone = np.arange(len(origin))

        v, gain = w.utility(world.log_strength, world.diaspora)
        tenure, age = np.minimum(t - since, w.LONGEST), np.minimum(t - entry, w.LONGEST)
        abroad = work != origin
        permanent = abroad & (t - since >= w.YEARS_TO_PERMANENCE[work])
        u = v[permanent.astype(int), origin, work] + (ability ** w.KAPPA)[:, None] * gain[work]
        cost = np.where(moved > 0, w.ONWARD_MOVE + w.ONWARD_TENURE * tenure, w.FIRST_MOVE + w.FIRST_MOVE_AGE * age)
        pull = u[everyone, origin] + w.RETURN_CONSTANT - w.RETURN_SLOPE * np.log1p(tenure) + home
        u -= cost[:, None]
        u[everyone, origin] = pull
        u[everyone, work] = 0.0
        likely = np.cumsum(np.exp(u), axis=1)
        chosen = (likely < (rng.random(len(origin)) * likely[:, -1])[:, None]).sum(axis=1)

        goes_home = np.flatnonzero((chosen != work) & (chosen == origin))
        asks = np.flatnonzero((chosen != work) & (chosen != origin))
        host, luck, lost = chosen[asks], rng.random(len(asks)), np.zeros(len(asks), bool)
        for country, seats in w.seats(agents).items():
            here = np.flatnonzero(host == country)
            lost[here[np.argsort(luck[here])[seats:]]] = True
        refused = ~lost & (rng.random(len(asks)) < w.REFUSAL[host])
        let_in = ~lost & ~refused
        for place, which in enumerate((np.ones(len(asks), bool), lost, refused, let_in)):
            tables.visas[t, place] = np.bincount(host[which], minlength=n)
        leaves = np.concatenate([goes_home, asks[let_in]])
        step = (origin[leaves] * n + work[leaves]) * n + chosen[leaves]
        tables.moves[t] = np.bincount(step, minlength=n ** 3).reshape(n, n, n)
        work[leaves], since[leaves] = chosen[leaves], t
        moved[leaves] += 1

        cell = origin * n + work
        by_cell = np.bincount(cell, ability, minlength=cells).reshape(n, n)
        tables.works[t] = by_cell * world.output_per_ability()
        tables.agents[t] = len(origin)
        world.close(by_cell.sum(axis=0), np.bincount(cell, minlength=cells).reshape(n, n))
        tables.strength[t] = world.relative_strength()
        stays = rng.random(len(origin)) >= w.EXIT
        origin, work, moved, since, entry, ability, home = (x[stays] for x in (origin, work, moved, since, entry, ability, home))
        tables.stock[t] = np.bincount(origin * n + work, minlength=cells).reshape(n, n)
    return tables


if __name__ == "__main__":
    w.main(run)
