"""The folder of results that a command names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talentsim.commands.arguments import Arguments

if TYPE_CHECKING:
    from talentsim.ensemble.opened import Results


def results_named(arguments: Arguments, command: str) -> Results:
    """Open the results in the folder that stands behind a command.

    Raises
    ------
    UserError
        When none stands there, something else does as well, or it holds no results.
    """
    from talentsim.config import UserError
    from talentsim.ensemble.opened import open_results

    further = [*arguments.words[2:], *arguments.overrides, *arguments.hydra]
    if len(arguments.words) < 2 or further:
        found = f"{further[0]!r} is one word too many" if further else "the folder of results is missing"
        raise UserError(f"talentsim {command}", found, f"talentsim {command} RESULTS",
                        "RESULTS is the folder that a comparison has named at its end; what it holds is not configured again")
    return open_results(arguments.words[1])
