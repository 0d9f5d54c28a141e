"""The common workload in mesa-frames: one agent set, its rows in a polars frame, the rules as polars expressions on two cores."""

from __future__ import annotations

import numpy as np
import polars as pl
import workload as w
from mesa_frames import AgentSetPolars, ModelDF

V, UP_TO = ([f"{name}{k}" for k in range(w.N)] for name in ("v", "up_to"))
CELLS = {"permanent": np.repeat([False, True], w.N * w.N), "origin": np.tile(np.repeat(w.PLACE, w.N), 2), "work": np.tile(w.PLACE, 2 * w.N)}


class Researchers(AgentSetPolars):
    """Everybody in research."""

    def enter(self, t: int, agents: int) -> None:
        origin, rng = np.repeat(w.PLACE, w.cohorts(agents, t == 0)), self.model.random
        normal = np.clip(rng.standard_normal((2, len(origin))), -w.CLIP_SD, w.CLIP_SD)
        ability = np.exp(w.SD_LOG_ABILITY * normal[0])
        self.add(pl.DataFrame({
            "unique_id": np.arange(self.model.n_ever, self.model.n_ever + len(origin)), "origin": origin, "work": origin,
            "entry": np.full(len(origin), t), "since": np.full(len(origin), t), "has_moved": np.zeros(len(origin), bool),
            "ability": ability, "taste": w.BETA_ECO * ability ** w.KAPPA, "home": w.SD_HOME * normal[1]}))
        self.model.n_ever += len(origin)

    def choose(self, t: int) -> pl.DataFrame:
        """Return who wants to leave and for where."""
        world = self.model.world
        v, _ = w.utility(world.log_strength, world.diaspora)
        cells = pl.DataFrame(CELLS | dict(zip(V, v.reshape(-1, w.N).T, strict=True)))
        here = pl.DataFrame({"work": w.PLACE, "years": w.YEARS_TO_PERMANENCE, "log_strength": world.log_strength})
        tenure, age = (pl.min_horizontal(t - pl.col(name), pl.lit(w.LONGEST)) for name in ("since", "entry"))
        people = self.agents.lazy().join(here.lazy(), on="work", how="left").with_columns(
            permanent=(pl.col("work") != pl.col("origin")) & (t - pl.col("since") >= pl.col("years")),
            away=pl.when(pl.col("has_moved")).then(-w.ONWARD_MOVE - w.ONWARD_TENURE * tenure).otherwise(-w.FIRST_MOVE - w.FIRST_MOVE_AGE * age),
            pull=w.RETURN_CONSTANT - w.RETURN_SLOPE * tenure.log1p() + pl.col("home"),
        ).join(cells.lazy(), on=["permanent", "origin", "work"], how="left")
        weights = [pl.when(pl.col("work") == k).then(1.0).otherwise((
            pl.col(V[k]) + pl.col("taste") * (float(world.log_strength[k]) - pl.col("log_strength"))
            + pl.when(pl.col("origin") == k).then(pl.col("pull")).otherwise(pl.col("away"))).exp()).alias(UP_TO[k]) for k in range(w.N)]
        luck = pl.Series("luck", self.model.random.random(len(self)))
        return people.select("unique_id", "origin", "work", pl.cum_sum_horizontal(*weights).alias("likely"), luck).unnest("likely").with_columns(
            chosen=pl.sum_horizontal(*(pl.col(each) < pl.col("luck") * pl.col(UP_TO[-1]) for each in UP_TO)).cast(pl.Int64)).filter(
            pl.col("chosen") != pl.col("work")).select("unique_id", "origin", "work", "chosen").collect()

    def admit(self, wish: pl.DataFrame, t: int) -> pl.DataFrame:
        """Draw the lotteries, refuse, and return who moves."""
        rng, seats = self.model.random, pl.DataFrame({"chosen": list(self.model.seats), "seats": list(self.model.seats.values())})
        asking = wish.filter(pl.col("chosen") != pl.col("origin")).join(seats, on="chosen", how="left").join(
            pl.DataFrame({"chosen": w.PLACE, "refusal": w.REFUSAL}), on="chosen", how="left")
        asking = asking.with_columns(luck=pl.Series(rng.random(len(asking)))).with_columns(
            lost=(pl.col("luck").rank("ordinal").over("chosen") > pl.col("seats")).fill_null(False)).with_columns(
            refused=~pl.col("lost") & (pl.Series(rng.random(len(asking))) < pl.col("refusal")))
        granted = asking.filter(~pl.col("lost") & ~pl.col("refused"))
        for place, which in enumerate((asking, asking.filter("lost"), asking.filter("refused"), granted)):
            self.model.tables.visas[t, place] = np.bincount(which["chosen"].to_numpy(), minlength=w.N)
        return pl.concat([wish.filter(pl.col("chosen") == pl.col("origin")), granted.select(wish.columns)])

    def move(self, movers: pl.DataFrame, t: int) -> None:
        step = movers.select((pl.col("origin") * w.N + pl.col("work")) * w.N + pl.col("chosen")).to_series()
        self.model.tables.moves[t] = np.bincount(step.to_numpy(), minlength=w.N ** 3).reshape(w.N, w.N, w.N)
        moved = pl.col("chosen").is_not_null()
        self.agents = self.agents.join(movers.select("unique_id", "chosen"), on="unique_id", how="left", maintain_order="left").with_columns(
            work=pl.coalesce("chosen", "work"), since=pl.when(moved).then(t).otherwise("since"), has_moved=pl.col("has_moved") | moved).drop("chosen")

    def produce_and_leave(self, t: int) -> None:
        world, tables = self.model.world, self.model.tables
        ability, living = np.zeros((w.N, w.N)), np.zeros((w.N, w.N))
        by_cell = self.agents.group_by("origin", "work").agg(pl.col("ability").sum(), pl.len())
        place = by_cell["origin"].to_numpy(), by_cell["work"].to_numpy()
        ability[place], living[place] = by_cell["ability"].to_numpy(), by_cell["len"].to_numpy()
        tables.works[t] = ability * world.output_per_ability()
        tables.agents[t] = len(self)
        world.close(ability.sum(axis=0), living)
        tables.strength[t] = world.relative_strength()
        self.remove(self.agents.filter(pl.Series(self.model.random.random(len(self))) < w.EXIT)["unique_id"])
        left = self.agents.group_by("origin", "work").len()
        tables.stock[t, left["origin"].to_numpy(), left["work"].to_numpy()] = left["len"].to_numpy()

    def step(self) -> None:
        t = self.model.t
        self.enter(t, self.model.n_agents)
        self.move(self.admit(self.choose(t), t), t)
        self.produce_and_leave(t)


class World(ModelDF):
    """All researchers, the countries, and the tables of a run."""

    def __init__(self, agents: int, years: int, seed: int) -> None:
        super().__init__(seed)
        self.n_agents, self.n_ever, self.t = agents, 0, -1
        self.world, self.tables, self.seats = w.Year(), w.Tables.empty(years), w.seats(agents)
        self.agents += Researchers(self)

    def step(self) -> None:
        self.t += 1
        self.agents.do("step")


def run(agents: int, years: int, seed: int) -> w.Tables:
    """Run the model once."""
    model = World(agents, years, seed)
    for _ in range(years):
        model.step()
    return model.tables


if __name__ == "__main__":
    w.main(run)
