"""What one run shows of every target: indicators of its tables and lives, and the effects of replayed experiments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from talentsim.arrays import Booleans, Floats, Integers
from talentsim.calibration.experiments import experiments_of
from talentsim.calibration.targets import Target
from talentsim.config import Config
from talentsim.measures.observers import rates_over
from talentsim.model.recorder import RunTables
from talentsim.model.simulation import Simulation
from talentsim.vocab import Reason

AXES = ("origin", "training", "work", "hq")
LAST = 2024
"""Last year that any target looks at."""


def simulate_targets(config: Config, replication: int, targets: Sequence[Target]) -> dict[str, float]:
    """Run one replication to the last year observed and return each target's indicator; NaN where there is nobody to speak of."""
    short = config.model_copy(update={"world": config.world.model_copy(update={"end_year": min(config.world.end_year, LAST)})})
    run = Simulation(short, replication=replication)
    experiments = experiments_of({each.id: each.indicator for each in targets if each.indicator["kind"] == "experiment"}, replication)
    while not run.is_over:
        run.step()
        for each in experiments:
            each.watch(run)
    shown = Shown(run.tables(), short)
    effects = {target: effect for each in experiments for target, effect in each.effects.items()}
    return {each.id: effects[each.id] if each.id in effects else shown.value(each.indicator) for each in targets}


@dataclass(frozen=True)
class Shown:
    """A run's tables, and the indicators read off them."""

    tables: RunTables
    config: Config

    def value(self, asked: Mapping[str, Any]) -> float:
        """Return one indicator."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(INDICATORS[asked["kind"]](self, asked))

    def at(self, year: int) -> int:
        """Return a year's place in every table."""
        return int(year - self.tables.years[0])

    def place(self, code: str) -> int:
        """Return a country's place in every array."""
        return self.tables.codes.index(code)

    def places(self, codes: Sequence[str]) -> Integers:
        """Return the places of those of some countries that this world has."""
        return np.array([self.place(code) for code in codes if code in self.tables.codes], np.int64)

    @cached_property
    def stocks(self) -> Floats:
        """Researchers by (year, origin, training, work, stage), people."""
        return self.tables.researchers / self.config.population.scale

    @cached_property
    def moves(self) -> Floats:
        """Moves by (year, reason, origin, from, to), people."""
        return self.tables.moves / self.config.population.scale

    @cached_property
    def people(self) -> dict[str, np.ndarray]:
        """Columns of the people, in order of uid."""
        people = self.tables.persons["people"]
        order = np.argsort(people["uid"], kind="stable")
        return {name: column[order] for name, column in people.items()}

    @cached_property
    def trained(self) -> dict[str, np.ndarray]:
        """Events of those with a doctorate from abroad: uid and year in order of time, and the country after each."""
        away = self.people["uid"][self.people["origin"] != self.people["training"]]
        events = self.tables.persons["events"]
        spot = np.minimum(np.searchsorted(away, events["uid"]), max(len(away) - 1, 0))
        inside = away[spot] == events["uid"] if len(away) else np.zeros(len(events["uid"]), bool)
        return {name: events[name][inside] for name in ("uid", "year", "to")}

    def countries_of(self, uids: np.ndarray, origins: np.ndarray, year: int) -> np.ndarray:
        """Return where people were at the end of a year, by their last event up to then; uids in order."""
        events, country = self.trained, origins.astype(np.int64)
        past = events["year"] <= year
        spot = np.minimum(np.searchsorted(uids, events["uid"][past]), len(uids) - 1)
        mine = uids[spot] == events["uid"][past]
        country[spot[mine]] = events["to"][past][mine]         # in order of time: the last one stands
        return country


def _stock(run: Shown, asked: Mapping[str, Any]) -> float:
    by_work = run.stocks[run.at(asked["year"])].sum(axis=(0, 1, 3))
    return (by_work[run.places(asked["work"])].sum() if "work" in asked else by_work.sum()) / 1000.0


def _stock_share(run: Shown, asked: Mapping[str, Any]) -> float:
    by_work = run.stocks[run.at(asked["year"])].sum(axis=(0, 1, 3))
    return 100.0 * by_work[run.places(asked["work"])].sum() / by_work.sum()


def _origin_share(run: Shown, asked: Mapping[str, Any]) -> float:
    by_origin = run.stocks[run.at(asked["year"])].sum(axis=(1, 2, 3))
    return 100.0 * by_origin[run.place(asked["origin"])] / by_origin.sum()


def _looked_at(run: Shown, asked: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return where foreign doctorates of a country were in the years looked at: country, and whether it is that of training."""
    people, training = run.people, run.place(asked["training"])
    chosen = run.places(asked["origins"]) if "origins" in asked else np.arange(len(run.tables.codes))
    origin = np.isin(people["origin"], chosen) & (people["origin"] != training) & (people["training"] == training)
    found = []
    for first, last, year in asked["looks"]:
        who = origin & (people["doctorate_year"] >= first) & (people["doctorate_year"] <= last) & (people["exit_year"] > year)
        if who.any():
            found.append(run.countries_of(people["uid"][who], people["origin"][who], year))
    where = np.concatenate(found) if found else np.empty(0, np.int64)
    return where, where == training


def _stay(run: Shown, asked: Mapping[str, Any]) -> float:
    where, here = _looked_at(run, asked)
    return 100.0 * here.mean() if len(where) else np.nan


def _leavers_in(run: Shown, asked: Mapping[str, Any]) -> float:
    where, here = _looked_at(run, asked)
    return 100.0 * (where[~here] == run.place(asked["to"])).mean() if (~here).any() else np.nan


def _departures(run: Shown, asked: Mapping[str, Any], first: int, last: int) -> Floats:
    """Return moves of an origin's researchers out of a country, by where they went."""
    origin, start = run.place(asked["origin"]), run.place(asked["from"])
    gone = np.delete(run.moves[run.at(first):run.at(last) + 1, :, origin, start], int(Reason.STUDY), axis=1)
    return gone.sum(axis=(0, 1))


def _moves_to(run: Shown, asked: Mapping[str, Any]) -> float:
    gone = _departures(run, asked, *asked["years"])
    return 100.0 * gone[run.place(asked["to"])] / gone.sum()


def _moves_ratio(run: Shown, asked: Mapping[str, Any]) -> float:
    return float(_departures(run, asked, asked["year"], asked["year"]).sum() / _departures(run, asked, asked["base"], asked["base"]).sum())


def _beginners(run: Shown, asked: Mapping[str, Any], years: tuple[int, int], origin: str | None) -> float:
    people, training = run.people, run.place(asked["training"])
    who = (people["training"] == training) & (people["entry_year"] >= years[0]) & (people["entry_year"] <= years[1])
    who &= people["origin"] == run.place(origin) if origin else people["origin"] != training
    return float(who.sum()) / run.config.population.scale


def _entrants(run: Shown, asked: Mapping[str, Any]) -> float:
    return _beginners(run, asked, (asked["year"],) * 2, asked.get("origin"))


def _entrants_share(run: Shown, asked: Mapping[str, Any]) -> float:
    return 100.0 * _beginners(run, asked, tuple(asked["years"]), asked["origin"]) / max(_beginners(run, asked, tuple(asked["years"]), None), 1.0)


def _entrants_ratio(run: Shown, asked: Mapping[str, Any]) -> float:
    late, early = (_beginners(run, asked, (asked[name],) * 2, asked["origin"]) for name in ("year", "base"))
    return late / early if early else np.nan


def _hazard(run: Shown, asked: Mapping[str, Any]) -> float:
    year, country = run.at(asked["year"]), run.place(asked["country"])
    gone = np.delete(run.moves[year, :, :, country], [int(Reason.STUDY), int(Reason.GRADUATION)], axis=0).sum()
    return max(float(100.0 * gone / run.stocks[year - 1, :, :, country, 1].sum()), 0.02)


def _away(run: Shown, asked: Mapping[str, Any]) -> float:
    stock = run.stocks[run.at(asked["year"]), ..., 1].sum(axis=0)       # (training, work), researchers alone
    return 100.0 * (1.0 - np.trace(stock) / stock.sum())


def _strength(run: Shown, asked: Mapping[str, Any]) -> float:
    strength = run.tables.strength[run.at(asked["year"])]
    return float(np.log(strength[run.place(asked["one"])] / strength[run.place(asked["other"])]))


def _frontier_ratio(run: Shown, asked: Mapping[str, Any]) -> float:
    works = run.tables.frontier_works.sum(axis=(1, 2))[run.at(asked["years"][0]):run.at(asked["years"][1]) + 1].sum(axis=0)
    return works[run.place(asked["one"])] / works[run.place(asked["other"])]


def _authors(run: Shown, asked: Mapping[str, Any]) -> float:
    cells, conference = run.tables.cells["works"], run.config.observers.conferences["neurips"]
    year, codes = asked["year"], run.tables.codes
    axes = dict(zip(AXES, np.unravel_index(cells.place, cells.shape), strict=True))
    part = rates_over(conference.participation, conference, np.array([year]), codes)[0]
    recency = float(conference.recency)
    age = year - cells.year.astype(float)
    fade = np.where(age == 0, 1.0, np.exp(-age / recency) if recency > 0 else 0.0)
    weight = np.where(age >= 0, cells.values[asked.get("measure", "works")] * fade * part[axes["work"]], 0.0)

    def chosen(which: Mapping[str, Sequence[str]]) -> Booleans:
        mask = np.ones(len(weight), bool)
        for axis, names in which.items():
            inside = np.isin(axes[axis.removeprefix("not_")], run.places(names))
            mask &= ~inside if axis.startswith("not_") else inside
        return mask

    among = chosen(asked.get("among", {}))
    where = chosen(asked.get("where", {}))
    if "differ" in asked:
        where &= axes[asked["differ"][0]] != axes[asked["differ"][1]]
    return 100.0 * weight[among & where].sum() / weight[among].sum()


INDICATORS: dict[str, Callable[[Shown, Mapping[str, Any]], float]] = {
    "stock": _stock, "stock_share": _stock_share, "origin_share": _origin_share, "stay": _stay, "leavers_in": _leavers_in,
    "moves_to": _moves_to, "moves_ratio": _moves_ratio, "entrants": _entrants, "entrants_share": _entrants_share,
    "entrants_ratio": _entrants_ratio, "hazard": _hazard, "away": _away, "strength": _strength, "frontier_ratio": _frontier_ratio,
    "authors": _authors,
}
"""Kinds of indicator; a target names one and gives its arguments."""
