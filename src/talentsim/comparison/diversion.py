"""Diversion: where the same person is in the baseline and in the scenario, and the decision at which two lives part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd

from talentsim.arrays import ABILITY_UNIT, Booleans, Integers, Words
from talentsim.comparison.groups import codes_shown, place_shown, put_together
from talentsim.comparison.pair import PairRuns
from talentsim.config import Config
from talentsim.ensemble.ensemble import Ensemble
from talentsim.ensemble.executors import map_replications
from talentsim.intervals import counts_spread
from talentsim.measures.lives import ABSENT, COMPARED, Lives, numbers, rank_in_group
from talentsim.model.tables import tier_ability
from talentsim.vocab import CareerStage, Tier

NO_CHANGE = "no change"
NO_LIFE = "not in research in this world"
ENTERED = "entered"
STAGES = tuple(stage.name.lower() for stage in CareerStage)
TIERS = tuple(tier.name.lower() for tier in Tier)


@dataclass(frozen=True)
class Diversion:
    """People who are elsewhere in the scenario, means over replications with Student's t intervals.

    Parameters
    ----------
    matrix
        year, baseline_country, scenario_country, researchers, low, high: everybody who is there in both worlds.
    apart
        year, origin, tier, stage, baseline_country, scenario_country, researchers, low, high: those in two different
        countries. A higher tier is part of the lower, and "all" holds everybody, as in `by_tier`; stage is that of the baseline.
    parting
        year, origin, baseline_decision, scenario_decision, people, low, high: the first decision at which two lives part;
        "no change" where that life has none in that year.
    """

    matrix: pd.DataFrame = field(default_factory=pd.DataFrame)
    apart: pd.DataFrame = field(default_factory=pd.DataFrame)
    parting: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables under the names they are written with."""
        return {"diversion_by_year": self.matrix, "diverted": self.apart, "parting": self.parting}

    def of_year(self, year: int) -> pd.DataFrame:
        """Return the matrix of one year: baseline_country, scenario_country, researchers, low, high."""
        if self.matrix.empty:
            return pd.DataFrame(columns=["baseline_country", "scenario_country", "researchers", "low", "high"])
        return self.matrix[self.matrix["year"] == year].drop(columns="year").reset_index(drop=True)


@dataclass(frozen=True)
class Parted:
    """One replication in both worlds, reduced to the people whose lives differ.

    `apart` holds a row for each person and year in two different countries: year, origin, tier, stage and the two
    countries, as codes; `only` counts those who are in the baseline alone, shape (n_years, n_countries).
    """

    apart: np.ndarray
    only: Integers
    parting: pd.DataFrame


def diversion(runs: PairRuns, parted: list[Parted] | None = None) -> Diversion:
    """Compare all lives of two arms, replication by replication; nothing where no lives were kept.

    Parameters
    ----------
    parted
        Each replication's, where they are there already.
    """
    if not with_lives(runs):
        return Diversion()
    if parted is None:
        parted = map_replications(partial(parted_of, runs), len(runs.scenario), runs.scenario.config.executor)
    moved = [moved_between(each, len(runs.scenario.codes)) for each in parted]
    return Diversion(matrix_of(moved, [each.only for each in parted], runs), _apart(parted, runs.scenario), _parting(parted, runs.scenario))


def with_lives(runs: PairRuns) -> bool:
    """Return whether the lives of everybody were kept."""
    return all("events" in each["tables"] for arm in runs for each in arm.manifests)


def differing(one: Lives, other: Lives) -> Words:
    """Return the uids, in order, of those who live differently in two runs, or in one of them alone."""
    (uid, digest), (uid_other, digest_other) = one.digests(), other.digests()
    known, place, place_other = np.intersect1d(uid, uid_other, assume_unique=True, return_indices=True)
    found = [known[digest[place] != digest_other[place_other]], np.setxor1d(uid, uid_other, assume_unique=True)]
    if one.people is not other.people:
        found.append(np.setxor1d(one.people["uid"].to_numpy(), other.people["uid"].to_numpy(), assume_unique=True))
    return np.unique(np.concatenate(found))


def first_partings(one: Lives, other: Lives) -> pd.DataFrame:
    """Return for each person whose events differ the first decision that does, and who is in research in one world alone.

    Returns
    -------
    uid, year, baseline_decision, scenario_decision: the reasons of the two events, "no change" for a life without one in
    that year; for those who entered in one world alone the year of entry, `NO_LIFE` and "entered".
    """
    if one.people is not other.people:
        return _first_partings_of_both(one, other)
    return _first_events(one, other)


def _first_partings_of_both(one: Lives, other: Lives) -> pd.DataFrame:
    """Tell those who are in research in one world alone from those whose lives part."""
    mine, theirs = (lives.people["uid"].to_numpy() for lives in (one, other))
    both, found = np.intersect1d(mine, theirs), []
    for lives, against, columns in ((one, theirs, (ENTERED, NO_LIFE)), (other, mine, (NO_LIFE, ENTERED))):
        lone = lives.people[~np.isin(lives.people["uid"].to_numpy(), against)]
        found.append(pd.DataFrame({"uid": lone["uid"].to_numpy(), "year": lone["entry_year"].to_numpy(dtype=np.int64),
                                   "baseline_decision": columns[0], "scenario_decision": columns[1]}))
    return pd.concat([_first_events(one.of(both), other.of(both)), *found], ignore_index=True).sort_values("uid", ignore_index=True)


def _first_events(one: Lives, other: Lives) -> pd.DataFrame:
    """Return the first event that differs of each person who is in both worlds."""
    uids = np.union1d(one.events["uid"].to_numpy(), other.events["uid"].to_numpy())
    told = _Told.of(one, uids), _Told.of(other, uids)
    rank = np.minimum(*(each.first_not_in(against, len(uids)) for each, against in (told, told[::-1])))
    persons = np.flatnonzero(rank < _NEVER)
    (year, reason), (year_other, reason_other) = (each.at((persons << _RANK_BITS) | rank[persons]) for each in told)
    when = np.minimum(year, year_other)
    return pd.DataFrame({"uid": uids[persons], "year": when, "baseline_decision": np.where(year == when, reason, NO_CHANGE),
                         "scenario_decision": np.where(year_other == when, reason_other, NO_CHANGE)})


_RANK_BITS = 16
_NEVER = 1 << _RANK_BITS
"""More events than any life has."""
_NO_YEAR = 9999


@dataclass(frozen=True)
class _Told:
    """Events of many lives in the order of persons, and of each life in its own order.

    `key` holds the person's place above `_RANK_BITS` bits and the event's rank in that life below: rising numbers, which can be
    looked up. `code` is what the event says; all of shape (n_events,).
    """

    key: Integers
    code: Words
    year: Integers
    reason: np.ndarray

    @classmethod
    def of(cls, lives: Lives, uids: Words) -> _Told:
        """Read the events of lives whose persons are all among `uids`, which are in order."""
        uid = lives.events["uid"].to_numpy()[lives.order]
        reasons = np.asarray(lives.events["reason"].cat.categories)[numbers(lives.events["reason"])[lives.order]]
        return cls((np.searchsorted(uids, uid) << _RANK_BITS) | rank_in_group(uid), lives.codes,
                   lives.events["year"].to_numpy()[lives.order].astype(np.int64), reasons)

    def found(self, key: Integers) -> tuple[Integers, Booleans]:
        """Return where each key stands, and whether it does: a life may have no event of that rank."""
        place = np.minimum(np.searchsorted(self.key, key), max(len(self.key) - 1, 0))
        return place, self.key[place] == key if len(self.key) else np.zeros(len(key), bool)

    def first_not_in(self, other: _Told, n_persons: int) -> Integers:
        """Return for each person the rank of the first event that the other lives do not have alike, `_NEVER` where they have them all."""
        place, same = other.found(self.key)
        if len(other.key):
            same = same & (other.code[place] == self.code)
        first = np.full(n_persons, _NEVER)
        np.minimum.at(first, self.key[~same] >> _RANK_BITS, self.key[~same] & (_NEVER - 1))
        return first

    def at(self, key: Integers) -> tuple[Integers, np.ndarray]:
        """Return year and reason of the event at each key; `_NO_YEAR` and no change where there is none."""
        place, there = self.found(key)
        if not len(self.key):
            return np.full(len(key), _NO_YEAR), np.full(len(key), NO_CHANGE)
        return np.where(there, self.year[place], _NO_YEAR), np.where(there, self.reason[place], NO_CHANGE)


def parted_of(runs: PairRuns, place: int) -> Parted:
    """Reduce one replication in both worlds to the people whose lives differ."""
    one, other = _lives_of_both(runs, place)
    start, scenario = runs.pair.start, runs.scenario
    uids, years = differing(*((one, other) if start is None else (one.since(start), other.since(start)))), scenario.years
    one, other = one.of(uids), other.of(uids)
    (here, stage), (there, _) = one.places(uids, years), other.places(uids, years)
    people = pd.concat([one.people, other.people]).drop_duplicates("uid").sort_values("uid")
    person, year = np.nonzero((here != there) & (here != ABSENT) & (there != ABSENT))
    origin, tier = numbers(people["origin"]), _highest_tier(people, scenario.config)
    apart = np.column_stack([year, origin[person], tier[person], stage[person, year], here[person, year], there[person, year]])
    lone, when = np.nonzero((here != ABSENT) & (there == ABSENT))
    only = np.zeros((len(years), len(scenario.codes)), np.int64)
    np.add.at(only, (when, here[lone, when]), 1)
    parting = first_partings(one, other)
    parting["origin"] = np.asarray(scenario.codes)[origin[np.searchsorted(uids, parting["uid"].to_numpy())]]
    return Parted(apart, only, parting)


def _lives_of_both(runs: PairRuns, place: int) -> tuple[Lives, Lives]:
    """Return the lives of one replication in both arms; people who are the same in both are read once."""
    known = [arm.manifests[place]["people"] for arm in runs]
    people = runs.baseline.of_run(place, "people")
    others = people if known[0] == known[1] else runs.scenario.of_run(place, "people")
    one, other = (arm.of_run(place, "events", ["uid", *COMPARED]) for arm in runs)
    return Lives(people, one), Lives(others, other)


def _highest_tier(people: pd.DataFrame, config: Config) -> Integers:
    """Return the highest tier of ability that each person belongs to."""
    cuts = tier_ability(config) * ABILITY_UNIT
    return np.searchsorted(cuts, people["ability"].to_numpy(), side="right") - 1


def moved_between(parted: Parted, n: int) -> Integers:
    """Count those of a replication who are in two different ones of n countries, by year and both; shape (n_years, n, n)."""
    counts = np.zeros((len(parted.only), n, n), np.int64)
    np.add.at(counts, (parted.apart[:, 0], parted.apart[:, 4], parted.apart[:, 5]), 1)
    return counts


def matrix_of(moved: Sequence[Integers], only: Sequence[Integers], runs: PairRuns) -> pd.DataFrame:
    """Return the matrix of every year, as `Diversion` has it.

    Parameters
    ----------
    moved, only
        Every replication's, as `moved_between` and `Parted` have them.
    """
    scenario = runs.scenario
    years, n = scenario.years, len(scenario.codes)
    matrices, alone = scenario.weight * np.array(moved), scenario.weight * np.array(only)
    same = runs.baseline.outcomes["researchers"] - matrices.sum(axis=3) - alone
    matrices[:, :, np.arange(n), np.arange(n)] = same
    codes = codes_shown(scenario.config)
    n = len(codes)
    mean, low, high = counts_spread(put_together(matrices, scenario.config, axes=(2, 3)), scenario.config.compare.level, scenario.config.over_draws)
    return pd.DataFrame({"year": np.repeat(years, n * n), "baseline_country": np.tile(np.repeat(codes, n), len(years)),
                         "scenario_country": np.tile(codes, n * len(years)), "researchers": mean.ravel(), "low": low.ravel(),
                         "high": high.ravel()})


def _apart(parted: list[Parted], scenario: Ensemble) -> pd.DataFrame:
    names = ["year", "origin", "tier", "stage", "baseline_country", "scenario_country"]
    shown, place, tables = codes_shown(scenario.config), place_shown(scenario.config), []
    for each in parted:
        table = pd.DataFrame(each.apart, columns=names)
        table[names[-2:]] = place[table[names[-2:]].to_numpy(dtype=np.int64)]
        table = table[table["baseline_country"] != table["scenario_country"]]
        tables.append(pd.concat([table[table["tier"] >= tier].assign(tier=tier) for tier in range(len(TIERS))], ignore_index=True))
    counts = _counted(tables, names, scenario, "researchers")
    labels = {"origin": scenario.codes, "tier": list(TIERS), "stage": list(STAGES), "baseline_country": shown, "scenario_country": shown}
    for name, categories in labels.items():
        counts[name] = pd.Categorical.from_codes(counts[name].to_numpy().astype(np.int64), categories)
    return counts.assign(year=counts["year"] + int(scenario.years[0]))


def _parting(parted: list[Parted], scenario: Ensemble) -> pd.DataFrame:
    names = ["year", "origin", "baseline_decision", "scenario_decision"]
    return _counted([each.parting for each in parted], names, scenario, "people")


def _counted(tables: list[pd.DataFrame], names: list[str], scenario: Ensemble, value: str) -> pd.DataFrame:
    """Count rows by `names` in every replication; return mean and interval over replications, where there is anybody."""
    rows = pd.concat(tables, ignore_index=True)
    replication = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
    group = rows.groupby(names, sort=True).ngroup().to_numpy() if len(rows) else np.empty(0, np.int64)
    counts = np.zeros((len(tables), int(group.max(initial=-1)) + 1))
    np.add.at(counts, (replication, group), scenario.weight)
    mean, low, high = counts_spread(counts, scenario.config.compare.level, scenario.config.over_draws)
    first = np.unique(group, return_index=True)[1]
    return rows[names].iloc[first].reset_index(drop=True).assign(**{value: mean, "low": low, "high": high})
