"""The main job: both arms as paired replications, compared, written and told."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from talentsim.analysis.compare import Comparison, compare, start_of_difference
from talentsim.analysis.outcomes import OUTCOMES
from talentsim.config import Config
from talentsim.ensemble.runner import Progress as Report
from talentsim.ensemble.runner import run_arms
from talentsim.ensemble.store import new_results, run_id, run_tables, version_of, write_manifest, write_table
from talentsim.recorder import RunTables
from talentsim.report.tables import diversion_summary, headline_table, plain, total_change
from talentsim.report.terminal import terminal
from talentsim.report.words import policy_lines

N_COUNTRIES_SHOWN = 6


def compare_and_write(baseline: Config, scenario: Config, folder: Path, overrides: Sequence[str]) -> Comparison:
    """Run, compare, write to `folder` and print. When it cannot finish, what it has written is taken away.

    Raises
    ------
    UserError
        When the folder cannot be written to or holds results already.
    """
    out = terminal(piped_width=120)
    started = time.perf_counter()
    with new_results(folder) as written:
        with _progress() as report:
            runs = run_arms([baseline, scenario], report)
        result = compare(baseline, scenario, *runs)
        for files in _write(result, baseline, scenario, runs, folder):
            written += files
        facts = {"overrides": list(overrides), "wall_seconds": round(time.perf_counter() - started, 2),
                 "checks": [vars(check) for check in result.checks]}
        written.append(write_manifest(folder, {"baseline": baseline, "scenario": scenario}, facts, written))
    _print(out, result, baseline, scenario)
    folder = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    out.print(plain(f"{time.perf_counter() - started:.1f} s. Results: {folder}"))
    return result


def _write(result: Comparison, baseline: Config, scenario: Config, runs: Sequence[Sequence[RunTables]],
           folder: Path) -> Iterator[list[Path]]:
    """Write tables and figures one by one, yielding the files of each."""
    tables = [("headline", result.headline), ("over_time", result.over_time), ("differences", result.differences),
              ("diversion", result.diversion)]
    for name, table in chain(tables, run_tables({"baseline": runs[0], "scenario": runs[1]})):
        yield write_table(table, folder, name, scenario.output.csv)
    if scenario.output.figures:
        yield from _figures(result, baseline, scenario, folder)


def _figures(result: Comparison, baseline: Config, scenario: Config, folder: Path) -> Iterator[list[Path]]:
    from talentsim.report.figures import difference_by_country, diversion_flow, work_over_time
    from talentsim.report.save import save_figure

    name, year, focus = scenario.scenario.title, scenario.headline_year, scenario.focus
    level = scenario.compare.level
    source = (f"talentsim {version_of('talentsim')}; world {scenario.world.name}, scale {scenario.population.scale:g}, "
              f"{scenario.ensemble.replications} replications; baseline {run_id(baseline)}, scenario {run_id(scenario)}")
    start = start_of_difference(baseline, scenario)
    shown = result.headline[result.headline.outcome == "work_share"].sort_values("baseline", ascending=False)
    countries = list(shown.country.head(N_COUNTRIES_SHOWN))
    figures = {
        "work_over_time": work_over_time(
            result.over_time, scenario=name, countries=countries, differences=result.differences, level=level,
            policy_start=start if start is not None and start <= scenario.world.end_year else None, source=source),
        "difference_by_country": difference_by_country(result.headline, outcome="work_share", scenario=name,
                                                       source=source, level=level),
        "diversion": diversion_flow(result.diversion, focus=focus, scenario=name, year=year, source=source,
                                    level=level),
    }
    for stem, figure in figures.items():
        yield save_figure(figure, folder, stem)


def _print(out: Console, result: Comparison, baseline: Config, scenario: Config) -> None:
    year, level = scenario.headline_year, scenario.compare.level
    out.print(plain(f"\n{scenario.scenario.title}, against: {baseline.scenario.title}"), style="bold")
    for line in policy_lines(baseline, scenario):
        out.print(plain(f"  {line}"))
    out.print(plain(f"World {scenario.world.name}, {scenario.world.start_year} to {scenario.world.end_year}, entry "
                    f"{scenario.entry.name}, scale {scenario.population.scale:g}, "
                    f"paired replications: {scenario.ensemble.replications}\n"))
    titles = {name: outcome.title for name, outcome in OUTCOMES.items()}
    out.print(headline_table(result.headline, titles, scenario.focus, level))
    out.print(plain(total_change(result.over_time, scenario.focus, year)))
    out.print(diversion_summary(result.diversion, scenario.focus, year, level))
    out.print(plain("The intervals are Monte-Carlo error alone; what is not known about the parameters is larger, "
                    "see `talentsim parameters`."))
    start = start_of_difference(baseline, scenario)
    if baseline.policies != scenario.policies and start is not None and start > scenario.world.end_year:
        out.print(plain(f"Note: no policy that differs is in force before the end of {scenario.world.end_year}."))
    for check in result.checks:
        out.print(plain(f"check {'ok  ' if check.passed else 'FAILED'} {check.name}: {check.detail}"))


@contextmanager
def _progress() -> Iterator[Report]:
    """Show how many runs are done and how long the rest will take, on stderr and only to a person."""
    console = Console(stderr=True)
    columns = (TextColumn("runs"), BarColumn(), MofNCompleteColumn(), TextColumn("elapsed"), TimeElapsedColumn(),
               TextColumn("left"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("runs", total=None)

        def report(n_done: int, n_runs: int) -> None:
            bar.update(task, completed=n_done, total=n_runs)

        yield report
