"""How many replications are enough: add some until the headline's standard error is as small as asked."""

from __future__ import annotations

import math

from talentsim.comparison.sides import OUTCOME
from talentsim.config import Config
from talentsim.ensemble.ensemble import run_ensembles
from talentsim.ensemble.runner import Progress
from talentsim.ensemble.store import Store
from talentsim.intervals import standard_error


def until_precise(baseline: Config, scenario: Config, store: Store | None = None,
                  progress: Progress | None = None) -> tuple[Config, Config, float]:
    """Return the arms with as many replications as `ensemble.until_precision` takes, and the standard error reached.

    The error falls with the root of the number; each round goes to the number that the last error asks for, at most twice
    as many, up to `ensemble.max_replications`. Without a precision the arms stay as they are.

    Returns
    -------
    Baseline, scenario, standard error of the focus country's difference in percentage points.
    """
    wanted, n = scenario.ensemble.until_precision, scenario.ensemble.replications
    if wanted is not None:
        n = max(n, 2)
    while True:
        arms = [arm.model_copy(update={"ensemble": arm.ensemble.model_copy(update={"replications": n})}) for arm in (baseline, scenario)]
        one, other = run_ensembles(arms, store, progress, n_apart=2)
        at = scenario.headline_year - scenario.world.start_year, other.codes.index(scenario.focus)
        error = float(standard_error(other.outcomes[OUTCOME][:, at[0], at[1]] - one.outcomes[OUTCOME][:, at[0], at[1]]))
        limit = scenario.ensemble.max_replications
        if wanted is None or error <= wanted or n >= limit:
            return arms[0], arms[1], error
        n = min(limit, 2 * n, max(n + 1, math.ceil(n * (error / wanted) ** 2)))
