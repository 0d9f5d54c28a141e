"""What a command is given, the command line taken apart, and what it leaves to a reader who has gone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_HYDRA_ONLY = {"--cfg": 1, "-c": 1, "--info": 1, "-i": 1, "--package": 1, "-p": 1, "--resolve": 0, "--hydra-help": 0,
               "--shell-completion": 0, "-sc": 0}

_OF_A_PART = ("--from", "--share")

_SAME = {"seed": "ensemble.seed", "timing": "output.timing"}
"""Keys with two names."""


@dataclass
class Arguments:
    """The command line, taken apart.

    `words` are the command and what stands behind it; `part` is what `--from` and `--share` say of a new country; `hydra` are
    options that only Hydra knows.
    """

    words: list[str] = field(default_factory=list)
    overrides: list[str] = field(default_factory=list)
    config_dir: str | None = None
    multirun: bool = False
    wants_help: bool = False
    over_time: bool = False
    listed: bool = False
    formats: list[str] = field(default_factory=list)
    part: dict[str, str] = field(default_factory=dict)
    hydra: list[str] = field(default_factory=list)


def read(argv: Sequence[str]) -> Arguments:
    """Take a command line apart.

    Raises
    ------
    UserError
        When an option does not exist or lacks its value.
    """
    from talentsim.config.errors import UserError, nearest

    arguments, rest = Arguments(), list(argv)
    _refuse_cut_braces(argv)

    def value_of(option: str) -> str:
        if not rest:
            raise UserError(option, "a value is missing after it", "", "see talentsim --help")
        return rest.pop(0)

    while rest:
        each = rest.pop(0)
        option, equals, value = each.partition("=") if each.startswith("--") else (each, "", "")
        if each in ("-h", "--help") and arguments.words:
            arguments.wants_help = True
        elif option in ("-m", "--multirun"):
            arguments.multirun = True
        elif each == "--over-time":
            arguments.over_time = True
        elif each == "--list":
            arguments.listed = True
        elif each in ("--xlsx", "--csv"):
            arguments.formats.append(each.removeprefix("--"))
        elif option in ("--config-dir", "-cd"):
            arguments.config_dir = value if equals else value_of(option)
        elif option in _OF_A_PART:
            arguments.part[option.removeprefix("--")] = value if equals else value_of(option)
        elif option in _HYDRA_ONLY:
            arguments.hydra += [each] + [value_of(option) for _ in range(0 if equals else _HYDRA_ONLY[option])]
        elif each.startswith("-"):
            options = ["--config-dir", "--multirun", "--over-time", "--list", "--xlsx", "--csv", *_OF_A_PART, "--help", "--version", *_HYDRA_ONLY]
            near = nearest(each, options)
            raise UserError(each, "there is no such option", ", ".join(options), f"did you mean {near!r}?" if near else "")
        elif "=" in each or each.startswith("~"):
            arguments.overrides.append(each)
        else:
            arguments.words.append(each)
    return arguments


def _refuse_cut_braces(argv: Sequence[str]) -> None:
    """Refuse what a shell makes of braces that are not quoted: it cuts them at their spaces."""
    from talentsim.config.errors import UserError

    for each in argv:
        if each.count("{") != each.count("}"):
            raise UserError(f"command line, {each!r}", "a brace is not closed: the shell has cut the argument at its spaces",
                            "braces that close, within quotes", "'+policy.mine={lever: pay, ...}', quoted as a whole")


def refuse_repeats(overrides: Sequence[str]) -> None:
    """Refuse a key that is given twice: the last value would silently take the place of the first.

    Raises
    ------
    UserError
        When two values differ, or a later override sets or takes out what an earlier one has set a part of.
    """
    from talentsim.config.errors import UserError

    said: dict[str, tuple[str, str]] = {}
    for line in overrides:
        key, _, value = line.partition("=")
        key = _SAME.get(key.lstrip("+~"), key.lstrip("+~"))
        if line.startswith("+") and "." not in key:     # a group has words of its own
            continue
        for earlier, (other, first) in said.items():
            if (earlier == key and value.strip("'\"") != first) or (earlier.startswith(f"{key}.") and _sets(value, earlier.removeprefix(f"{key}."))):
                raise UserError(f"command line, {line!r}", f"{earlier} is given twice, and the value of {other!r} would be lost", "each key once",
                                "leave one of the two out; talentsim -m KEY=A,B runs both values; quote what has braces, which a shell spreads")
        said[key] = (line, value.strip("'\""))


def _sets(value: str, rest: str) -> bool:
    """Return whether a value for a key, as text, decides what was given for a key below it: a mapping joins what it does not name, and a group's file comes first anyhow."""
    return value in ("", "null") or (value.startswith("{") and re.search(rf"(?<!\w){re.escape(rest.partition('.')[0])}\s*:", value) is not None)


def refuse_words(arguments: Arguments, most: int) -> None:
    """Refuse words that a command would ignore.

    Raises
    ------
    UserError
        When more stand behind the command than it takes.
    """
    from talentsim.config.errors import UserError

    extra = arguments.words[1 + most:]
    if extra:
        raise UserError(f"talentsim {arguments.words[0]}", f"it takes {most or 'no'} word{'s' if most != 1 else ''} after it, and these are too many: {' '.join(extra)}",
                        "KEY=VALUE after it", f"talentsim {arguments.words[0]} --help")


def refuse_options(arguments: Arguments, known: Sequence[str]) -> None:
    """Refuse an option that a command would ignore.

    Raises
    ------
    UserError
        When one is given that it does not know.
    """
    from talentsim.config.errors import UserError

    given = [*(["--over-time"] if arguments.over_time else []), *(["--list"] if arguments.listed else []), *(f"--{each}" for each in [*arguments.formats, *arguments.part])]
    command = f"talentsim {arguments.words[0]}" if arguments.words else "talentsim"
    for each in given:
        if each not in known:
            raise UserError(command, f"it has no option {each}", ", ".join(known) or "KEY=VALUE and --config-dir", f"{command} --help")


def refuse_policies(overrides: Sequence[str], command: str) -> None:
    """Refuse what a command that looks at the world as it was would ignore.

    Raises
    ------
    UserError
        When an override chooses a scenario, a baseline or a policy.
    """
    from talentsim.config.errors import UserError

    for line in overrides:
        if line.lstrip("+~").partition("=")[0].split(".")[0] in ("scenario", "baseline", "policy"):
            raise UserError(line, f"{command} looks at the world as it was, without scenarios and policies", "",
                            f"leave it out, or compare with: talentsim {line}")


def reader_gone() -> int:
    """Let what is still to be printed go nowhere, `head` has read enough, and return the exit code."""
    from talentsim.commands.boundary import to_nowhere

    to_nowhere()
    return 0
