"""`scenario.start=2028`: all policies of a scenario begin so many years later, or earlier, together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hydra.core.override_parser.types import Override

from talentsim.config.errors import UserError

KEY = "scenario.start"
Plain = dict[str, Any]


def take_start(overrides: Sequence[Override]) -> tuple[list[Override], int | None]:
    """Take the year out of the overrides; return the others, and the year in which the scenario's first policy is to begin.

    Raises
    ------
    UserError
        When it is no year.
    """
    given, others = ([each for each in overrides if (each.key_or_group == KEY) is own] for own in (True, False))
    if not given or given[-1].value() is None or given[-1].is_delete():
        return others, None
    year = given[-1].value()
    if isinstance(year, bool) or not isinstance(year, int) or not 1900 <= year <= 2100:
        raise UserError(KEY, f"found {year!r}", "a year, as in scenario.start=2028: the scenario's first policy begins then, the others as "
                        "much later or earlier")
    return others, year


def shifted(scenario: Plain, others: Mapping[str, Any], start: int) -> tuple[Plain, str]:
    """Return a scenario, as plain data, with its own policies moved so that the first begins in a year, and how far in words.

    Parameters
    ----------
    others
        Policies of the arm that it is compared with; what both have stays as it is.

    Raises
    ------
    UserError
        When the scenario has no policy of its own, or a date cannot be read.
    """
    own = {name: policy for name, policy in scenario["policy"].items() if isinstance(policy, dict) and others.get(name) != policy}
    if not own:
        raise UserError(KEY, f"scenario {scenario['scenario']['name']!r} has no policy of its own to move", "a scenario with policies",
                        f"choose one as well, as in scenario=visa_tightening {KEY}={start}")
    years = start - min(_year(_begins(policy), name) for name, policy in own.items())
    moved = {name: {**policy, **{key: _moved(policy[key], years, name) for key in ("start", "end") if policy.get(key) is not None},
                    **({"path": {int(year) + years: value for year, value in policy["path"].items()}} if policy.get("path") else {})}
             for name, policy in own.items()}
    return {**scenario, "policy": {**scenario["policy"], **moved}}, f"from {start}, {_counted(years)}" if years else ""


def _begins(policy: Plain) -> Any:
    return policy["start"] if policy.get("start") is not None else next(iter(policy.get("path") or {"?": 0}))


def _year(when: Any, name: str) -> int:
    text = when.isoformat() if isinstance(when, date) else str(when)
    if not text[:4].isdigit():
        raise UserError(f"policy.{name}.start", f"found {when!r}", "a year (2026) or a date ('2026-09-01')")
    return int(text[:4])


def _moved(when: Any, years: int, name: str) -> Any:
    """Return a date so many years later; the last of February stays the last."""
    year = _year(when, name) + years
    if isinstance(when, int) or str(when).isdigit():
        return year
    rest = (when.isoformat() if isinstance(when, date) else str(when))[4:]
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return f"{year}{'-02-28' if rest == '-02-29' and not leap else rest}"


def _counted(years: int) -> str:
    return f"{abs(years)} year{'s' * (abs(years) != 1)} {'later' if years > 0 else 'earlier'}"
