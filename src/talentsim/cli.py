"""Command line: words for looking things up, and everything with a `=` in it for the main job, over Hydra.

Heavy packages are imported where they are used, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from talentsim.config import Config

HELP = """\
talentsim: where researchers train, work and produce, and what a policy would change.

  talentsim scenario=visa_tightening        compare a scenario with the baseline
  talentsim -m scenario=a,b seed_or_key=..  one comparison for every combination (Hydra multirun)

  talentsim scenarios                       list the scenarios
  talentsim show scenario=visa_tightening   say in words what a scenario changes
  talentsim parameters [BEGINNING]          every figure with unit, range, source and evidence
  talentsim sources                         the sources behind the figures
  talentsim facts [BEGINNING]               what is observed: figures with unit, year and source

Everything in the configuration can be set as KEY=VALUE behind any command, with Hydra's syntax:
  world=ai|toy                              the world; toy is small and quick
  baseline=NAME                             any scenario as the yardstick
  focus=CAN                                 whose diversion to show
  policy.f1_refusal.value=0.1               a policy's figure;  policy.f1_refusal=null switches it off
  entry=trend|plateau                       cohorts after the last year with data
  population.scale=0.1                      agents per researcher
  ensemble.replications=32 ensemble.seed=7  how often, and with which luck
  executor=processes|threads|serial         where it runs; results are the same
  output.dir=FOLDER output.csv=true         where results go, and CSV beside Parquet

Options
  --config-dir FOLDER                       your own scenarios, countries and worlds (YAML)
  -m, --multirun                            sweep over comma-separated values
  --cfg job                                 print the composed configuration
  -h, --help;  --version;  --hydra-help     help;  version;  Hydra's own options
"""


_HYDRA_ONLY = {"--cfg": 1, "-c": 1, "--info": 1, "-i": 1, "--package": 1, "-p": 1, "--resolve": 0, "--hydra-help": 0,
               "--shell-completion": 0, "-sc": 0}


@dataclass
class Arguments:
    """The command line, taken apart."""

    words: list[str] = field(default_factory=list)
    overrides: list[str] = field(default_factory=list)
    config_dir: str | None = None
    multirun: bool = False
    hydra: list[str] = field(default_factory=list)


def run(argv: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 well done, 2 the user's mistake, 130 stopped by Ctrl-C."""
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(HELP, end="")
        return 0
    if argv[0] == "--version":
        from talentsim import __version__

        print(f"talentsim {__version__}")
        return 0
    from talentsim.config.errors import UserError

    try:
        return _dispatch(argv)
    except UserError as error:
        print(f"talentsim: {error.message}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ntalentsim: stopped by Ctrl-C; unfinished results were taken away", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return _reader_gone()


def read(argv: Sequence[str]) -> Arguments:
    """Take a command line apart.

    Raises
    ------
    UserError
        When an option does not exist or lacks its value.
    """
    from talentsim.config.errors import UserError, nearest

    arguments, rest = Arguments(), list(argv)

    def value_of(option: str) -> str:
        if not rest:
            raise UserError(option, "a value is missing behind it", "", "see talentsim --help")
        return rest.pop(0)

    while rest:
        each = rest.pop(0)
        option, equals, value = each.partition("=") if each.startswith("--") else (each, "", "")
        if option in ("-m", "--multirun"):
            arguments.multirun = True
        elif option in ("--config-dir", "-cd"):
            arguments.config_dir = value if equals else value_of(option)
        elif option in _HYDRA_ONLY:
            arguments.hydra += [each] + [value_of(option) for _ in range(0 if equals else _HYDRA_ONLY[option])]
        elif each.startswith("-"):
            options = ["--config-dir", "--multirun", "--help", "--version", *_HYDRA_ONLY]
            near = nearest(each, options)
            raise UserError(each, "there is no such option", ", ".join(options), f"did you mean {near!r}?" if near else "")
        elif "=" in each or each.startswith("~"):
            arguments.overrides.append(each)
        else:
            arguments.words.append(each)
    return arguments


def _dispatch(argv: Sequence[str]) -> int:
    arguments = read(argv)
    if arguments.words:
        from talentsim.config.errors import unknown_name

        command = _COMMANDS.get(arguments.words[0])
        if command is None:
            raise unknown_name("command line", "command", arguments.words[0], _COMMANDS)
        command(arguments)
        return 0
    return _main_job(arguments)


def _main_job(arguments: Arguments) -> int:
    """Check everything that can be checked beforehand, then let Hydra run the job or the sweep."""
    from talentsim.config.compose import load_arms

    arms: dict[tuple[str, ...], tuple[Config, Config]] = {}
    if not arguments.hydra:
        for overrides in _jobs(arguments):
            arms[tuple(overrides)] = checked(*load_arms(overrides, arguments.config_dir))
    return _run_hydra(arguments, arms)


def _jobs(arguments: Arguments) -> list[list[str]]:
    """Return the overrides of every job: one, or every combination of a sweep."""
    if not arguments.multirun:
        return [arguments.overrides]
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper

    from talentsim.config.compose import parse

    batches = BasicSweeper.split_arguments(parse(arguments.overrides), max_batch_size=None)
    return [list(job) for batch in batches for job in batch]


def checked(baseline: Config, scenario: Config) -> tuple[Config, Config]:
    """Return the arms when their sources are known and the output folder can be written to.

    Raises
    ------
    UserError
        Otherwise.
    """
    from pathlib import Path

    from talentsim.data.sources import used_sources
    from talentsim.ensemble.store import prepare_folder

    for arm in (baseline, scenario):
        used_sources(arm)
    prepare_folder(Path(scenario.output.dir))
    return baseline, scenario


def _run_hydra(arguments: Arguments, arms: dict[tuple[str, ...], tuple[Config, Config]]) -> int:
    import hydra
    from hydra.core.hydra_config import HydraConfig

    from talentsim.config.compose import load_arms, search_path_override
    from talentsim.config.errors import UserError
    from talentsim.config.files import conf_dir

    def task(_: Any) -> None:
        from pathlib import Path

        from talentsim.job import compare_and_write

        context = HydraConfig.get()
        own = [line for line in context.overrides.task if not line.startswith("hydra.")]
        pair = arms.get(tuple(own)) or load_arms(own, arguments.config_dir)     # a launcher's process starts without them
        try:
            compare_and_write(*pair, folder=Path(context.runtime.output_dir), overrides=own)
        except UserError as error:      # Hydra would print a traceback and leave with 1
            print(f"talentsim: {error.message}", file=sys.stderr)
            raise SystemExit(2) from None
        except BrokenPipeError:         # the results are written, whoever has stopped reading
            raise SystemExit(_reader_gone()) from None

    extra = [search_path_override(arguments.config_dir)] if arguments.config_dir else []
    sys.argv = ["talentsim", *arguments.overrides, *extra, *(["--multirun"] if arguments.multirun else []),
                *arguments.hydra]
    hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name="config")(task)()
    return 0


def _scenarios(arguments: Arguments) -> None:
    from talentsim.config.compose import scenario_cards
    from talentsim.report.terminal import terminal
    from talentsim.report.words import scenario_list

    terminal().print(scenario_list(scenario_cards(arguments.config_dir)))


def _show(arguments: Arguments) -> None:
    from talentsim.config.compose import load_arms
    from talentsim.report.terminal import terminal
    from talentsim.report.words import scenario_in_words

    baseline, scenario = load_arms(arguments.overrides, arguments.config_dir)
    terminal().print(scenario_in_words(baseline, scenario))


def _parameters(arguments: Arguments) -> None:
    from talentsim.config import Config, UserError, parameters_of
    from talentsim.report.terminal import terminal
    from talentsim.report.words import parameter_table

    config = Config.load(*arguments.overrides, config_dir=arguments.config_dir)
    beginning = arguments.words[1] if len(arguments.words) > 1 else ""
    rows = [(key, each) for key, each in parameters_of(config) if key.startswith(beginning)]
    if not rows:
        raise UserError("talentsim parameters", f"no parameter's key begins with {beginning!r}",
                        "world, world.countries.USA, behaviour.location and the like")
    console = terminal()
    console.print(parameter_table(rows, console.width))


def _sources(arguments: Arguments) -> None:
    from talentsim.config.compose import load_arms
    from talentsim.data.sources import all_sources, used_sources
    from talentsim.report.terminal import terminal
    from talentsim.report.words import source_table

    _, scenario = load_arms(arguments.overrides, arguments.config_dir)
    terminal().print(source_table(all_sources(scenario), used_sources(scenario)))


def _facts(arguments: Arguments) -> None:
    from talentsim.config import UserError
    from talentsim.data.facts import facts
    from talentsim.report.terminal import terminal
    from talentsim.report.words import fact_table

    beginning = arguments.words[1] if len(arguments.words) > 1 else ""
    rows = [fact for name, fact in facts().items() if name.startswith(beginning)]
    if not rows:
        raise UserError("talentsim facts", f"no fact's name begins with {beginning!r}", "names that `talentsim facts` lists")
    terminal().print(fact_table(rows))


def _reader_gone() -> int:
    """Let what is still to be printed go nowhere: `head` has read enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


_COMMANDS: dict[str, Callable[[Arguments], None]] = {
    "facts": _facts, "parameters": _parameters, "scenarios": _scenarios, "show": _show, "sources": _sources,
}
