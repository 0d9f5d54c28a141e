"""The two arms of a comparison side by side: what differs between them, from when, and whether they can be compared."""

from __future__ import annotations

from talentsim.config import Config, Policy
from talentsim.ensemble.identity import settings_of
from talentsim.model.policy import first_year


def start_of_difference(baseline: Config, scenario: Config) -> int | None:
    """Return the first year in which the arms may differ; None when they differ in more than dated policies."""
    one, other = (settings_of(arm) | {"policies": None, "data_dir": arm.world.data_dir, "parameters": arm.parameters} for arm in (baseline, scenario))
    if one != other:
        return None
    start = first_year(differing_policies(baseline, scenario))
    return scenario.world.end_year + 1 if start is None else start


def differing_policies(baseline: Config, scenario: Config) -> dict[str, Policy]:
    """Return the policies of either arm that the other lacks or has otherwise; the scenario's where both have it."""
    one, other = baseline.policies, scenario.policies
    return {name: policy for name, policy in (one | other).items() if one.get(name) != other.get(name)}


def without_effect(config: Config) -> Config:
    """Return the arm with every policy kept but changing nothing: zero added, multiplied by one, set after the end."""
    def idle(policy: Policy) -> Policy:
        if policy.change == "set":
            start = policy.start.replace(year=config.world.end_year + 1, day=1)
            return policy.model_copy(update={"start": start, "end": None})
        return policy.model_copy(update={"value": 0.0 if policy.change == "add" else 1.0, "path": None})

    return config.model_copy(update={"policy": {name: idle(policy) for name, policy in config.policies.items()}})


def placebo_of(baseline: Config, scenario: Config) -> Config | None:
    """Return the baseline with the scenario's own policies added but without effect, one replication; None without any."""
    idle = {name: policy for name, policy in without_effect(scenario).policies.items() if name not in baseline.policies}
    if not idle:
        return None
    return baseline.model_copy(update={"policy": {**baseline.policy, **idle},
                                       "ensemble": baseline.ensemble.model_copy(update={"replications": 1})})


def must_pair(baseline: Config, scenario: Config) -> None:
    """Make sure that two arms can be compared.

    Raises
    ------
    ValueError
        When they differ in countries, years, seed, scale or number of replications.
    """
    def frame(config: Config) -> tuple[object, ...]:
        world = config.world
        return (list(world.countries), world.start_year, world.end_year, config.ensemble.seed, config.ensemble.replications,
                config.population.scale)

    if frame(baseline) != frame(scenario):
        raise ValueError("the arms differ in countries, years, seed, scale or replications and cannot be paired")
