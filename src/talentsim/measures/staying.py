"""Stay rates year by year: how many of those a country has trained are still there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from talentsim.arrays import Floats
from talentsim.ensemble.ensemble import Ensemble
from talentsim.ensemble.executors import map_replications
from talentsim.intervals import SHARE, spread
from talentsim.measures.lives import ABSENT, Lives, numbers

COHORTS = 5     # years of doctorates that are followed together


def stay_curves(arms: dict[str, Ensemble], training: Sequence[str], start: int, end: int, name: str,
                counts: Mapping[str, Sequence[Floats]] | None = None) -> pd.DataFrame:
    """Follow the doctorates of one country, or of several together, those of up to five years from `start` on, as far as all of them can be followed.

    Stay rate(t; o) = those of origin o in the country t years after their doctorate / those of them in research then,
    as `indicators.stay_rate`.

    Parameters
    ----------
    arms
        Both arms by name; empty results where no lives were kept.
    training
        Countries of the doctorate.
    start, end
        First year of the doctorates, and last year looked at.
    name
        What the countries are called together.
    counts
        Every replication's by arm, as `counts_of_stay`, where they are there already.

    Returns
    -------
    arm, training, origin, years_since, stay_rate, low, high (%), graduates (researchers a replication), first_cohort,
    last_cohort.
    """
    span = followed(arms, start, end)
    if span is None:
        return pd.DataFrame()
    parts = []
    for label, arm in arms.items():
        found = np.array(counts[label] if counts else map_replications(partial(counts_of_stay, arm, training, span), len(arm), arm.config.executor))
        with np.errstate(invalid="ignore"):
            rates: Floats = 100.0 * found[..., 1] / found[..., 0]        # (replication, origin, years since)
        usable = (found[..., 0] > 0).all(axis=0)
        mean, low, high = spread(np.where(usable, rates, 0.0), arm.config.compare.level, arm.config.over_draws, SHARE)
        origin, since = np.nonzero(usable)
        parts.append(pd.DataFrame({
            "arm": label, "training": name, "origin": np.array(arm.codes)[origin], "years_since": since,
            "stay_rate": mean[usable], "low": low[usable], "high": high[usable],
            "graduates": arm.weight * found[:, :, 0, 0].mean(axis=0)[origin], "first_cohort": start, "last_cohort": span[1]}))
    return pd.concat(parts, ignore_index=True)


def followed(arms: Mapping[str, Ensemble], start: int, end: int) -> tuple[int, int, int] | None:
    """Return first and last year of the doctorates that are followed, and the last year looked at; None where there are none to follow."""
    last = max(start, min(start + COHORTS - 1, end - 5))
    if end <= last or any("events" not in each["tables"] for arm in arms.values() for each in arm.manifests):
        return None
    return start, last, end


def counts_of_stay(arm: Ensemble, training: Sequence[str], span: tuple[int, int, int], place: int) -> Floats:
    """Count a replication's doctorates in research, and in the country, by origin and years since; shape (o, since, 2).

    `span` is as `followed` gives it.
    """
    start, last, end = span
    people = arm.of_run(place, "people", ["uid", "origin", "training", "entry_year", "doctorate_year"])
    followed = people[people["training"].isin(training) & people["doctorate_year"].between(start, last)].sort_values("uid")
    uids = followed["uid"].to_numpy()
    lives = Lives(people, arm.of_run(place, "events", ["uid", "year", "to", "reason"])).of(uids)
    country, _ = lives.places(uids, np.arange(start, end + 1))
    since = np.arange(end - last + 1)
    where = np.take_along_axis(country, followed["doctorate_year"].to_numpy(np.int64)[:, None] - start + since, axis=1)
    counts = np.zeros((len(arm.codes), len(since), 2))
    origin = numbers(followed["origin"])
    np.add.at(counts[..., 0], origin, where != ABSENT)
    np.add.at(counts[..., 1], origin, np.isin(where, [arm.codes.index(each) for each in training]))
    return counts
