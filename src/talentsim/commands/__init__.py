"""The commands, one module each: `talentsim NAME` calls `run(arguments)` of the module named here.

A command is added with a module and one entry; the module is imported when its command is given, so `--help`, which
prints the entries, stays quick.
"""

from __future__ import annotations

from contextvars import copy_context
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from talentsim.commands.arguments import Arguments


class Command(NamedTuple):
    """A command's module, how to call it, and what it does in a few words."""

    module: str
    usage: str
    summary: str
    options: tuple[str, ...] = ()

    @property
    def n_words(self) -> int | None:
        """How many words it takes, as its usage shows them; None for any number."""
        _, *words = self.usage.split()
        return None if any("..." in each for each in words) else sum("=" not in each for each in words)


COMMANDS: dict[str, Command] = {
    "bundle": Command("talentsim.commands.bundle", "bundle RESULTS", "pack what reproduces the numbers of a comparison into one file"),
    "calibrate": Command("talentsim.commands.calibrate", "calibrate world=ai", "fit to what is observed; propose draws, or figures (world=scholars)"),
    "dashboard": Command("talentsim.commands.dashboard", "dashboard [PORT]", "a page with every lever as a slider, on this machine alone"),
    "completion": Command("talentsim.commands.completion", "completion bash|zsh|fish", "print what makes a shell complete talentsim's words"),
    "data": Command("talentsim.commands.data", "data scholars SOURCE_DIR", "make the tables of world=scholars from published files"),
    "doctor": Command("talentsim.commands.doctor", "doctor", "say whether this machine and installation are fit for work"),
    "export": Command("talentsim.commands.export", "export RESULTS --xlsx", "write one Excel workbook, or with --csv every table", ("--xlsx", "--csv")),
    "facts": Command("talentsim.commands.facts", "facts [BEGINNING]", "what is observed: figures with unit, year and source"),
    "figures": Command("talentsim.commands.figures", "figures RESULTS", "draw the pictures of a folder of results"),
    "indicators": Command("talentsim.commands.indicators", "indicators [NAME ...]", "stay rates, gaps, dependence and the like; --list names them", ("--list", "--over-time")),
    "levers": Command("talentsim.commands.levers", "levers", "list what a policy can change, with unit and bounds"),
    "new": Command("talentsim.commands.new", "new scenario|country NAME", "write a commented scenario that runs, or a country split off another", ("--from", "--share")),
    "parameters": Command("talentsim.commands.parameters", "parameters [BEGINNING]",
                          "every figure with unit, range, source and evidence", ("--over-time",)),
    "person": Command("talentsim.commands.person", "person [WHO] scenario=NAME", "one person's two lives, side by side"),
    "report": Command("talentsim.commands.report", "report RESULTS", "write one HTML file to hand on"),
    "reproduce": Command("talentsim.commands.reproduce", "reproduce BUNDLE", "run a bundle anew, and say what is equal and what differs"),
    "runs": Command("talentsim.commands.runs", "runs [verify|prune|why ...]", "list, filter, verify or clear the stored runs; say why two numbers differ"),
    "scenarios": Command("talentsim.commands.scenarios", "scenarios", "list the scenarios"),
    "sensitivity": Command("talentsim.commands.sensitivity", "sensitivity [KEY ...] scenario=NAME", "compare, with figures at the ends of their ranges"),
    "show": Command("talentsim.commands.show", "show [NAME]", "say in words what a scenario changes, or what a lever is"),
    "validate": Command("talentsim.commands.validate", "validate [agents] world=ai",
                        "the model beside what is observed; years not seen (world=scholars)"),
    "sources": Command("talentsim.commands.sources", "sources", "the sources behind the figures"),
}

MAIN_JOB = "talentsim.commands.compare"
"""What runs when no command is named."""


def run_command(arguments: Arguments) -> int:
    """Run the command that the first word names, the main job without one, and return its exit code.

    Raises
    ------
    UserError
        When there is no such command, or it meets a mistake of the user's.
    """
    module = MAIN_JOB
    if arguments.wants_help:
        return _help(arguments.words)
    if not arguments.words:
        from talentsim.commands.arguments import refuse_options

        refuse_options(arguments, ())
    if arguments.words:
        from talentsim.config.errors import unknown_name

        if arguments.words[0] not in COMMANDS:
            raise unknown_name("command line", "command", arguments.words[0], COMMANDS)
        from talentsim.commands.arguments import refuse_options, refuse_words

        command = COMMANDS[arguments.words[0]]
        module = command.module
        refuse_options(arguments, command.options)
        if command.n_words is not None:
            refuse_words(arguments, command.n_words)
    if arguments.overrides:
        from talentsim.commands.arguments import refuse_repeats

        refuse_repeats(arguments.overrides)
    code: int = copy_context().run(import_module(module).run, arguments)       # what a command sets for itself ends with it
    return code


def _help(words: list[str]) -> int:
    """Print a command's usage, and what its module says of it."""
    from talentsim.config.errors import unknown_name

    if words[0] not in COMMANDS:
        raise unknown_name("command line", "command", words[0], COMMANDS)
    command = COMMANDS[words[0]]
    print(f"talentsim {command.usage}\n\n  {command.summary}\n\n{(import_module(command.module).__doc__ or '').strip()}\n\n"
          "Everything in the configuration can be set as KEY=VALUE after it: talentsim --help")
    return 0


def command_lines() -> str:
    """Return the usage and summary of every command, one a line."""
    return "\n".join(f"  talentsim {each.usage:<31} {each.summary}" for each in COMMANDS.values())
