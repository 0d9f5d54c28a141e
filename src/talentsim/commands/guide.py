"""`talentsim` alone: a short guide. At a terminal it asks a few questions and runs the command they come to; else it prints the way in."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence

WAY_IN = """\
talentsim {version}: what would a policy change for where AI researchers study and work?

  talentsim scenario=visa_tightening world=toy   a first answer in seconds, invented figures
  talentsim scenarios                            the scenarios there are
  talentsim show opt_end                         what one of them changes, in words
  talentsim scenario=opt_end focus=CAN           ask it of the 17 countries, and follow Canada
  talentsim levers                               what a policy of your own can change
  talentsim dashboard                            every lever as a slider, in the browser
  talentsim doctor                               is this machine fit for it?
  talentsim --help                               everything
"""

SIZES = {"1": ("four invented countries, seconds", ["world=toy"]),
         "2": ("the 17 countries with a tenth of the agents: good for signs and orders of magnitude", ["population.scale=0.1"]),
         "3": ("the 17 countries in full", [])}


def guide(run: Callable[[list[str]], int], ask: Callable[[str], str] = input) -> int:
    """Print the way in; where a person is at both ends, ask what they want to know and run it.

    Parameters
    ----------
    run
        Runs a command line and returns its exit code.
    ask
        Prints a prompt and returns the line that is typed.
    """
    from talentsim.version import __version__

    print(WAY_IN.format(version=__version__))
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return 0
    try:
        words = questions(ask)
    except EOFError:
        print()
        return 0
    print(f"\n  talentsim {shlex.join(words)}\n")
    try:
        wanted = ask("Run it now? [Y/n] ").strip().lower() in ("", "y", "yes")
    except EOFError:
        wanted = False
    return run(words) if wanted else 0


def questions(ask: Callable[[str], str]) -> list[str]:
    """Ask for scenario, country and size, and return the arguments of the command that answers.

    Raises
    ------
    EOFError
        When the person has gone.
    """
    from talentsim.config import Config
    from talentsim.config.scenario import scenario_cards

    cards = [each for each in scenario_cards()[0] if each.name != "baseline"]
    print("Which policy?")
    for number, each in enumerate(cards, start=1):
        print(f"  {number:>2}  {each.name:<26} {each.title}")
    scenario = _chosen(ask, "Number or name [visa_tightening]: ", [each.name for each in cards], "visa_tightening")
    print("How large?")
    for key, (words, _) in SIZES.items():
        print(f"  {key:>2}  {words}")
    size = SIZES[_chosen(ask, "Number [1]: ", list(SIZES), "1")][1]
    codes = {code: each.name for code, each in Config.load(*size).world.countries.items()}
    print("Which country should be followed?  " + ", ".join(f"{code} {name}" for code, name in codes.items()))
    focus = _chosen(ask, "Code [USA]: ", list(codes), "USA", numbers=False)
    return [f"scenario={scenario}", *size, *([f"focus={focus}"] if focus != "USA" else [])]


def _chosen(ask: Callable[[str], str], prompt: str, names: Sequence[str], default: str, numbers: bool = True) -> str:
    """Ask until the answer is one of the names, or its number; nothing takes the default."""
    from talentsim.config.errors import nearest

    by_case = {name.lower(): name for name in names}
    while True:
        answer = ask(prompt).strip()
        if not answer:
            return default
        if answer.lower() in by_case:
            return by_case[answer.lower()]
        if numbers and answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(names):
            return names[int(answer) - 1]
        near = nearest(answer, names)
        print(f"There is no {answer!r} among them" + (f"; did you mean {near}?" if near else "."))
