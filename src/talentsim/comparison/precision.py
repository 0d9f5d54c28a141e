"""How many replications are enough: add some until the headline's standard error is as small as asked."""

from __future__ import annotations

import math
import sys

from talentsim.comparison.cautions import not_reached
from talentsim.comparison.pair import Pair, PairRuns, run_pairs
from talentsim.ensemble.runner import Progress
from talentsim.ensemble.store import Store
from talentsim.intervals import quantile_error, standard_error
from talentsim.model.outcomes import HEADLINE


def until_precise(pair: Pair, store: Store | None = None, progress: Progress | None = None) -> tuple[Pair, float]:
    """Return the pair with as many replications as `ensemble.until_precision` takes, and the standard error reached.

    It is the error that the headline shows: of the mean over replications, or of the median over draws. It falls with the
    root of the number; each round goes to the number that the last error asks for, at most twice as many, up to
    `ensemble.max_replications`. Without a precision the pair stays as it is.

    Returns
    -------
    Pair, and standard error of the focus country's difference in percentage points.
    """
    asked = pair.scenario.ensemble
    wanted, limit, n = asked.until_precision, asked.max_replications, asked.replications
    if wanted is not None:
        n = max(n, 2)
    while True:
        pair = pair.with_replications(n)
        error = _error(run_pairs([pair], store, progress, n_apart=2)[0])
        if wanted is None or error <= wanted or n >= limit:
            for line in not_reached(pair.scenario, error):
                print(f"talentsim: {line}", file=sys.stderr)
            return pair, error
        n = min(limit, 2 * n, max(n + 1, math.ceil(n * (error / wanted) ** 2)))


def _error(runs: PairRuns) -> float:
    config = runs.scenario.config
    year, focus = config.headline_year - config.world.start_year, [runs.scenario.codes.index(each) for each in config.focus_countries]
    one, other = (arm.outcomes[HEADLINE][:, year, focus].sum(axis=1) for arm in runs)
    return float(quantile_error(other - one, 0.5) if config.over_draws else standard_error(other - one))
