"""What an override of the command line is about: a group's choice, a figure, a policy, a country."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hydra.core.override_parser.types import Override

from talentsim.config.errors import UserError
from talentsim.config.faults import GROUPS
from talentsim.config.retold import TOLD

DEFAULT_SCENARIO = "baseline"
"""Scenario that the root of the configuration names."""


def policy_name(override: Override) -> str | None:
    """Return the policy an override is about, None when it is about something else."""
    head, _, rest = override.key_or_group.partition(".")
    return rest.partition(".")[0] if head == "policy" and rest else None


def chosen_scenario(overrides: Sequence[Override]) -> str | None:
    """Return the scenario that is chosen last, the default where none is; None where it is chosen in another way than by name."""
    chosen = [each for each in overrides if is_scenario(each)]
    if not all(map(is_choice, chosen)):
        return None
    return str(chosen[-1].value()) if chosen else DEFAULT_SCENARIO


def is_scenario(override: Override) -> bool:
    """Return whether an override chooses the scenario, however it does."""
    return bool(override.key_or_group == "scenario")


def adds_a_country(override: Override) -> bool:
    """Return whether an override adds a country's file to the world."""
    return bool(override.key_or_group == "country" and override.is_add() and isinstance(override.value(), str)
                and str(override.package).startswith("world.countries.") and str(override.package).count(".") == 2)


def is_figure(override: Override) -> bool:
    """Return whether an override sets or adds a value at a key, as `setting.with_value` can."""
    return not (override.is_delete() or override.package is not None
                or override.is_sweep_override() or override.key_or_group.partition(".")[0] == "hydra"
                or override.key_or_group in GROUPS or "/" in override.key_or_group or "${" in str(override.input_line))


def is_word(override: Override) -> bool:
    """Return whether an override says something of a figure, rather than setting it."""
    return override.key_or_group.rpartition(".")[2] in TOLD


def is_choice(override: Override) -> bool:
    """Return whether an override chooses a file of a group."""
    return (override.key_or_group in GROUPS and override.package is None and not override.is_add()
            and not override.is_delete() and isinstance(override.value(), str))


def refuse_all_policies(overrides: Iterable[Override]) -> None:
    """Refuse to set all policies at once: they would join those of both arms.

    Raises
    ------
    UserError
        When an override does.
    """
    for each in overrides:
        if each.key_or_group == "policy":
            raise UserError(f"command line, {each.input_line!r}", "policies are set one by one", "policy.NAME=..., +policy.NAME={...}",
                            "'+policy.mine={lever: pay, countries: [CAN], start: 2027, change: multiply, value: 1.2}' adds one")
