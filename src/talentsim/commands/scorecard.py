"""The scorecard of a calibrated world: draws of its posterior on the real model, beside every target; `talentsim validate world=ai`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talentsim.calibration.posterior import differences
from talentsim.calibration.scorecard import forecasts, history_off, scorecard, summary
from talentsim.calibration.simulated import Tick, simulated_figures
from talentsim.calibration.targets import Target, content_of, targets_of
from talentsim.ensemble.draws import draws_of, row_of
from talentsim.ensemble.results import dated_folder, new_results, write_manifest, write_table

if TYPE_CHECKING:
    import pandas as pd

    from talentsim.arrays import Floats
    from talentsim.config import Config

CHECKED_FROM = 200_000      # number of the first replication of runs that check draws
HISTORY_DRAWS = 4
DEFAULT = "ai_2019"
"""Draws that have not seen what is held out."""


def sized(config: Config) -> Config:
    """Return a configuration at the scale that calibration runs at, its figures at their own values."""
    return config.model_copy(update={"population": config.population.model_copy(update={"scale": config.calibration.scale}),
                                     "parameters": config.parameters.model_copy(update={"draws": None})})


def run_scorecard(config: Config, with_history: bool) -> int:
    """Run draws, lay them beside the targets, write tables, picture and document, and print the misses first."""
    from talentsim.report.document.validation import validation_document
    from talentsim.report.figures.save import save_bytes
    from talentsim.report.terminal.calibration import scorecard_lines
    from talentsim.report.terminal.progress import progress
    from talentsim.report.terminal.terminal import terminal

    asked = config.parameters.draws
    draws = DEFAULT if asked is None or asked == config.world.name else asked
    config = sized(config)
    config = config.model_copy(update={"parameters": config.parameters.model_copy(update={"draws": draws})})
    targets, folder = targets_of(config.world.name), dated_folder(Path(config.output.dir), "validate")
    with new_results(folder) as written:
        with progress(True) as tick:
            shown = checked_draws(config, config.calibration.check, targets, tick)
            tables = {"scorecard": scorecard(targets, shown), "forecasts": forecasts(targets, shown)}
            if with_history:
                tables["history"] = _history(config, targets, shown, tick)
        tables["summary"] = summary(tables["scorecard"])
        for name, table in tables.items():
            written += write_table(table, folder, name, config.output.csv)
        laid = draws_of(config)
        said = dict(laid.manifest) if laid is not None else {}
        changed, looks = differences(config), content_of(config.world.name, "looks")
        written += _pictures(folder, tables, config)
        document = validation_document(tables, said, looks, changed, len(shown), config.population.scale)
        written.append(save_bytes(document.encode(), folder / "VALIDATION.md"))
        write_manifest(folder, {"command": "validate", "config": config.model_dump(mode="json"), "calibration": changed}, written)
    out = terminal(piped_width=200)
    for each in scorecard_lines(tables, changed):
        out.print(each)
    print(f"Results: {folder}")
    return 0


def checked_draws(config: Config, n: int, targets: Sequence[Target], tick: Tick | None) -> Floats:
    """Return targets' indicators on the real model at the first n draws of an arm, shape (n, n_targets)."""
    rows = [row_of(config, place) for place in range(n)]
    return simulated_figures(config, rows, targets, Path(config.output.dir) / "calibration" / "runs", CHECKED_FROM, tick)


def _history(config: Config, targets: Sequence[Target], shown: Floats, tick: Tick | None) -> pd.DataFrame:
    """Switch the policies of the past off one by one, in a few draws each."""
    n, without = min(HISTORY_DRAWS, len(shown)), {}
    titles = [each.title or name for name, each in config.policies.items()]
    for name, policy in config.policies.items():
        arm = config.model_copy(update={"policy": {other: each for other, each in config.policies.items() if other != name}})
        called = policy.title or name
        without[called if titles.count(called) == 1 else f"{called} ({name})"] = checked_draws(arm, n, targets, tick)
    return history_off(targets, shown[:n], without)


def _pictures(folder: Path, tables: dict[str, pd.DataFrame], config: Config) -> list[Path]:
    from talentsim.ensemble.opened import Results
    from talentsim.ensemble.provenance import made_with
    from talentsim.report.document.pictures import pictures_of, plate_of
    from talentsim.report.figures.save import save_files

    results = Results(folder, {"command": "validate", "config": config.model_dump(mode="json"), **made_with(), "files": {}}, tables)
    plates: Any = [plate_of(each) for each in pictures_of(results)]
    return [path for each in plates for path in save_files(each.files, folder, each.stem)]
