"""Schema of a world: its countries and their figures."""

from __future__ import annotations

from pydantic import Field, model_validator

from talentsim.config.parameter import CountryName, Frozen, Name, NonNegative, Parameter


class Position(Frozen):
    """Where a country's researchers are, as one point; distances between countries follow from it."""

    latitude: Parameter
    longitude: Parameter


class CountryEntry(Frozen):
    """New researchers by country of first degree: level in the level year and growth a year."""

    level: NonNegative
    growth: Parameter


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


class VisaRegime(Frozen):
    """What a foreigner meets in the country. The `_by_origin` tables replace the general figure for one origin."""

    student_refusal: Parameter
    student_refusal_by_origin: dict[CountryName, Parameter] = Field(default_factory=dict)
    work_visa_odds: Parameter
    work_visa_odds_by_origin: dict[CountryName, Parameter] = Field(default_factory=dict)
    years_to_permanence: Parameter
    years_to_permanence_by_origin: dict[CountryName, Parameter] = Field(default_factory=dict)


class Country(Frozen):
    """Everything the model is told about one country; one YAML file."""

    name: str
    region: str
    languages: list[str] = Field(min_length=1)
    position: Position
    pay: Parameter
    entry: CountryEntry
    ability: CountryAbility
    home: CountryHome
    asc: CountryConstants
    ecosystem: CountryEcosystem
    visa: VisaRegime


class WorldConfig(Frozen):
    """A set of countries and the years in which they are simulated.

    Years from `burn_in_year` to before `start_year` build up the first stock and are not reported.
    """

    name: Name
    title: str
    burn_in_year: int
    start_year: int
    end_year: int
    countries: dict[CountryName, Country] = Field(min_length=2, max_length=100)

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
        return self
