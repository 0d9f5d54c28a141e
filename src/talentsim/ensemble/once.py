"""What is read several times over within one piece of work, read once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_KEPT: ContextVar[dict[Hashable, Any] | None] = ContextVar("kept", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """Keep in memory until the end whatever is asked for by `once` within."""
    token = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)


def is_kept() -> bool:
    """Return whether this is within `read_once`."""
    return _KEPT.get() is not None


def once(place: Hashable, make: Callable[[], T]) -> T:
    """Return what `make` gives, within `read_once` what it gave when this place was asked for first: nobody may change it."""
    kept = _KEPT.get()
    if kept is None:
        return make()
    if place not in kept:
        kept[place] = make()
    return kept[place]          # type: ignore[no-any-return]    # what `make` gave, beside results of others
