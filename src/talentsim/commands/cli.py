"""Command line: words for the commands, and everything with a `=` in it for the main job, over Hydra.

Heavy packages are imported where they are used, so that `--help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

HELP = """\
talentsim: where researchers train, work and produce, and what a policy would change.

  talentsim                                 a short guide: a few questions that end in a command
  talentsim scenario=visa_tightening        compare a scenario with the baseline
  talentsim -m scenario=opt_end,h1b_fee     one comparison for every combination (Hydra multirun)

{commands}

Everything in the configuration can be set as KEY=VALUE after any command, with Hydra's syntax:
  world=ai|ai_wide|toy|scholars             the world: ai_wide has 23 places, toy is small, scholars needs world.data_dir
  baseline=NAME                             any scenario as the yardstick
  focus=CAN                                 whose diversion to show
  policy.f1_refusal.value=0.1               a policy's figure;  policy.f1_refusal=null switches it off
  entry=trend|plateau|decline|...           cohorts after the last year with data
  parameters=point                          calibrated figures at their own values, or draws of them
  population.scale=0.1                      agents per researcher
  ensemble.replications=32 ensemble.seed=7  how often, and with which luck
  executor=processes|threads|serial|dask    where it runs; results are the same
  output.dir=FOLDER output.csv=true         where results go, and CSV beside Parquet

Options
  --config-dir FOLDER                       your own scenarios, countries and worlds (YAML)
  -m, --multirun                            sweep over comma-separated values
  --cfg job                                 print the composed configuration
  -h, --help;  --version;  --hydra-help     help, of a command too;  version;  Hydra's own options
"""


def run(argv: Sequence[str]) -> int:
    """Run one command and return its exit code.

    0 done, 1 a job failed or its output could not be printed, 2 the user's mistake, 70 a fault of talentsim's, 130 stopped
    by Ctrl-C, 143 ended by the system.
    """
    from talentsim.commands.boundary import prepare_process, told

    prepare_process()
    try:
        code = _help_or_version(argv)
        code = _run_command(argv) if code is None else code
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        from talentsim.commands.arguments import reader_gone

        return reader_gone()
    except Exception as error:
        return told(error)


def _help_or_version(argv: Sequence[str]) -> int | None:
    """Answer at once what needs no command; None where one is asked for."""
    if argv and argv[0] in ("-h", "--help", "help"):
        from talentsim.commands import command_lines

        print(HELP.replace("{commands}", command_lines()), end="")
        return 0
    if argv and argv[0] == "--version":
        from talentsim.version import __version__

        print(f"talentsim {__version__}")
        return 0
    return None


def _run_command(argv: Sequence[str]) -> int:
    from talentsim.commands import run_command
    from talentsim.commands.arguments import read
    from talentsim.commands.boundary import TERMINATED, Terminated, ends_with_its_workers, require_folder
    from talentsim.config.errors import UserError

    try:
        require_folder()
        if not argv:
            from talentsim.commands.guide import guide

            return guide(run)
        with ends_with_its_workers():
            return run_command(read(argv))
    except UserError as error:
        print(f"talentsim: {error.message}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ntalentsim: stopped by Ctrl-C; what is finished stays in the store, and the same command goes on from there", file=sys.stderr)
        return 130
    except Terminated:
        print("talentsim: ended; what is finished stays in the store, and the same command goes on from there", file=sys.stderr)
        return TERMINATED
