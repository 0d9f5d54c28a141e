"""A sweep: all its runs in one go beforehand, and its comparisons joined into one table and one figure afterwards."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from talentsim.comparison.pair import Pair
from talentsim.comparison.sweep import Joined, join
from talentsim.config import Config, UserError
from talentsim.digits import counted
from talentsim.ensemble.ensemble import RunsFailedError
from talentsim.ensemble.provenance import version_of
from talentsim.ensemble.results import prepare_folder, read_json, write_json, write_manifest, write_table
from talentsim.ensemble.runner import run_missing
from talentsim.ensemble.runs import runs_of
from talentsim.ensemble.store import MANIFEST, Store, open_store
from talentsim.report.terminal.progress import progress
from talentsim.report.terminal.summaries import verbatim
from talentsim.report.terminal.sweep import failure_table, sweep_table
from talentsim.report.terminal.terminal import terminal

FAILURE = "failure.json"


def run_in_one_go(pairs: Sequence[Pair]) -> None:
    """Compute whatever the store lacks for all pairs of arms, so that no worker waits for the end of a job.

    Raises
    ------
    RunsFailedError
        When more runs fail than `ensemble.max_failures` allows; fewer are left to their jobs to tell.
    """
    arms = [arm for pair in pairs for arm in pair.arms_to_run()]
    first = pairs[0].scenario
    allowed = first.ensemble.max_failures
    store, runs = open_store(first.output.dir), [run for arm in arms for run in runs_of(arm, apart=True)]
    _say_what_is_there(store, {run.id for run in runs})
    with progress(True) as report:
        failed = run_missing(runs, store, first.executor, report, allowed)
    if allowed is not None and len(failed) > allowed:
        raise RunsFailedError(failed)


def _say_what_is_there(store: Store, runs: Collection[str]) -> None:
    """Say on stderr how many of a sweep's runs were computed before; nothing where none was."""
    there = sum(store.suits(run, apart=True) for run in runs)
    if there:
        print(f"talentsim: {there} of {counted(len(runs), 'run', 'runs')} of this sweep are in the store already; {len(runs) - there} to compute", file=sys.stderr)


def record_failure(folder: Path, overrides: Sequence[str], message: str, traceback: str) -> None:
    """Write down that a job failed, with its overrides and the traceback."""
    write_json({"overrides": list(overrides), "message": message, "traceback": traceback}, prepare_folder(folder) / FAILURE)


def join_and_write(folder: Path) -> int:
    """Join the jobs below a folder into tables and a figure, print them and return how many jobs failed."""
    places, done = _jobs(folder)
    failures = pd.DataFrame([{"job": int(each.name), **read_json(each / FAILURE)} for each in places if (each / FAILURE).exists()])
    out, written = terminal(piped_width=120), []
    if done:
        joined = _joined(done)
        written += write_table(joined.table, folder, "sweep", joined.csv) + _figure(joined, folder)
        out.print(sweep_table(joined))
    if len(failures):
        failures["overrides"] = [" ".join(each) for each in failures["overrides"]]
        written += write_table(failures, folder, "failures", False)
        out.print(failure_table(failures))
    write_manifest(folder, {"jobs": len(places), "failed": len(failures)}, written)
    folder = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    out.print(verbatim(f"{len(done)} of {counted(len(places), 'job', 'jobs')} done. Results: {folder}"))
    return len(places) - len(done)


def redraw(folder: Path) -> list[Path]:
    """Draw the figure of a sweep that is done anew, and return its files."""
    return _figure(_joined(_jobs(folder)[1]), folder)


def _jobs(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the folders of all jobs, and of those that are done."""
    places = sorted((each for each in folder.iterdir() if each.name.isdigit()), key=lambda each: int(each.name))
    return places, [each for each in places if (each / MANIFEST).exists() and not (each / FAILURE).exists()]


def refuse_used(folder: Path) -> None:
    """Make sure that a folder holds no sweep yet: its jobs would be counted among those of the new one.

    Raises
    ------
    UserError
        When it holds jobs or a joined table.
    """
    if folder.is_dir() and any(each.name.isdigit() or (each.name in (MANIFEST, "sweep.parquet") and each.is_file()) for each in folder.iterdir()):
        raise UserError(f"hydra.sweep.dir={folder}", "the folder holds a sweep already", "a folder without results",
                        "name another one; runs that are stored are not computed again")


def _joined(done: Sequence[Path]) -> Joined:
    """Join the jobs of some folders.

    Raises
    ------
    UserError
        When an earlier version has written them, with other columns.
    """
    jobs = [(int(each.name), read_json(each / MANIFEST), pd.read_parquet(each / "differences.parquet")) for each in done]
    for each, (_, _, differences) in zip(done, jobs, strict=True):
        if "baseline" not in differences:
            raise UserError(str(each), "its table of differences has no levels: an earlier version has written it", "results of this version", "start the sweep again")
    return join(jobs)


def _figure(joined: Joined, folder: Path) -> list[Path]:
    from talentsim.report.doses import also_in_force, dose_in_words, short_dose
    from talentsim.report.figures import dose_response
    from talentsim.report.figures.save import save_figure

    pair = Pair(*(Config.model_validate(joined.arms[name]["config"]) for name in ("baseline", "scenario")))
    figure = dose_response(joined.curves, dose=short_dose(joined.dose, pair.scenario), axis=dose_in_words(joined.dose, pair.scenario),
                           beside=also_in_force(joined.keys, pair), outcome=joined.title, unit="% of works", level=joined.level,
                           source=f"talentsim {version_of('talentsim')}; {counted(len(joined.headline), 'comparison', 'comparisons')} in {folder.name}")
    return save_figure(figure, folder, "dose_response")
