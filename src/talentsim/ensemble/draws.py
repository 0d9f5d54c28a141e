"""Lay a draw of the calibrated figures on an arm: replication r takes row r, in every arm of a comparison the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from talentsim.config import Config, Parameter, Policy, UserError, parameters_of
from talentsim.config.errors import nearest
from talentsim.config.files import names_in_group
from talentsim.config.frozen import remembered
from talentsim.config.parts import followers, follows, size_at
from talentsim.data.posterior import Draws, draws_named, is_own

Tree = dict[str, Any]


def config_of(config: Config, replication: int) -> Config:
    """Return the configuration that a replication is simulated with; the arm's own where no draws are asked for.

    Figures that were set by hand, or whose own file says another value than when the draws were made, keep what they are. A part of
    a country takes over the draws of its whole for what it has from it.

    Raises
    ------
    UserError
        When the draws cannot be read, or a value leaves its figure's range.
    """
    draws = draws_of(config)
    return config if draws is None else _config_of(config, replication, draws)


@remembered(16)
def _config_of(config: Config, replication: int, draws: Draws) -> Config:
    row = _row_of(config, replication, draws)
    if not row:
        return config
    return with_figures(config, row).model_copy(update={"parameters": config.parameters.model_copy(update={"draws": None})})


def row_of(config: Config, replication: int) -> dict[str, float]:
    """Return what a replication's draw sets, by key; nothing where no draws are asked for."""
    draws = draws_of(config)
    return {} if draws is None else _row_of(config, replication, draws)


def _row_of(config: Config, replication: int, draws: Draws) -> dict[str, float]:
    row = draws.row(replication)
    return {figure: row[key] * size for key, figure, size in _drawn(config, draws)}


@remembered(64)
def _drawn(config: Config, draws: Draws) -> list[tuple[str, str, float]]:
    """Return which key of the draws sets which figure of an arm, and how much of it: a part of a country has its share of some."""
    held = set(held_keys(config))
    free = [key for key in draws.keys if key not in held and figure_at(config, key) is not None]
    return [(key, each, size_at(config.world, each)) for key in free for each in (key, *_followers(config, key))]


def _followers(config: Config, key: str) -> list[str]:
    """Return the keys of parts of a country that have the figure from their whole, and so take over its draws."""
    figure, found = figure_at(config, key), []
    for each in followers(config.world, key):
        own = figure_at(config, each)
        if isinstance(figure, Parameter) and isinstance(own, Parameter) and not _is_by_hand(config, each) and follows(
                own, size_at(config.world, each), figure, size_at(config.world, key)):
            found.append(each)
    return found


def draws_of(config: Config) -> Draws | None:
    """Return the draws that an arm asks for, None where every figure stands at its own value.

    Raises
    ------
    UserError
        When they cannot be read, speak of no country of this world, or a file of one's own has a key that no figure has.
    """
    if config.parameters.draws is None:
        return None
    draws = draws_named(config.parameters.draws)
    if is_own(draws.name):
        _refuse_unknown(config, draws)
    spoken_of = {key.split(".")[2] for key in draws.keys if key.startswith("world.countries.")}
    if spoken_of and not spoken_of & config.world.countries.keys():
        raise UserError("parameters", f"the draws of {config.parameters.name!r} are about {', '.join(sorted(spoken_of))}, and world "
                        f"{config.world.name} has none of them", "parameters=point in this world")
    return draws


@remembered(64)
def _refuse_unknown(config: Config, draws: Draws) -> None:
    """Refuse a key that no world has: a figure that was meant to be drawn would stand still without a word."""
    for key in draws.keys:
        if not _can_be(config, key):
            near = nearest(key, (name for name, _ in parameters_of(config)))
            raise UserError(f"{draws.name}, column {key!r}", "there is no figure of that name", "keys of figures, as `talentsim parameters` prints them, "
                            "and policy.NAME for the value of a policy", f"did you mean {near!r}?" if near else "")


def _can_be(config: Config, key: str) -> bool:
    """Return whether some world has a figure of that name: other worlds have other countries, firms and policies."""
    node: Any = config
    for place, name in enumerate(names := key.split(".")):
        if names[place - 1] in ("policy", "employers") and place == 1:
            return bool(name) and (len(names) == 2) == (names[0] == "policy")
        if isinstance(node, Mapping) and name not in node:
            if name not in names_in_group("country") or place == len(names) - 1:
                return name in names_in_group("country")
            node = next(iter(node.values()), None)
        else:
            if not isinstance(node, Mapping) and name not in getattr(type(node), "model_fields", ()):
                return False
            node = node[name] if isinstance(node, Mapping) else getattr(node, name)
        if node is None:
            return place == len(names) - 1      # there where another world gives it
    return isinstance(node, Parameter)


def fits(config: Config, draws: Draws) -> bool:
    """Return whether draws were fitted to an arm's world, or to the one that it is but for countries split off."""
    world = config.world
    if draws.manifest.get("world", world.name) == world.name:
        return True
    wholes = {code for code, each in world.countries.items() if each.split_from is None}
    return len(wholes) < len(world.countries) and wholes == {key.split(".")[2] for key in draws.keys if key.startswith("world.countries.")}


def held_keys(config: Config) -> list[str]:
    """Return the calibrated figures that keep what they are in all draws: set by hand, changed since the draws were made, or values by year."""
    draws = draws_of(config)
    if draws is None:
        return []
    found = ((key, _node_at(config, key)) for key in draws.keys)
    return [key for key, figure in found if figure is not None
            and (not _has_one_value(figure) or figure.value != draws.point[key] * size_at(config.world, key) or _is_by_hand(config, key))]


def _is_by_hand(config: Config, key: str) -> bool:
    return any(key == each or key.startswith(f"{each}.") for each in config.parameters.fixed)


def figure_at(config: Config, key: str) -> Parameter | Policy | None:
    """Return the figure, or the policy, at a dotted key; None where this arm has none with a single value."""
    node = _node_at(config, key)
    return node if node is not None and _has_one_value(node) else None


def _has_one_value(figure: Parameter | Policy) -> bool:
    """Return whether a figure is one number in all years, and a policy's value as well."""
    return isinstance(figure.value, float) and not (isinstance(figure, Parameter) and figure.series is not None)


def _node_at(config: Config, key: str) -> Parameter | Policy | None:
    node: Any = config
    for name in key.split("."):
        node = node.get(name) if isinstance(node, Mapping) else getattr(node, name, None)
        if node is None:
            return None
    return node if isinstance(node, Parameter | Policy) else None


def with_figures(config: Config, values: Mapping[str, float]) -> Config:
    """Return a configuration with some figures at other values; what is not touched is shared, not copied.

    Raises
    ------
    UserError
        When a value is outside the range of its figure.
    """
    tree: Tree = {}
    for key, value in values.items():
        figure = figure_at(config, key)
        if figure is None:
            raise UserError("parameters", f"there is no figure {key!r} in this configuration", "keys of figures")
        if figure.range is not None and not figure.range[0] <= value <= figure.range[1]:
            raise UserError(key, f"a draw puts it at {value:g}, outside its range", f"{figure.range[0]:g} to {figure.range[1]:g}",
                            "make recalibrate, or parameters=point")
        *path, last = key.split(".")
        branch = tree
        for name in path:
            branch = branch.setdefault(name, {})
        branch[last] = float(value)
    return _laid(config, tree) if tree else config


def _laid(node: Any, tree: Tree | float) -> Any:
    if isinstance(tree, float):
        return node.model_copy(update={"value": tree})
    if isinstance(node, dict):
        return {**node, **{name: _laid(node[name], each) for name, each in tree.items()}}
    return node.model_copy(update={name: _laid(getattr(node, name), each) for name, each in tree.items()})


def values_digest(config: Config) -> str | None:
    """Return a hash of the table of draws that an arm asks for, as it is now, None where it asks for none: a name may come to stand for others."""
    draws = draws_of(config)
    return None if draws is None else draws.digest()


def draws_digest(config: Config) -> str | None:
    """Return a hash of what the draws of an arm may set, None where it asks for none."""
    draws = draws_of(config)
    return None if draws is None else hashlib.sha256(json.dumps([draws.digest(), held_keys(config)]).encode()).hexdigest()
