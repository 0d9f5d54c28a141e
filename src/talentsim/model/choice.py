"""Logit choice: the argmax of V + epsilon over addressed draws; its probabilities in closed form are in `logit`.

Write epsilon_k = -log E_k with E_k standard exponential: epsilon_k is standard Gumbel, and

    argmax_k (V_k + epsilon_k) = argmin_k E_k exp(-V_k),

so each alternative has an arrival time and the first to arrive is chosen. With E_k = -log u_k, at least 1 - u_k, nobody
leaves for whom u_k + E_stay exp(V_k) stays below 1 at every k: for most that is seen without a logarithm or an exponential
an alternative, and only for the others are the arrivals worked out.

Source: McFadden (1974), Conditional logit analysis of qualitative choice behavior; Gumbel-max: Maddison et al. (2014).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from talentsim.arrays import Booleans, Codes, Floats, Integers, Words
from talentsim.model import kernels
from talentsim.streams import to_exponential, to_uniform, words_at

STAY, AWAY, HOME = 0, 1, 2
ROUNDED_UP, BELOW_ONE = 1.0 + 1e-8, 1.0 - 1e-12     # so that no rounding says of anybody who may leave that they stay for sure


@dataclass(frozen=True)
class ChoiceTable:
    """What the alternatives are worth to everybody in a cell.

    Parameters
    ----------
    utility
        V relative to the reference alternative, in utils, shape (n_cells, n_countries); -inf where unavailable.
    slope
        Utils per unit of a person's taste for ecosystem strength, same shape.
    kind
        STAY at the reference, HOME at the origin country when it is not the reference, AWAY elsewhere; same shape.
    """

    utility: Floats
    slope: Floats
    kind: NDArray[np.int8]

    @cached_property
    def odds(self) -> Floats:
        """exp(V) of the alternatives AWAY, 0 at the others; shape as that of `utility`."""
        return np.where(self.kind == AWAY, np.exp(self.utility), 0.0)

    @cached_property
    def steepest(self) -> Floats:
        """Largest slope among the alternatives AWAY, 0 where there is none; shape (n_cells,)."""
        slope = np.where(self.kind == AWAY, self.slope, -np.inf).max(axis=1)
        return np.where(np.isfinite(slope), slope, 0.0)

    @cached_property
    def home(self) -> Integers:
        """Column of the HOME alternative, -1 where there is none; shape (n_cells,)."""
        is_home = self.kind == HOME
        return np.where(is_home.any(axis=1), is_home.argmax(axis=1), -1)


@dataclass(frozen=True)
class Choosers:
    """Those who choose: address, cell and reference alternative, and their own terms; each of shape (n,).

    `taste` (0 or more) multiplies the table's slope, `away` is added to every AWAY alternative and `home` to HOME.
    """

    address: Words
    cell: Integers
    reference: Integers
    taste: Floats
    away: Floats
    home: Floats

    def __len__(self) -> int:
        return len(self.address)

    def part(self, start: int, stop: int) -> Choosers:
        """Return the choosers from `start` to before `stop`."""
        return self.at(slice(start, stop))

    def at(self, rows: Integers | slice) -> Choosers:
        """Return some of the choosers."""
        return Choosers(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Admission:
    """Screening by the alternatives.

    Parameters
    ----------
    p_refusal
        Chance of refusal by class of choosers and alternative, shape (n_classes, n_countries).
    of
        Class of each chooser, shape (n,).
    keys
        Keys of the draws, one for each alternative: a person's draw is their own for each.
    closed
        Doors that are shut, which is no refusal; shape (n, n_countries). None shuts none.
    """

    p_refusal: Floats
    of: Integers
    keys: Words
    closed: Booleans | None = None

    def part(self, start: int, stop: int) -> Admission:
        """Return the screening of the choosers from `start` to before `stop`."""
        return self.at(slice(start, stop))

    def at(self, rows: Integers | slice) -> Admission:
        """Return the screening of some of the choosers."""
        return Admission(self.p_refusal, self.of[rows], self.keys, None if self.closed is None else self.closed[rows])


@dataclass(frozen=True)
class Chosen:
    """Outcome of a choice: the alternative of each chooser, and who was refused by an alternative they preferred."""

    alternative: Codes
    refused_row: Integers
    refused_by: Integers


def choose(table: ChoiceTable, choosers: Choosers, keys: Words, admission: Admission | None = None,
           chunk: int = 2048) -> Chosen:
    """Choose one alternative each: the argmax of V + epsilon over those that admit the chooser.

    Parameters
    ----------
    keys
        Draw keys of the alternatives, shape (n_countries,).
    admission
        Screening by the alternatives; None admits everybody everywhere. One at least has to admit without fail.
    chunk
        Choosers handled at once; the result does not depend on it, the time does: arrays should stay in cache.
    """
    if kernels.pays(len(choosers)):
        return _choose_compiled(table, choosers, keys, admission)
    parts = [_choose_part(table, choosers.part(start, start + chunk), keys,
                          None if admission is None else admission.part(start, start + chunk), start)
             for start in range(0, len(choosers), chunk)]
    if not parts:
        nobody = np.empty(0, dtype=np.int64)
        return Chosen(np.empty(0, dtype=np.uint8), nobody, nobody)
    return Chosen(*(np.concatenate([getattr(each, name) for each in parts])
                    for name in ("alternative", "refused_row", "refused_by")))


def _choose_compiled(table: ChoiceTable, who: Choosers, keys: Words, admission: Admission | None) -> Chosen:
    """Let a kernel choose, and NumPy for those whose first two arrivals lie too close together."""
    n, empty = len(keys), (np.empty((0, 0)), np.empty(0, np.int64), np.empty(0, np.uint64), np.empty((0, 0), np.bool_))
    screening = empty if admission is None else (admission.p_refusal, admission.of, admission.keys,
                                                 empty[3] if admission.closed is None else admission.closed)
    chosen, refused, doubtful = kernels.first_arrivals(
        who.address, keys, who.cell, who.reference, (who.taste, who.away, who.home),
        (table.utility, table.slope, table.home, table.odds, table.steepest), (ROUNDED_UP, BELOW_ONE), screening)
    rows = np.flatnonzero(doubtful)
    if len(rows):
        sure = _choose_part(table, who.at(rows), keys, None if admission is None else admission.at(rows), 0)
        chosen[rows] = sure.alternative
        if admission is not None:
            refused[rows] = False
            refused[rows[sure.refused_row], sure.refused_by] = True
    row, refused_by = np.divmod(np.flatnonzero(refused), n)
    return Chosen(chosen, row, refused_by)


def _choose_part(table: ChoiceTable, who: Choosers, keys: Words, admission: Admission | None, offset: int) -> Chosen:
    uniform = to_uniform(words_at(who.address[:, None], keys[None, :]))
    if admission is None:
        chosen, nobody = who.reference.astype(np.uint8), np.empty(0, dtype=np.int64)
        rows = np.flatnonzero(_may_leave(table, who, uniform))
        chosen[rows] = _arrivals(table, who.at(rows), uniform[rows]).argmin(axis=1)
        return Chosen(chosen, nobody, nobody)
    arrives = _arrivals(table, who, uniform)
    if admission.closed is not None:
        arrives[admission.closed] = np.inf
    return _screened(arrives, who, admission, offset)


def _arrivals(table: ChoiceTable, who: Choosers, uniform: Floats) -> Floats:
    """Return when each alternative arrives, shape (n_choosers, n_countries). Overwrites `uniform`."""
    arrives, slowed = to_exponential(uniform), personal_utility(table, who)
    arrives *= np.exp(np.negative(slowed, out=slowed), out=slowed)
    return arrives


def _may_leave(table: ChoiceTable, who: Choosers, uniform: Floats) -> Booleans:
    """Return for whom another alternative may arrive before staying does; the others stay for sure. Shape (n_choosers,).

    E_k exp(-V_k) is at least (1 - u_k) exp(-V_k), and V_k at most what it is at the steepest slope: where that is later than
    staying by more than rounding, so is the arrival.
    """
    n, width = uniform.shape
    each, first = uniform.reshape(-1), np.arange(0, uniform.size, width)
    with np.errstate(over="ignore", invalid="ignore"):      # who has such utilities leaves
        stays_at = -np.log(each[first + who.reference]) * ROUNDED_UP
        most = table.odds.take(who.cell, axis=0)
        most *= (stays_at * np.exp(who.away + who.taste * table.steepest[who.cell]))[:, None]
        most += uniform
        leaves = np.zeros(n, dtype=bool)
        leaves[np.flatnonzero(~(most.reshape(-1) < BELOW_ONE)) // width] = True
        abroad = np.flatnonzero(table.home[who.cell] >= 0)
        cell, home = who.cell[abroad], table.home[who.cell[abroad]]
        at_home = table.slope[cell, home] * who.taste[abroad] + table.utility[cell, home] + who.home[abroad]
        leaves[abroad] |= ~(each[first[abroad] + home] + stays_at[abroad] * np.exp(at_home) < BELOW_ONE)
    return leaves


def _screened(arrives: Floats, who: Choosers, admission: Admission, offset: int) -> Chosen:
    """Let everybody ask the alternatives in the order of their arrival, up to the one that admits them. Overwrites `arrives`.

    Only an alternative that is asked, and may say no, has to draw, which is seldom more than the first.
    """
    n, each = arrives.shape[1], arrives.reshape(-1)
    chosen = arrives.argmin(axis=1)
    asking, refusals = np.arange(len(who)), []
    while len(asking):
        asked = chosen[asking]
        p_refusal = admission.p_refusal[admission.of[asking], asked]
        draws = np.flatnonzero(p_refusal > 0.0)
        asking, asked = asking[draws], asked[draws]
        luck = to_uniform(words_at(who.address[asking], admission.keys[asked]))
        refused = np.flatnonzero(luck < p_refusal[draws])
        asking = asking[refused]
        refusals.append(asking * n + asked[refused])
        each[refusals[-1]] = np.inf
        chosen[asking] = arrives[asking].argmin(axis=1)
    row, refused_by = np.divmod(np.sort(np.concatenate(refusals)), n)
    return Chosen(chosen.astype(np.uint8), row + offset, refused_by)


def personal_utility(table: ChoiceTable, who: Choosers) -> Floats:
    """Return V of every alternative for every chooser, their own terms included; 0 at the reference.

    Shape (n_choosers, n_countries).
    """
    home = table.home[who.cell]
    utility = table.slope.take(who.cell, axis=0)
    utility *= who.taste[:, None]
    utility += table.utility.take(who.cell, axis=0)
    each, first = utility.reshape(-1), np.arange(0, utility.size, utility.shape[1])
    abroad = np.flatnonzero(home >= 0)
    there = first[abroad] + home[abroad]
    at_home = each[there] + who.home[abroad]
    utility += who.away[:, None]
    each[there] = at_home
    each[first + who.reference] = 0.0
    return utility
