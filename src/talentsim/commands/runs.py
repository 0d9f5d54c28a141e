"""`talentsim runs [verify|prune] [KEY=VALUE ...]`: what is in the store. `talentsim runs why A B` says why two numbers differ.

A and B are folders of results, or ids of stored runs, of which the beginning will do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from talentsim.commands.arguments import Arguments
from talentsim.digits import counted

if TYPE_CHECKING:
    from talentsim.ensemble.reasons import Told
    from talentsim.ensemble.store import Store

ACTIONS = ("list", "verify", "prune", "why")


def run(arguments: Arguments) -> int:
    """List the stored runs, hash them anew, or delete those of another version of the model.

    `output.dir=FOLDER` says where the store is; any other KEY=VALUE keeps the runs whose configuration has it. Returns 1
    when a run is damaged.
    """
    from talentsim.commands.arguments import refuse_words
    from talentsim.config.errors import unknown_name
    from talentsim.ensemble.inventory import inventory, verify_all
    from talentsim.ensemble.store import open_store
    from talentsim.report.terminal.runs import run_lines
    from talentsim.report.terminal.summaries import verbatim
    from talentsim.report.terminal.terminal import terminal

    action = arguments.words[1] if len(arguments.words) > 1 else "list"
    if action not in ACTIONS:
        raise unknown_name("talentsim runs", "action", action, ACTIONS)
    if action == "why":
        return _why(arguments)
    refuse_words(arguments, 1)
    wanted = dict(line.partition("=")[::2] for line in arguments.overrides)
    store, out = open_store(wanted.pop("output.dir", "outputs")), terminal()
    table = inventory(store, wanted)
    if action == "prune":
        old = list(table.run[(table.model != "this")])
        store.delete(old)
        out.print(verbatim(f"{counted(len(old), 'run', 'runs')} of another version of the model deleted, {len(table) - len(old)} kept in {store.folder}"))
        return 0
    if action == "list":
        for line in run_lines(table, str(store.folder)):
            out.print(verbatim(line), soft_wrap=True)
        return 1 if table.fault.any() else 0
    faults = verify_all(store, list(table.run))
    for name, fault in faults.items():
        out.print(verbatim(f"{name}: {fault}"))
    out.print(verbatim(f"{len(table) - len(faults)} of {counted(len(table), 'run', 'runs')} as written, in {store.folder}"))
    return 1 if faults else 0


def _why(arguments: Arguments) -> int:
    """Print what differs between two runs or two folders of results."""
    from talentsim.config.errors import UserError
    from talentsim.ensemble.reasons import reasons
    from talentsim.ensemble.store import open_store
    from talentsim.report.terminal.reasons import reason_lines
    from talentsim.report.terminal.terminal import terminal

    places = [line.partition("=")[2] for line in arguments.overrides if line.startswith("output.dir=")]
    if len(arguments.words) != 4 or len(places) != len(arguments.overrides):
        raise UserError("talentsim runs why", f"found {' '.join([*arguments.words[2:], *arguments.overrides]) or 'nothing'} after it",
                        "two folders of results, or two ids of runs; output.dir=FOLDER says where the store is", "talentsim runs why A B")
    store = open_store(places[-1] if places else "outputs")
    one, other = (_told(each, store) for each in arguments.words[2:])
    for line in reason_lines(one, other, reasons(one, other)):
        terminal().print(line, markup=False, soft_wrap=True)
    return 0


def _told(name: str, store: Store) -> Told:
    """Return what a folder of results, or else a run, says of itself."""
    from pathlib import Path

    from talentsim.ensemble.opened import open_results
    from talentsim.ensemble.reasons import results_told, run_told
    from talentsim.report.headline import headline_in_words

    if not Path(name).is_dir():
        return run_told(store, name)
    results = open_results(name)
    return results_told(results, headline_in_words(results))
