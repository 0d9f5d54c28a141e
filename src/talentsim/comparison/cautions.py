"""What a reader of a comparison is to mind: said on stderr, kept in the manifest and printed in the report."""

from __future__ import annotations

import math

from talentsim.comparison.effective import out_of_range
from talentsim.comparison.pair import Pair
from talentsim.config import Config
from talentsim.config.running import MOST_REPLICATIONS
from talentsim.data.posterior import is_own
from talentsim.digits import counted, figure
from talentsim.ensemble.draws import draws_of, fits

LAST_YEAR = 2035
"""The last year that the shipped worlds' figures were made for."""


def cautions(pair: Pair) -> list[str]:
    """Say which policies drive a figure out of what it may plausibly be, and whether the world goes on past its figures; each once."""
    lines = [*out_of_range(pair.scenario, pair.baseline), *out_of_range(pair.baseline, pair.scenario), *_beyond(pair.scenario), *_of_another_world(pair.scenario), *_of_no_policy(pair)]
    return list(dict.fromkeys(lines))


def _beyond(arm: Config) -> list[str]:
    if arm.world.end_year <= LAST_YEAR:
        return []
    return [f"world.end_year={arm.world.end_year} is after {LAST_YEAR}: no figure, cohort or rule covers later years; growth continues "
            f"at its last rate, with no data behind it"]


def _of_another_world(arm: Config) -> list[str]:
    draws = draws_of(arm)
    if draws is None or fits(arm, draws):
        return []
    return [f"the draws of the parameters ({arm.parameters.name}) were fitted to world {draws.manifest['world']}, and this is world {arm.world.name}: no data "
            "support its intervals; parameters=point keeps every figure at its own value"]


def _of_no_policy(pair: Pair) -> list[str]:
    """Say which policies a draws file of one's own speaks of that neither arm has: another arm may, so that it is no fault."""
    draws, policies = draws_of(pair.scenario), pair.baseline.policies.keys() | pair.scenario.policies.keys()
    names = [key.removeprefix("policy.") for key in (draws.keys if draws and is_own(draws.name) else ()) if key.startswith("policy.")]
    without = [name for name in names if name not in policies]
    return [f"{draws.name} has draws of {', '.join(without)}, and neither baseline nor scenario has a policy of that name: such draws change nothing"] if draws and without else []


def not_reached(scenario: Config, error: float) -> list[str]:
    """Say that `ensemble.max_replications` came before the precision that was asked for; nothing where it did not.

    Parameters
    ----------
    error
        Standard error that was reached, in percentage points.
    """
    wanted, n = scenario.ensemble.until_precision, scenario.ensemble.replications
    if wanted is None or not error > wanted:
        return []
    return [f"the precision asked for was not reached: the standard error of {scenario.focus}'s difference is {figure(error, 3)} points "
            f"after {counted(n, 'replication', 'replications')}, and {figure(wanted)} were asked for; {_enough(n * (error / wanted) ** 2)}"]


def _enough(replications: float) -> str:
    if replications > MOST_REPLICATIONS:
        return f"even {MOST_REPLICATIONS:,} replications, the most there can be, would be too few"
    return f"to reach it: ensemble.max_replications={math.ceil(replications)}"
