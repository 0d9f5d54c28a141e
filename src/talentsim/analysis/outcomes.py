"""Outcomes: the quantities a comparison reports, computed from one run's tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from talentsim.arrays import Floats
from talentsim.attribution import shares
from talentsim.recorder import RunTables


@dataclass(frozen=True)
class Outcome:
    """One quantity by year and country.

    `of` gives it from the tables, shape (n_years, n_countries); `counts` says whether it grows with the number of
    agents and must be divided by `population.scale` to speak of researchers.
    """

    name: str
    title: str
    unit: str
    counts: bool
    of: Callable[[RunTables], Floats]


OUTCOMES: dict[str, Outcome] = {
    outcome.name: outcome
    for outcome in (
        Outcome("work_share", "Works by work country", "% of works", False,
                lambda run: 100.0 * shares(run.works, "work")),
        Outcome("training_share", "Works by training country", "% of works", False,
                lambda run: 100.0 * shares(run.works, "training")),
        Outcome("researchers", "Researchers and doctoral students by work country", "people", True,
                lambda run: run.researchers.sum(axis=(1, 2, 4)).astype(float)),
        Outcome("works", "Number of works by work country", "works", True,
                lambda run: run.works.sum(axis=(1, 2))),
        Outcome("frontier_share", "Frontier works by work country", "% of frontier works", False,
                lambda run: 100.0 * shares(run.frontier_works, "work")),
        Outcome("origin_share", "Works by country of first degree", "% of works", False,
                lambda run: 100.0 * shares(run.works, "origin")),
    )
}
