"""The tree of years: runs that are equal up to a year share the years up to it.

The key of a year is a hash of the key of the year before and of what the year is given: levers, cohorts, corridors. The root
is the configuration without what these stand for, and the seed. Equal keys, equal states: nothing else tells where runs part.
"""

from __future__ import annotations

import hashlib
import json

import numpy as np

from talentsim.config import Config
from talentsim.config.frozen import remembered
from talentsim.ensemble.draws import config_of, row_of
from talentsim.ensemble.identity import basis, inputs_of, settings_of
from talentsim.model.inputs import Inputs
from talentsim.streams import seed_key

BY_YEAR = ("policies", "entry")
"""Parts of a configuration that act through what a year is given, as the last year does."""


def year_keys(config: Config, replication: int) -> dict[int, str]:
    """Return the key of every year of one replication, burn-in included, in order."""
    return Branches().keys(config, replication)


class Branches:
    """Keys of many runs. An arm's part of them is hashed once, whatever its replications, unless each takes figures of its own."""

    def __init__(self) -> None:
        self._arms: dict[tuple[int, int | None], tuple[Config, Config, str]] = {}
        self._roots: dict[int, str] = {}
        self._chains: dict[tuple[int, int | None], dict[int, bytes]] = {}

    def keys(self, config: Config, replication: int) -> dict[int, str]:
        """Return the key of every year of one replication, burn-in included, in order."""
        place = self._place(config, replication)
        if place not in self._chains:
            _, arm, root = self._arms[place]
            self._chains[place] = _chain(arm, root)
        seed = int(seed_key(config.ensemble.seed, replication)).to_bytes(8, "big")
        return {year: hashlib.blake2b(seed + link, digest_size=16).hexdigest() for year, link in self._chains[place].items()}

    def arm(self, config: Config, replication: int) -> Config:
        """Return the configuration that a replication is simulated with."""
        return self._arms[self._place(config, replication)][1]

    def root(self, config: Config, replication: int) -> str:
        """Return a hash of a replication's figures without what each year is given, whatever the seed; with other ones nothing is shared."""
        return self._arms[self._place(config, replication)][2]

    def _place(self, config: Config, replication: int) -> tuple[int, int | None]:
        place = id(config), None if config.parameters.draws is None else replication
        if place not in self._arms:
            self._arms[place] = config, config_of(config, replication), self._root(config, replication)
        return place                                # the configuration is kept, so that no other gets its id

    def _root(self, config: Config, replication: int) -> str:
        """Hash an arm once, and its draw beside it: a row of figures says what they make of the arm, and is short."""
        if id(config) not in self._roots:
            self._roots[id(config)] = root_digest(config)
        row = {key: value for key, value in row_of(config, replication).items() if not key.startswith("policy.")}
        root = self._roots[id(config)]
        return hashlib.sha256(json.dumps([root, row], sort_keys=True).encode()).hexdigest() if row else root


def root_digest(config: Config) -> str:
    """Return a hash of an arm without what each year is given; arms with other ones share nothing."""
    text = f"[{json.dumps(basis())}, {_text_of(config)}, {json.dumps(inputs_of(config), sort_keys=True)}]"
    return hashlib.sha256(text.encode()).hexdigest()


@remembered(16)
def _text_of(config: Config) -> str:
    content = {part: each for part, each in settings_of(config).items() if part not in BY_YEAR}
    content["world"] = {name: each for name, each in content["world"].items() if name != "end_year"}
    return json.dumps(content, sort_keys=True, default=str)


def _chain(config: Config, root: str) -> dict[int, bytes]:
    """Return a hash for every year of an arm, whatever its seed; each covers all years before it."""
    inputs, link, chain = Inputs.of(config), root.encode(), {}
    for year in range(config.world.burn_in_year, config.world.end_year + 1):
        digest = hashlib.blake2b(link, digest_size=32)
        for name, value in inputs.in_year(year).items():
            digest.update(f"{name} {value.shape} ".encode() + np.ascontiguousarray(value).tobytes())
        chain[year] = link = digest.digest()
    return chain
