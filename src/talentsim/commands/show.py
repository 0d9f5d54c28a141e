"""`talentsim show scenario=NAME`: say in words what a scenario changes. `talentsim show pay`, for one, tells a lever."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from talentsim.commands.arguments import Arguments

if TYPE_CHECKING:
    from talentsim.config import Config, Parameter, Policy

KEY_OF = {"visa_fee": ".visa.fee", "pay": ".pay", "doctoral_capacity": ".doctoral_capacity", "site_weight": ".sites.", "placement": ".placement"}
"""How the key of a lever's figures ends, or what it holds, where it is not `.visa.LEVER` or `.ecosystem.LEVER`."""


def run(arguments: Arguments) -> int:
    """Print what the scenario is and which levers differ from the baseline's, or what a lever is."""
    from talentsim.commands.launch import warn
    from talentsim.comparison.pair import Pair
    from talentsim.config.arms import load_arms
    from talentsim.config.errors import UserError, unknown_name
    from talentsim.config.files import names_in_group
    from talentsim.report.terminal.listings import scenario_in_words
    from talentsim.report.terminal.terminal import terminal
    from talentsim.vocab import LEVERS

    name = arguments.words[1] if len(arguments.words) > 1 else None
    known = names_in_group("scenario", arguments.config_dir)
    if name in LEVERS and name not in known:
        return _lever(name, arguments)
    if name is not None and "+" not in name and name not in known:
        raise unknown_name("talentsim show", "scenario or lever", name, [*known, *LEVERS])
    named = [f"scenario={name}"] if name else []
    if named and any(line.startswith("scenario=") for line in arguments.overrides):
        raise UserError("talentsim show", f"two scenarios are named: {name} and {' '.join(arguments.overrides)}", "one")
    pair = Pair(*load_arms([*arguments.overrides, *named], arguments.config_dir))
    warn(pair, set())
    terminal().print(scenario_in_words(pair))
    return 0


def _lever(name: str, arguments: Arguments) -> int:
    from talentsim.commands.arguments import refuse_policies
    from talentsim.config import Config, parameters_of
    from talentsim.report.terminal.levers import lever_in_full, to_try
    from talentsim.report.terminal.terminal import terminal

    refuse_policies(arguments.overrides, f"talentsim show {name}")
    config = Config.load(*arguments.overrides, config_dir=arguments.config_dir)
    figures = [(key.removeprefix("world.countries."), each) for key, each in parameters_of(config) if _is_behind(name, key)]
    out = terminal(piped_width=120)
    out.print(lever_in_full(name, config, _alike(figures), _used(name, config, arguments.config_dir)))
    out.print("\nTo try it:\n" + to_try(name, config), markup=False, soft_wrap=True)
    return 0


def _is_behind(name: str, key: str) -> bool:
    if name in KEY_OF:
        return KEY_OF[name] in key if KEY_OF[name].endswith(".") else key.endswith(KEY_OF[name])
    return any(key.endswith(f"{part}.{name}") or f"{part}.{name}_by_origin." in key for part in (".visa", ".ecosystem"))


def _alike(figures: list[tuple[str, Parameter]]) -> list[tuple[str, Parameter]]:
    """Put figures together that are the same in many countries."""
    by_content: dict[str, tuple[list[str], Parameter]] = {}
    for key, each in figures:
        by_content.setdefault(repr(each), ([], each))[0].append(_owner(key))
    return [(", ".join(keys), each) for keys, each in by_content.values()]


def _owner(key: str) -> str:
    """Return whose a figure is: a country's, a country's towards an origin, a firm's, a firm's in a country."""
    owner, *rest = key.removeprefix("employers.").split(".")
    if "_by_origin." in key:
        return f"{owner} for {rest[-1]}"
    return f"{owner} in {rest[-1]}" if rest[-2:-1] == ["sites"] else owner


def _used(name: str, config: Config, config_dir: str | None) -> Iterator[tuple[str, str, Policy]]:
    """Yield every policy on the lever, of the world's past and of each scenario; one whose file is broken is told by `talentsim scenarios`."""
    from pydantic import ValidationError

    from talentsim.config import Policy, UserError
    from talentsim.config.files import Files
    from talentsim.config.stacks import scenario_of

    for policy, each in config.policies.items():
        if each.lever == name:
            yield "history", policy, each
    files = Files.of(config_dir)
    for scenario in files.names("scenario"):
        try:
            policies = scenario_of(files, scenario).policies
            for policy, content in policies.items():
                if isinstance(content, dict) and content.get("lever") == name:
                    yield scenario, policy, Policy.model_validate(content)
        except (UserError, ValidationError):
            continue
