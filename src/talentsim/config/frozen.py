"""Base of every part of the configuration."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from functools import wraps
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar

from pydantic import BaseModel, ConfigDict, Field

P = ParamSpec("P")
Part = TypeVar("Part", bound=BaseModel)
Result = TypeVar("Result")

Number = Annotated[float, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]
"""Numbers of a configuration: neither true or false, which Python would take for 1 and 0, nor text."""


def _refuse(*_: Any, **__: Any) -> Any:
    raise TypeError("a configuration does not change: load another, as in Config.load(..., '+policy.mine={...}'), or take config.model_copy(update={...})")


class Fixed(dict[Any, Any]):
    """A mapping of a configuration: it is read, and not changed, for what is remembered of a configuration would not be of the changed one."""

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[Fixed], tuple[dict[Any, Any]]]:
        """Be made anew of a plain mapping, in a copy or another process."""
        return Fixed, (dict(self),)


class FixedList(list[Any]):
    """A list of a configuration, likewise."""

    __setitem__ = __delitem__ = __iadd__ = __imul__ = append = clear = extend = insert = pop = remove = reverse = sort = _refuse

    def __reduce__(self) -> tuple[type[FixedList], tuple[list[Any]]]:
        """Be made anew of a plain list."""
        return FixedList, (list(self),)


class Frozen(BaseModel):
    """No unknown key, no change after the check, neither of a field nor of what a mapping or a list holds."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def model_post_init(self, _: Any) -> None:
        """Make mappings and lists read-only."""
        for name, value in self.__dict__.items():
            if type(value) is dict:
                self.__dict__[name] = Fixed(value)
            elif type(value) is list:
                self.__dict__[name] = FixedList(value)


_REMEMBERED: list[dict[tuple[Hashable, ...], Any]] = []


def forget(but: BaseModel | None = None) -> None:
    """Drop all that `remembered` functions remember, but for what they do of one configuration and its parts.

    Time is lost, and nothing else; for processes that see ever new configurations.
    """
    stay = {id(part) for part in _parts_of(but)}
    for kept in _REMEMBERED:
        for place in list(kept):
            if place[0] not in stay:
                kept.pop(place, None)


def _parts_of(node: Any) -> Iterator[BaseModel]:
    """Yield a configuration and all models in it."""
    if isinstance(node, BaseModel):
        yield node
        for each in vars(node).values():
            yield from _parts_of(each)
    elif isinstance(node, dict):
        for each in node.values():
            yield from _parts_of(each)
    elif isinstance(node, list | tuple):
        for each in node:
            yield from _parts_of(each)


def remembered(most: int) -> Callable[[Callable[Concatenate[Part, P], Result]], Callable[Concatenate[Part, P], Result]]:
    """Remember the latest results, `most` at most, of a function of a part of the configuration, which never changes: by which object it is.

    The parts are kept, so that no other object gets the id of one; results must not be changed by who gets them.
    """
    def remembering(make: Callable[Concatenate[Part, P], Result]) -> Callable[Concatenate[Part, P], Result]:
        kept: dict[tuple[Hashable, ...], tuple[Part, Result]] = {}
        _REMEMBERED.append(kept)

        @wraps(make)
        def found(part: Part, *args: P.args, **kwargs: P.kwargs) -> Result:
            place = (id(part), *args, *kwargs.items())
            known = kept.get(place)
            if known is None:
                known = kept[place] = part, make(part, *args, **kwargs)
                if len(kept) > most:
                    for oldest in list(kept)[: -(-most // 2)]:      # many at once, for to list them takes time
                        kept.pop(oldest, None)
            return known[1]

        return found

    return remembering
