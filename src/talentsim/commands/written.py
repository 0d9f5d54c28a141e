"""What the main job writes to its folder: tables, the workbook, pictures and the report."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from pathlib import Path

from talentsim.config import Config
from talentsim.ensemble.executors import open_executor
from talentsim.ensemble.opened import Results
from talentsim.ensemble.results import write_table


def written_tables(results: Results, scenario: Config) -> list[Path]:
    """Write every table, and all of them as a workbook where one is asked for."""
    written: list[Path] = []
    for name, table in results.kept.items():
        written += write_table(table, results.folder, name, scenario.output.csv)
    if scenario.output.xlsx:
        manifest = {**results.manifest, "files": {path.name: "" for path in written}}
        written.append(_workbook(Results(results.folder, manifest, results.kept)))
    return written


def _workbook(results: Results) -> Path:
    """Write a comparison as an Excel workbook."""
    from talentsim.report.figures.save import save_bytes
    from talentsim.report.workbook import workbook_of

    return save_bytes(workbook_of(results), results.folder / "comparison.xlsx")


def import_figures() -> None:
    """Have ready what pictures are drawn with: for worker processes, while the main one compares."""
    import talentsim.report.document.pictures  # noqa: F401   # what comes later finds it there


def _n_drawing(scenario: Config) -> int:
    """Return how many processes draw: matplotlib is not made for threads."""
    return scenario.executor.workers or os.cpu_count() or 1 if scenario.executor.kind == "processes" else 1


def written_pictures(results: Results, scenario: Config) -> Iterator[Path]:
    """Draw each picture once, for its own files and for the report."""
    output = scenario.output
    if not (output.figures or output.report):
        return
    from talentsim.report.document.document import report_of
    from talentsim.report.document.pictures import pictures_of, plates_of
    from talentsim.report.figures.save import save_bytes, save_files

    kinds, plates = ("png", "svg") if output.figures else ("svg",), None
    workers = _n_drawing(scenario)
    if workers > 1:
        stems = [each.stem for each in pictures_of(results)]
        n = min(2 * workers, len(stems))         # a few more parts than processes: pictures take unequal times
        with suppress(BrokenExecutor), open_executor(scenario.executor, workers) as pool:
            parts = [pool.submit(plates_of, results, kinds, stems[part::n]) for part in range(n)]
            plates = sorted((plate for part in parts for plate in part.result()), key=lambda plate: stems.index(plate.stem))
    if plates is None:      # there are no workers, or one was ended from outside
        plates = plates_of(results, kinds)
    if output.figures:
        for plate in plates:
            yield from save_files(plate.files, results.folder, plate.stem)
    if output.report:
        yield save_bytes(report_of(results, plates).encode(), results.folder / "report.html")
