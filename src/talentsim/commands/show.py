"""`talentsim show scenario=NAME`: say in words what a scenario changes."""

from __future__ import annotations

from talentsim.commands.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Print what the scenario is and which levers differ from the baseline's."""
    from talentsim.comparison.pair import Pair
    from talentsim.config.arms import load_arms
    from talentsim.report.terminal.listings import scenario_in_words
    from talentsim.report.terminal.terminal import terminal

    terminal().print(scenario_in_words(Pair(*load_arms(arguments.overrides, arguments.config_dir))))
    return 0
