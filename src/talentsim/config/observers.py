"""Schema of the observers: what stands between the people of the model and published statistics."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from talentsim.config.frozen import Whole
from talentsim.config.parameter import CountryName, Frozen, Name, NonNegative, Parameter
from talentsim.config.series import refuse_rules_of_level


class Rate(Frozen):
    """A rate by year: its level in the level year, and growth in log points a year until the statistic's `growth_until`.

    A series of levels is rates by year: before its first year and after its last they grow by `growth`.
    """

    level: NonNegative
    growth: Parameter

    @model_validator(mode="before")
    @classmethod
    def _growth_goes_on(cls, fields: Any) -> Any:
        return refuse_rules_of_level(fields)


class Conference(Frozen):
    """Who is an author at a top conference: works of late years, weighted by the participation of the country they are done in.

    A country without a rate of its own takes part as `others` do.
    """

    title: str
    level_year: Whole
    growth_until: Whole         # afterwards participation stands still
    recency: NonNegative        # years over which a past work's weight falls to 1/e; 0 counts the year alone
    others: Rate
    participation: dict[CountryName, Rate] = Field(default_factory=dict)


class Articles(Frozen):
    """How many articles a statistic counts for each unit of work, by the country it is done in."""

    title: str
    source: list[str] = Field(min_length=1)
    level_year: Whole
    growth_until: Whole         # afterwards the rates stand still
    others: Rate
    rate: dict[CountryName, Rate] = Field(default_factory=dict)


class Observers(Frozen):
    """Published statistics that can be read off a run. Each counts by a definition of its own; they are never mixed."""

    conferences: dict[Name, Conference] = Field(default_factory=dict)
    articles: dict[Name, Articles] = Field(default_factory=dict)
