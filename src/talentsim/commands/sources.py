"""`talentsim sources`: the sources that a configuration's figures rest on."""

from __future__ import annotations

from talentsim.commands.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Print every source in use, with the number of figures that rest on it."""
    from talentsim.config.arms import load_arms
    from talentsim.data.sources import all_sources, used_sources
    from talentsim.report.terminal.listings import source_table
    from talentsim.report.terminal.terminal import terminal

    _, scenario = load_arms(arguments.overrides, arguments.config_dir)
    terminal().print(source_table(all_sources(scenario), used_sources(scenario)))
    return 0
