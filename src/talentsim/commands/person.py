"""`talentsim person [WHO] scenario=NAME`: one person's two lives, side by side, year by year."""

from __future__ import annotations

from talentsim.commands.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Print a person's years in both worlds, or without a name people whose lives differ. Replication 0 is looked at."""
    from talentsim.commands.launch import checked
    from talentsim.comparison.compare import run_pair
    from talentsim.comparison.person import two_lives, uid_from, whose_lives_differ
    from talentsim.config.arms import load_arms
    from talentsim.report.terminal.person import examples_table, lives_table
    from talentsim.report.terminal.progress import progress
    from talentsim.report.terminal.terminal import terminal

    baseline, scenario = (arm.model_copy(update={"ensemble": arm.ensemble.model_copy(update={"replications": 1})})
                          for arm in checked(*load_arms(arguments.overrides, arguments.config_dir)))
    uid = uid_from(arguments.words[1], list(scenario.world.countries)) if len(arguments.words) > 1 else None
    with progress(True) as report:
        one, other, _ = run_pair(baseline, scenario, progress=report)
    out = terminal(piped_width=120)
    if uid is None:
        out.print(examples_table(whose_lives_differ(one, other, 0)))
    else:
        who, years = two_lives(one, other, 0, uid)
        out.print(lives_table(who, years, other.codes))
    return 0
