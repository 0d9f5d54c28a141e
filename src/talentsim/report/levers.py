"""Levers in words: what each acts on, who can be singled out, and which of the shipped scenarios use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from talentsim.digits import figure
from talentsim.vocab import BY_TRAINING, LEVERS, SELECTORS, Axes

_CHOICES = "what people weigh when they choose where to study and where to work"
_WAYS_AROUND = "who stays after a work visa was lost or refused, and what students look ahead to"
_COMPONENT = "the strength of the country's ecosystem, which draws people and raises their output from the year after"
_FEE = "what a work visa costs those who come from abroad, and so where they search for work"

ACTS_ON: Mapping[str, str] = {
    "pay": _CHOICES,
    "student_refusal": "every student visa that is asked for: who is refused studies elsewhere or at home",
    "work_visa_odds": "every work visa under a cap whose odds are data, and what students look ahead to",
    "level_odds": "who is selected in the lottery for work visas; nothing where a country tells nobody apart by wage level",
    "years_to_permanence": _CHOICES + ", and when a work visa becomes permanent",
    "chilling": _CHOICES,
    "return_grant": "the pay that nationals abroad weigh when they choose whether to come home",
    "talent_grant": "the pay that foreigners weigh when they choose whether to come",
    "entry": "how many begin each year with a first degree from the country",
    "compute": _COMPONENT,
    "capital": _COMPONENT,
    "openness": _COMPONENT,
    "ip_protection": _COMPONENT,
    "translation": _COMPONENT,
    "post_study_years": "how long a graduate may stay and try for a work visa, and what students look ahead to",
    "max_years": "when a work visa ends for good, and over how many years a fee is spread",
    "visa_fee": _FEE,
    "yearly_charge": _FEE,
    "fee_share": _FEE,
    "fee_unfiled": "for whom no work visa is asked at all",
    "fee_inside": "how much of fee_unfiled those meet who change status in the country",
    "work_visa_cap": "how many win a ranked lottery; nothing where the odds are data",
    "doctoral_capacity": "how many can begin a doctorate in the country",
    "service": "the output of those who work for employers with their headquarters in the country",
    "work_visa_refusal": "every work visa that was selected or is outside the cap, and what students look ahead to",
    "entry_refusal": "everybody who applies for a right to work from outside",
    "renewal_refusal": "every work visa that comes up for renewal",
    "listed_refusal": "student visas of those tied to a listed institution",
    "other_visa": _WAYS_AROUND,
    "other_visa_cap": "how many find another visa in a year",
    "spouse_right": _WAYS_AROUND,
    "further_degree": "who enrols again when a status ends",
    "collaboration": "the output of both countries' researchers",
    "site_weight": "how many posts of a firm there are in a country: pay offered there, who is hired, whose headquarters the work is credited to",
    "placement": "where people of a firm go whose right to stay ends",
}
"""Lever -> what in the model reads it."""


def acts_on(name: str) -> str:
    """Say what in the model reads a lever."""
    return ACTS_ON[name]


def fields_of(name: str) -> list[str]:
    """Return the fields of a policy that say which part of a lever it changes."""
    return [*SELECTORS[LEVERS[name].axes], *(["trained"] if name in BY_TRAINING else [])]


def bounds_of(name: str) -> str:
    """Write the bounds of a lever."""
    lever = LEVERS[name]
    return f"{figure(lever.low)} or more" if lever.high == float("inf") else f"{figure(lever.low)} to {figure(lever.high)}"


def example_of(name: str, codes: Sequence[str], employers: Sequence[str]) -> str:
    """Write a policy on a lever as an override that can be run, for a world with these countries and firms."""
    axes, places = LEVERS[name].axes, f"countries: [{codes[0]}]"
    selects = {Axes.PAIR: f"{places}, partners: [{codes[1 % len(codes)]}]", Axes.LEVEL: f"{places}, levels: [4]",
               Axes.EMPLOYER: f"employers: [{employers[0] if employers else 'NAME'}]",
               Axes.EMPLOYER_SITE: f"employers: [{employers[0] if employers else 'NAME'}], {places}"}.get(axes, places)
    return f"'+policy.mine={{lever: {name}, {selects}, start: 2027, change: multiply, value: 0.5}}'"
