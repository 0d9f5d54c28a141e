"""Observers: what published statistics would show of a run. They read tables and never feed back.

Each statistic counts by a definition of its own, and figures of two definitions never meet in one table: who is an author
at a conference depends on where people take part in it, and how many articles a database counts for a unit of work differs
between databases and countries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from talentsim.arrays import Floats, Integers
from talentsim.config.observers import Articles, Conference, Rate

By = Literal["origin", "training", "work", "hq"]


def author_shares(works: pd.DataFrame, conference: Conference, by: By, measure: str = "works") -> pd.DataFrame:
    """Return the shares of a conference's authors by a country of theirs.

    authors(y) = sum over works of year t up to y of works * exp(-(y - t) / recency) * participation(country of work, y)

    Parameters
    ----------
    works
        Table `works` of a run: year, origin, training, work, hq, and the measures.
    by
        The country that counts: `work` credits the site of a laboratory, `hq` the seat of its owner.
    measure
        Column to count: `works`, or `frontier_works` for a tier of top authors.

    Returns
    -------
    year, country, share: shares of a year sum to 1; countries without authors are left out.
    """
    labels = ["work"] if by == "work" else ["work", by]
    sums = works.groupby(["year", *labels], observed=True)[measure].sum().unstack(labels, fill_value=0.0)
    sums = sums.reindex(range(sums.index.min(), sums.index.max() + 1), fill_value=0.0)
    years, places = sums.index.to_numpy(), sums.columns.get_level_values(0)
    weight = rates_over(conference.participation, conference, years, list(places))
    seen = pd.DataFrame(_recent(sums.to_numpy(dtype=float), float(conference.recency)) * weight, sums.index, sums.columns)
    authors = seen.T.groupby(level=by, observed=True).sum().T
    shares = authors.div(authors.sum(axis=1), axis=0).stack()
    shares = shares[shares > 0.0]
    return shares.rename("share").rename_axis(["year", "country"]).reset_index()


def article_counts(works: pd.DataFrame, articles: Articles) -> pd.DataFrame:
    """Return the articles that a database would count, by country of work.

    articles(y, w) = works(y, w) * rate(w, y)

    Returns
    -------
    year, country, articles.
    """
    sums = works.groupby(["year", "work"], observed=True)["works"].sum().unstack("work", fill_value=0.0)
    rate = rates_over(articles.rate, articles, sums.index.to_numpy(), list(sums.columns))
    counts = (sums * rate).stack()
    return counts[counts > 0.0].rename("articles").rename_axis(["year", "country"]).reset_index()


def publication_rates(works: pd.DataFrame, observed: Mapping[str, float], year: int) -> dict[str, float]:
    """Return the rates at which a run shows the articles that a database counted in one year; inverts `article_counts`.

    Countries without observed articles, or without works in the run, are left out.
    """
    sums = works[works["year"] == year].groupby("work", observed=True)["works"].sum()
    return {country: count / float(sums[country]) for country, count in observed.items() if sums.get(country, 0.0) > 0.0}


def rates_over(rates: Mapping[str, Rate], of: Conference | Articles, years: Integers, countries: Sequence[str]) -> Floats:
    """Return a rate by year and country; shape (n_years, n_countries)."""
    chosen = [rates.get(country, of.others) for country in countries]
    level = np.stack([each.level.over(years) for each in chosen], axis=1)
    growth = np.array([float(each.growth) for each in chosen])
    series = [each.level.series for each in chosen]
    first, last, until = np.array([(of.level_year, of.level_year, of.growth_until) if each is None else
                                   (each.first, each.last, max(each.last, of.growth_until)) for each in series]).T
    since = np.clip(years[:, None], first, last)
    return np.asarray(level * np.exp(growth * (np.minimum(years[:, None], until) - since)))


def _recent(values: Floats, recency: float) -> Floats:
    """Sum values over the past with weights that fall to 1/e in `recency` years; axis 0 is the year."""
    keep = np.exp(-1.0 / recency) if recency > 0.0 else 0.0
    summed = values.copy()
    for place in range(1, len(values)):
        summed[place] += keep * summed[place - 1]
    return summed
