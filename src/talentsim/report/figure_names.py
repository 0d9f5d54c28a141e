"""What a figure of the configuration is called, beside its key: the report's list of all figures is read by people."""

from __future__ import annotations

from talentsim.spoken import Namer, lever_name
from talentsim.vocab import LEVERS

OF_COUNTRY = {
    "position.latitude": "Latitude", "position.longitude": "Longitude", "entry.level": "Cohort in the first year", "entry.growth": "Growth of cohorts",
    "ability.mean_log": "Ability, mean", "ability.sd_log": "Ability, spread", "home.study": "Ties that keep students at home",
    "home.attachment": "Ties that draw people home later", "home.sd": "Spread of these ties", "asc.work": "Appeal to researchers beyond pay and strength",
    "asc.study": "Appeal to students beyond pay and strength", "industry_share": "Share of posts in industry",
    "listed_share": "Share tied to a listed institution", "ecosystem.strength": "Strength of the ecosystem",
    "visa.background_demand": "Others who compete for work visas", "visa.renewal_years": "Years until a work visa is renewed",
    "visa.queue_after": "Years on a work visa until one waits for permanence", "visa.fee": lever_name("visa_fee"), "visa.transfer": "Chance of a transfer within a firm",
}
"""Figures of a country, by what stands behind its code; one that a lever acts on is called as the lever is."""

WEIGHTS = {
    "beta_pay": "pay", "beta_eco": "the strength of ecosystems", "beta_visa": "years to a lasting right to work", "beta_admission": "the chance of a right to work",
    "beta_fee": "fees on visas", "beta_chilling": "deterrence", "beta_diaspora": "where their compatriots live", "beta_language": "a common language",
    "beta_distance": "distance", "beta_constant": "what one country has beyond all this", "beta_corridor": "what one way between two countries has beyond all this",
}
"""What people weigh, by the name of its weight."""

OF_ALL = {
    "behaviour.location.rate_search": "Share who look for a place each year", "behaviour.location.kappa": "How much the ablest weigh ecosystems more",
    "behaviour.location.first_move": "Reluctance to a first move", "behaviour.location.first_move_age": "Growth of it with years since the doctorate",
    "behaviour.location.onward_move": "Reluctance to a further move", "behaviour.location.onward_tenure": "Growth of it with years since the last move",
    "behaviour.location.return_constant": "Readiness to go home", "behaviour.location.return_slope": "Fall of it with years since the last move",
    "behaviour.location.queue_hold": "What holds those who wait for permanence", "behaviour.location.chilling": "Deterrence, on established researchers",
    "behaviour.graduation.move": "Reluctance to move on graduation", "behaviour.graduation.return_constant": "Readiness to go home on graduation",
    "behaviour.graduation.chilling": "Deterrence, on graduates", "behaviour.study.perceived_ways": "Ways around the lottery that students look ahead to",
    "behaviour.study.further_years": "Length of a further degree", "behaviour.friction.cap_years": "Years to a lasting right beyond which more count no more",
    "behaviour.output.rate": "Works a year of a typical researcher", "behaviour.output.eta": "How output grows with the ecosystem",
    "behaviour.output.student_factor": "Output of a student beside a researcher's", "behaviour.output.collaboration": "How far output depends on collaboration",
    "behaviour.output.service": "How far output depends on services", "behaviour.output.frontier_share": "Share of frontier works",
    "behaviour.output.frontier_ability": "Growth of it with ability", "behaviour.output.frontier_eco": "Growth of it with the ecosystem",
    "behaviour.ecosystem.adjustment": "Speed at which ecosystems follow", "behaviour.ecosystem.convergence_compute": "Speed at which compute becomes alike",
    "behaviour.ecosystem.convergence_capital": "Speed at which capital becomes alike", "behaviour.exit.rate": "Share who leave research each year",
    "entry.damping": "Damping of the growth of cohorts",
}
"""Figures that hold everywhere, by key."""

OF_FIRM = {"pay_premium": "Pay beside what is usual", "placement": lever_name("placement")}
STAGES = {"location": "researchers", "study": "students"}


def figure_name(key: str, called: Namer = str) -> str:
    """Return what a figure is called, without its country where the key begins with one; the key where it has no name.

    Parameters
    ----------
    key
        Dotted key, as `parameters_of` yields it.
    called
        What says a country's name.
    """
    head, *rest = key.split(".")
    if key in OF_ALL or head not in ("world", "behaviour", "employers", "observers"):
        return OF_ALL.get(key, key)
    if key.startswith("world.countries.") and len(rest) > 2:
        return _of_country(".".join(rest[2:]), called) or key
    if head == "behaviour" and len(rest) > 1:
        if rest[-1] in WEIGHTS and rest[0] in STAGES:
            return f"How much {STAGES[rest[0]]} weigh {WEIGHTS[rest[-1]]}"
        part = rest[-1].removeprefix("weight_")
        return f"Weight in the ecosystem: {'talent' if part == 'talent' else lever_name(part)}" if rest[0] == "ecosystem" and part != rest[-1] else key
    if head == "employers" and len(rest) > 1:
        return f"{rest[0]}: {OF_FIRM[rest[-1]]}" if rest[-1] in OF_FIRM else f"{rest[0]}: share of posts in {called(rest[-1])}"
    return _of_observer(rest, called) if head == "observers" else key


def _of_country(tail: str, called: Namer) -> str:
    """Name a figure by what stands behind its country's code; nothing where it has no name."""
    if tail in OF_COUNTRY:
        return OF_COUNTRY[tail]
    parts = tail.split(".")
    if len(parts) > 2 and parts[1] == "wage_levels":
        return f"Share at wage level {parts[-1].removeprefix('level_')}, of {parts[2]}"
    origin = f", for people from {called(parts[-1])}" if len(parts) > 1 and parts[-2].endswith("_by_origin") else ""
    lever = parts[-2].removesuffix("_by_origin") if origin else parts[-1]
    return f"{lever_name(lever)}{origin}" if lever in LEVERS else ""


def _of_observer(rest: list[str], called: Namer) -> str:
    """Name a figure of what stands between people and a published count."""
    which = rest[1] if len(rest) > 1 else ""
    ends = {"recency": "years that an author counts", "level": "share of people who are authors", "growth": "growth of that share"}
    whose = "" if "participation" not in rest else f", {called(rest[-2])}"
    return f"Authors at {which}: {ends[rest[-1]]}{whose or (', all others' if 'others' in rest else '')}" if rest[-1] in ends else ".".join(["observers", *rest])
