"""Yearly tables of a run: reads the world, never writes to it."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from talentsim.arrays import Floats, Integers
from talentsim.state.world import World
from talentsim.vocab import MOVES, CareerStage, Reason


@dataclass(frozen=True)
class RunTables:
    """What one run reported, by year; the first axis of every array but the people is the year.

    Axes: o origin, t training, w work country, h host, k country.
    """

    codes: tuple[str, ...]
    years: Integers             # (y)
    researchers: Integers       # (y, o, t, w, stage) at the end of the year
    works: Floats               # (y, o, t, w)
    frontier_works: Floats      # (y, o, t, w)
    moves: Integers             # (y, reason, o, from, to)
    entrants: Integers          # (y, o)
    exits: Integers             # (y, o, w)
    refused_students: Integers  # (y, h, o)
    strength: Floats            # (y, k) relative to the world's geometric mean
    uid: np.ndarray             # (n) those alive at the end of the year of the headline, in order of uid
    work_country: np.ndarray    # (n) where they are then

    def frame(self, table: str) -> pd.DataFrame:
        """Return one table in long form, zeros left out.

        Raises
        ------
        KeyError
            When there is no such table.
        """
        axes, columns = LAYOUT[table]
        dense = {column: np.asarray(getattr(self, name)) for column, name in columns.items()}
        where = np.nonzero(sum(np.abs(each) for each in dense.values()))
        labels: dict[str, object] = {"year": self.years[where[0]]}
        for axis, place in zip(axes, where[1:], strict=True):
            labels[axis] = pd.Categorical.from_codes(place, categories=self._categories(axis))
        return pd.DataFrame(labels | {column: each[where] for column, each in dense.items()})

    def _categories(self, axis: str) -> list[str]:
        if axis == "stage":
            return [stage.name.lower() for stage in CareerStage]
        return [reason.name.lower() for reason in MOVES] if axis == "reason" else list(self.codes)


LAYOUT: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "stocks": (("origin", "training", "work", "stage"), {"researchers": "researchers"}),
    "works": (("origin", "training", "work"), {"works": "works", "frontier_works": "frontier_works"}),
    "flows": (("reason", "origin", "from", "to"), {"moves": "moves"}),
    "entries": (("origin",), {"entrants": "entrants"}),
    "exits": (("origin", "work"), {"exits": "exits"}),
    "visas": (("country", "origin"), {"refused": "refused_students"}),
    "ecosystem": (("country",), {"strength": "strength"}),
}


class Recorder:
    """Collects the reported years of one run."""

    def __init__(self, headline_year: int) -> None:
        self._headline_year = headline_year
        self._people = (np.empty(0, np.uint64), np.empty(0, np.uint8))
        self._years: list[int] = []
        self._rows: dict[str, list[np.ndarray]] = {}

    def observe(self, world: World, year: int) -> None:
        """Take down a year that is over."""
        tally = world.tally
        strength = np.exp(world.log_strength - world.log_strength.mean())
        counts = {"researchers": tally.researchers, "moves": tally.moves, "entrants": tally.entrants, "exits": tally.exits,
                  "refused_students": tally.refused_students}
        row = {name: count.astype(np.int32) for name, count in counts.items()}      # half as much to hand between processes
        row |= {"works": tally.works, "frontier_works": tally.frontier_works, "strength": strength}
        self._years.append(year)
        for name, value in row.items():
            self._rows.setdefault(name, []).append(value)
        if year == self._headline_year:
            order = np.argsort(world.researchers.uid, kind="stable")
            self._people = world.researchers.uid[order], world.researchers.work_country[order]

    def tables(self, codes: tuple[str, ...]) -> RunTables:
        """Return what has been reported so far; the people only once the year of the headline is over."""
        stacked = {name: np.array(rows) for name, rows in self._rows.items()}
        assert stacked.keys() <= {each.name for each in fields(RunTables)}
        uid, work_country = self._people
        return RunTables(codes=codes, years=np.array(self._years), uid=uid, work_country=work_country, **stacked)
