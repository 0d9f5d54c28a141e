"""The terminal, or the file or program that stands in for it."""

from __future__ import annotations

import shutil
import sys
from typing import NoReturn

from rich.console import Console

PIPED_WIDTH = 160


class Terminal(Console):
    """A console that leaves a reader who has gone, `head` for one, to the command line."""

    def on_broken_pipe(self) -> NoReturn:
        """Say so instead of leaving with code 1, which would be an error nobody made."""
        raise BrokenPipeError


def terminal(piped_width: int = PIPED_WIDTH) -> Terminal:
    """Return stdout as wide as it is, or `piped_width` columns where it is no terminal."""
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else piped_width
    return Terminal(width=width, highlight=False)
