"""Errors a user can mend: what was found, what is allowed, where it stands and how to put it right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

LINE, VALUE, NAMES = 300, 120, 60
"""Most characters of what was found, and of a value in it; most names told of those that are allowed."""


class UserError(Exception):
    """A mistake in what the user asked for. The command line prints it and leaves with code 2, without traceback.

    Parameters
    ----------
    where
        Key, option or path at fault.
    found
        What stood there, in words.
    allowed
        What may stand there.
    fix
        What to do about it; may be empty.
    """

    def __init__(self, where: str, found: str, allowed: str = "", fix: str = "") -> None:
        self.where, self.found, self.allowed, self.fix = where, one_line(found), allowed, fix
        super().__init__(self.message)

    def __reduce__(self) -> tuple[type[UserError], tuple[str, str, str, str]]:
        return UserError, (self.where, self.found, self.allowed, self.fix)

    @property
    def message(self) -> str:
        """The whole message, one part a line."""
        parts = [f"{self.where}: {self.found}"]
        if self.allowed:
            parts.append(f"  allowed: {self.allowed}")
        if self.fix:
            parts.append(f"  fix:     {self.fix}")
        return "\n".join(parts)


def one_line(text: str, most: int = LINE) -> str:
    """Return a text as one line of `most` characters at most: what was found may be a whole world."""
    line = text if "\n" not in text else " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 4]} ..."


def shown(value: Any) -> str:
    """Return a value as a message shows it: short enough to leave room for what is said about it."""
    return one_line(repr(value), VALUE)


def nearest(name: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed name most like `name`, or None when none is alike."""
    names = {each.lower(): each for each in allowed}
    match = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    return names[match[0]] if match else None


def unknown_name(where: str, kind: str, name: str, allowed: Iterable[str]) -> UserError:
    """Make the error for a name that does not exist, with the nearest one that does."""
    names = sorted(allowed)
    near = nearest(name, names)
    return UserError(
        where,
        f"there is no {kind} called {name!r}",
        ", ".join(names[:NAMES]) + (f" ... {len(names)} in all" if len(names) > NAMES else "") or "none",
        f"did you mean {near!r}?" if near else "",
    )
