"""What cannot act in a world: policies whose lever moves nothing there, and figures that nothing reads."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from talentsim.arrays import Floats
from talentsim.config import Config, Policy
from talentsim.model.policy import levers_in_year, share_in_force
from talentsim.model.tables import lever_axes, lever_paths
from talentsim.model.visas import tries_after_study

NO_EFFECT = "no effect in this world"
STUDY_LEVERS = ("student_refusal", "listed_refusal", "doctoral_capacity", "post_study_years")
STUDY_FIGURES = ("behaviour.study.weights.", "behaviour.graduation.", ".asc.study", ".home.study", ".visa.student_refusal", ".doctoral_capacity")
PANEL_FIGURES = (".entry.level", ".entry.growth")


def idle_reason(config: Config, policy: Policy) -> str:
    """Say that a policy has no effect in a configured world beside the world's other policies, and why; nothing where it has.

    That a policy has an effect on its lever does not say that it moves anybody.
    """
    years = [year for year in range(config.world.burn_in_year, config.world.end_year + 1) if share_in_force(policy, year) > 0.0]
    if not years:
        return f"{NO_EFFECT}: it is not in force before the end of {config.world.end_year}"
    if policy.lever in STUDY_LEVERS and config.behaviour.study.years == 0:
        return f"{NO_EFFECT}: nobody studies abroad"
    if policy.lever == "renewal_refusal" and config.visa.open:
        return f"{NO_EFFECT}: no visa has to be renewed"
    acting = config.world.countries if policy.countries is None else policy.countries
    if policy.lever == "level_odds" and all(config.world.countries[code].visa.wage_levels is None for code in acting):
        return f"{NO_EFFECT}: no country concerned tells people apart by wage level"
    base, axes = lever_paths(config, np.array(years)), lever_axes(config)
    if not base[policy.lever].size:
        return f"{NO_EFFECT}: no firm has a name"
    if base[policy.lever].dtype.kind == "f" and not np.isfinite(base[policy.lever]).any() and policy.change != "set":
        return f"{NO_EFFECT}: nowhere in it is there such a limit"
    others = {name: each for name, each in config.policies.items() if each != policy and each.lever == policy.lever}
    one_lever = [{policy.lever: each} for each in base[policy.lever]]
    trained = None if policy.trained is None else policy.trained[0]
    if all(np.array_equal(_as_it_acts(policy.lever, levers_in_year(each, others, year, axes, trained)),
                          _as_it_acts(policy.lever, levers_in_year(each, {**others, "it": policy}, year, axes, trained)))
           for each, year in zip(one_lever, years, strict=True)):
        return NO_EFFECT
    return ""


def _as_it_acts(name: str, levers: Mapping[str, Floats]) -> Floats:
    """Return a lever as the rules read it: a graduate has one try for a work visa, however short the time after study is."""
    return tries_after_study(levers) if name == "post_study_years" else levers[name]


def is_idle(config: Config, key: str) -> bool:
    """Return whether nothing reads a figure in a configured world, as far as that follows from the world's kind."""
    world, behaviour = config.world, config.behaviour
    return ((behaviour.study.years == 0 and any(part in key for part in STUDY_FIGURES))
            or (not behaviour.ecosystem.feedback and key == "behaviour.ecosystem.weight_talent")
            or (world.panel is not None and any(key.endswith(part) for part in PANEL_FIGURES))
            or (config.visa.open and ".visa." in key))
