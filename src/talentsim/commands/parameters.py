"""`talentsim parameters [BEGINNING]`: every figure of the configuration with what is known about it."""

from __future__ import annotations

from talentsim.commands.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Print the parameters whose key begins with the given text."""
    from talentsim.config import Config, UserError, parameters_of
    from talentsim.config.evidence import evidence_counts, in_words
    from talentsim.report.terminal.listings import parameter_table
    from talentsim.report.terminal.terminal import terminal

    config = Config.load(*arguments.overrides, config_dir=arguments.config_dir)
    beginning = arguments.words[1] if len(arguments.words) > 1 else ""
    rows = [(key, each) for key, each in parameters_of(config) if key.startswith(beginning)]
    if not rows:
        raise UserError("talentsim parameters", f"no parameter's key begins with {beginning!r}",
                        "world, world.countries.USA, behaviour.location and the like")
    console = terminal()
    console.print(parameter_table(rows, console.width))
    console.print(f"{in_words(evidence_counts(rows))}; coordinates are not counted.")
    return 0
