"""Counts of one year, filled by the submodels and read by those that observe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talentsim.arrays import Booleans, Floats, Integers
from talentsim.vocab import MOVES, CareerStage, Reason, Tier, VisaOutcome, VisaRoute, VisaStatus


@dataclass
class Tally:
    """Counts of one year. Axes: o origin, t training, w work or current country, h host, q headquarters; see `arrays`."""

    entrants: Integers                  # (o)
    exits: Integers                     # (o, w)
    moves: Integers                     # (reason, o, from, to)
    visas: Integers                     # (h, o, route, outcome)
    stocks: Integers                    # (o, t, w, stage, status) at the end of the year
    talent: Floats                      # (w) whole numbers of ABILITY_UNIT, those who worked this year
    works: Floats                       # (o, t, w, q)
    frontier_works: Floats              # (o, t, w, q)
    tier_researchers: Integers          # (tier, w)
    tier_works: Floats                  # (tier, w)
    collaboration: Floats               # (w) factor of output: 1 with every partner open
    components: dict[str, Floats]       # component -> (w) log relative to the world's geometric mean

    @classmethod
    def empty(cls, n: int) -> Tally:
        """Return a tally of a year in which nothing has happened yet."""
        return cls(
            entrants=np.zeros(n, np.int64), exits=np.zeros((n, n), np.int64), moves=np.zeros((len(MOVES), n, n, n), np.int64),
            visas=np.zeros((n, n, len(VisaRoute), len(VisaOutcome)), np.int64),
            stocks=np.zeros((n, n, n, len(CareerStage), len(VisaStatus)), np.int64), talent=np.zeros(n),
            works=np.zeros((n, n, n, n)), frontier_works=np.zeros((n, n, n, n)),
            tier_researchers=np.zeros((len(Tier), n), np.int64), tier_works=np.zeros((len(Tier), n)),
            collaboration=np.ones(n), components={})

    def count_moves(self, reason: Reason, origin: np.ndarray, start: np.ndarray, end: np.ndarray) -> None:
        """Add moves between countries; those who stay are left out."""
        moved = start != end
        np.add.at(self.moves[reason], (origin[moved], start[moved], end[moved]), 1)

    def count_visas(self, route: VisaRoute, outcome: VisaOutcome, host: np.ndarray, origin: np.ndarray,
                    which: Booleans | None = None) -> None:
        """Add the applications in `which` (None: all); every outcome but APPLIED needs its APPLIED beside it."""
        if which is not None:
            host, origin = host[which], origin[which]
        np.add.at(self.visas[..., route, outcome], (host, origin), 1)
