"""`talentsim bundle RESULTS`: pack what reproduces the numbers of a comparison into one file, RESULTS/bundle.zip.

It holds both configurations with every figure, versions, seeds, hashes and the numbers themselves, as plain text; `talentsim reproduce --help`
says how it is checked.
"""

from __future__ import annotations

from talentsim.commands.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Write the bundle to the folder of the results and name it."""
    from pathlib import Path

    from talentsim.commands.results import results_named
    from talentsim.ensemble.bundle import packed
    from talentsim.ensemble.store import Store
    from talentsim.report.figures.save import save_bytes
    from talentsim.report.headline import headline_in_words
    from talentsim.report.terminal.terminal import terminal

    results = results_named(arguments, "bundle")
    file = save_bytes(packed(results, Store(Path(str(results.manifest.get("store"))))), results.folder / "bundle.zip")
    for line in (headline_in_words(results), f"{file} holds what reproduces it: talentsim reproduce {file}"):
        terminal().print(line, markup=False, soft_wrap=True)
    return 0
