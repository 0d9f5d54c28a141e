"""Every scenario beside what its description says it moves."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from talentsim.comparison.compare import compare_runs
from talentsim.comparison.pair import Pair, run_pairs
from talentsim.config import unknown_name
from talentsim.ensemble.runner import Progress
from talentsim.ensemble.store import Store
from talentsim.model.outcomes import OUTCOMES

COLUMNS = ["scenario", "title", "outcome", "country", "unit", "baseline", "difference", "low", "high", "sign", "as_said"]


def expectations(pairs: Sequence[Pair], store: Store | None = None, progress: Progress | None = None) -> pd.DataFrame:
    """Compare pairs of baseline and scenario, and return the outcomes that each scenario is expected to move.

    Returns
    -------
    scenario, title, outcome, country, unit, baseline, difference, low, high, sign (the direction expected) and as_said:
    whether the interval of the difference lies on that side of zero. In the year of the headline. What is expected of a country that
    the world does not have, or that is part of a focus of several, is left out.

    Raises
    ------
    UserError
        When a scenario expects to move an outcome that there is not.
    """
    rows = []
    for runs in run_pairs(pairs, store, progress):
        scenario = runs.pair.scenario
        headline = compare_runs(runs).headline.set_index(["outcome", "country"])
        for each in scenario.scenario.expects:
            if each.outcome not in OUTCOMES:
                raise unknown_name("scenario.expects", "outcome", each.outcome, OUTCOMES)
            if (each.outcome, each.country) not in headline.index:
                continue
            row = headline.loc[(each.outcome, each.country)]
            rows.append({"scenario": scenario.scenario.name, "title": scenario.scenario.title, "outcome": each.outcome,
                         "country": each.country, "unit": OUTCOMES[each.outcome].unit, "baseline": row.baseline,
                         "difference": row.difference, "low": row.low, "high": row.high, "sign": each.sign,
                         "as_said": bool(row.low > 0.0 if each.sign > 0 else row.high < 0.0)})
    return pd.DataFrame(rows, columns=COLUMNS)
