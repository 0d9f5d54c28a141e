"""`talentsim levers`: list what a policy can change. `talentsim show pay`, for one, tells a lever in full."""

from __future__ import annotations

from talentsim.commands.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Print every lever with its meaning, unit, bounds and the fields of a policy that say for whom it changes."""
    from talentsim.config.errors import UserError
    from talentsim.report.terminal.levers import lever_table
    from talentsim.report.terminal.terminal import terminal

    if arguments.overrides:
        raise UserError("talentsim levers", f"levers are the same in every world: {' '.join(arguments.overrides)}", "talentsim levers",
                        "talentsim show pay world=toy tells what a lever is in a world")
    terminal(piped_width=100).print(lever_table())
    return 0
