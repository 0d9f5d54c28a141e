"""What the page may ask for, as the overrides of a command line: so it is checked, and refused, as a command line is."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, ValidationError

from talentsim.config import UserError
from talentsim.config.frozen import Number, Whole
from talentsim.config.parameter import CountryName, Frozen, Name
from talentsim.config.scenario import StackName

MOST_POLICIES = 60
FOCUS = r"^[A-Z][A-Z0-9_]{1,39}(\+[A-Z][A-Z0-9]{1,7}){0,99}$"
"""A country, a region, or several countries with + between them."""

DATES = dict.fromkeys(("start", "end"), "a year (2026) or a date ('2026-09-01')")
TYPED = DATES | dict.fromkeys(("value", "ramp_years"), "a number") | {"year": "a year (2035)"}
"""What is allowed in the fields that are typed into."""

LONGEST = 40
"""Characters of what was found that are said again."""

Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Year = Annotated[int, Field(strict=True, ge=0, le=9999)]
Countries = Annotated[list[CountryName], Field(max_length=100)]
Firms = Annotated[list[Name], Field(max_length=100)]


class PolicyChoice(Frozen):
    """What is set of one policy; with a lever it is one that the scenario does not have. A field left out stays as it is."""

    lever: Name | None = None
    change: Name | None = None
    countries: Countries | None = None
    origins: Countries | None = None
    partners: Countries | None = None
    employers: Firms | None = None
    headquarters: Countries | None = None
    trained: Countries | None = None
    levels: Annotated[list[Whole], Field(max_length=10)] | None = None
    start: Year | Day | None = None
    end: Year | Day | None = None
    ramp_years: Number | None = None
    value: Number | None = None
    range: tuple[Number, Number] | None = None


class Choice(Frozen):
    """A comparison, as the page asks for it; null leaves a part as the command line that has opened the page gave it."""

    world: Name | None = None
    scenario: StackName | None = None
    baseline: StackName | None = None
    entry: Name | None = None
    focus: Annotated[str, Field(pattern=FOCUS)] | None = None
    year: Year | None = None
    policies: dict[Name, PolicyChoice | None] = Field(default_factory=dict, max_length=MOST_POLICIES)


def choice_of(plain: Any) -> Choice:
    """Read what the page has sent.

    Raises
    ------
    UserError
        When it holds a key or a kind of value that the page knows nothing of.
    """
    try:
        return Choice.model_validate(plain)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        parts = [str(each) for each in first["loc"] if not str(each).startswith(("constrained-", "["))]
        where = ".".join(parts).replace("policies.", "policy.").encode(errors="replace").decode() or "the request"
        if parts and parts[-1] in TYPED and isinstance(first["input"], str | int | float):      # what a hand types into a field
            what = ", which is not a date" if parts[-1] in DATES else ""
            raise UserError(where, f"found {str(first['input'])[:LONGEST]!r}{what}", TYPED[parts[-1]]) from None
        if first["type"] == "string_pattern_mismatch":
            raise UserError(where, f"found {first['input'][:LONGEST]!r}", "names of letters, digits, '-' and '_'", "choose what the page offers") from None
        raise UserError(where, first["msg"], "what the page offers", "reload the page") from None


def overrides_of(choice: Choice, given: Sequence[str] = ()) -> list[str]:
    """Return the overrides of the command line that asks for the same comparison.

    Parameters
    ----------
    given
        Overrides of the command that has opened the page; what the page chooses itself takes their place.
    """
    groups = {"world": choice.world, "baseline": choice.baseline, "entry": choice.entry, "scenario": choice.scenario,
              "focus": choice.focus and _several(choice.focus), "compare.year": choice.year}
    chosen = {name: value for name, value in groups.items() if value is not None}
    kept = [line for line in given if line.partition("=")[0].lstrip("+") not in chosen]
    added = {_key(line) for line in kept if line.startswith("+")}
    lines = []
    for name, policy in choice.policies.items():
        if policy is None:      # one that was added is left out whole, another is switched off
            lines += [] if f"policy.{name}" in added else [f"policy.{name}=null"]
            kept = [line for line in kept if not f"{_key(line)}.".startswith(f"policy.{name}.")]
        else:
            lines += _policy_lines(name, policy)
    set_here = {_key(line) for line in lines}
    return [*(line for line in kept if _key(line) not in set_here), *(f"{name}={value}" for name, value in chosen.items()), *lines]


def _key(line: str) -> str:
    return line.lstrip("+~").partition("=")[0]


def _several(focus: str) -> str:
    """Write several countries as the list that the command line's documents show."""
    return f"[{focus.replace('+', ',')}]" if "+" in focus else focus


def command_of(overrides: Sequence[str], config_dir: str | None = None) -> str:
    """Return the command line that gives the same numbers, to be pasted into a shell."""
    own = ["--config-dir", config_dir] if config_dir else []
    return shlex.join(["talentsim", *own, *overrides])


def policy_at_fault(error: UserError) -> tuple[str | None, str | None]:
    """Return the policy and the field that an error speaks of, None where it speaks of neither."""
    found = re.search(r"\bpolicy\.([A-Za-z0-9][A-Za-z0-9_-]*)(?:\.([a-z_]+))?", error.where)
    return (found[1], found[2]) if found else (None, None)


def _policy_lines(name: str, policy: PolicyChoice) -> list[str]:
    fields = {field: _hydra(getattr(policy, field)) for field in PolicyChoice.model_fields if field in policy.model_fields_set}
    if policy.lever is not None:
        return [f"+policy.{name}={{{','.join(f'{field}:{value}' for field, value in fields.items())}}}"]
    return [f"policy.{name}.{field}={value}" for field, value in fields.items()]


def _hydra(value: Any) -> str:
    """Write a value in Hydra's grammar. Names hold nothing but letters, digits, "-" and "_": they need no quotes."""
    if isinstance(value, list | tuple):
        return f"[{','.join(_hydra(each) for each in value)}]"
    if isinstance(value, float):
        return json.dumps(int(value) if value.is_integer() and abs(value) < 1e15 else value)
    if isinstance(value, str) and value[:1].isdigit():
        return f"'{value}'"
    return "null" if value is None else str(value)
