"""The main job: two arms as paired replications, compared, written and told."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from talentsim.calibration.posterior import differences
from talentsim.commands.timing import Stopwatch
from talentsim.commands.written import import_figures, written_pictures, written_tables
from talentsim.comparison.cautions import cautions, not_reached
from talentsim.comparison.compare import Comparison, compare_runs
from talentsim.comparison.pair import Pair, PairRuns, run_pair
from talentsim.comparison.pathways import flow_tables
from talentsim.comparison.portrait import tables_of_one
from talentsim.comparison.precision import until_precise
from talentsim.comparison.reduced import Reduced, reduced
from talentsim.comparison.sides import Side, compare_sides, decomposition, headline_row, policies_alone, with_effects
from talentsim.decide.sensitivity import End, sensitivity
from talentsim.decide.variance_shares import variance_shares
from talentsim.ensemble.draws import values_digest
from talentsim.ensemble.ensemble import Ensemble, run_ensembles
from talentsim.ensemble.executors import begin_workers, workers_kept
from talentsim.ensemble.identity import arm_id, run_ids
from talentsim.ensemble.opened import Results
from talentsim.ensemble.provenance import made_with
from talentsim.ensemble.results import new_results, write_manifest
from talentsim.ensemble.runner import Progress as Report
from talentsim.ensemble.store import Store, open_store
from talentsim.measures.observed import departures, fit
from talentsim.model.outcomes import HEADLINE
from talentsim.report.terminal.brief import WIDTH
from talentsim.report.terminal.comparison import print_comparison
from talentsim.report.terminal.progress import progress
from talentsim.report.terminal.terminal import terminal


def compare_and_write(pair: Pair, folder: Path, overrides: Sequence[str], beside: Sequence[Side] = (), told: bool = True, figures: bool = True,
                      watch: Stopwatch | None = None, config_dir: str | None = None) -> Comparison:
    """Run what is missing, compare, write to `folder` and print. When it cannot finish, `folder` is removed.

    Parameters
    ----------
    beside
        The same pair under other structures, or with figures at the ends of their ranges, to show beside it.
    told
        False prints nothing, for one job among many.
    figures
        False draws none and writes no report, whatever `output` says.
    watch
        What times the command, from before this begins.
    config_dir
        The folder with the user's own files that was given.

    Raises
    ------
    UserError
        When the folder cannot be written to or holds results already.
    RunsFailedError
        When a run fails; those that did not stay in the store.
    """
    started, store, watch = time.perf_counter(), open_store(pair.scenario.output.dir), watch or Stopwatch()
    watch.begin("simulate and store")
    with new_results(folder) as written, workers_kept():
        with progress(told) as report:
            pair, sides = _run_all(pair, beside, told, store, report)
            scenario = pair.scenario
            if figures and (scenario.output.figures or scenario.output.report):
                begin_workers(scenario.executor, import_figures)
            result, extra = _compared(pair, sides, store, watch, figures)
        watch.begin("write tables")
        facts = _facts(pair, result, overrides) | {"config_dir": config_dir}
        tables = tables_of_one(result, extra, pair) if told and pair.is_one else result.tables | extra
        results = Results(folder, {**facts, **made_with(), "files": {}}, tables)
        written += written_tables(results, scenario)
        watch.begin("figures and report")
        if figures:
            written += written_pictures(results, scenario)
        watch.begin("manifest and terminal")
        facts["wall_seconds"] = round(time.perf_counter() - started, 2)
        written.append(write_manifest(folder, facts, written))
    if told:
        _print(result, tables, pair, folder, time.perf_counter() - started, facts["calibration"], watch)
    return result


def _compared(pair: Pair, sides: Sequence[Side], store: Store, watch: Stopwatch, figures: bool) -> tuple[Comparison, dict[str, pd.DataFrame]]:
    """Compare the runs of a pair; return that and the tables beside it, those of observed facts only where figures show them."""
    watch.begin("compare")
    runs = run_pair(pair, store)
    each = reduced(runs, flows=True, facts=figures)
    result, extra = compare_runs(runs, each), _beside(runs, each, sides, store)
    watch.begin("hold against facts")
    return result, extra | (_beside_facts(runs.baseline, each.facts) if figures else {})


def _print(result: Comparison, tables: Mapping[str, pd.DataFrame], pair: Pair, folder: Path, seconds: float, calibration: Sequence[str], watch: Stopwatch) -> None:
    """Print the answer, and where the time went if that was asked for."""
    output = pair.scenario.output
    print_comparison(terminal(piped_width=120 if output.tables == "full" else WIDTH), result, tables, pair, folder, seconds, calibration)
    if output.timing:
        print(f"\nTime by phase\n{watch.told()}")


def _all_sides(pair: Pair, beside: Sequence[Side], told: bool) -> list[Side]:
    """Return what is shown beside the headline; one job among many shows only what it was asked for.

    A structure that this world has anyhow would show the same runs once more, fewer of them.
    """
    others = [each for each in beside if each.pair.ids != pair.ids]
    sides = [*others, *policies_alone(pair)] if told and pair.differing else []
    return sides + (decomposition(pair) if pair.scenario.compare.decompose else [])


def _run_all(pair: Pair, beside: Sequence[Side], told: bool, store: Store, report: Report) -> tuple[Pair, list[Side]]:
    """Run whatever is missing in one go, so that no worker waits for the end of another pair; return the pair and what is shown beside it."""
    if pair.scenario.ensemble.until_precision is not None:
        pair, _ = until_precise(pair, store, report)
    arms, sides = pair.arms_to_run(), _all_sides(pair, beside, told)
    run_ensembles([*arms, *(arm for side in sides for arm in side.pair)], store, report, n_apart=len(arms))
    return pair, sides


def _beside(runs: PairRuns, each: Reduced, sides: Sequence[Side], store: Store) -> dict[str, pd.DataFrame]:
    """Return what is shown beside the comparison: flows, and the headline under other conditions."""
    pair, extra = runs.pair, flow_tables(runs, each.rows, each.stays)
    ends = [side for side in sides if isinstance(side, End)]
    sides = [side for side in sides if not isinstance(side, End)]
    if ends:
        extra["sensitivity"] = sensitivity(ends, runs, store)
    shares = variance_shares(runs.baseline, runs.scenario)
    if len(shares):
        extra["variance_shares"] = shares
    if sides:
        whole = {"kind": "as configured", "name": pair.scenario.scenario.name, "title": "As configured"} | headline_row(runs)
        beside = compare_sides(sides, store, whole=runs if pair.scenario.compare.decompose else None)
        extra["sides"] = with_effects(pd.concat([pd.DataFrame([whole]), beside], ignore_index=True), runs)
    return extra


def _beside_facts(baseline: Ensemble, tables: Sequence[pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the baseline beside what is observed, and where it is not the shipped one, as the tables that have rows."""
    table = fit(baseline, tables)
    keys = pd.DataFrame({"key": departures(baseline.config) if len(table) else []})
    return {name: each for name, each in (("fit", table), ("departures", keys)) if len(each)}


def _facts(pair: Pair, result: Comparison, overrides: Sequence[str]) -> dict[str, Any]:
    arms = {name: {"id": arm_id(config), "config": config.model_dump(mode="json"), "draws_sha256": values_digest(config),
                   "runs": run_ids(config, range(config.ensemble.replications))}
            for name, config in (("baseline", pair.baseline), ("scenario", pair.scenario))}
    return {"arms": arms, "store": str(open_store(pair.scenario.output.dir).folder), "overrides": list(overrides),
            "checks": [vars(check) for check in result.checks], "warnings": [*cautions(pair), *not_reached(pair.scenario, _error(pair, result))],
            "calibration": differences(pair.baseline)}


def _error(pair: Pair, result: Comparison) -> float:
    """Return the standard error of the focus country's difference in the share of the works."""
    rows = result.headline[(result.headline.outcome == HEADLINE) & (result.headline.country == pair.scenario.focus)]
    return float(rows.standard_error.iloc[0])
