"""The two arms of a comparison, composed from one list of overrides; many comparisons share what they have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hydra.core.override_parser.types import Override

from talentsim.config.compose import GROUPS, compose_plain, parse, with_fixed
from talentsim.config.errors import unknown_name
from talentsim.config.files import names_in_group, shipped_file
from talentsim.config.schema import Config

PLAIN_GROUPS = ("entry", "executor", "parameters")
"""Groups whose file is the whole of their part of the configuration: one can be put in another's place."""

DEFAULT_SCENARIO = "baseline"
"""Scenario that the root of the configuration names."""

SEED = ("ensemble", "seed")
"""What `seed`, its short name, sets as well."""

Plain = dict[str, Any]


class Composer:
    """Composes configurations, each combination of group choices once; figures are set on what is composed already.

    Hydra needs more than a second for a world of many countries. Setting a figure on the composed data gives what
    Hydra's override gives, and so does joining a scenario, which comes last; whatever is not that simple goes through Hydra.
    """

    def __init__(self, config_dir: str | None = None) -> None:
        self.config_dir = config_dir
        self._composed: dict[tuple[str, ...], Plain] = {}

    def arms(self, overrides: Sequence[str]) -> tuple[Config, Config]:
        """Compose the baseline and the scenario of one comparison.

        Overrides hold in both arms, but for those of a policy: they hold in every arm that has the policy, and a policy
        added with `+` belongs to the scenario alone.

        Returns
        -------
        Baseline, scenario.

        Raises
        ------
        UserError
            When an override, a file or a value is wrong.
        """
        parsed = parse(overrides)
        policies = [each for each in parsed if policy_name(each)]
        common = [each for each in parsed if not policy_name(each)]
        scenario = self.plain(common)
        name, known = scenario["baseline"], names_in_group("scenario", self.config_dir)
        if not isinstance(name, str) or name not in known:
            raise unknown_name("baseline", "scenario", str(name), known)
        if name == scenario["scenario"]["name"] and not policies:
            same = Config.checked(with_fixed(scenario, parsed))
            return same, same
        others = [each for each in common if each.key_or_group != "scenario"]
        baseline = self.plain([*others, *parse([f"scenario={name}"])])
        baseline, scenario = _with_policies(baseline, scenario, policies)
        touched = sorted({str(policy_name(each)) for each in policies})
        return Config.checked(with_fixed(baseline, parsed)), _retitled(Config.checked(with_fixed(scenario, parsed)), touched)

    def plain(self, overrides: Sequence[Override]) -> Plain:
        """Compose plain data; nothing of it is trusted yet.

        Raises
        ------
        UserError
            As `compose_plain`.
        """
        figures = [each for each in overrides if _is_figure(each)]
        swaps = [each for each in overrides if _is_choice(each) and each.key_or_group in PLAIN_GROUPS]
        scenarios = [each for each in overrides if _is_choice(each) and each.key_or_group == "scenario"]
        rest = [each for each in overrides if each not in (*figures, *swaps, *scenarios)]
        if self.config_dir is not None or len(scenarios) > 1 or not all(map(_is_choice, rest)):
            rest, scenarios = [*rest, *scenarios], []
        try:
            data = self._through_hydra([str(each.input_line) for each in rest])
            for each in swaps:
                data = _swapped(data, each)
            for each in scenarios:
                data = _joined(data, each)
            for each in figures:
                data = _with(data, each.key_or_group.split("."), each.value())
                if each.key_or_group == "seed":
                    data = _with(data, SEED, each.value())
            return data
        except KeyError:        # Hydra knows what to say of it
            return self._through_hydra([str(each.input_line) for each in overrides])

    def _through_hydra(self, lines: Sequence[str]) -> Plain:
        key = tuple(lines)
        if key not in self._composed:
            self._composed[key] = compose_plain(lines, self.config_dir)
        return self._composed[key]


def load_arms(overrides: Sequence[str], config_dir: str | None = None) -> tuple[Config, Config]:
    """Compose the baseline and the scenario of one comparison.

    Returns
    -------
    Baseline, scenario; see `Composer.arms`.
    """
    return Composer(config_dir).arms(overrides)


def policy_name(override: Override) -> str | None:
    """Return the policy an override is about, None when it is about something else."""
    head, _, rest = override.key_or_group.partition(".")
    return rest.partition(".")[0] if head == "policy" and rest else None


def _is_figure(override: Override) -> bool:
    return not (override.is_add() or override.is_delete() or override.is_force_add() or override.package is not None
                or override.is_sweep_override() or override.key_or_group.partition(".")[0] == "hydra"
                or override.key_or_group in GROUPS or "/" in override.key_or_group or "${" in str(override.input_line))


def _is_choice(override: Override) -> bool:
    """Return whether an override chooses a file of a group."""
    return (override.key_or_group in GROUPS and override.package is None and not override.is_add()
            and not override.is_delete() and isinstance(override.value(), str))


def _swapped(data: Plain, override: Override) -> Plain:
    """Put a group's other file in the place of the present one, which must stand there as it is in its file."""
    group = override.key_or_group
    chosen = _file_content(group, override.value())
    present = data[group]
    if present != _file_content(group, present.get("name") or present.get("kind")):
        raise KeyError(group)
    return {**data, group: chosen}


def _joined(data: Plain, override: Override) -> Plain:
    """Put a scenario in the place of the one that is composed when none is named, which says no more than its own name."""
    nothing, chosen = _file_content("scenario", DEFAULT_SCENARIO), _file_content("scenario", override.value())
    if data["scenario"] != nothing["scenario"] or len(nothing) > 1 or "${" in str(chosen):
        raise KeyError("scenario")
    without = {name: each for name, each in data.items() if name != "scenario"}
    return dict(_with(without, [], chosen))


def _file_content(group: str, name: Any) -> Plain:
    content = shipped_file(group, name)
    if not isinstance(content, dict) or "defaults" in content:
        raise KeyError(name)
    return content


def _with(node: Any, path: Sequence[str], value: Any, new: bool = False) -> Any:
    """Return plain data with a value at a path; a mapping joins the one that is there.

    Raises
    ------
    KeyError
        When nothing stands at the path, unless `new` allows it.
    """
    if not path:
        if isinstance(value, dict) and isinstance(node, dict):
            for name, each in value.items():
                node = _with(node, [name], each, new=True)
            return node
        return value
    if not isinstance(node, dict) or (path[0] not in node and not new):
        raise KeyError(path[0])
    return {**node, path[0]: _with(node.get(path[0], {}), path[1:], value, new)}


def _without(node: Any, path: Sequence[str]) -> Any:
    if len(path) == 1:
        return {name: each for name, each in node.items() if name != path[0]}
    return {**node, path[0]: _without(node[path[0]], path[1:])}


def _with_policies(baseline: Plain, scenario: Plain, overrides: Iterable[Override]) -> tuple[Plain, Plain]:
    """Apply overrides of policies, in their order, to the arms that have the policy."""
    for each in overrides:
        name, path = str(policy_name(each)), each.key_or_group.split(".")
        known = set(baseline["policy"]) | set(scenario["policy"])
        if not each.is_add() and name not in known:
            raise unknown_name("policy", "policy", name, known)
        if each.is_delete():
            baseline, scenario = (_without(arm, path) if name in arm["policy"] else arm for arm in (baseline, scenario))
            continue
        value = each.value()
        if name in baseline["policy"] and not each.is_add():
            baseline = _with(baseline, path, value, new=True)
        if name in scenario["policy"] or each.is_add():
            scenario = _with(scenario, path, value, new=True)
    return baseline, scenario


def _retitled(scenario: Config, touched: Sequence[str]) -> Config:
    """Say in the scenario's title which policies the command line has changed: its own words do not know."""
    if not touched:
        return scenario
    title = f"{scenario.scenario.title} ({', '.join(touched)} as given)"
    return scenario.model_copy(update={"scenario": scenario.scenario.model_copy(update={"title": title})})
