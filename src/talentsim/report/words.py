"""Policies, and what a scenario changes, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from talentsim.arrays import Floats
from talentsim.comparison.diversion import NO_CHANGE
from talentsim.comparison.idle import idle_reason
from talentsim.comparison.pair import Pair
from talentsim.config import Config, Parameter, Policy
from talentsim.digits import counted, figure
from talentsim.ensemble.draws import held_keys
from talentsim.model.outcomes import OUTCOMES
from talentsim.model.policy import LeverAxes, TrainingClasses, levers_in_year, share_in_force
from talentsim.model.tables import base_levers, lever_axes
from talentsim.report.numbers import PEOPLE
from talentsim.spoken import Namer, amount, between, is_share
from talentsim.vocab import BY_TRAINING, LEVERS, Axes

DECISIONS = {
    "study": "went to study", "graduation": "moved on graduation", "search": "moved for a post",
    "displaced": "had to leave, no status left", "placed": "placed by the employer", "refused": "visa refused",
    "lost_lottery": "lost the lottery", "not_filed": "no employer asked, for the fee", "status": "changed status",
    "exit": "left research", "rehired": "changed employer", NO_CHANGE: "stayed as they were",
}
"""What happened to a person, by the reason of the event."""

ROUTES = {
    "student_visa": "student visa", "lottery": "work visa under a cap", "exempt": "work visa outside the cap",
    "transfer": "transfer in a firm", "other_visa": "other work visas", "spouse": "right of a spouse",
    "further_degree": "further degree", "renewal": "renewal",
}
"""Ways to a right to work or study, by the name they are recorded under."""

GROUPS = {
    "staying and moving": "how people weigh staying, moving and returning", "appeal and weights of study": "what draws students abroad",
    "ecosystem": "how research places draw people and make them productive", "entry": "how many people begin in each country",
    "ability": "how able those who begin in each country are", "ways around the lottery": "ways to stay when the lottery is lost",
    "chilling": "how much people feel deterred",
}
"""What a group of calibrated figures is about, by its name in the posterior."""

FACTORS = {0.0: "falls to zero", 0.5: "halves", 1.0: "stays as it is", 2.0: "doubles"}


def outcome_in_words(name: str) -> str:
    """Return an outcome's title with its unit, where the title does not say it."""
    outcome = OUTCOMES[name]
    return outcome.title if outcome.unit in (PEOPLE, "works") else f"{outcome.title}, {outcome.unit}"


def decision_in_words(reason: str) -> str:
    """Say what happened to a person."""
    return DECISIONS.get(reason, reason.replace("_", " "))


def policy_in_words(policy: Policy, name: Namer = str) -> str:
    """Say what one policy does, to whom and when."""
    ramp = f", phased in over {figure(policy.ramp_years)} years" if policy.ramp_years else ""
    return f"{LEVERS[policy.lever].meaning}, {whose(policy, name)}: {change_in_words(policy)}, {_when(policy)}{ramp}"


def end_of_range(policy: Policy, value: float) -> str:
    """Write an end of the range of a policy's value."""
    return f"times {figure(value)}" if policy.change == "multiply" else amount(value, LEVERS[policy.lever].unit)


def span(values: np.ndarray, unit: str) -> str:
    """Write values of a lever as one, or from the lowest to the highest."""
    return between(float(values.min()), float(values.max()), unit)


def whose(policy: Policy, name: Namer = str) -> str:
    """Say whom a policy concerns: where, for people from where, trained where, of which firms."""
    axes, where = LEVERS[policy.lever].axes, _listed(policy.countries, name, "every country")
    trained = "" if policy.trained is None else f" trained in {_listed(policy.trained, name, '')}"
    if axes is Axes.HOST_ORIGIN:
        return f"in {where}, for people from {_listed(policy.origins, name, 'all other countries')}{trained}"
    if axes is Axes.PAIR:
        others, many = _listed(policy.partners, name, "all others"), max(len(policy.countries or ()), len(policy.partners or ())) > 1
        return f"between {where} on one side and {others} on the other" if many else f"between {where} and {others}"
    if axes is Axes.LEVEL:
        return f"in {where}, at {'every wage level' if policy.levels is None else 'wage level ' + _listed(policy.levels, str, '')}"
    if axes is Axes.COUNTRY:
        return f"in {where}{trained and f', for people{trained}'}"
    owned = "" if policy.headquarters is None else f" with headquarters in {_listed(policy.headquarters, name, '')}"
    firms = ", ".join(policy.employers) if policy.employers is not None else "firms" if owned else "all named firms"
    return f"of {firms}{owned}{f' in {where}' if axes is Axes.EMPLOYER_SITE else ''}"


def _listed(codes: Sequence[Any] | None, name: Callable[[Any], str], everybody: str) -> str:
    if codes is None:
        return everybody
    names = [name(code) for code in codes]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def change_in_words(policy: Policy) -> str:
    """Say what one policy does to its lever."""
    if policy.path is None:
        assert policy.value is not None
        return _verb(policy, policy.value)
    said = [f"{_verb(policy, value)} in {year}" for year, value in policy.path.items()]
    return "; ".join(said).replace("of what it was", "of what it is without this")        # year by year: the changes do not build up


def _verb(policy: Policy, value: float) -> str:
    unit = LEVERS[policy.lever].unit
    if policy.change == "set":
        return f"becomes {amount(value, unit)}"
    if policy.change == "multiply":
        return FACTORS.get(value, f"{'grows' if value > 1 else 'falls'} to {figure(100 * value, 3)} % of what it was")
    size = f"{figure(100 * abs(value), 3)} percentage points" if is_share(unit) else amount(abs(value), unit)
    return f"{'rises' if value > 0 else 'falls'} by {size}"


def _when(policy: Policy) -> str:
    first = str(policy.start.year) if (policy.start.month, policy.start.day) == (1, 1) else policy.start.isoformat()
    if policy.end is None:
        return f"from {first} for good"
    return f"from {first} to {policy.end.year if (policy.end.month, policy.end.day) == (12, 31) else policy.end.isoformat()}"


def replaced_lines(pair: Pair) -> list[str]:
    """Say which shipped files and policies the user's own have taken the place of, in one arm or both; empty where none has."""
    baseline, scenario = (arm.replaced for arm in pair)
    both = [each for each in scenario if each in baseline]
    parts = {"": both, ", in the scenario alone": [each for each in scenario if each not in both],
             ", in the baseline alone": [each for each in baseline if each not in both]}
    return [f"Your own files in place of the shipped ones{where}: {', '.join(names)}" for where, names in parts.items() if names]


def policy_lines(pair: Pair) -> list[str]:
    """Say what the scenario changes against the baseline, one policy a line."""
    lines = [f"{name}: {policy_in_words(policy)}{_idle(pair.scenario, policy)}" for name, policy in pair.added.items()]
    lines += [f"{name}, in the baseline alone: {policy_in_words(policy)}{_idle(pair.baseline, policy)}"
              for name, policy in pair.dropped.items()]
    return lines or ["no policy differs: a placebo"]


def _idle(arm: Config, policy: Policy) -> str:
    why = idle_reason(arm, policy)
    return f" ({why})" if why else ""


def common_lines(pair: Pair) -> list[str]:
    """Say what both arms rest on: how cohorts grow, which visa rules hold, who is an employer, and the policies in both."""
    arm = pair.scenario
    firms = counted(len(arm.employers), "named firm", "named firms") if arm.employers else "no named firm"
    lines = [f"entry {arm.entry.name}: {arm.entry.title}", f"visa {arm.visa.name}: {arm.visa.title}", firms]
    if pair.baseline == pair.scenario:
        return lines + [f"{name}: {policy_in_words(policy)}" for name, policy in pair.common.items()]
    return lines + ([f"the policies {', '.join(pair.common)}"] if pair.common else [])


class LeverChange(NamedTuple):
    """One lever of one country or employer that differs between the arms in a year, and its values where it does."""

    lever: str
    of: str
    towards: str
    before: Floats
    after: Floats


def changes_by_year(pair: Pair) -> list[tuple[str, list[LeverChange]]]:
    """Return the levers that differ when the policies start and at the end, each time with the years in words.

    Both arms hold whatever their dated policies have made of a lever by then, not the figure that the world begins with.
    Where start and end are alike they are told once.
    """
    years = _years_that_differ(pair)
    first, last = (lever_changes(pair, year) for year in (years[0], years[-1]))
    if [_as_told(each) for each in first] == [_as_told(each) for each in last]:
        return [(f"from {years[0]} to {years[-1]}" if len(years) > 1 else f"in {years[0]}", first)] if first else []
    return [(f"in {year}", changes) for year, changes in ((years[0], first), (years[-1], last)) if changes]


def _as_told(change: LeverChange, trained: bool = True) -> tuple[str, ...]:
    unit = LEVERS[change.lever].unit
    return change.lever, change.of, change.towards if trained else "", span(change.before, unit), span(change.after, unit)


def lever_changes(pair: Pair, year: int) -> list[LeverChange]:
    """Return every lever that differs between the arms in a year, by country or employer."""
    axes = lever_axes(pair.scenario)
    changes: list[LeverChange] = []
    told: set[tuple[str, ...]] = set()
    policies = {f"{place} {name}": each for place, arm in enumerate(pair) for name, each in arm.policies.items()}
    for trained in TrainingClasses.from_policies(policies, axes.codes).members:
        one, other = (levers_in_year(base_levers(arm, year), arm.policies, year, lever_axes(arm), trained) for arm in pair)
        new = [each for each in _changes_between(one, other, axes, trained) if _as_told(each, trained=False) not in told]
        told |= {_as_told(each, trained=False) for each in new}
        changes += new
    return changes


def _changes_between(one: Mapping[str, Floats], other: Mapping[str, Floats], axes: LeverAxes, trained: str | None) -> list[LeverChange]:
    """Return what differs for those trained in a country; None for those trained where no policy asks."""
    changes: list[LeverChange] = []
    for name, lever in LEVERS.items():
        if trained is not None and name not in BY_TRAINING:
            continue
        if one[name].shape != other[name].shape or not one[name].size:      # the arms have other employers, or none
            continue
        rows = axes.employers if lever.axes in (Axes.EMPLOYER_SITE, Axes.EMPLOYER) else axes.codes
        for row in np.flatnonzero((one[name] != other[name]).reshape(len(rows), -1).any(axis=1)):
            before, after = np.atleast_1d(one[name][row]), np.atleast_1d(other[name][row])
            changed = before != after
            towards = counted(int(changed.sum()), *_TOWARDS[lever.axes]) if lever.axes in _TOWARDS else ""
            towards += "" if trained is None else f"{', ' * bool(towards)}trained in {trained}"
            changes.append(LeverChange(name, rows[row], towards, before[changed], after[changed]))
    return changes


_TOWARDS = {Axes.HOST_ORIGIN: ("origin", "origins"), Axes.PAIR: ("country", "countries"), Axes.LEVEL: ("wage level", "wage levels"), Axes.EMPLOYER_SITE: ("country", "countries")}


def _years_that_differ(pair: Pair) -> list[int]:
    """Return the simulated years, in order, in which a policy of one arm alone is in force; the last year when there is none."""
    differing = [policy for arm in pair for name, policy in arm.policies.items() if name in pair.differing]
    scenario = pair.scenario
    years = range(scenario.world.burn_in_year, scenario.world.end_year + 1)
    return [year for year in years if any(share_in_force(each, year) for each in differing)] or [scenario.world.end_year]


def value_in_words(parameter: Parameter) -> str:
    """Say what a figure is: a number, or the ends of a series."""
    if parameter.series is None:
        return figure(parameter.value)
    first, last = parameter.values[0], parameter.values[-1]
    return f"{figure(first)} ({parameter.series.first}) to {figure(last)} ({parameter.series.last})"


def leaning(sides: pd.DataFrame) -> str:
    """Say how many other structures make a gain or loss larger, how many smaller, and how many turn its sign, each beside the same replications.

    Parameters
    ----------
    sides
        The comparison as configured first, then other structures, with `difference` and `effect`; results of older versions have no `effect`.
    """
    if len(sides) < 2 or "effect" not in sides or not sides["difference"].iloc[0]:
        return ""
    sign, others = np.sign(sides["difference"].iloc[0]), sides.iloc[1:]
    pulls, turned = sign * others["effect"].to_numpy(float), sign * others["difference"].to_numpy(float) < 0
    noun, other = ("gain", "loss") if sign > 0 else ("loss", "gain")
    told = []
    for word, found in (("larger", pulls[~turned & (pulls > 0)]), ("smaller", -pulls[~turned & (pulls < 0)])):
        if len(found):
            told.append(f"{len(found)} {'makes' if len(found) == 1 else 'make'} the {noun} {word} by {'up to ' if len(found) > 1 else ''}{found.max():.2f} points")
    told += [f"{int(turned.sum())} {'turns' if turned.sum() == 1 else 'turn'} it into a {other}"] if turned.any() else []
    which = "the other structure" if len(others) == 1 else f"{len(others)} other structures"
    return f"Of {which}, each beside the same draws or runs, {_listed(told, str, '')}" if told else ""


def parameters_in_words(config: Config) -> str:
    """Say which draws of the calibrated figures the replications are, and which of these figures keep one value in all of them."""
    if not config.over_draws:
        return ""
    held = held_keys(config)
    kept = f", but for {counted(len(held), 'figure that keeps what it is', 'figures that keep what they are')}: {', '.join(held[:3])}{' ...' if len(held) > 3 else ''}" if held else ""
    return f", each a draw of the parameters ({config.parameters.name}{kept})"
