"""Levers, their values and whom they concern in plain words: one vocabulary for terminal, report and live page."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from talentsim.digits import figure
from talentsim.vocab import LEVERS, Axes

Namer = Callable[[str], str]
"""A country's code -> what it is called: the code itself in tables, its name in sentences."""

ARROW = " \N{RIGHTWARDS ARROW} "

LEVER_NAMES = {
    "pay": "Pay of researchers", "student_refusal": "Student visas refused", "work_visa_odds": "Chance in the work-visa lottery",
    "years_to_permanence": "Years to a durable right to work", "chilling": "Deterrence felt", "return_grant": "Grant to those who return",
    "entry": "Size of new cohorts", "compute": "Computing capacity", "capital": "Capital for research", "openness": "Openness",
    "ip_protection": "Intellectual property", "translation": "Strength in products", "post_study_years": "Work after a degree",
    "max_years": "Longest stay on a work visa", "visa_fee": "Fee on a work visa", "work_visa_cap": "Work visas under the cap",
    "yearly_charge": "Yearly charge on a work visa",
    "doctoral_capacity": "Doctoral places", "service": "Computing services open to firms", "work_visa_refusal": "Work visas refused",
    "entry_refusal": "Refused at entry from abroad", "renewal_refusal": "Renewals refused", "listed_refusal": "Listed people refused",
    "other_visa": "Other visas open", "spouse_right": "Right to work by a spouse", "further_degree": "Another degree instead",
    "level_odds": "Weight of wage levels in the lottery", "talent_grant": "Grant to foreigners who come", "fee_share": "Fee borne by the worker",
    "fee_unfiled": "Not asked for because of the fee", "fee_inside": "The fee on a change of status", "other_visa_cap": "Places on other visas",
    "collaboration": "Work done together", "site_weight": "Posts at a firm's site", "placement": "Placed by the firm elsewhere",
}
"""Levers in a few words; one that is not here is called by its meaning."""


MOST_NAMED = 3
"""Countries that a policy is called by, where there are more than one further."""


class Named(Protocol):
    """What has a name, as a country does."""

    @property
    def name(self) -> str:
        """What it is called."""


def namer(countries: Mapping[str, Named]) -> Namer:
    """Return what says a country's name, given a world's countries by code; the code itself where the world has none of it."""
    return lambda code: countries[code].name if code in countries else code


def the(name: str) -> str:
    """Put the article before names of countries that take one."""
    return f"the {name}" if name.startswith(("United ", "Rest of")) or name == "Netherlands" else name


def lever_name(name: str) -> str:
    """Return what a lever is called; its key where there is no such lever."""
    if name in LEVER_NAMES or name not in LEVERS:
        return LEVER_NAMES.get(name, name)
    meaning = LEVERS[name].meaning
    return meaning[:1].upper() + meaning[1:]


def lever_at(name: str, of: str, towards: str = "", called: Namer = str) -> str:
    """Name one cell of a lever: "Student visas refused, Iran -> United States", an arrow between them.

    Parameters
    ----------
    of, towards
        Host and origin, country and partner, country and wage level, or firm and country, as the lever's axes are; `towards` is
        empty where the lever has one axis, or where all are meant.
    called
        What says a country's name.
    """
    axes = LEVERS[name].axes
    if axes is Axes.HOST_ORIGIN and towards:
        where = f"{called(towards)}{ARROW}{called(of)}"
    elif axes is Axes.LEVEL and towards:
        where = f"{called(of)}, wage level {towards}"
    elif axes is Axes.EMPLOYER_SITE and towards:
        where = f"{of} in {called(towards)}"
    else:
        where = " and ".join(called(each) for each in (of, towards) if each)
    return f"{lever_name(name)}, {where}"


def lever_of(policy: object, called: Namer = str) -> str:
    """Name the lever of a policy and whom it concerns, in a few words: "Student visas refused, United States, from Iran".

    Parameters
    ----------
    policy
        A checked policy, or one as plain data.
    called
        What says a country's name.
    """
    def given(field: str) -> Sequence[str]:
        found = policy.get(field) if isinstance(policy, dict) else getattr(policy, field, None)
        return [str(each) for each in found] if isinstance(found, list | tuple) else []

    def listed(field: str) -> str:
        names = [called(each) for each in given(field)]
        return ", ".join(names) if len(names) <= MOST_NAMED + 1 else f"{', '.join(names[:MOST_NAMED])} and {len(names) - MOST_NAMED} others"

    lever = str(policy.get("lever") if isinstance(policy, dict) else getattr(policy, "lever", ""))
    where = {field: listed(field) for field in ("countries", "headquarters", "partners", "origins", "trained")}
    are_firms = bool(given("employers") or where["headquarters"])
    parts = [lever_name(lever), ", ".join(given("employers")), where["headquarters"] and f"firms of {where['headquarters']}",
             (f"in {where['countries']}" if are_firms else where["countries"]) if where["countries"] else "" if are_firms else "every country",
             where["partners"] and f"with {where['partners']}", where["origins"] and f"from {where['origins']}",
             where["trained"] and f"trained in {where['trained']}", given("levels") and f"wage level {', '.join(given('levels'))}"]
    return ", ".join(str(each) for each in parts if each)


def is_share(unit: str) -> bool:
    """Return whether values in a unit are shares, said in %."""
    return unit == "probability" or unit.startswith("share")


def amount(value: float, unit: str) -> str:
    """Write a value of a lever in the unit that people speak: shares in %."""
    if unit.startswith("multiple of "):
        return f"{figure(value, 4)} times {unit.removeprefix('multiple of ')}"
    return f"{figure(100 * value, 3)} %" if is_share(unit) else f"{figure(value, 4)} {'year' if value == 1 and unit == 'years' else unit.partition(' (')[0]}"


def between(low: float, high: float, unit: str) -> str:
    """Write two values of a lever as one, where they are alike, or from the lower to the higher, the unit once."""
    if math.isinf(low):
        return "no limit"
    if math.isinf(high):
        return f"{amount(low, unit)} to no limit"
    if low == high:
        return amount(low, unit)
    return f"{figure(100 * low, 3)} to {figure(100 * high, 3)} %" if is_share(unit) else f"{figure(low, 4)} to {amount(high, unit)}"
