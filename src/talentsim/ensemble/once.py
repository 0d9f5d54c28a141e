"""What is found out of a configuration once, however many replications ask."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import TypeVar

from talentsim.config import Config

Found = TypeVar("Found")
KEPT = 64
"""Configurations remembered by each function: the arms of a comparison and of all that stands beside it."""


def once(find: Callable[[Config], Found]) -> Callable[[Config], Found]:
    """Remember what a function has found of the last configurations.

    A configuration never changes, so that the object itself is the key; it is kept, or another could come to lie in its place.
    """
    kept: OrderedDict[int, tuple[Config, Found]] = OrderedDict()
    lock = Lock()

    @wraps(find)
    def found_of(config: Config) -> Found:
        with lock:
            if id(config) in kept:
                kept.move_to_end(id(config))
                return kept[id(config)][1]
        found = find(config)
        with lock:
            kept[id(config)] = config, found
            while len(kept) > KEPT:
                kept.popitem(last=False)
        return found

    return found_of
