"""The one gate between the page and the simulation: a question goes in, named states with numbers come out.

First a sample of the people year by year, anchored on the last full answer; then every researcher in one pair of runs, both
from the states that a session keeps in memory; then more pairs, until there are as many as the command line takes. Those
are runs of the store, the same ones that the command line makes and reads, so the last state holds its numbers.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from talentsim.arrays import Floats
from talentsim.comparison.pair import Pair
from talentsim.config import Config
from talentsim.dashboard.pairs import made_up_to
from talentsim.dashboard.workers import Workers
from talentsim.digits import figure
from talentsim.ensemble.ensemble import Ensemble
from talentsim.ensemble.identity import arm_id
from talentsim.ensemble.runs import Run, runs_of
from talentsim.ensemble.session import Cancelled, Session
from talentsim.ensemble.store import Store, open_store

SAMPLE = 0.1
"""Part of the people in a preview of a world of many."""

LEAST_PREVIEWED, LEAST_SAMPLED = 2000.0, 5000.0
"""New researchers a year below which the store's runs answer at once; and from which a preview takes a sample: a year of fewer takes hardly longer whole."""

MEMORY = 96 * 1024 * 1024
"""Bytes of states kept to begin from."""

STATES = 4
"""Years of a baseline whose states are kept, from the last one with data on: what begins later takes no longer than what begins then."""

MOST_KNOWN = 4
"""Baselines whose outcomes are remembered, once with every researcher and once with a sample."""

SHOWN = "work_share"
Outcomes = Mapping[str, Floats]
"""Outcomes of one arm by name, each of shape (n_pairs, n_years, n_countries)."""


@dataclass(frozen=True)
class State:
    """Where an answer has got to.

    Parameters
    ----------
    name
        preparing, preview, pair, draws or done.
    words
        What a reader is told.
    outcomes
        Of the baseline and the scenario, as many pairs as there are so far.
    runs
        The stored runs behind them, where they are stored.
    preview
        A year, and the share of the works by country in the baseline and the scenario in it, in %.
    """

    name: str
    words: str
    outcomes: tuple[Outcomes, Outcomes] | None = None
    runs: tuple[Ensemble, Ensemble] | None = None
    preview: tuple[int, Floats, Floats] | None = None


@dataclass(frozen=True)
class Anchor:
    """A full answer that the next preview stands on.

    Parameters
    ----------
    baseline
        Identity of the baseline.
    sampled
        The scenario's shares in the sample, (year, country).
    full
        The shares of the baseline and of the scenario among every researcher, each (year, country).
    spread
        Standard deviation of the headline's difference between single pairs, in points; NaN where it is not known.
    """

    baseline: str
    sampled: Floats
    full: tuple[Floats, Floats]
    spread: float = float("nan")


@dataclass
class Engine:
    """Runs what is asked; one for the whole server, safe to be called by several threads."""

    session: Session = field(default_factory=lambda: Session(budget=MEMORY, n_states=STATES))
    workers: Workers = field(default_factory=Workers)
    _known: OrderedDict[tuple[int, float], tuple[Config, Outcomes]] = field(default_factory=OrderedDict)

    def answer(self, baseline: Config, scenario: Config, anchor: Anchor | None, say: Callable[[State], None],
               cancelled: Callable[[], bool]) -> Anchor | None:
        """Answer a question in ever better states; return what the next preview can stand on.

        Raises
        ------
        Cancelled
            As soon as `cancelled` says so: within a year that is simulated, or a run of the pairs.
        RunsFailedError
            When a run fails.
        """
        store = open_store(scenario.output.dir)
        with self.workers.lend(scenario):
            pass        # its workers start meanwhile
        sampled = shares = None
        if is_large(scenario) and not _is_stored(baseline, scenario, store):
            sampled = self._preview(baseline, scenario, anchor, say, cancelled)
            shares = self._pair(baseline, scenario, anchor, say, cancelled)
            anchor = Anchor(arm_id(baseline), sampled, shares, float("nan") if anchor is None else anchor.spread)
        total = scenario.ensemble.replications
        for n, runs in self._stored(baseline, scenario, store, cancelled):
            both = runs[0].outcomes, runs[1].outcomes
            name = "done" if n == total else "pair" if n == 1 else "draws"
            say(State(name, words_of(n, total, scenario, float("nan") if anchor is None else anchor.spread), both, runs))
        if sampled is None:
            return anchor
        return Anchor(arm_id(baseline), sampled, (both[0][SHOWN].mean(axis=0), both[1][SHOWN].mean(axis=0)), spread_of(both, scenario))

    def under(self, baseline: Config, scenario: Config, cancelled: Callable[[], bool]) -> tuple[Floats, Floats]:
        """Return the shares of the works of both arms in one pair, each (year, country); in a large world of a sample of the people."""
        share = sample_of(scenario)
        one, other = (self.session.outcomes(_one(arm, share), cancelled=cancelled, keep=arm is baseline) for arm in (baseline, scenario))
        return one[SHOWN][0], other[SHOWN][0]

    def close(self) -> None:
        """End the worker processes."""
        self.workers.close()

    def _preview(self, baseline: Config, scenario: Config, anchor: Anchor | None, say: Callable[[State], None],
                 cancelled: Callable[[], bool]) -> Floats:
        """Run a sample of the people, or all, and say each year what changes; return its shares of the works, (year, country)."""
        share = sample_of(baseline)
        first, end = baseline.world.start_year, baseline.world.end_year
        start = Pair(baseline, scenario).start
        if (id(baseline), share) not in self._known:
            say(State("preparing", f"Preparing the baseline: the years before {first}"))
        before = self._of_baseline(baseline, share, say, cancelled, f"Preparing the baseline: {{}} of {end}")[SHOWN][0]
        if anchor is None or anchor.baseline != arm_id(baseline):
            anchor = Anchor("", before, (before, before))

        def tell(_: int, year: int, outcomes: Outcomes) -> None:
            if start is None or year >= start or year == end:
                one, other = (each[year - first] for each in anchor.full)
                after = np.maximum(other + outcomes[SHOWN] - anchor.sampled[year - first], 0.0)
                say(State("preview", f"Preview: {year} of {end}", preview=(year, one, after)))

        return self.session.outcomes(_one(scenario, share), tell, cancelled, keep=False)[SHOWN][0]

    def _pair(self, baseline: Config, scenario: Config, anchor: Anchor | None, say: Callable[[State], None],
              cancelled: Callable[[], bool]) -> tuple[Floats, Floats]:
        """Run every researcher in one pair, from the states that are kept; return the shares of both arms, (year, country)."""
        end = baseline.world.end_year
        one = self._of_baseline(baseline, 1.0, say, cancelled, f"Preparing the baseline, every researcher: {{}} of {end}")
        other = self.session.outcomes(_one(scenario, 1.0), cancelled=cancelled, keep=False)
        spread = float("nan") if anchor is None else anchor.spread
        say(State("pair", words_of(1, scenario.ensemble.replications, scenario, spread), (one, other)))
        return one[SHOWN][0], other[SHOWN][0]

    def _of_baseline(self, baseline: Config, share: float, say: Callable[[State], None], cancelled: Callable[[], bool], words: str) -> Outcomes:
        """Return the outcomes of a baseline with a share of its people, telling the year that is reached; those of the last few are remembered."""
        place = id(baseline), share
        if place not in self._known:
            found = self.session.outcomes(_one(baseline, share), lambda _, year, __: say(State("preparing", words.format(year))), cancelled)
            self._known[place] = baseline, found        # the baseline is kept, so that no other gets its id
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
            return found
        return self._known[place][1]

    def _stored(self, baseline: Config, scenario: Config, store: Store,
                cancelled: Callable[[], bool]) -> Iterator[tuple[int, tuple[Ensemble, Ensemble]]]:
        """Yield the stored runs of both arms with 1, 2, 4, ... pairs, computing what the store lacks."""
        total, pairs = scenario.ensemble.replications, list(zip(runs_of(baseline), runs_of(scenario), strict=True))
        told = sorted({1, total, *(2**power for power in range(1, 20) if 2**power < total)})
        with self.workers.lend(scenario) as pool:
            for n in made_up_to(pairs, store, pool, cancelled):
                reached = [each for each in told if each <= n]
                if reached:
                    told = told[len(reached):]
                    one, other = (_first(arm, store, [pair[place] for pair in pairs], reached[-1]) for place, arm in enumerate((baseline, scenario)))
                    yield reached[-1], (one, other)


def sample_of(config: Config) -> float:
    """Return the part of a world's people that a preview takes."""
    return SAMPLE if _entrants(config) > LEAST_SAMPLED else 1.0


def is_large(config: Config) -> bool:
    """Return whether a world is worth a preview."""
    return _entrants(config) > LEAST_PREVIEWED


def _entrants(config: Config) -> float:
    """Return how many enter a year, about; a world built from the panel has millions."""
    if config.world.panel is not None:
        return math.inf
    return config.population.scale * sum(float(country.entry.level) for country in config.world.countries.values())


def _is_stored(baseline: Config, scenario: Config, store: Store) -> bool:
    """Return whether every run of both arms is there; where the first is not, no more identities are made: that takes a while."""
    return all(run.id in store for asked in (range(1), None) for arm in (scenario, baseline) for run in runs_of(arm, asked))


def spread_of(both: tuple[Outcomes, Outcomes], scenario: Config) -> float:
    """Return the standard deviation of the headline's difference between single pairs; NaN with one pair."""
    at = scenario.headline_year - scenario.world.start_year, [list(scenario.world.countries).index(each) for each in scenario.focus_countries]
    apart = (both[1][SHOWN] - both[0][SHOWN])[:, at[0], at[1]].sum(axis=1)
    return float(apart.std(ddof=1)) if len(apart) > 1 else float("nan")


def words_of(n: int, total: int, config: Config, spread: float) -> str:
    """Say how many pairs there are, and of one how far it may be from the middle of many."""
    who = people_of(config.population.scale)
    kind, middle = ("pairs", "mean") if not config.over_draws else ("draws", "median")
    if n > 1:
        return f"{who}, {n} {kind}" + ("" if n == total else f" of {total}")
    known = f": \N{PLUS-MINUS SIGN}{2.0 * spread:.2f}" if np.isfinite(spread) else ""
    return f"{who}, one pair{known}" + ("" if total == 1 else f"; not yet the {middle}")


def people_of(scale: float) -> str:
    """Say whom agents stand for."""
    if scale == 1.0:
        return "Every researcher"
    return f"One researcher in {figure(1.0 / scale)}" if scale < 1.0 else f"{figure(scale)} agents per researcher"


def _one(config: Config, share: float) -> Config:
    """Return an arm with one replication at the figures' own values, and with a share of its people."""
    return config.model_copy(update={
        "parameters": config.parameters.model_copy(update={"draws": None}),
        "population": config.population.model_copy(update={"scale": share * config.population.scale}),
        "ensemble": config.ensemble.model_copy(update={"replications": 1})})


def _first(arm: Config, store: Store, runs: list[Run], n: int) -> Ensemble:
    ensemble = arm.ensemble.model_copy(update={"replications": n})
    return Ensemble(arm.model_copy(update={"ensemble": ensemble}), store, tuple(runs[:n]))


__all__ = ["Anchor", "Cancelled", "Engine", "State"]
