"""A comparison told at the terminal: what differs, the headline, what is shown beside it and the checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console

from talentsim.comparison.compare import Comparison
from talentsim.comparison.pair import Pair
from talentsim.digits import figure
from talentsim.ensemble.draws import draws_of
from talentsim.model.outcomes import OUTCOMES
from talentsim.report.terminal.brief import brief_lines, check_lines
from talentsim.report.terminal.portrait import portrait_lines
from talentsim.report.terminal.sides import beyond_line, decomposition_table, sensitivity_table, structure_table, variance_line
from talentsim.report.terminal.summaries import diversion_summary, headline_table, parting_summary, precision_line, total_change, verbatim
from talentsim.report.words import parameters_in_words, policy_lines, replaced_lines


def print_comparison(out: Console, result: Comparison, tables: Mapping[str, pd.DataFrame], pair: Pair, folder: Path, seconds: float,
                     changed: Sequence[str] = ()) -> None:
    """Print what a comparison found, in as many words as `output.tables` asks for, and where its results are; of one world, what it is like."""
    output = pair.scenario.output
    folder = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    if output.tables == "full" and "portrait" not in tables:
        _print_full(out, result, tables, pair, changed)
        out.print(verbatim(f"{seconds:.1f} s. Results: {folder}"))
        return
    if "portrait" in tables:
        _print_portrait(out, result, tables, pair, changed)
        out.print(verbatim(f"{seconds:.1f} s. Results: {folder}"), soft_wrap=True)
        return
    for each in brief_lines(result, tables, pair, out.width):
        out.print(each)
    _print_changed(out, changed)
    if pair.scenario.compare.decompose and "sides" in tables:
        out.print(decomposition_table(tables["sides"], pair.scenario.compare.level))
    if "sensitivity" in tables:
        out.print(sensitivity_table(tables["sensitivity"]))
        out.print(verbatim(beyond_line(tables["sensitivity"], draws_of(pair.scenario))))
    out.print(verbatim(f"Read next: {'report.html' if output.report else 'talentsim report FOLDER'}; all tables by output.tables=full{'' if 'sensitivity' in tables else '; talentsim sensitivity'}"))
    out.print(verbatim(f"{seconds:.1f} s. Results: {folder}"), soft_wrap=True)


def _print_portrait(out: Console, result: Comparison, tables: Mapping[str, pd.DataFrame], pair: Pair, changed: Sequence[str]) -> None:
    """Print what one world is like, and whether its checks hold."""
    for each in portrait_lines(tables, pair):
        out.print(each)
    _print_changed(out, changed)
    for line in check_lines([each for each in result.checks if each.name != "placebo"]):
        out.print(verbatim(line))
    out.print(verbatim("Read next: the report; talentsim scenarios lists what can be compared with this world"))


def _print_changed(out: Console, changed: Sequence[str]) -> None:
    if changed:
        out.print(verbatim(f"Calibrated for another version: {'; '.join(changed)} changed since the draws were made; make recalibrate"), style="bold")


def _print_full(out: Console, result: Comparison, extra: Mapping[str, pd.DataFrame], pair: Pair, changed: Sequence[str]) -> None:
    """Print every table of the headline, with what is shown beside it, and the checks."""
    baseline, scenario = pair
    year, level, focus = scenario.headline_year, scenario.compare.level, scenario.focus
    out.print(verbatim(f"\n{scenario.scenario.title}, against: {baseline.scenario.title}"), style="bold")
    for line in policy_lines(pair):
        out.print(verbatim(f"  {line}"))
    for line in replaced_lines(pair):
        out.print(verbatim(line))
    out.print(verbatim(f"World {scenario.world.name}, {scenario.world.start_year} to {scenario.world.end_year}, entry "
                    f"{scenario.entry.name}, scale {figure(scenario.population.scale)}, "
                    f"paired replications: {scenario.ensemble.replications}{parameters_in_words(scenario)}\n"))
    titles = {name: outcome.title for name, outcome in OUTCOMES.items()}
    drawn = scenario.over_draws
    out.print(headline_table(result.headline, titles, focus, level, drawn))
    out.print(verbatim(total_change(result.over_time, focus, year)))
    if len(result.diversion):
        out.print(diversion_summary(result.diversion, focus, year, level))
        out.print(verbatim(parting_summary(result.lives.parting)))
    out.print(verbatim(precision_line(result.headline, focus, scenario.ensemble.replications if drawn else None)))
    _print_changed(out, changed)
    if "variance_shares" in extra:
        out.print(verbatim(variance_line(extra["variance_shares"])))
    if "sides" in extra:
        out.print(structure_table(extra["sides"], level))
        if scenario.compare.decompose:
            out.print(decomposition_table(extra["sides"], level))
    if "sensitivity" in extra:
        out.print(sensitivity_table(extra["sensitivity"]))
        out.print(verbatim(beyond_line(extra["sensitivity"], draws_of(scenario))))
    if pair.differing and pair.is_placebo:
        out.print(verbatim(f"Note: no policy that differs is in force before the end of {scenario.world.end_year}."))
    for check in result.checks:
        out.print(verbatim(f"check {'ok  ' if check.passed else 'FAILED'} {check.name}: {check.detail}"))
