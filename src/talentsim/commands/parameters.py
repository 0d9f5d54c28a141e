"""`talentsim parameters [BEGINNING] [--over-time]`: every figure of the configuration with what is known about it."""

from __future__ import annotations

from talentsim.commands.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Print the parameters whose key begins with the given text; a country's may begin with its code."""
    from talentsim.config import Config, UserError, parameters_of
    from talentsim.config.evidence import UTIL, evidence_counts, grades_in_words, in_words, share_assumed
    from talentsim.report.numbers import capital
    from talentsim.report.terminal.listings import parameter_table, series_table
    from talentsim.report.terminal.terminal import terminal

    config = Config.load(*arguments.overrides, config_dir=arguments.config_dir)
    beginning = arguments.words[1] if len(arguments.words) > 1 else ""
    beginnings = (beginning, f"world.countries.{beginning}")
    rows = [(key, each) for key, each in parameters_of(config) if key.startswith(beginnings)]
    if not rows:
        raise UserError("talentsim parameters", f"no parameter's key begins with {beginning!r}",
                        "world, world.countries.USA, behaviour.location and the like")
    console = terminal()
    if arguments.over_time:
        rows = [(key, each) for key, each in rows if each.series is not None]
        if not rows:
            raise UserError("talentsim parameters --over-time", f"no figure whose key begins with {beginning!r} is a series", "",
                            "leave --over-time out: the figures hold in all years, but for what policies change")
        console.print(series_table(rows, range(config.world.burn_in_year, config.world.end_year + 1), console.width))
        return 0
    console.print(parameter_table(rows, console.width))
    counts = evidence_counts(rows)
    console.print(f"{in_words(counts)}, which is {share_assumed(counts):.0f} % assumed; coordinates are not counted.")
    console.print(f"{capital(grades_in_words())}.{f' {UTIL}' if any('util' in each.unit for _, each in rows) else ''}")
    return 0
