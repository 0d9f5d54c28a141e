"""`talentsim scenarios`: list the scenarios, the user's own included."""

from __future__ import annotations

from talentsim.commands.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Print name, title and description of every scenario."""
    from talentsim.config.scenario import scenario_cards
    from talentsim.report.terminal.listings import scenario_list
    from talentsim.report.terminal.terminal import terminal

    terminal().print(scenario_list(scenario_cards(arguments.config_dir)))
    return 0
