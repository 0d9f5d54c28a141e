"""What can be looked at: a country, a region, or several countries together, as `focus` names them on the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from talentsim.arrays import Floats
from talentsim.comparison.groups import codes_shown, put_together
from talentsim.config import Config
from talentsim.config.world import region_code
from talentsim.dashboard.chosen import FOCUS


def with_focus(config: Config, focus: str) -> Config:
    """Return an arm that looks at something else; it is the same to the simulation."""
    return config if focus == config.focus else config.model_copy(update={"focus": focus})


def is_focus(config: Config, focus: object) -> bool:
    """Return whether a focus names something of an arm's world, as the command line would have it."""
    if not isinstance(focus, str) or not re.fullmatch(FOCUS, focus):
        return False
    named = focus.split("+")
    return len(set(named)) == len(named) and bool(with_focus(config, focus).focus_countries)


def is_group(config: Config) -> bool:
    """Return whether an arm looks at several countries put together."""
    return len(config.focus_countries) > 1


def regions_of(config: Config) -> list[str]:
    """Return the regions of a world that hold several of its countries, as a focus names them."""
    codes = dict.fromkeys(region_code(each.region) for each in config.world.countries.values() if each.region)
    return [code for code in codes if is_focus(config, code) and is_group(with_focus(config, code))]


def groups_of(config: Config) -> list[str]:
    """Return the regions of a world, and what is looked at where that is another group."""
    return list(dict.fromkeys([*regions_of(config), *([config.focus] if is_group(config) else [])]))


def named(config: Config, groups: Iterable[str]) -> list[dict[str, object]]:
    """Return groups with their names and members."""
    arms = [with_focus(config, each) for each in groups]
    return [{"code": arm.focus, "name": arm.focus_name, "members": list(arm.focus_countries)} for arm in arms]


def with_groups(values: Floats, config: Config, groups: Sequence[str]) -> Floats:
    """Append sums of groups to values by country, those that the comparison makes of them; shape (..., n_countries + n_groups)."""
    sums = [put_together(values, arm)[..., codes_shown(arm).index(arm.focus)] for arm in (with_focus(config, each) for each in groups)]
    return np.concatenate([values, np.stack(sums, axis=-1)], axis=-1) if sums else values


def outcomes_with_groups(outcomes: Mapping[str, Floats], config: Config, groups: Sequence[str], names: Iterable[str]) -> dict[str, Floats]:
    """Return some outcomes with the sums of groups appended."""
    return {name: with_groups(outcomes[name], config, groups) for name in names if name in outcomes}
