"""The project's list of sources, and the sources behind a configuration."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from talentsim.config import Config, UserError, nearest, parameters_of
from talentsim.data.shipped import shipped


@dataclass(frozen=True)
class Source:
    """One publication or data set."""

    id: str
    title: str
    publisher: str
    year: int | None
    url: str


@lru_cache(maxsize=1)
def sources() -> dict[str, Source]:
    """Return every source the project knows, by id."""
    return {name: Source(name, entry["title"], entry["publisher"], entry.get("year"), entry.get("url", ""))
            for name, entry in shipped("sources.yaml").items()}


def all_sources(config: Config) -> dict[str, Source]:
    """Return the project's sources and those that the configuration adds, by id."""
    own = {name: Source(name, each.title, each.publisher, each.year, each.url) for name, each in config.sources.items()}
    return sources() | own


def used_sources(config: Config) -> dict[str, list[str]]:
    """Return, for each source that a configuration rests on, the keys that name it.

    Raises
    ------
    UserError
        When a key names a source that neither the project's list nor `sources` of the configuration holds.
    """
    known = all_sources(config)
    used: dict[str, list[str]] = {}
    named = [(key, parameter.sources) for key, parameter in parameters_of(config)]
    named += [(f"policy.{name}", policy.source) for name, policy in config.policies.items()]
    named += [(f"observers.articles.{name}", each.source) for name, each in config.observers.articles.items()]
    named.append(("scenario", config.scenario.source))
    for key, names in named:
        for name in names:
            if name not in known:
                near = nearest(name, known)
                raise UserError(f"{key}.source", f"there is no source called {name!r}",
                                "an id of the project's list, or of your own: sources: {ID: {title, publisher, year, url}}",
                                f"did you mean {near!r}?" if near else "")
            used.setdefault(name, []).append(key)
    return dict(sorted(used.items()))
