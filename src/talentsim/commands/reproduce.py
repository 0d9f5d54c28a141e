"""`talentsim reproduce BUNDLE`: run what a bundle holds anew and say what is equal and what differs.

Nothing stored is used. `executor=serial` and the like say where it runs, `output.dir=FOLDER` where it may write meanwhile, and
`world.data_dir=FOLDER` where published tables lie that a bundle does not hold. Leaves with 1 when a number differs.
"""

from __future__ import annotations

from talentsim.commands.arguments import Arguments

OWN = ("executor", "output.dir", "world.data_dir", "store")


def run(arguments: Arguments) -> int:
    """Compute the numbers again and print what was held against them, line by line."""
    import sys
    from pathlib import Path

    from talentsim.comparison.reproduce import reproduce
    from talentsim.config import Config, UserError
    from talentsim.ensemble.bundle import read_bundle
    from talentsim.ensemble.ensemble import RunsFailedError
    from talentsim.ensemble.results import prepare_folder
    from talentsim.report.terminal.progress import progress
    from talentsim.report.terminal.terminal import terminal

    if len(arguments.words) != 2:
        raise UserError("talentsim reproduce", "the bundle is missing", "talentsim reproduce BUNDLE", "talentsim bundle RESULTS writes one")
    for line in arguments.overrides:
        if not line.partition("=")[0].startswith(OWN):
            raise UserError(line, "a bundle is reproduced as it is", ", ".join(f"{each}=..." for each in OWN))
    bundle, here = read_bundle(Path(arguments.words[1])), Config.load("world=toy", *arguments.overrides)
    try:
        with progress(True) as report:
            held = reproduce(bundle, here, prepare_folder(Path(here.output.dir)), report)
    except RunsFailedError as error:
        print(f"talentsim: {error}", file=sys.stderr)
        return 1
    for each in held:
        terminal().print(f"{'equal  ' if each.equal else 'DIFFERS'}  {each.what}: {each.words}", markup=False, soft_wrap=True)
    equal = held[-1].equal
    terminal().print("\nReproduced." if equal else "\nNot reproduced: see what differs above. talentsim runs why A B compares two folders of results.", markup=False)
    return 0 if equal else 1
