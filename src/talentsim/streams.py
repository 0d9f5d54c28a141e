"""Addressed randomness: a draw belongs to its address, never to the order in which draws are taken.

An address is (seed; decision, year, alternative; person). Its parts but the seed are packed, without overlap, into a
64-bit counter, and the draw is that element of the SplitMix64 sequence which starts at the seed's key:

    counter = decision | year | alternative | origin | cohort | decision' | index      (5 + 7 + 7 + 7 + 7 + 3 + 28 bits)
    word    = mix(key(seed) + counter * GOLDEN)                                         (mod 2**64)

decision' holds the upper bits of decisions from 32 on. Worlds with more countries or firms than 7 bits hold have a
packing of their own, `WIDE`: more bits for alternative and origin, fewer for the index. One run has one packing.

`mix` is a bijection and GOLDEN is odd, so two addresses of a run share a word only if they share a counter, which the
packing rules out. Hence the same person meets the same luck in every scenario, on any number of threads, in any order.

Source: Steele, Lea, Flood (2014), Fast splittable pseudorandom number generators, OOPSLA, doi:10.1145/2660193.2660195.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from talentsim.arrays import Floats, Integers, Words
from talentsim.vocab import Decision

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S12 = (np.uint64(shift) for shift in (30, 27, 31, 12))

_ALL = (1 << 64) - 1

_BLOCK, _FEW = 1 << 14, 1 << 7
_BITS_OF_ONE = np.float64(1.0).view(np.uint64)

FIRST_YEAR = 1950
DECISIONS = 32      # that the first part of a counter tells apart; a further part counts how often 32 goes into the decision


@dataclass(frozen=True)
class Packing:
    """How many bits of a counter the alternative, the origin and the index have: 42 between them."""

    alternative: int
    origin: int
    index: int

    @property
    def step(self) -> int:
        """How far the counters of two neighbouring alternatives are apart."""
        return 1 << (self.origin + 7 + 3 + self.index)

    def is_enough(self, n_countries: int, n_firms: int) -> bool:
        """Return whether every country, and every employer that a country offers, has an address of its own."""
        return n_countries <= 1 << min(self.origin, self.alternative) and n_firms + 1 <= 1 << self.alternative


NARROW = Packing(alternative=7, origin=7, index=28)
WIDE = Packing(alternative=10, origin=8, index=24)


@dataclass(frozen=True)
class Key:
    """Where a run's sequence of random words starts, and how its counters are packed."""

    word: np.uint64
    packing: Packing = NARROW


def packing_of(n_countries: int, n_firms: int) -> Packing:
    """Return the packing of a world with so many countries and named firms.

    Raises
    ------
    ValueError
        When no packing has room for them.
    """
    for packing in (NARROW, WIDE):
        if packing.is_enough(n_countries, n_firms):
            return packing
    raise ValueError(f"{n_countries} countries and {n_firms} firms do not fit the random addresses; allowed: "
                     f"{1 << WIDE.origin} countries and {(1 << WIDE.alternative) - 1} firms at most")


def mix(words: Words) -> Words:
    """Scramble an array of 64-bit words in place with SplitMix64's output function, a bijection; return them."""
    words ^= words >> _S30
    words *= _M1
    words ^= words >> _S27
    words *= _M2
    words ^= words >> _S31
    return words


def seed_key(seed: int, replication: int = 0) -> np.uint64:
    """Return the key of a replication: two rounds of hashing, so that neighbouring seeds have unrelated keys."""
    with np.errstate(over="ignore"):
        words = np.array([seed], dtype=np.uint64)
        first = mix(words * GOLDEN + GOLDEN)
        return np.uint64(mix(first + np.uint64(replication) * GOLDEN)[0])


def pack(decision: Decision | int, year: int, alternative: Integers | int, origin: Integers | int, cohort: Integers | int,
         index: Integers | int, packing: Packing = NARROW) -> Words:
    """Pack an address into its counter; the arguments broadcast.

    Raises
    ------
    ValueError
        When a part does not fit its bits, for then two addresses could share a counter.
    """
    further, first = divmod(int(decision), DECISIONS)
    parts = (("decision", first, 5), ("year", year - FIRST_YEAR, 7), ("alternative", alternative, packing.alternative),
             ("origin", origin, packing.origin), ("cohort", cohort - FIRST_YEAR, 7), ("decision", further, 3), ("index", index, packing.index))
    varying: Any = np.uint64(0)
    fixed, shift = 0, 64                     # most parts are one number: Python is quicker with those
    for name, part, bits in parts:
        shift -= bits
        is_one = isinstance(part, int | np.integer)
        low, high = (part, part) if is_one else (np.min(part, initial=0), np.max(part, initial=0))
        if low < 0 or high >= 1 << bits:
            raise ValueError(f"{name} {low} to {high} does not fit a random address; allowed: 0 to {(1 << bits) - 1}")
        if is_one:
            fixed |= int(part) << shift
        else:
            varying = varying | (np.asarray(part).astype(np.uint64) << np.uint64(shift))
    return varying | np.uint64(fixed)


def person_address(origin: Integers | int, cohort: Integers | int, index: Integers | int, packing: Packing = NARROW) -> Words:
    """Return a person's part of all their counters, already times GOLDEN; shape as the arguments broadcast."""
    return np.multiply(pack(0, FIRST_YEAR, 0, origin, cohort, index, packing), GOLDEN)


def draw_key(key: Key, decision: Decision | int, year: int, alternative: Integers | int = 0) -> Words:
    """Return what to add to a person's address for one decision in one year; shape of `alternative`."""
    first, step = _first(key.packing, int(decision), year) + int(key.word), key.packing.step * int(GOLDEN)
    if isinstance(alternative, int) and 0 <= alternative < 1 << key.packing.alternative:
        return np.uint64(first + alternative * step & _ALL)         # type: ignore[return-value]   # one word: Python is quicker than arrays
    places = np.asarray(alternative)
    steps = _steps(key.packing, places.tobytes(), places.dtype.str).reshape(places.shape) if places.size <= _FEW else _stepped(key.packing, places)
    return np.add(steps, np.uint64(first & _ALL))


def _stepped(packing: Packing, alternative: Integers) -> Words:
    """Return how far the counters of alternatives are from that of the first, times GOLDEN."""
    places = alternative.astype(np.uint64)
    if (places >> np.uint64(packing.alternative)).any():
        pack(0, FIRST_YEAR, alternative, 0, FIRST_YEAR, 0, packing)     # it says what does not fit
    return np.multiply(places, np.uint64(packing.step * int(GOLDEN) & _ALL))


@lru_cache(maxsize=1 << 8)
def _steps(packing: Packing, alternative: bytes, kind: str) -> Words:
    """Return what `_stepped` does of alternatives given as bytes: the countries of a world are the same every year."""
    return _stepped(packing, np.frombuffer(alternative, kind))


@lru_cache(maxsize=1 << 13)
def _first(packing: Packing, decision: int, year: int) -> int:
    """Return the counter of a decision's first alternative, times GOLDEN."""
    return int(pack(decision, year, 0, 0, FIRST_YEAR, 0, packing)) * int(GOLDEN)


def words_at(address: Words, keys: Words) -> Words:
    """Return the 64-bit words at the addresses; the arguments broadcast."""
    words = np.asarray(np.add(address, keys))
    flat = words.ravel(order="K")                   # a view
    for start in range(0, flat.size, _BLOCK):       # each block is scrambled while it is in cache
        mix(flat[start:start + _BLOCK])
    return words


def to_uniform(words: Words) -> Floats:
    """Turn words into uniforms (m + 1/2) / 2**52, m the upper 52 bits: inside (0, 1), never 0 or 1. Overwrites `words`.

    As the fraction of a double that begins with the bits of 1, m gives 1 + m / 2**52; the rest is an exact difference.
    """
    words >>= _S12
    words |= _BITS_OF_ONE
    uniforms = words.view(np.float64)
    uniforms -= 1.0 - 2.0**-53
    return uniforms


def to_exponential(uniforms: Floats) -> Floats:
    """Turn uniforms into standard exponentials, in place."""
    np.log(uniforms, out=uniforms)
    return np.negative(uniforms, out=uniforms)


def arrival_times(words: Words, rate: Floats) -> Floats:
    """Turn words into times of arrival, exponential with these rates; the arguments broadcast to the shape of `words`, which is overwritten.

    Who arrives first is drawn with probability proportional to the rate, and lowering a rate never draws anybody to it. A
    rate of 0 never arrives.
    """
    times = to_exponential(to_uniform(words))
    with np.errstate(divide="ignore"):
        times /= rate
    return times


def to_gumbel(uniforms: Floats) -> Floats:
    """Turn uniforms into standard Gumbels: minus the log of the exponential at the same address."""
    return -np.log(to_exponential(uniforms.copy()))


def to_normal(uniforms: Floats) -> Floats:
    """Turn uniforms into standard normals by the inverse distribution function."""
    from scipy.special import ndtri

    return np.asarray(ndtri(uniforms))
