"""`talentsim runs [verify|prune] [KEY=VALUE ...]`: what is in the store."""

from __future__ import annotations

from talentsim.commands.arguments import Arguments

ACTIONS = ("list", "verify", "prune")


def run(arguments: Arguments) -> int:
    """List the stored runs, hash them anew, or delete those of another version of the model.

    `output.dir=FOLDER` says where the store is; any other KEY=VALUE keeps the runs whose configuration has it. Returns 1
    when a run is damaged.
    """
    from talentsim.config.errors import unknown_name
    from talentsim.ensemble.inventory import inventory, verify_all
    from talentsim.ensemble.store import open_store
    from talentsim.report.terminal.runs import run_lines
    from talentsim.report.terminal.summaries import verbatim
    from talentsim.report.terminal.terminal import terminal

    action = arguments.words[1] if len(arguments.words) > 1 else "list"
    if action not in ACTIONS:
        raise unknown_name("talentsim runs", "action", action, ACTIONS)
    wanted = dict(line.partition("=")[::2] for line in arguments.overrides)
    store, out = open_store(wanted.pop("output.dir", "outputs")), terminal()
    table = inventory(store, wanted)
    if action == "prune":
        old = list(table.run[(table.model != "this")])
        store.delete(old)
        out.print(verbatim(f"{len(old)} runs of another version of the model deleted, {len(table) - len(old)} kept in {store.folder}"))
        return 0
    if action == "list":
        for line in run_lines(table, str(store.folder)):
            out.print(verbatim(line), soft_wrap=True)
        return 1 if table.fault.any() else 0
    faults = verify_all(store, list(table.run))
    for name, fault in faults.items():
        out.print(verbatim(f"{name}: {fault}"))
    out.print(verbatim(f"{len(table) - len(faults)} of {len(table)} runs are what was written, in {store.folder}"))
    return 1 if faults else 0
