"""Configurations as plain data, composed from a list of overrides: the first half of `arms`, whose `Composer` checks what comes from here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hydra.core.override_parser.types import Override

from talentsim.config.compose import compose_over, parse, refuse_misread, with_fixed
from talentsim.config.errors import UserError
from talentsim.config.files import OVERRIDE, Files, shipped_file
from talentsim.config.merged import SHORT
from talentsim.config.overrides import (
    DEFAULT_SCENARIO,
    adds_a_country,
    chosen_scenario,
    is_choice,
    is_figure,
    is_scenario,
    is_word,
    policy_name,
    refuse_all_policies,
)
from talentsim.config.parts import is_inherited
from talentsim.config.retold import retold
from talentsim.config.setting import Plain, by_hand, refuse_unit, with_policies, with_value
from talentsim.config.shift import shifted, take_start
from talentsim.config.stacks import Scenario, join, known_scenario, scenario_of

PLAIN_GROUPS = ("entry", "executor", "parameters")
"""Groups whose file is the whole of their part of the configuration: one can be put in another's place."""


class PlainComposer:
    """Composes plain data, of which nothing is trusted yet, each combination of group choices once; figures are set on what is composed already.

    Where an override sets a figure, Hydra needs seconds for a world of many countries. Setting it on the composed data gives what
    Hydra's override gives, and so does joining a scenario, which comes last; whatever is not that simple goes through Hydra.
    """

    def __init__(self, config_dir: str | None = None) -> None:
        self.config_dir, self.files = config_dir, Files.of(config_dir)
        self._composed: dict[tuple[str, ...], tuple[Plain, list[str]]] = {}

    def arms(self, overrides: Sequence[str]) -> tuple[Plain, Plain]:
        """Compose the baseline and the scenario of one comparison; one and the same object where they are the same.

        Overrides hold in both arms, but for those of a policy: they hold in every arm that has the policy, and a policy
        added with `+` belongs to the scenario alone.

        Raises
        ------
        UserError
            When an override or a file is wrong.
        """
        parsed, policies, common, start = _parted(overrides)
        scenario, replaced = self._whole(common)
        name, chosen = scenario.get("baseline"), chosen_scenario(common)
        if not isinstance(name, str) or not known_scenario(self.files, name):
            raise self.files.unknown("scenario", str(name), "baseline")
        if name == chosen and not policies and start is None:
            same = _finished(scenario, parsed, replaced)
            return same, same
        others = [each for each in common if each.key_or_group != "scenario"]
        baseline, replaced_there = self._whole([*others, *parse([f"scenario={name}"])])
        shipped, moved = (baseline, scenario), ""
        if start is not None:
            scenario, moved = shifted(scenario, baseline["policy"], start)
        baseline, scenario = with_policies(baseline, scenario, policies, replaced)
        baseline, scenario = retold(baseline, shipped[0]), retold(scenario, shipped[1], moved)
        return _finished(baseline, parsed, replaced_there), _finished(scenario, parsed, replaced)

    def one(self, overrides: Sequence[str]) -> Plain:
        """Compose the scenario alone, with all overrides.

        Raises
        ------
        UserError
            As `arms`.
        """
        parsed, policies, common, start = _parted(overrides)
        shipped, replaced = self._whole(common)
        plain, moved = shipped, ""
        if start is not None:
            plain, moved = shifted(plain, self._whole([each for each in common if each.key_or_group != "scenario"])[0]["policy"], start)
        return _finished(retold(with_policies(plain, plain, policies, replaced)[1], shipped, moved), parsed, replaced)

    def plain(self, overrides: Sequence[Override]) -> Plain:
        """Compose plain data; nothing of it is trusted yet.

        Raises
        ------
        UserError
            As `compose_plain`.
        """
        return self._whole(take_start(overrides)[0], retell=False)[0]

    def _whole(self, overrides: Sequence[Override], retell: bool = True) -> tuple[Plain, list[str]]:
        """Return plain data, and what the user's own files and policies take the place of; with `retell` figures set by hand lose their words."""
        figures = [each for each in overrides if is_figure(each)]
        choices = [each for each in overrides if is_choice(each) and each.key_or_group != "scenario"]
        countries = [each for each in overrides if adds_a_country(each)]
        rest = [each for each in overrides if each not in (*figures, *choices, *countries) and not is_scenario(each)]
        name = chosen_scenario(overrides)
        scenario = None if name is None else scenario_of(self.files, name)
        base, replaced = self._base(choices)
        replaced = list(replaced)
        try:
            data = base if scenario is None else self._joined(base, scenario, replaced)
            if rest or scenario is None or scenario.choices:
                policies = data["policy"]
                data, more = self._through_hydra([str(each.input_line) for each in overrides if not is_figure(each)])
                data = {**data, "policy": {**data["policy"], **{key: policies[key] for key in (scenario.policies if scenario else ())}}}
                replaced += [each for each in more if each not in replaced]
            else:
                for each in countries:
                    data = self._with_country(data, each, replaced)
            for each in sorted(figures, key=is_word):       # what is said of a figure is said of the value that was given with it
                path = each.key_or_group.split(".")
                new = each.is_add() or each.is_force_add() or is_inherited(data, path)
                refuse_unit(data, each)
                changed = with_value(data, path, each.value(), new=new)
                data = by_hand(data, changed, path) if retell else changed
                if each.key_or_group in SHORT:
                    data = with_value(data, SHORT[each.key_or_group], each.value())
            return data, replaced
        except KeyError:        # Hydra knows what to say of it
            return self._through_hydra([str(each.input_line) for each in overrides])[0], replaced

    def _with_country(self, data: Plain, override: Override, replaced: list[str]) -> Plain:
        """Add a country, whole, from its file."""
        code, name = str(override.package).rpartition(".")[2], str(override.value())
        content, own = self.files.content("country", name), self.files.own_file("country", name)
        if code in data["world"]["countries"]:
            raise UserError(f"command line, {override.input_line!r}", f"world {data['world']['name']} has a country {code} already",
                            "a code of its own", f"change its figures one by one, as in world.countries.{code}.pay.value=..., or put a file "
                            f"country/{code}.yaml with `{OVERRIDE}: true` to replace the shipped one")
        if "defaults" in content or (own and own.package):
            raise KeyError(name)
        replaced += [f"country/{name}.yaml"] if own and own.replaces else []
        return dict(with_value(data, ["world", "countries", code], content, new=True))

    def _base(self, choices: Sequence[Override]) -> tuple[Plain, list[str]]:
        """Compose the choices of all groups but the scenario."""
        swaps = [each for each in choices if each.key_or_group in PLAIN_GROUPS]
        try:
            data, replaced = self._through_hydra([str(each.input_line) for each in choices if each not in swaps])
            for each in swaps:
                data, replaced = self._swapped(data, each, replaced)
            return data, replaced
        except KeyError:
            return self._through_hydra([str(each.input_line) for each in choices])

    def _through_hydra(self, lines: Sequence[str]) -> tuple[Plain, list[str]]:
        key = tuple(lines)
        if key not in self._composed:
            self._composed[key] = compose_over(self.files, lines)
        return self._composed[key]

    def _swapped(self, data: Plain, override: Override, replaced: list[str]) -> tuple[Plain, list[str]]:
        """Put a group's other file in the place of the present one, which must stand there as it is in its file."""
        group = override.key_or_group
        chosen, present = self._file_content(group, override.value()), data[group]
        if present != self._file_content(group, present.get("name") or present.get("kind")):
            raise KeyError(group)
        if group in chosen:                 # a file that sets other parts as well
            raise KeyError(group)
        own = self.files.own_file(group, str(override.value()))
        others = [each for each in replaced if not each.startswith(f"{group}/")]
        return {**data, group: chosen}, others + ([f"{group}/{override.value()}.yaml"] if own and own.replaces else [])

    def _joined(self, data: Plain, scenario: Scenario, replaced: list[str]) -> Plain:
        """Put a scenario in the place of the one that is composed when none is named, which says no more than its own name."""
        nothing = self._file_content("scenario", DEFAULT_SCENARIO)
        if data["scenario"] != nothing["scenario"] or len(nothing) > 1 or "${" in str(scenario.content):
            raise KeyError("scenario")
        replaced += [each for each in scenario.replaced if each not in replaced]
        return join({name: each for name, each in data.items() if name != "scenario"}, scenario, replaced)

    def _file_content(self, group: str, name: Any) -> Plain:
        own = self.files.own_file(group, name)
        content = own.content if own else shipped_file(group, name)
        if not isinstance(content, dict) or "defaults" in content or (own and own.package):
            raise KeyError(name)
        return content


def _parted(overrides: Sequence[str]) -> tuple[list[Override], list[Override], list[Override], int | None]:
    """Return the overrides but `scenario.start`, those of them that change a policy, the others, and the year it names."""
    parsed = parse(overrides)
    refuse_misread(parsed)
    refuse_all_policies(parsed)
    parsed, start = take_start(parsed)
    for each in parsed:
        if each.key_or_group == "scenario.name":
            raise UserError(f"command line, {each.input_line!r}", f"a scenario has the name of its file, found {each.value()!r}", "another title: scenario.title='...'",
                            "results are told apart by it; copy the file under another name for a scenario of your own")
        if is_figure(each) and each.value() == {}:
            raise UserError(f"command line, {each.input_line!r}", "an empty mapping changes nothing", "values, as in KEY={value: 1.2}",
                            "null removes an optional value, ~KEY removes a key")
    return parsed, [each for each in parsed if policy_name(each)], [each for each in parsed if not policy_name(each)], start


def _finished(plain: Plain, overrides: Sequence[Override], replaced: Sequence[str]) -> Plain:
    """Say in the data which keys were set by hand, and what the user's own files and policies have taken the place of."""
    plain = with_fixed(plain, overrides)
    return {**plain, "replaced": list(replaced)} if replaced else plain
