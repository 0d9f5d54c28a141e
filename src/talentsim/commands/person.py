"""`talentsim person [WHO] scenario=NAME`: one person's two lives, side by side, year by year."""

from __future__ import annotations

from talentsim.commands.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Print a person's years in both worlds, or without a name people whose lives differ. Replication 0 is looked at."""
    from talentsim.commands.launch import checked_pair
    from talentsim.comparison.pair import run_pair
    from talentsim.comparison.person import two_lives, uid_from, whose_lives_differ
    from talentsim.report.terminal.person import examples_table, lives_table
    from talentsim.report.terminal.progress import progress
    from talentsim.report.terminal.terminal import terminal

    pair = checked_pair(arguments).with_replications(1)
    codes = list(pair.scenario.world.countries)
    uid = uid_from(arguments.words[1], codes) if len(arguments.words) > 1 else None
    with progress(True) as report:
        runs = run_pair(pair, progress=report)
    out = terminal(piped_width=120)
    if uid is None:
        out.print(examples_table(whose_lives_differ(runs, 0)))
    else:
        out.print(lives_table(*two_lives(runs, 0, uid), codes))
    return 0
