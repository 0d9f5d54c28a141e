"""Vocabulary of the model: integer codes that are fixed for ever, and the levers a policy can pull."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class CareerStage(IntEnum):
    """Stage of a researcher's career; stored as one byte."""

    STUDENT = 0
    RESEARCHER = 1


class VisaStatus(IntEnum):
    """Right by which a researcher lives where they live; stored as one byte. See `rules.visa` for the legal steps."""

    NATIONAL = 0        # in the country of origin
    STUDENT = 1
    POST_STUDY = 2      # practical training after a degree: the OPT and STEM OPT of the United States
    TEMPORARY = 3       # a work visa: the H-1B of the United States
    QUEUED = 4          # a work visa, kept up while waiting for permanence: an approved petition for a green card
    PERMANENT = 5


class Sector(IntEnum):
    """Sector of an employer; stored as one byte."""

    ACADEMIA = 0
    INDUSTRY = 1


class Attribution(StrEnum):
    """To whom a unit of work is credited; in the order of the axes of every table of works."""

    ORIGIN = "origin"
    TRAINING = "training"
    WORK = "work"
    HQ = "hq"


class Reason(IntEnum):
    """What happened to a researcher; the first five can be moves between countries."""

    STUDY = 0
    GRADUATION = 1
    SEARCH = 2
    DISPLACED = 3       # no status left: home, or the next-best country
    PLACED = 4          # by a firm at a laboratory of its own: no status left, or not let in where it would have hired them
    REFUSED = 5
    LOST_LOTTERY = 6
    STATUS = 7          # a status gained or lost without a move
    EXIT = 8
    REHIRED = 9         # the employer left the country
    NOT_FILED = 10      # no employer asked for a work visa, because of the fee


MOVES = (Reason.STUDY, Reason.GRADUATION, Reason.SEARCH, Reason.DISPLACED, Reason.PLACED)


class VisaRoute(IntEnum):
    """Way by which a visa is sought."""

    STUDENT_VISA = 0
    LOTTERY = 1         # a work visa under a cap
    EXEMPT = 2          # a work visa outside the cap, or in a country without one
    TRANSFER = 3        # within a firm, from a laboratory abroad
    OTHER_VISA = 4      # O-1, EB-1 and the like
    SPOUSE = 5
    FURTHER_DEGREE = 6
    RENEWAL = 7


class VisaOutcome(IntEnum):
    """What became of an application; each counts as APPLIED too."""

    APPLIED = 0
    REFUSED = 1
    LOST_LOTTERY = 2
    GRANTED = 3


class Tier(IntEnum):
    """Part of the researchers by ability, with cut-offs that are fixed for a configuration."""

    ALL = 0
    TOP20 = 1
    TOP2 = 2


class Decision(IntEnum):
    """First part of a random draw's address, 0 to 255. A code is never reused, so a new decision changes no other's luck."""

    COHORT_SIZE = 0
    ABILITY = 1
    HOME_ATTACHMENT = 2
    CAREER_LENGTH = 3
    STUDY = 4
    STUDENT_VISA = 5
    GRADUATION = 6
    SEARCH = 7
    LOCATION = 8
    LISTED = 9
    STUDENT_SCREENING = 10
    DOCTORAL_PLACE = 11
    SECTOR = 12
    EMPLOYER = 13
    TRANSFER = 14
    LOTTERY = 15
    WORK_VISA = 16
    OTHER_VISA = 17
    SPOUSE = 18
    FURTHER_DEGREE = 19
    RENEWAL = 20
    CLOCK = 21
    PLACEMENT = 22
    SITE = 23
    DISPLACEMENT = 24
    DISPLACEMENT_VISA = 25
    SEATS = 26
    BACKGROUND = 27
    ENTRY = 28
    PETITION = 29
    WAGE_LEVEL = 30


class Evidence(StrEnum):
    """How well a figure is known, from best to worst."""

    MEASURED = "measured"
    ESTIMATED = "estimated"
    CALIBRATED = "calibrated"
    ASSUMED = "assumed"


class Axes(StrEnum):
    """What a lever's array runs over, and hence which of a policy's fields select from it."""

    COUNTRY = "country"
    HOST_ORIGIN = "host and origin"
    PAIR = "pair of countries"                  # symmetric
    EMPLOYER_SITE = "employer and country"      # of the named employers
    EMPLOYER = "employer"                       # of the named employers
    LEVEL = "country and wage level"


SELECTORS: dict[Axes, tuple[str, ...]] = {
    Axes.COUNTRY: ("countries",),
    Axes.HOST_ORIGIN: ("countries", "origins"),
    Axes.PAIR: ("countries", "partners"),
    Axes.EMPLOYER_SITE: ("employers", "headquarters", "countries"),
    Axes.EMPLOYER: ("employers", "headquarters"),
    Axes.LEVEL: ("countries", "levels"),
}
"""The fields of a policy that say which part of a lever it changes; null takes all."""


BY_TRAINING = ("work_visa_odds", "work_visa_refusal", "entry_refusal", "renewal_refusal", "years_to_permanence", "post_study_years",
               "visa_fee", "yearly_charge", "fee_share", "fee_unfiled", "other_visa")
"""Levers of which a policy may concern those alone who were trained in some countries."""


WAGE_LEVELS = (1, 2, 3, 4)
"""Levels of pay in an occupation and place, as the prevailing wages of the United States' law have them; 4 is the highest."""


@dataclass(frozen=True)
class Lever:
    """One quantity that a policy may change.

    `low` and `high` bound the result: a value that a policy drives past them is held at the bound.
    """

    name: str
    axes: Axes
    unit: str
    low: float
    high: float
    meaning: str


_INF = float("inf")

LEVERS: dict[str, Lever] = {
    lever.name: lever
    for lever in (
        Lever("pay", Axes.COUNTRY, "int'l $ (PPP) a year", 1.0, _INF, "pay of a researcher"),
        Lever("student_refusal", Axes.HOST_ORIGIN, "probability", 0.0, 1.0, "chance that a student visa is refused"),
        Lever("work_visa_odds", Axes.HOST_ORIGIN, "probability", 0.01, 1.0, "chance of selection in the lottery for a work visa under a cap"),
        Lever("level_odds", Axes.LEVEL, "weight", 0.0, 100.0,
              "weight of a wage level in the lottery for a work visa; only how the levels differ counts"),
        Lever("years_to_permanence", Axes.HOST_ORIGIN, "years", 0.0, 200.0, "expected years to a durable right to work"),
        Lever("chilling", Axes.HOST_ORIGIN, "utils", 0.0, 10.0, "deterrence felt by one origin in one host country"),
        Lever("return_grant", Axes.COUNTRY, "share of annual pay", 0.0, 10.0, "what a country adds to the pay of its returning nationals"),
        Lever("talent_grant", Axes.COUNTRY, "share of annual pay", 0.0, 10.0, "what a country adds to the pay of foreigners who come to work"),
        Lever("entry", Axes.COUNTRY, "multiple of the cohort", 0.0, 100.0, "size of the cohorts with a first degree from the country"),
        Lever("compute", Axes.COUNTRY, "index", 1e-3, 1e3, "computing capacity open to researchers"),
        Lever("capital", Axes.COUNTRY, "index", 1e-3, 1e3, "private and public capital for research"),
        Lever("openness", Axes.COUNTRY, "index", 1e-3, 1e3, "freedom to publish, move and work with others"),
        Lever("ip_protection", Axes.COUNTRY, "index", 1e-3, 1e3, "protection of intellectual property"),
        Lever("translation", Axes.COUNTRY, "index", 1e-3, 1e3, "strength in turning research into products"),
        Lever("post_study_years", Axes.COUNTRY, "years", 0.0, 100.0, "years of work that a degree taken in the country entitles to; less than one leaves one try for a work visa"),
        Lever("max_years", Axes.COUNTRY, "years", 0.0, 100.0, "longest stay on a work visa, unless one waits for permanence"),
        Lever("visa_fee", Axes.COUNTRY, "US$", 0.0, _INF, "one-off fee on a new work visa for somebody abroad"),
        Lever("yearly_charge", Axes.HOST_ORIGIN, "US$ a year", 0.0, _INF, "charge on a work visa for each year of it, for somebody who comes from abroad"),
        Lever("fee_share", Axes.COUNTRY, "share of the fee", 0.0, 1.0, "how much of the fee and the charge on a work visa the worker bears"),
        Lever("fee_unfiled", Axes.COUNTRY, "probability", 0.0, 1.0, "chance that no employer asks for somebody's work visa, because of the fee"),
        Lever("fee_inside", Axes.COUNTRY, "share of those outside", 0.0, 1.0,
              "how much of that holds for those who change status in the country, to whom a fee on entry does not apply"),
        Lever("work_visa_cap", Axes.COUNTRY, "work visas a year", 0.0, _INF, "work visas under the cap, ranked by lot"),
        Lever("doctoral_capacity", Axes.COUNTRY, "places a year", 0.0, _INF, "places for new doctoral students"),
        Lever("service", Axes.COUNTRY, "share of service", 1e-3, 1.0,
              "computing and other services open to employers with their headquarters in the country"),
        Lever("work_visa_refusal", Axes.HOST_ORIGIN, "probability", 0.0, 1.0, "chance that a work visa is refused"),
        Lever("entry_refusal", Axes.HOST_ORIGIN, "probability", 0.0, 1.0,
              "chance that somebody who applies for a right to work from outside the country is not let in"),
        Lever("renewal_refusal", Axes.HOST_ORIGIN, "probability", 0.0, 1.0, "chance that a work visa is not renewed"),
        Lever("listed_refusal", Axes.HOST_ORIGIN, "probability", 0.0, 1.0,
              "chance that somebody tied to a listed institution is refused a student visa on that ground"),
        Lever("other_visa", Axes.HOST_ORIGIN, "probability", 0.0, 1.0,
              "chance of a right to work by another visa when the work visa was lost or refused"),
        Lever("other_visa_cap", Axes.COUNTRY, "people a year", 0.0, _INF,
              "researchers a year who can find another visa when the work visa was lost or refused"),
        Lever("spouse_right", Axes.HOST_ORIGIN, "probability", 0.0, 1.0,
              "chance of a right to work by a spouse when the work visa was lost or refused"),
        Lever("further_degree", Axes.HOST_ORIGIN, "probability", 0.0, 1.0, "chance that somebody whose status ends enrols again"),
        Lever("collaboration", Axes.PAIR, "index (1 = as today)", 0.0, 10.0, "work done together by two countries"),
        Lever("site_weight", Axes.EMPLOYER_SITE, "share of the country's posts in industry", 0.0, 1.0,
              "posts of an employer in a country"),
        Lever("placement", Axes.EMPLOYER, "probability", 0.0, 1.0,
              "chance that an employer places somebody whose status ends, or who is not let in, at a laboratory elsewhere"),
    )
}
