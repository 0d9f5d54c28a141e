"""`talentsim export RESULTS --xlsx`: a comparison as one Excel workbook; with --csv, every table of any results as CSV beside it."""

from __future__ import annotations

from talentsim.commands.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Write the workbook, or every table as CSV, to the folder of the results, and name what was written."""
    from talentsim.commands.results import results_named
    from talentsim.config import UserError
    from talentsim.report.figures.save import save_bytes
    from talentsim.report.terminal.terminal import terminal
    from talentsim.report.workbook import workbook_of

    results = results_named(arguments, "export")
    if not arguments.formats:
        raise UserError("talentsim export", "no format is named", "--xlsx, --csv or both", "talentsim export RESULTS --xlsx")
    written = []
    if "xlsx" in arguments.formats:
        written.append(save_bytes(workbook_of(results), results.folder / "comparison.xlsx"))
    if "csv" in arguments.formats:
        names = [name.removesuffix(".parquet") for name in results.manifest["files"] if name.endswith(".parquet")]
        written += [save_bytes(results.table(name).to_csv(index=False).encode(), results.folder / f"{name}.csv") for name in names]
    for path in written:
        terminal().print(str(path), markup=False, soft_wrap=True)
    return 0
