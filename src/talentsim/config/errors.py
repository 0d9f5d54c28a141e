"""Errors a user can mend: what was found, what is allowed, where it stands and how to put it right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
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


def no_such(kind: str, name: object, there: Iterable[str], why: str = "") -> KeyError:
    """Return the error of a name in Python that nothing has: what was asked for, what there is, and why it may be missing."""
    names = list(there)
    near = nearest(str(name), names)
    return KeyError(f"there is no {kind} {name!r}; there are {', '.join(names)}" + (f". Did you mean {near!r}?" if near else "") + (f" {why}" if why else ""))


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


ALSO_CALLED = {
    "UK": "GBR", "GB": "GBR", "US": "USA", "CN": "CHN", "PRC": "CHN", "IN": "IND", "DE": "DEU", "GER": "DEU", "FR": "FRA", "CA": "CAN",
    "CH": "CHE", "SUI": "CHE", "NL": "NLD", "NED": "NLD", "IL": "ISR", "KR": "KOR", "ROK": "KOR", "JP": "JPN", "SG": "SGP", "AU": "AUS",
    "IR": "IRN", "EU": "REU", "IT": "ITA", "ES": "ESP", "RU": "RUS", "BR": "BRA", "AE": "ARE", "UAE": "ARE",
}
"""Other codes that people know countries by: two letters, the sports' and the everyday ones."""


def unknown_country(where: str, world: str, code: str, countries: Mapping[str, str]) -> UserError:
    """Make the error for a country that a world does not have, with the code that is meant.

    Parameters
    ----------
    countries
        Code -> name, of the world's.
    """
    by_name = {name.lower(): each for each, name in countries.items()} | {"britain": "GBR", "england": "GBR", "america": "USA"}
    meant = ALSO_CALLED.get(code.upper()) or by_name.get(code.lower()) or (code.upper() if code.upper() in countries else None)
    error = unknown_name(where, f"country in world {world}", code, countries)
    if meant is None:
        return error
    fix = f"did you mean {meant!r}?" if meant in countries else f"its code is {meant!r}, and world {world} does not have it"
    return UserError(error.where, error.found, error.allowed, fix)


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
