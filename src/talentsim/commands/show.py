"""`talentsim show scenario=NAME`: say in words what a scenario changes."""

from __future__ import annotations

from talentsim.commands.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Print what the scenario is and which levers differ from the baseline's."""
    from talentsim.commands.launch import warn
    from talentsim.comparison.pair import Pair
    from talentsim.config.arms import load_arms
    from talentsim.config.errors import UserError
    from talentsim.report.terminal.listings import scenario_in_words
    from talentsim.report.terminal.terminal import terminal

    named = [f"scenario={name}" for name in arguments.words[1:]]
    if named and any(line.startswith("scenario=") for line in arguments.overrides):
        raise UserError("talentsim show", f"two scenarios are named: {arguments.words[1]} and {' '.join(arguments.overrides)}", "one")
    pair = Pair(*load_arms([*arguments.overrides, *named], arguments.config_dir))
    warn(pair)
    terminal().print(scenario_in_words(pair))
    return 0
