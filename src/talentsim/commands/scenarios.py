"""`talentsim scenarios`: list the scenarios, the user's own included."""

from __future__ import annotations

import sys

from talentsim.commands.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Print name, title and description of every scenario; one whose file is broken is told on stderr, and keeps no other back."""
    from talentsim.config.scenario import scenario_cards
    from talentsim.report.terminal.listings import scenario_list
    from talentsim.report.terminal.terminal import terminal

    cards, faults = scenario_cards(arguments.config_dir)
    terminal().print(scenario_list(cards))
    for fault in faults:
        print(f"talentsim: broken, and left out of the list: {fault.message}", file=sys.stderr)
    return 0
