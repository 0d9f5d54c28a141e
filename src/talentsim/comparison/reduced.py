"""A pair reduced replication by replication, where each is read once and few rows of it are left to put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from talentsim.arrays import Floats
from talentsim.comparison.breakdown import ARMS, counts_of_run
from talentsim.comparison.diversion import Parted, parted_of, with_lives
from talentsim.comparison.pair import PairRuns
from talentsim.comparison.pathways import rows_of_run, span_of
from talentsim.ensemble.executors import map_replications
from talentsim.ensemble.once import read_once
from talentsim.measures.observed import is_observed, table_of_run
from talentsim.measures.staying import counts_of_stay, followed


@dataclass(frozen=True)
class Reduced:
    """What is left of every replication of a pair, lists in their order.

    Parameters
    ----------
    counts
        By arm, as `breakdown.counts_of_run`.
    parted
        As `diversion.parted_of`; empty where no lives were kept.
    rows
        By arm, as `pathways.rows_of_run`; empty where they were not asked for, and so with the next two.
    stays
        By arm, as `staying.counts_of_stay`.
    facts
        The baseline's, as `observed.table_of_run`.
    """

    counts: dict[str, list[dict[str, Floats]]]
    parted: list[Parted]
    rows: dict[str, list[dict[str, pd.DataFrame]]]
    stays: dict[str, list[Floats]]
    facts: list[pd.DataFrame]


def reduced(runs: PairRuns, flows: bool = False, facts: bool = False) -> Reduced:
    """Reduce every replication of a pair, in worker processes where they are kept open.

    Parameters
    ----------
    flows
        Whether what `pathways.flow_tables` is made of is wanted.
    facts
        Whether the baseline is to be held against the facts.
    """
    works: dict[str, Callable[[int], Any]] = {}
    if with_lives(runs):
        works["parted"] = partial(parted_of, runs)
    for name, arm in zip(ARMS, runs, strict=True):
        works[f"counts {name}"] = partial(counts_of_run, arm)
        if flows:
            works[f"rows {name}"] = partial(rows_of_run, arm, span_of(runs))
            span = followed(dict(zip(ARMS, runs, strict=True)), *span_of(runs))
            if span is not None:
                works[f"stays {name}"] = partial(counts_of_stay, arm, arm.config.focus_countries, span)
    if facts and is_observed(runs.baseline.config):
        works["facts"] = partial(table_of_run, runs.baseline)
    found = map_replications(partial(_each, works), len(runs.scenario), runs.scenario.config.executor)

    def lists(name: str) -> list[Any]:
        return [each[name] for each in found if name in each]

    by_arm = {kind: {arm: lists(f"{kind} {arm}") for arm in ARMS} for kind in ("counts", "rows", "stays")}
    return Reduced(**by_arm, parted=lists("parted"), facts=lists("facts"))


def _each(works: Mapping[str, Callable[[int], Any]], place: int) -> dict[str, Any]:
    """Do all works on one replication."""
    with read_once():
        return {name: work(place) for name, work in works.items()}
