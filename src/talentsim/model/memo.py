"""Results that are kept as long as what they rest on stays the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np

Result = TypeVar("Result")

KEPT = 4        # results of each function: three decisions a year, and one more


class Memo:
    """Remembers the last results of functions that look at nothing but their arguments.

    Arguments count as the same when their values are: arrays element by element, mappings and dataclasses part by part.
    Neither they nor the results may be changed afterwards.
    """

    def __init__(self) -> None:
        self._kept: dict[Callable[..., Any], list[tuple[tuple[Any, ...], Any]]] = {}

    def __call__(self, make: Callable[..., Result], *inputs: Any) -> Result:
        """Return `make(*inputs)`, from memory if it was asked for before."""
        kept = self._kept.setdefault(make, [])
        for given, result in reversed(kept):
            if all(map(_is_same, given, inputs)):
                return result       # type: ignore[no-any-return]    # what `make` gave, kept beside results of other makers
        result = make(*inputs)
        kept.append((inputs, result))
        del kept[:-KEPT]
        return result


@lru_cache(maxsize=64)
def _compared(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if each.compare)


def _is_same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and np.array_equal(one, other)
    if isinstance(one, Mapping):
        return isinstance(other, Mapping) and one.keys() == other.keys() and all(_is_same(each, other[name]) for name, each in one.items())
    if hasattr(one, "__dataclass_fields__") and type(one) is type(other):
        parts = [(getattr(one, name), getattr(other, name)) for name in _compared(one.__class__)]
        parts.sort(key=lambda pair: isinstance(pair[0], Mapping))       # what is long comes last
        return all(_is_same(*pair) for pair in parts)
    return bool(one == other)
