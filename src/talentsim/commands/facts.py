"""`talentsim facts [BEGINNING]`: what is observed, with unit, year and source."""

from __future__ import annotations

from talentsim.commands.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Print the observed figures whose name begins with the given text."""
    from talentsim.calibration.targets import roles_of_facts
    from talentsim.config import UserError
    from talentsim.data.facts import facts
    from talentsim.report.terminal.listings import fact_table
    from talentsim.report.terminal.terminal import terminal

    beginning = arguments.words[1] if len(arguments.words) > 1 else ""
    rows = [fact for name, fact in facts().items() if name.startswith(beginning)]
    if not rows:
        raise UserError("talentsim facts", f"no fact's name begins with {beginning!r}", "names that `talentsim facts` lists")
    terminal().print(fact_table(rows, roles_of_facts("ai")))
    return 0
