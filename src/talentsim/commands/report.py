"""`talentsim report RESULTS`: one HTML file to hand on, from a folder of results."""

from __future__ import annotations

from talentsim.commands.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Write the report on a comparison to its own folder, and name the file."""
    from talentsim.commands.results import results_named
    from talentsim.report.document.document import report_of
    from talentsim.report.figures.save import save_bytes
    from talentsim.report.terminal.terminal import terminal

    results = results_named(arguments, "report")
    path = save_bytes(report_of(results).encode(), results.folder / "report.html")
    terminal().print(str(path), markup=False, soft_wrap=True)
    return 0
