"""Yearly tables of a run: reads the world, never writes to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from talentsim.arrays import Integers
from talentsim.config.errors import no_such
from talentsim.digits import figure
from talentsim.model.attribution import MOST_NARROW
from talentsim.model.state.journal import EVENT_COLUMNS, PEOPLE_COLUMNS
from talentsim.model.state.tally import CellSums
from talentsim.model.state.world import World
from talentsim.vocab import CareerStage, Reason, Sector, Tier, VisaOutcome, VisaRoute, VisaStatus

COMPONENTS = ("talent", "compute", "capital", "openness", "ip_protection", "translation")

LAYOUT: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "stocks": (("origin", "training", "work", "stage", "status"), ("researchers",)),
    "works": (("origin", "training", "work", "hq"), ("works", "frontier_works")),
    "flows": (("reason", "origin", "from", "to"), ("moves",)),
    "entries": (("origin",), ("entrants",)),
    "exits": (("origin", "work"), ("exits",)),
    "visas": (("country", "origin", "route"), ("applied", "refused", "lost_lottery", "granted")),
    "ecosystem": (("country",), ("strength", *COMPONENTS, "collaboration")),
    "tiers": (("tier", "work"), ("researchers", "works")),
    "sectors": (("sector", "work"), ("researchers", "works")),
}
"""Yearly tables: axes after the year, and what is counted along them."""

COUNTS = frozenset(column for name, (_, columns) in LAYOUT.items() if name != "ecosystem" for column in columns)
"""Columns that count agents, or add up what they make."""

PERSON_TABLES = {"people": PEOPLE_COLUMNS, "events": EVENT_COLUMNS}

_LABELS: dict[str, type[IntEnum] | Sequence[IntEnum]] = {
    "stage": CareerStage, "status": VisaStatus, "reason": Reason, "route": VisaRoute, "tier": Tier, "sector": Sector}


def in_researchers(long: pd.DataFrame, table: str, scale: float) -> pd.DataFrame:
    """Return a table whose numbers are in agents with numbers of researchers, and of their works, whatever `population.scale` is.

    `attrs["unit"]` says what its numbers count. In a table of persons a row is an agent, who stands for 1 / `scale` researchers;
    rates, strengths and outcomes are what they are.
    """
    counted = [] if table in ("ecosystem", "outcomes", *PERSON_TABLES) else [column for column in long.columns if column in COUNTS]
    if counted and scale != 1.0:
        long = long.assign(**{column: long[column] / scale for column in counted})
    long.attrs["unit"] = ("researchers" if counted else f"one row per agent, who stands for {figure(1.0 / scale)} researchers" if table in PERSON_TABLES
                          else "that of the outcome: % of works, researchers or works" if table == "outcomes" else "none: relative figures")
    return long


@dataclass(frozen=True)
class Cells:
    """One yearly table as its cells that are not zero.

    Parameters
    ----------
    shape
        Lengths of the axes after the year.
    year
        Year of each cell, shape (n,).
    place
        Place along the flattened axes, shape (n,).
    values
        What is counted, by column, each of shape (n,).
    """

    shape: tuple[int, ...]
    year: Integers
    place: Integers
    values: dict[str, np.ndarray]


@dataclass(frozen=True)
class RunTables:
    """What one run reported.

    Parameters
    ----------
    codes
        Country codes in the order of the axes.
    years
        Reported years, shape (n_years,).
    cells
        Yearly tables by name, see `LAYOUT`.
    persons
        Columns of the tables of persons, see `PERSON_TABLES`; empty where they were not recorded.
    scale
        Agents a researcher.
    """

    codes: tuple[str, ...]
    years: Integers
    cells: dict[str, Cells]
    persons: dict[str, dict[str, np.ndarray]]
    scale: float = 1.0

    def __repr__(self) -> str:
        """Say which tables there are, of how many countries and over which years."""
        span = f"{self.years[0]} to {self.years[-1]}" if len(self.years) else "no year yet"
        return f"RunTables({len(self.codes)} countries, {span}; `frame(table)` of {', '.join(self.names)})"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tables there are."""
        return (*self.cells, *self.persons)

    def dense(self, table: str, column: str, *axes: str) -> np.ndarray:
        """Return one column of a yearly table summed over all axes but those named, in the order of the table.

        Shape (n_years, one length for each of the axes named).
        """
        cells, names = self.cells[table], LAYOUT[table][0]
        places = np.unravel_index(cells.place, cells.shape)
        kept = [(places[i], cells.shape[i]) for i, name in enumerate(names) if name in axes]
        assert len(kept) == len(axes), (table, axes)
        flat, size = cells.year - int(self.years[0]), len(self.years)
        for place, length in kept:
            flat = flat * length + place
            size *= length
        value = cells.values[column]
        total = np.bincount(flat, value, minlength=size).reshape(len(self.years), *(length for _, length in kept))
        return total if value.dtype.kind == "f" else np.rint(total).astype(np.int64)

    @property
    def researchers(self) -> np.ndarray:
        """Researchers at the end of the year by origin, training, work and stage."""
        return self.dense("stocks", "researchers", "origin", "training", "work", "stage")

    @property
    def works(self) -> np.ndarray:
        """Works by origin, training and work country."""
        return self.dense("works", "works", "origin", "training", "work")

    @property
    def moves(self) -> np.ndarray:
        """Moves by reason, origin, and the countries left and entered."""
        return self.dense("flows", "moves", "reason", "origin", "from", "to")

    @property
    def frontier_works(self) -> np.ndarray:
        """Frontier works by origin, training and work country."""
        return self.dense("works", "frontier_works", "origin", "training", "work")

    @property
    def entrants(self) -> np.ndarray:
        """Entrants by origin."""
        return self.dense("entries", "entrants", "origin")

    @property
    def exits(self) -> np.ndarray:
        """Exits by origin and work country."""
        return self.dense("exits", "exits", "origin", "work")

    @property
    def strength(self) -> np.ndarray:
        """Ecosystem strength by country, relative to the world's geometric mean."""
        return self.dense("ecosystem", "strength", "country")

    def places(self, year: int) -> tuple[np.ndarray, np.ndarray]:
        """Return who is in research at the end of a year, by uid in ascending order, and in which country.

        Raises
        ------
        KeyError
            When persons were not recorded.
        """
        people, events = self.persons["people"], self.persons["events"]
        order = np.argsort(people["uid"], kind="stable")
        uid, country = people["uid"][order], people["origin"][order]
        past = events["year"] <= year
        last = pd.Series(events["to"][past], index=events["uid"][past])
        last = last[~last.index.duplicated(keep="last")]
        country = country.copy()
        country[np.searchsorted(uid, last.index.to_numpy())] = last.to_numpy()
        alive = (people["entry_year"][order] <= year) & (people["exit_year"][order] > year)
        return uid[alive], country[alive]

    def frame(self, table: str) -> pd.DataFrame:
        """Return one table in long form, zeros left out; codes and names as categories; numbers are of researchers, see `in_researchers`.

        Raises
        ------
        KeyError
            When there is no such table.
        """
        return in_researchers(self.agents(table), table, self.scale)

    def agents(self, table: str) -> pd.DataFrame:
        """Return one table as `frame`, in agents: what the store holds."""
        if table in self.persons:
            return pd.DataFrame({name: self._labelled(name, column) for name, column in self.persons[table].items()})
        if table not in self.cells:
            raise no_such("table", table, [*self.cells, *self.persons], "" if self.persons else "People and events are kept with output.people=true.")
        cells, axes = self.cells[table], LAYOUT[table][0]
        labels = {"year": cells.year}
        for axis, place in zip(axes, np.unravel_index(cells.place, cells.shape), strict=True):
            labels[axis] = self._labelled(axis, place)
        return pd.DataFrame(labels | cells.values)

    def _labelled(self, name: str, place: np.ndarray) -> Any:
        """Turn places along an axis into names; other columns stay as they are."""
        if name in _LABELS:
            return pd.Categorical.from_codes(place.astype(np.int16), [each.name.lower() for each in _LABELS[name]])
        if name in ("origin", "training", "work", "hq", "from", "to", "country"):
            return pd.Categorical.from_codes(place.astype(np.int16), list(self.codes))
        return place


@dataclass
class Recorder:
    """Collects the reported years of one run."""

    start_year: int
    years: list[int] = field(default_factory=list)
    _rows: dict[str, list[tuple[int, Integers, list[np.ndarray]]]] = field(default_factory=dict)
    _shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def observe(self, world: World, year: int) -> None:
        """Take down a year that is over."""
        if year < self.start_year:
            return
        self.years.append(year)
        for name, table in _year(world).items():
            self._shapes[name] = table.shape
            some = np.flatnonzero(np.any([column != 0 for column in table.sums], axis=0))
            place: Integers = table.place[some].astype(np.int32 if prod(table.shape) < MOST_NARROW else np.int64)
            self._rows.setdefault(name, []).append((year, place, [column[some] for column in table.sums]))

    def tables(self, world: World, since: int | None = None) -> RunTables:
        """Return what has been reported so far; with `since`, in the yearly tables, from that year on alone."""
        cells, years = {}, [year for year in self.years if since is None or year >= since]
        for name, all_rows in self._rows.items():
            rows = all_rows[len(self.years) - len(years):]
            when = np.repeat([year for year, _, _ in rows], [len(place) for _, place, _ in rows]).astype(np.int16)
            values = [np.concatenate(parts) for parts in zip(*(values for _, _, values in rows), strict=True)]
            cells[name] = Cells(self._shapes[name], when, np.concatenate([place for _, place, _ in rows]),
                                dict(zip(LAYOUT[name][1], values, strict=True)))
        persons: dict[str, dict[str, np.ndarray]] = {}
        if world.journal.is_on:
            persons = {"people": world.journal.people(), "events": world.journal.columns()}
        return RunTables(world.codes, np.array(years), cells, persons, float(world.config.population.scale))


def _year(world: World) -> dict[str, CellSums]:
    """Return the yearly tables."""
    tally, narrow = world.tally, np.int32        # half as much to keep
    strength = np.exp(world.log_strength - world.countries.mean(world.log_strength))
    visas = [tally.visas[..., outcome].astype(narrow) for outcome in (
        VisaOutcome.APPLIED, VisaOutcome.REFUSED, VisaOutcome.LOST_LOTTERY, VisaOutcome.GRANTED)]
    return {
        "stocks": _narrow(tally.stock),
        "works": tally.output,
        "flows": _narrow(tally.flow),
        "entries": _all(tally.entrants.astype(narrow)),
        "exits": _all(tally.exits.astype(narrow)),
        "visas": _all(*visas),
        "ecosystem": _all(strength, *(np.exp(tally.components[name]) for name in COMPONENTS), tally.collaboration),
        "tiers": _all(tally.tier_researchers.astype(narrow), tally.tier_works),
        "sectors": _all(tally.sector_researchers.astype(narrow), tally.sector_works),
    }


def _narrow(counts: CellSums) -> CellSums:
    return CellSums(counts.shape, counts.place, tuple(each.astype(np.int32) for each in counts.sums))


def _all(*columns: np.ndarray) -> CellSums:
    """Return all cells of a small table."""
    return CellSums(columns[0].shape, np.arange(columns[0].size), tuple(column.ravel() for column in columns))
