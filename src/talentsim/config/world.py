"""Schema of a world: its countries and their figures."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from talentsim.config.frozen import Whole
from talentsim.config.panel import PanelConfig
from talentsim.config.parameter import CountryName, Frozen, Name, NonNegative, Parameter, Probability
from talentsim.config.series import refuse_rules_of_level

MOST_COUNTRIES = 250
"""A country's code is one byte, of which a few values stand for none; and random addresses tell 256 apart."""
SectorName = Literal["academia", "industry"]


class Position(Frozen):
    """Where a country's researchers are, as one point; distances between countries follow from it."""

    latitude: Parameter
    longitude: Parameter


class CountryEntry(Frozen):
    """New researchers by country of first degree: level in the level year and growth a year.

    A series of levels is cohorts by year: before its first year and after its last they grow by `growth`.
    """

    level: NonNegative
    growth: Parameter

    @model_validator(mode="before")
    @classmethod
    def _growth_goes_on(cls, fields: Any) -> Any:
        return refuse_rules_of_level(fields)


class CountryAbility(Frozen):
    """Distribution of research ability among those with a first degree from the country: lognormal."""

    mean_log: Parameter
    sd_log: NonNegative


class CountryHome(Frozen):
    """Ties to the country of the first degree, in utils: when studying (`study`) and when coming back (`attachment`)."""

    study: Parameter
    attachment: Parameter
    sd: NonNegative


class CountryConstants(Frozen):
    """Alternative-specific constants of the country as a destination, in utils."""

    work: Parameter
    study: Parameter


class CountryEcosystem(Frozen):
    """Ecosystem strength and those of its components that are not computed by the model."""

    strength: Parameter
    compute: Parameter
    capital: Parameter
    openness: Parameter
    ip_protection: Parameter
    translation: Parameter


class ByLevel(Frozen):
    """Shares by wage level, lowest first; they sum to 1."""

    level_1: Probability
    level_2: Probability
    level_3: Probability
    level_4: Probability

    @property
    def shares(self) -> tuple[float, ...]:
        """The shares, lowest level first."""
        return tuple(float(getattr(self, name)) for name in ByLevel.model_fields)

    @model_validator(mode="after")
    def _check(self) -> ByLevel:
        if abs(sum(self.shares) - 1.0) > 1e-6:
            raise ValueError(f"the shares by wage level sum to {sum(self.shares):g}; allowed: a sum of 1")
        return self


class WageLevels(Frozen):
    """At which wage levels people sit: the doctorates of the model, by ability, and all who register for the lottery.

    Levels are cut on the pay of all occupations, so doctorates sit mostly in the upper ones.
    """

    doctorates: ByLevel
    registrations: ByLevel


class VisaRegime(Frozen):
    """What a foreigner meets in the country. The `_by_origin` tables replace the general figure for one origin.

    The United States' values of it are F-1 (student visa), OPT and STEM OPT (work after a degree), H-1B (work visa) and
    the green card (permanence).
    """

    student_refusal: Probability
    student_refusal_by_origin: dict[CountryName, Probability] = Field(default_factory=dict)
    post_study_years: NonNegative                   # right to work that follows from a degree taken in the country
    work_visa_odds: Probability                     # chance of selection in the lottery under a cap; 1 = no lottery
    work_visa_odds_by_origin: dict[CountryName, Probability] = Field(default_factory=dict)
    wage_levels: WageLevels | None = None           # null: nobody is told apart by pay
    work_visa_cap: NonNegative | None = None        # null: no ranked lottery; the odds are data
    background_demand: NonNegative                  # applicants of other trades in the ranked lottery, a year
    cap_exempt: list[SectorName] = Field(default_factory=list)      # sectors outside lottery and cap
    work_visa_refusal: Probability                  # of a petition that was selected or is exempt
    work_visa_refusal_by_origin: dict[CountryName, Probability] = Field(default_factory=dict)
    renewal_refusal: Probability
    renewal_refusal_by_origin: dict[CountryName, Probability] = Field(default_factory=dict)
    renewal_years: NonNegative                      # a work visa is renewed after so many years
    max_years: NonNegative                          # longest stay on a work visa, unless queued for permanence
    years_to_permanence: NonNegative
    years_to_permanence_by_origin: dict[CountryName, NonNegative] = Field(default_factory=dict)
    queue_after: NonNegative | None = None          # years on a work visa until one is queued; null: no queue
    listed_refusal: Probability                     # of a student tied to a listed institution, beside student_refusal
    fee: NonNegative                                # on a new work visa for somebody abroad
    yearly_charge: NonNegative | None = None        # on a work visa for each year of it, who comes from abroad; null: none
    yearly_charge_by_origin: dict[CountryName, NonNegative] = Field(default_factory=dict)
    fee_share: Probability | None = None            # how much of fee and charge falls on the worker; null: all
    fee_unfiled: Probability | None = None          # chance that it keeps an employer from asking for a visa; null: never
    fee_inside: Probability | None = None           # how much of that holds for those who change status inside; null: nothing
    other_visa: Probability                         # escape routes, each time a work visa was lost or refused
    other_visa_cap: NonNegative | None = None       # researchers a year who find one; null: no limit
    other_visa_by_origin: dict[CountryName, Probability] = Field(default_factory=dict)
    spouse_right: Probability
    spouse_right_by_origin: dict[CountryName, Probability] = Field(default_factory=dict)
    further_degree: Probability                     # chance that somebody whose status ends enrols again
    transfer: Probability                           # chance that a firm with a site in both brings somebody in, outside the lottery

    @classmethod
    def tables_by_origin(cls) -> tuple[str, ...]:
        """Return the fields that a table by origin may replace for one origin."""
        return tuple(name.removesuffix("_by_origin") for name in cls.model_fields if name.endswith("_by_origin"))


def region_code(region: str) -> str:
    """Return a region as a focus names it: South-East Asia is SOUTH_EAST_ASIA."""
    return region.upper().replace(" ", "_").replace("-", "_")


class SplitFrom(Frozen):
    """Of which country this one is a part, and how large a part: in entrants, and in what draws people there."""

    country: CountryName
    share: Probability


class Country(Frozen):
    """Everything the model is told about one country; one YAML file.

    A country with `split_from` is a part of another: its file says what differs, and the rest is filled in where the configuration
    is checked (`config.parts`). So is `of_whole`, how much of a whole a part is, or what its parts leave of it.
    """

    name: str
    split_from: SplitFrom | None = None
    of_whole: float = Field(default=1.0, gt=0.0, le=1.0, strict=True)
    region: str
    languages: list[str] = Field(min_length=1)
    position: Position
    pay: Parameter
    entry: CountryEntry
    ability: CountryAbility
    home: CountryHome
    asc: CountryConstants
    industry_share: Probability                     # of the posts in research
    listed_share: Probability                       # of those with a first degree from the country
    doctoral_capacity: NonNegative | None = None    # new doctoral students a year; null: there is always a place
    ecosystem: CountryEcosystem
    visa: VisaRegime


class VisaRules(Frozen):
    """Whether the countries' visa regimes hold.

    `open: true` lifts them: nobody is refused, screened, drawn by lot or run out of time, and nobody becomes permanent.
    Expected numbers by cell then describe the agents exactly, for a right to stay no longer depends on a person's past.
    """

    name: Name
    title: str
    open: bool = Field(strict=True)


class WorldConfig(Frozen):
    """A set of countries and the years in which they are simulated.

    Years from `burn_in_year` to before `start_year` build up the first stock and are not reported. A world with a `panel`
    takes its cohorts and corridor constants from the tables in `data_dir`.
    """

    name: Name
    title: str
    burn_in_year: Whole
    start_year: Whole
    end_year: Whole
    data_dir: str | None = None
    panel: PanelConfig | None = None
    countries: dict[CountryName, Country] = Field(min_length=2, max_length=MOST_COUNTRIES)

    @model_validator(mode="after")
    def _check(self) -> WorldConfig:
        if not self.burn_in_year <= self.start_year:
            raise ValueError(f"burn_in_year {self.burn_in_year} comes after start_year {self.start_year}")
        if not self.start_year <= self.end_year:
            raise ValueError(f"end_year {self.end_year} comes before start_year {self.start_year}; allowed: "
                             f"{self.start_year} or later")
        if self.burn_in_year < 1950 or self.end_year > 2076:
            raise ValueError(f"years {self.burn_in_year} to {self.end_year} leave the span of the random streams; "
                             "allowed: 1950 to 2076")
        wholes = {each.split_from.country for each in self.countries.values() if each.split_from is not None}
        for code, country in self.countries.items():
            if country.of_whole != 1.0 and country.split_from is None and code not in wholes:
                raise ValueError(f"{code} has of_whole {country.of_whole:g}, and nothing is split off it; allowed: `split_from` in the part's file")
        return self
