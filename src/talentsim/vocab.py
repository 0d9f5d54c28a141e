"""Vocabulary of the model: integer codes that are fixed for ever, and the levers a policy can pull."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class CareerStage(IntEnum):
    """Stage of a researcher's career; stored as one byte."""

    STUDENT = 0
    RESEARCHER = 1


class MoveReason(IntEnum):
    """Decision that led to a move between countries."""

    STUDY = 0
    GRADUATION = 1
    SEARCH = 2


class Decision(IntEnum):
    """First part of a random draw's address. A code is never reused, so a new decision changes no other's luck."""

    COHORT_SIZE = 0
    ABILITY = 1
    HOME_ATTACHMENT = 2
    CAREER_LENGTH = 3
    STUDY = 4
    STUDENT_VISA = 5
    GRADUATION = 6
    SEARCH = 7
    LOCATION = 8


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
        Lever("work_visa_odds", Axes.HOST_ORIGIN, "probability", 0.01, 1.0, "chance of a work visa that a student looks ahead to"),
        Lever("years_to_permanence", Axes.HOST_ORIGIN, "years", 0.0, 200.0, "expected years to a durable right to work"),
        Lever("chilling", Axes.HOST_ORIGIN, "utils", 0.0, 10.0, "deterrence felt by one origin in one host country"),
        Lever("return_grant", Axes.COUNTRY, "share of annual pay", 0.0, 10.0, "what a country adds to the pay of its returning nationals"),
        Lever("entry", Axes.COUNTRY, "multiple of the cohort", 0.0, 100.0, "size of the cohorts with a first degree from the country"),
        Lever("compute", Axes.COUNTRY, "index", 1e-3, 1e3, "computing capacity open to researchers"),
        Lever("capital", Axes.COUNTRY, "index", 1e-3, 1e3, "private and public capital for research"),
        Lever("openness", Axes.COUNTRY, "index", 1e-3, 1e3, "freedom to publish, move and work with others"),
        Lever("ip_protection", Axes.COUNTRY, "index", 1e-3, 1e3, "protection of what one makes"),
        Lever("translation", Axes.COUNTRY, "index", 1e-3, 1e3, "strength in turning research into products"),
    )
}
