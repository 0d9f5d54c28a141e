"""The mean-field twin: the agents' rules for entry, study, graduation, location and exit as expected numbers by cell.

The same levers, terms and order within the year as the agents, without a draw: milliseconds instead of seconds, and the
agents' oracle. Agents drawn from the same classes (`population.classes`), with ecosystem strength given, equal it within
Monte-Carlo error. Axes: m ability class, h home-attachment class, g class of countries of training that policies tell apart, o origin, t training, c current country, a years since
the doctorate, s years since the last move, k alternative.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from talentsim.arrays import ABILITY_UNIT, HOME_UNIT, Floats, Integers
from talentsim.config import Config, Parameter
from talentsim.config.behaviour import Weights
from talentsim.model.choice import AWAY, HOME, ChoiceTable
from talentsim.model.conditions import Conditions, offered_pay
from talentsim.model.employers import employer_table
from talentsim.model.given import Given
from talentsim.model.logit import probabilities, screened_probabilities
from talentsim.model.policy import TrainingClasses, if_trained_there, levers_in_year
from talentsim.model.selection import mean_odds
from talentsim.model.state.countries import Countries
from talentsim.model.tables import exempt_share, lever_axes
from talentsim.model.utility import systematic_utility
from talentsim.streams import to_normal
from talentsim.vocab import MOVES, Reason


@dataclass(frozen=True)
class Expected:
    """Expected numbers by year: y year, else as above. Years of burn-in are left out."""

    codes: tuple[str, ...]
    years: Integers         # (y)
    researchers: Floats     # (y, o, c) at the end of the year, students included
    students: Floats        # (y, o, t) at the end of the year
    moves: Floats           # (y, reason, o, from, to)
    entrants: Floats        # (y, o)
    exits: Floats           # (y, o, c)


@dataclass
class _State:
    students: Floats        # (m, h, o, t, years until the doctorate)
    settled: Floats         # (m, h, o, a) never moved, hence at home
    moved: Floats           # (g, m, h, o, c, s)
    diaspora: Floats        # (o, k) as counted last year before exits, like the agents'

    def by_country(self) -> Floats:
        n = self.settled.shape[2]
        total = self.students.sum(axis=(0, 1, 4)) + self.moved.sum(axis=(0, 1, 2, 5))
        total[np.arange(n), np.arange(n)] += self.settled.sum(axis=(0, 1, 3))
        return np.asarray(total)


class MeanField:
    """Expected numbers of one arm.

    Parameters
    ----------
    config
        The arm; `population.scale` is left out, so numbers are of researchers. Without `population.classes` everybody
        of an origin has the median ability and attachment.
    log_strength
        Log ecosystem strength by year from the first of burn-in, as decisions find it, shape (n_years, n_countries); None
        takes the configured figure of the year before. It is given, not computed: that submodel has closed-form tests of its own.
    """

    def __init__(self, config: Config, log_strength: Floats | None = None) -> None:
        self.config, self.behaviour = config, config.behaviour
        self.countries = Countries.from_config(config)
        self.n = len(self.countries)
        self.figures, self.axes, self.employers = Given.of_all_years(config), lever_axes(config), employer_table(config)
        given = np.log(self.figures.destinations.strength)
        self.log_strength = np.concatenate([given[:1], given[:-1]]) if log_strength is None else log_strength
        self.training = TrainingClasses.from_policies(config.policies, self.axes.codes)
        self._live_in(0)
        for name in ("ability_mean_log", "ability_sd_log", "home_attachment", "home_attachment_sd"):
            if np.ptp(getattr(self.figures.origins, name), axis=0).any():
                raise ValueError(f"{name} changes from year to year: the classes of the twin hold for all cohorts")
        classes = config.population.classes or 1
        normal = to_normal((np.arange(classes) + 0.5) / classes)
        ability = np.exp(self.origins.ability_mean_log + self.origins.ability_sd_log * normal[:, None])
        ability = np.rint(ability / ABILITY_UNIT) * ABILITY_UNIT
        self.taste = ability ** float(self.behaviour.location.kappa)                               # (m, o)
        utils = self.origins.home_attachment + self.origins.home_attachment_sd * normal[:, None]
        self.home = np.rint(utils / HOME_UNIT) * HOME_UNIT                                         # (h, o)

    def _live_in(self, place: int) -> None:
        """Take up the figures of a year, by its place among all."""
        self.given = self.figures.at(place)
        self.origins, self.destinations = self.given.origins, self.given.destinations
        self.exempt_share = exempt_share(self.given.regimes, self.destinations)

    def run(self) -> Expected:
        """Advance from the first year of burn-in to the last year."""
        world, state = self.config.world, self.empty_state()
        rows = []
        for place, year in enumerate(range(world.burn_in_year, world.end_year + 1)):
            row = self._step(state, place, year)
            if year >= world.start_year:
                rows.append(row)
        stacked = {name: np.array([row[name] for row in rows]) for name in rows[0]}
        return Expected(self.countries.codes, np.arange(world.start_year, world.end_year + 1), **stacked)

    def empty_state(self) -> _State:
        """Return the state of a world without people."""
        m, cap = len(self.taste), self.behaviour.location.age_cap
        return _State(np.zeros((m, m, self.n, self.n, self.behaviour.study.years + 1)),
                      np.zeros((m, m, self.n, cap + 1)), np.zeros((len(self.training), m, m, self.n, self.n, cap + 1)),
                      np.zeros((self.n, self.n)))

    def _step(self, state: _State, place: int, year: int) -> dict[str, Floats]:
        self._live_in(place)
        by_class = [levers_in_year(self.given.levers, self.config.policies, year, self.axes, code) for code in self.training.members]
        for each in by_class:
            each["pay"] = offered_pay(each, self.employers, self.destinations.industry_share)
            each["work_visa_odds"] = mean_odds(each, self.given.regimes)
        levers, law = by_class[0], self.behaviour.location
        work = [self._table(law.weights, _felt(each, law.chilling), place, state, self.destinations.asc_work) for each in by_class]
        leaving_study = work if float(law.chilling) == float(self.behaviour.graduation.chilling) else [
            self._table(law.weights, _felt(each, self.behaviour.graduation.chilling), place, state, self.destinations.asc_work) for each in by_class]
        study = self._table(self.behaviour.study.weights, if_trained_there(by_class, self.training), place, state, self.destinations.asc_study)
        moves = np.zeros((len(MOVES), self.n, self.n, self.n))
        entrants = self.given.cohorts * levers["entry"]
        self._age(state)
        self._enter(state, entrants, self.study_shares(study, levers), moves)
        graduates = self._graduate(state, leaving_study, moves)
        self._search(state, work, moves)
        for old, new in zip((state.settled, state.moved), graduates, strict=True):
            old += new
        abroad = _off_diagonal(state.by_country())
        total = abroad.sum(axis=1, keepdims=True)
        state.diaspora = np.divide(abroad, total, out=np.zeros_like(abroad), where=total > 0)
        rate = float(self.behaviour.exit.rate)
        exits = rate * (state.by_country() - state.students.sum(axis=(0, 1, 4)))
        state.settled *= 1.0 - rate
        state.moved *= 1.0 - rate
        return {"researchers": state.by_country(), "students": state.students.sum(axis=(0, 1, 4)), "moves": moves,
                "entrants": entrants, "exits": exits}

    def _table(self, weights: Weights, levers: dict[str, Floats], place: int, state: _State, asc: Floats) -> ChoiceTable:
        return systematic_utility(weights, Conditions(
            self.countries, levers, self.log_strength[place], state.diaspora, asc,
            float(self.behaviour.friction.cap_years), self.exempt_share, corridor=self.given.corridor,
            perceived_ways=float(self.behaviour.study.perceived_ways)))

    def study_shares(self, table: ChoiceTable, levers: dict[str, Floats]) -> Floats:
        """Return the chance that an entrant trains in each country, the student visa included; shape (m, o, t)."""
        everyone = np.arange(self.n)
        cell = everyone * self.n + everyone
        own = np.where(table.kind[cell] == AWAY, -self.origins.home_study[:, None], 0.0)
        utility = table.utility[cell] + own + self.taste[..., None] * table.slope[cell]
        refusal = np.broadcast_to(levers["student_refusal"].T, utility.shape)
        return screened_probabilities(utility, refusal, whole=self.countries.whole)

    def _age(self, state: _State) -> None:
        """Let a year go by; the last class of years holds all beyond."""
        for stock in (state.settled, state.moved):
            stock[..., -1] += stock[..., -2]
            stock[..., 1:-1] = stock[..., :-2].copy()
            stock[..., 0] = 0.0
        state.students[..., :-1] = state.students[..., 1:].copy()
        state.students[..., -1] = 0.0

    def _enter(self, state: _State, entrants: Floats, shares: Floats, moves: Floats) -> None:
        m = len(self.taste)
        new = entrants[:, None] * shares / (m * m)                                  # (m, o, t)
        state.students[..., -1] += new[:, None]
        moves[Reason.STUDY, np.arange(self.n), np.arange(self.n)] += _off_diagonal(new.sum(axis=0) * m)

    def _graduate(self, state: _State, tables: Sequence[ChoiceTable], moves: Floats) -> tuple[Floats, Floats]:
        """Empty the class that takes its doctorate; return where it goes, as additions to settled and moved."""
        law, cap = self.behaviour.graduation, self.behaviour.location.age_cap
        cohort = state.students[..., 0].copy()                                      # (m, h, o, t)
        state.students[..., 0] = 0.0
        home, of = float(law.return_constant) + self.home[None, :, :, None], self.training.of
        table = _picked(tables, of[None, :], self.n)                                # they are where they were trained
        going = cohort[..., None] * self._chances(table, np.full((1, 1, 1, 1), -float(law.move)), home)
        self._count(moves[Reason.GRADUATION], going)
        settled, moved = np.zeros_like(state.settled), np.zeros_like(state.moved)
        everyone = np.arange(self.n)
        staying = going[..., everyone, everyone]                                    # (m, h, o, t)
        settled[..., 0] = staying[..., everyone, everyone]
        for group in range(len(tables)):
            here = of == group
            moved[group, ..., min(self.behaviour.study.years, cap)] += staying * ~np.eye(self.n, dtype=bool) * here
            moved[group, ..., 0] += going[..., here, :].sum(axis=3) - staying * here
        return settled, moved

    def _search(self, state: _State, tables: Sequence[ChoiceTable], moves: Floats) -> None:
        law, everyone = self.behaviour.location, np.arange(self.n)
        rate, years = float(law.rate_search), np.arange(law.age_cap + 1)
        first = -(float(law.first_move) + float(law.first_move_age) * years)
        onward = -(float(law.onward_move) + float(law.onward_tenure) * years)
        back = (float(law.return_constant) - float(law.return_slope) * np.log1p(years)
                + self.home[None, :, :, None, None])                                # (1, h, o, 1, s)
        of, at_home = self.training.of, _picked(tables, self.training.of[:, None], self.n)      # the settled are where they were trained
        leaving = np.zeros_like(state.moved)
        arriving = np.zeros_like(state.moved)
        for s in years:                                                             # one class of years at a time
            for group, table in enumerate(tables):
                going = rate * state.moved[group, ..., s, None] * self._chances(table, onward[s], back[..., s])
                going[..., everyone, everyone] = 0.0
                self._count(moves[Reason.SEARCH], going)
                leaving[group, ..., s] = going.sum(axis=-1)
                arriving[group, ..., 0] += going.sum(axis=3)
            settled = rate * state.settled[..., s, None] * self._chances(at_home, first[s], back[..., s])[..., everyone, everyone, :]
            settled[..., everyone, everyone] = 0.0
            moves[Reason.SEARCH, everyone, everyone] += settled.sum(axis=(0, 1))
            for group in range(len(tables)):
                arriving[group, ..., 0] += settled * (of == group)[:, None]
            state.settled[..., s] -= settled.sum(axis=-1)
        state.moved += arriving - leaving

    def _chances(self, table: ChoiceTable, away: Floats, home: Floats) -> Floats:
        """Return choice probabilities, shape (m, h, o, c, k), for own terms that broadcast over (m, h, o, c)."""
        shape = (self.n, self.n, self.n)
        kind = table.kind.reshape(shape)
        own = np.where(kind == HOME, np.asarray(home)[..., None], np.where(kind == AWAY, np.asarray(away)[..., None], 0.0))
        taste = self.taste[:, None, :, None, None]
        return probabilities(table.utility.reshape(shape) + own + taste * table.slope.reshape(shape))

    def _count(self, moves: Floats, going: Floats) -> None:
        """Add movers (m, h, o, from, to), stayers left out, to the moves by origin."""
        total = going.sum(axis=(0, 1))
        total[:, np.arange(self.n), np.arange(self.n)] = 0.0
        moves += total


def _felt(levers: Mapping[str, Floats], chilling: Parameter) -> dict[str, Floats]:
    """Return the levers with deterrence as it is felt at one stage."""
    return {**levers, "chilling": levers["chilling"] * float(chilling)}


def _picked(tables: Sequence[ChoiceTable], group: Integers, n: int) -> ChoiceTable:
    """Return the table with each cell from the table of its class of countries of training; group broadcasts over (o, c)."""
    if len(tables) == 1:
        return tables[0]
    cell = np.broadcast_to(group, (n, n)).reshape(-1)
    return ChoiceTable(*(np.stack([getattr(table, name) for table in tables])[cell, np.arange(n * n)] for name in ("utility", "slope", "kind")))


def _off_diagonal(value: Floats) -> Floats:
    return value * ~np.eye(len(value), dtype=bool)
