"""The answer of a comparison in at most thirty lines of a hundred columns: what changes, the headline, who moves, whether it holds."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pandas as pd
from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from talentsim.comparison.checks import Check
from talentsim.comparison.compare import Comparison
from talentsim.comparison.idle import NO_EFFECT
from talentsim.comparison.pair import Pair
from talentsim.digits import counted, figure
from talentsim.model.outcomes import HEADLINE
from talentsim.report.numbers import PEOPLE, in_percent
from talentsim.report.terminal.summaries import shown, shown_interval, total_change
from talentsim.report.words import change_in_words, outcome_in_words, parameters_in_words, policy_lines, replaced_lines
from talentsim.spoken import Namer, namer

WIDTH = 100
"""Columns that the brief form fits in."""

LEAST_WIDTH = 40
Fold = Callable[..., list[str]]
"""Text, most lines, indent -> lines that fit."""

N_COUNTRIES = 6
N_DESTINATIONS = 4
N_ORIGINS = 3
N_LINES_OF_CHANGE = 3


def brief_lines(result: Comparison, extra: Mapping[str, pd.DataFrame], pair: Pair, width: int = WIDTH) -> list[RenderableType]:
    """Return the lines and the one table of the brief form, in their order; the folder and the time come after them.

    Parameters
    ----------
    result
        The comparison.
    extra
        Tables beside it, of which `sides` gives the span over other structures.
    width
        Columns of the terminal; what is narrower than `WIDTH` takes more lines.
    """
    scenario, name, fold = pair.scenario, namer(pair.scenario.world.countries), partial(wrapped, width=width)
    title = f"{scenario.scenario.title}, against: {pair.baseline.scenario.title}"
    lines: list[RenderableType] = [Text(""), *(Text(line, style="bold") for line in fold(title, 2)), *_texts(_changes(pair, fold))]
    for line in replaced_lines(pair):
        lines += _texts(fold(line, 2))
    lines += [*_texts(fold(conditions(pair), 2)), Text("")]
    lines += [Text(line, style="bold") for line in fold(_headline(result, pair, name), 2)]
    lines += _texts(fold(total_change(result.over_time, scenario.focus, scenario.headline_year, name(scenario.focus)).strip(), 2))
    lines += [Text(""), Text(f"Countries that move most, {scenario.headline_year}: works in % of the world's, and {PEOPLE}", style="bold"),
              _countries(result.headline, pair, name, width), Text("")]
    lines += _texts(fold(_destinations(result.diversion, pair, name), 2)) if len(result.diversion) else []
    lines += _texts(fold(origins_line(result.by_origin, pair, name), 1))
    return lines + _texts(fold(_how_sure(extra, pair), 2)) + _texts(check_lines(result.checks, fold))


def _texts(lines: Sequence[str]) -> list[RenderableType]:
    return [Text(line) for line in lines]


def wrapped(text: str, most: int, indent: str = "", width: int = WIDTH) -> list[str]:
    """Return a text as lines, `most` of `WIDTH` at most, or as much text in more lines where there are fewer columns."""
    columns = max(min(width, WIDTH), LEAST_WIDTH)
    return textwrap.wrap(text, columns, initial_indent=indent, subsequent_indent=indent, max_lines=math.ceil(most * WIDTH / columns), placeholder=" ...",
                         break_on_hyphens=False)


def _changes(pair: Pair, fold: Fold) -> list[str]:
    """Say what changes in a few lines: the policies in words where two lines have room for them, else their titles."""
    lines = policy_lines(pair)
    whole = [part for line in lines for part in fold(line, 9, "  ")]
    if len(whole) <= 2:
        return whole
    idle = [line.partition(":")[0] for line in lines if f"({NO_EFFECT}" in line]
    policies = {**pair.added, **{f"{name} (baseline alone)": each for name, each in pair.dropped.items()}}
    changes = "; ".join(policy.title or f"{name} {change_in_words(policy)}" for name, policy in policies.items())
    without = f" (without effect in this world: {', '.join(idle)})" if idle else ""
    first = min(policy.start.year for policy in policies.values())
    return fold(f"{counted(len(policies), 'policy', 'policies')} from {first}{without}: {changes}", N_LINES_OF_CHANGE, "  ")


def conditions(pair: Pair) -> str:
    """Say in which world, over which years and how often an answer was simulated."""
    arm = pair.scenario
    placebo = f" No policy that differs is in force before the end of {arm.world.end_year}." if pair.differing and pair.is_placebo else ""
    return (f"World {arm.world.name}, {arm.world.start_year} to {arm.world.end_year}, entry {arm.entry.name}, scale {figure(arm.population.scale)}, "
            f"{'' if pair.is_one else 'paired '}replications: {arm.ensemble.replications}{parameters_in_words(arm)}.{placebo}")


def _headline(result: Comparison, pair: Pair, name: Namer) -> str:
    scenario = pair.scenario
    row = _row(result.headline, HEADLINE, scenario.focus)
    level = f"{in_percent(scenario.compare.level)}% interval" if not scenario.over_draws else f"{in_percent(scenario.compare.level)}% of the draws"
    span = "no interval from one replication" if pd.isna(row.low) else f"{level} {shown_interval(row.low, row.high, row.unit)}"
    change = f"{shown(row.difference, row.unit, is_difference=True)} points"
    where, before = f"{name(scenario.focus)}, {scenario.headline_year}, {outcome_in_words(HEADLINE)}:", shown(row.baseline, row.unit)
    if scenario.over_draws:         # the scenario's own median is not the sum of the other two
        return f"{where} median {before} in the baseline, {change} in the scenario ({span})"
    return f"{where} {before} in the baseline, {shown(row.scenario, row.unit)} in the scenario, difference {change} ({span})"


def _row(headline: pd.DataFrame, outcome: str, country: str) -> pd.Series:
    return headline[(headline.outcome == outcome) & (headline.country == country)].iloc[0]


def _countries(headline: pd.DataFrame, pair: Pair, name: Namer, width: int) -> Table:
    """Return the focus and the countries whose share of the works differs most, with their people."""
    level, focus = pair.scenario.compare.level, pair.scenario.focus
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False, pad_edge=False)
    table.add_column("country", max_width=26, no_wrap=True, overflow="ellipsis")
    for column in ("works, %", "difference", f"{in_percent(level)}% interval", PEOPLE, "difference"):
        table.add_column(column, justify="right", no_wrap=True)
    shares = headline[headline.outcome == HEADLINE].sort_values("difference", key=lambda each: each.abs(), ascending=False)
    for code in [focus, *[code for code in shares.country if code != focus][:N_COUNTRIES - 1]]:
        works, people = (_row(headline, outcome, code) for outcome in (HEADLINE, "researchers"))
        table.add_row(Text(name(code) if name(code) == code or width < WIDTH else f"{name(code)} ({code})"), shown(works.baseline, works.unit),
                      shown(works.difference, works.unit, is_difference=True), shown_interval(works.low, works.high, works.unit),
                      shown(people.baseline, people.unit), shown(people.difference, people.unit, is_difference=True))
    return table


def _destinations(diversion: pd.DataFrame, pair: Pair, name: Namer) -> str:
    focus = pair.scenario.focus
    apart = diversion[(diversion.baseline_country != diversion.scenario_country) & (diversion.researchers > 0)]
    said = []
    for here, there in (("baseline_country", "scenario_country"), ("scenario_country", "baseline_country")):
        rows = apart[apart[here] == focus].sort_values("researchers", ascending=False)
        first = ", ".join(f"{name(row[there])} {shown(row.researchers, PEOPLE)}" for _, row in rows.head(N_DESTINATIONS).iterrows())
        said.append((float(rows.researchers.sum()), first))
    (lost, to), (won, whence) = said
    to, whence = (to, "") if lost >= won else ("", whence)
    return (f"Where people went: {name(focus)}, there in the baseline and elsewhere in the scenario {shown(lost, PEOPLE)}{to and f' ({to})'}; "
            f"the other way {shown(won, PEOPLE)}{whence and f' ({whence})'}.")


def origins_line(by_origin: pd.DataFrame, pair: Pair, name: Namer) -> str:
    """Say by how many people of which first degree the focus country changes, the most first; means, so that they add up."""
    rows = by_origin[(by_origin.country == pair.scenario.focus) & (by_origin.year == pair.scenario.headline_year) & (by_origin.difference.abs() > 0)]
    rows = rows.sort_values("difference", key=lambda each: each.abs(), ascending=False)
    first = ", ".join(f"{name(str(row.origin))} {shown(row.difference, PEOPLE, is_difference=True)}" for row in rows.head(N_ORIGINS).itertuples())
    return f"By first degree, means: {first}; all {shown(rows.difference.sum(), PEOPLE, is_difference=True)}." if first else ""


def _how_sure(extra: Mapping[str, pd.DataFrame], pair: Pair) -> str:
    """Say what the interval holds, and what other structures add to the answer, each beside the same draws or runs."""
    words = ("The interval covers the parameters alone; rules are taken as given."
             if pair.scenario.over_draws else "The interval shows chance alone; uncertainty about the parameters is larger.")
    if "sides" not in extra:
        return words
    moves = extra["sides"].loc[extra["sides"].kind == "structure", "effect"]
    if moves.empty:
        return words
    low, high = (shown(value, "points", is_difference=True) for value in (moves.min(), moves.max()))
    by = low if low == high else f"{low} to {high}"
    return f"{words} {counted(len(moves), 'other structure adds', 'other structures add')} {by} points to the difference."


def check_lines(checks: Sequence[Check], fold: Fold = wrapped) -> list[str]:
    """Say in one line that all checks hold; one that failed is told in full."""
    failed = [line for check in checks if not check.passed for line in fold(f"check FAILED {check.name}: {check.detail}", 9)]
    names = ", ".join(check.name for check in checks if check.passed)
    return failed + fold(f"Checks that hold: {names}" if names else "No check holds", 1)
