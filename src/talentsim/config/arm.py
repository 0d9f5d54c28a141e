"""Schema of one arm of a comparison: what a configuration holds, and what follows from it."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator

from talentsim.config.behaviour import Behaviour
from talentsim.config.calibration import CalibrationConfig
from talentsim.config.employers import MOST_FIRMS, Employer
from talentsim.config.frozen import Whole
from talentsim.config.observers import Observers
from talentsim.config.parameter import CountryName, Frozen, Name, Parameter, Probability
from talentsim.config.policy import Policy
from talentsim.config.running import CompareConfig, EnsembleConfig, ExecutorConfig, OutputConfig, StoreConfig
from talentsim.config.scenario import ScenarioMeta
from talentsim.config.world import VisaRules, WorldConfig, region_code


class EntryConfig(Frozen):
    """Path of the cohorts: growth is each country's own until `data_until`, then damped by `damping` a year.

    `growth_after` gives an origin a growth of its own after `data_until`, every year the same; `growth_after_others` does
    so for all origins that it does not name.
    """

    name: Name
    title: str
    description: str = ""
    level_year: Whole
    data_until: Whole
    damping: Probability
    growth_after: dict[CountryName, Parameter] = Field(default_factory=dict)
    growth_after_others: Parameter | None = None


class SourceEntry(Frozen):
    """A publication or data set that a user's own figures rest on."""

    title: str
    publisher: str
    year: Whole | None = None
    url: str = Field(default="", pattern=r"^(https?://.*)?$")


class Population(Frozen):
    """Size and grain of the population. Neither `chunk` nor `scale` moves a result but by noise."""

    scale: float = Field(gt=0.0, le=1000.0, strict=True)
    classes: int | None = Field(default=None, ge=1, le=50, strict=True)
    chunk: int = Field(ge=100, le=10_000_000, strict=True)


class DrawsConfig(Frozen):
    """Which values the calibrated figures take: their own (`draws: null`), or replication r those of row r of some draws.

    `fixed` lists keys that were set by hand and keep that value in all draws; the command line fills it in.
    """

    name: Name = "point"
    title: str = ""
    draws: str | None = None
    fixed: list[str] = Field(default_factory=list)


class Arm(Frozen):
    """One arm of a comparison, whole: a world, its people, its policies and how to run it. A `Config` is one that was checked.

    `replaced` names the shipped files and policies that the user's own have taken the place of; it is filled in where the
    configuration is composed.
    """

    world: WorldConfig
    behaviour: Behaviour
    entry: EntryConfig
    visa: VisaRules
    employers: dict[Name, Employer] = Field(default_factory=dict, max_length=MOST_FIRMS)
    observers: Observers = Observers()
    policy: dict[Name, Policy | None] = Field(default_factory=dict)
    sources: dict[Name, SourceEntry] = Field(default_factory=dict)
    parameters: DrawsConfig = DrawsConfig()
    scenario: ScenarioMeta
    baseline: str
    population: Population
    ensemble: EnsembleConfig
    executor: ExecutorConfig
    compare: CompareConfig
    calibration: CalibrationConfig = CalibrationConfig()
    output: OutputConfig
    store: StoreConfig = StoreConfig()
    focus: str
    replaced: list[str] = Field(default_factory=list)

    @field_validator("focus", mode="before")
    @classmethod
    def _several_are_named_by_all(cls, focus: Any) -> Any:
        return "+".join(map(str, focus)) if isinstance(focus, list | tuple) else focus

    @property
    def focus_countries(self) -> tuple[str, ...]:
        """Countries of the focus: one by its code, several as `FRA+DEU`, or a region's, as `EUROPE`; none where there is no such."""
        countries = self.world.countries
        if self.focus in countries:
            return (self.focus,)
        named = tuple(dict.fromkeys(self.focus.split("+")))
        if all(each in countries for each in named):
            return named
        return tuple(code for code, each in countries.items() if region_code(each.region) == self.focus)

    @property
    def focus_name(self) -> str:
        """Name of the focus: the country's, those of several, or the region's."""
        names = [self.world.countries[code].name for code in self.focus_countries]
        if len(names) > 1 and "+" not in self.focus:
            return self.world.countries[self.focus_countries[0]].region
        return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

    @property
    def headline_year(self) -> int:
        """Year of the headline: `compare.year`, or the last."""
        return self.world.end_year if self.compare.year is None else self.compare.year

    @property
    def over_draws(self) -> bool:
        """Whether replications differ in their parameters, and not in their luck alone."""
        return self.parameters.draws is not None

    @property
    def policies(self) -> dict[str, Policy]:
        """Policies in force at some time: those not switched off with null."""
        return {name: policy for name, policy in self.policy.items() if policy is not None}
