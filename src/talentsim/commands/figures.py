"""`talentsim figures RESULTS`: draw what a folder of results holds."""

from __future__ import annotations

from talentsim.commands.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Draw every picture of a folder of results as PNG and SVG, in the same folder, and name the files."""
    from talentsim.commands.results import results_named
    from talentsim.report.document.pictures import pictures_of, plate_of
    from talentsim.report.figures.save import save_files
    from talentsim.report.terminal.terminal import terminal

    results, out = results_named(arguments, "figures"), terminal()
    if "sweep" in results:
        from talentsim.commands.sweep_job import redraw

        paths = redraw(results.folder)
    else:
        paths = [path for each in pictures_of(results) for path in save_files(plate_of(each).files, results.folder, each.stem)]
    for path in paths:
        out.print(str(path), markup=False, soft_wrap=True)
    return 0
