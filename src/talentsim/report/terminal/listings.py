"""Scenarios, parameters, sources and facts listed, and one scenario told, for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Group
from rich.table import Table
from rich.text import Text

from talentsim.comparison.pair import Pair
from talentsim.config import Parameter
from talentsim.config.evidence import remark
from talentsim.config.scenario import ScenarioMeta
from talentsim.data.facts import Fact
from talentsim.data.sources import Source
from talentsim.digits import figure
from talentsim.report.words import LeverChange, changes_by_year, common_lines, policy_lines, replaced_lines, span, value_in_words
from talentsim.vocab import LEVERS


def scenario_in_words(pair: Pair) -> Group:
    """Say what a scenario is, stands for and changes, with the lever's values before and after."""
    meta = pair.scenario.scenario
    parts = [Text(f"{meta.name}: {meta.title}", style="bold"), Text(meta.description.strip()),
             *([Text(f"Stands for: {meta.stands_for.strip()}")] if meta.stands_for.strip() else []), Text(f"Sources: {', '.join(meta.source) or 'none'}"),
             Text(f"\nAgainst {pair.baseline.scenario.name}:")]
    for line in policy_lines(pair):
        parts.append(Text(f"  - {line}"))
    parts += [Text(line) for line in replaced_lines(pair)]
    parts += [Text("\nIn both worlds:"), *(Text(f"  - {line}") for line in common_lines(pair))]
    tables = [_levers_table(each, years) for years, each in changes_by_year(pair)]
    return Group(*parts, *(part for table in tables for part in (Text(""), table)))


def scenario_list(cards: Sequence[ScenarioMeta]) -> Table:
    """List scenarios with title and description."""
    table = _folding("scenario", "title", "description")
    for card in cards:
        table.add_row(Text(card.name), Text(card.title), Text(card.description.strip()))
    return table


def parameter_table(rows: Sequence[tuple[str, Parameter]], width: int) -> Table:
    """List parameters with all that is known about them; keys stay on one line where `width` columns allow."""
    table = _folding("parameter", "value", "unit", "year", "range", "evidence", "source", "note")
    table.columns[0].min_width = min(max(len(key) for key, _ in rows), width // 3)
    for key, each in rows:
        table.add_row(Text(key), value_in_words(each), Text(each.unit), str(each.year or ""),
                      f"{figure(each.range[0])} to {figure(each.range[1])}", each.evidence.value, Text(", ".join(each.sources)), Text(remark(each)))
    return table


def series_table(rows: Sequence[tuple[str, Parameter]], years: range, width: int) -> Table:
    """List what figures are in each of the years, and where each value comes from; years that are alike share a line."""
    table = _folding("parameter", "years", "value", "from", "evidence", "source", "note")
    table.show_lines = False
    table.columns[0].min_width = min(max(len(key) for key, _ in rows), width // 3)
    for key, each in rows:
        assert each.series is not None
        runs: list[list[int]] = []
        for year in years:
            new = not runs or year in each.series.points or runs[-1][-1] in each.series.points or each.at(year) != each.at(year - 1)
            runs.append([year]) if new else runs[-1].append(year)
        table.add_row(Text(f"{key} ({each.unit})"))
        for run in runs:
            point = each.series.points.get(run[0])
            told = ("", "", "") if point is None else (
                (point.evidence or each.evidence).value, ", ".join(point.source or each.source), point.note or each.note)
            span = str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}"
            table.add_row("", span, figure(each.at(run[0])), each.series.kind_in(run[0]),
                          *(Text(words) for words in told))
    return table


def source_table(known: Mapping[str, Source], used: Mapping[str, Sequence[str]]) -> Table:
    """List the sources that a configuration rests on, with the number of figures and where to find them."""
    table = _folding("source", "figures", "title", "publisher", "year", "link")
    for name, keys in used.items():
        each = known[name]
        table.add_row(Text(name), str(len(keys)), Text(each.title), Text(each.publisher), str(each.year or ""), Text(each.url))
    return table


def fact_table(rows: Sequence[Fact], roles: Mapping[str, str] | None = None) -> Table:
    """List observed figures with unit, year, source, evidence and their role in calibration, where they have one."""
    table = _folding("fact", "quantity", "value", "unit", "year", "evidence", "source", "calibration")
    for each in rows:
        table.add_row(Text(each.id), Text(each.quantity), Text(_as_text(each.value)), Text(each.unit), str(each.year or ""),
                      each.evidence.value, Text(each.source), (roles or {}).get(each.id, ""))
    return table


def _levers_table(changes: Sequence[LeverChange], years: str) -> Table:
    table = Table(title=f"Levers that differ {years}", title_justify="left")
    for column in ("lever", "of", "towards", "baseline", "scenario"):
        table.add_column(column)
    for each in changes:
        table.add_row(each.lever, each.of, each.towards, *(span(values, LEVERS[each.lever].unit) for values in (each.before, each.after)))
    return table


def _folding(*columns: str) -> Table:
    """Return a table whose cells break lines where they must and are never cut."""
    table = Table(show_lines=True)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _as_text(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name} {f'({_as_text(each)})' if isinstance(each, dict) else _as_text(each)}" for name, each in value.items())
    return ", ".join(map(_as_text, value)) if isinstance(value, list) else str(value)
