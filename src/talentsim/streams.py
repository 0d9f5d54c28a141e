"""Addressed randomness: a draw belongs to its address, never to the order in which draws are taken.

An address is (seed; decision, year, alternative; person). Its parts but the seed are packed, without overlap, into a
64-bit counter, and the draw is that element of the SplitMix64 sequence which starts at the seed's key:

    counter = decision | year | alternative | origin | cohort | index        (5 + 7 + 7 + 7 + 7 + 31 bits)
    word    = mix(key(seed) + counter * GOLDEN)                               (mod 2**64)

`mix` is a bijection and GOLDEN is odd, so two addresses of a run share a word only if they share a counter, which the
packing rules out. Hence the same person meets the same luck in every scenario, on any number of threads, in any order.

Source: Steele, Lea, Flood (2014), Fast splittable pseudorandom number generators, OOPSLA, doi:10.1145/2660193.2660195.
"""

from __future__ import annotations

import numpy as np

from talentsim.arrays import Floats, Integers, Words
from talentsim.vocab import Decision

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S12 = (np.uint64(shift) for shift in (30, 27, 31, 12))

_BLOCK = 1 << 14
_BITS_OF_ONE = np.float64(1.0).view(np.uint64)

FIRST_YEAR = 1950
BITS = {"decision": 5, "year": 7, "alternative": 7, "origin": 7, "cohort": 7, "index": 31}


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


def pack(decision: Decision, year: int, alternative: Integers | int, origin: Integers | int, cohort: Integers | int,
         index: Integers | int) -> Words:
    """Pack an address into its counter; the arguments broadcast.

    Raises
    ------
    ValueError
        When a part does not fit its bits, for then two addresses could share a counter.
    """
    parts = {"decision": int(decision), "year": year - FIRST_YEAR, "alternative": alternative, "origin": origin,
             "cohort": cohort - FIRST_YEAR, "index": index}
    fixed, varying, shift = 0, np.uint64(0), sum(BITS.values())     # most parts are one number: Python is quicker with those
    for name, part in parts.items():
        shift -= BITS[name]
        is_one = isinstance(part, int | np.integer)
        low, high = (part, part) if is_one else (np.min(part, initial=0), np.max(part, initial=0))
        if low < 0 or high >= 1 << BITS[name]:
            raise ValueError(f"{name} {low} to {high} does not fit a random address; allowed: 0 to {(1 << BITS[name]) - 1}")
        if is_one:
            fixed |= int(part) << shift
        else:
            varying = varying | (np.asarray(part).astype(np.uint64) << np.uint64(shift))
    return varying | np.uint64(fixed)


def person_address(origin: Integers | int, cohort: Integers | int, index: Integers | int) -> Words:
    """Return a person's part of all their counters, already times GOLDEN; shape as the arguments broadcast."""
    return np.multiply(pack(Decision(0), FIRST_YEAR, 0, origin, cohort, index), GOLDEN)


def draw_key(key: np.uint64, decision: Decision, year: int, alternative: Integers | int = 0) -> Words:
    """Return what to add to a person's address for one decision in one year; shape of `alternative`."""
    return np.add(np.multiply(pack(decision, year, alternative, 0, FIRST_YEAR, 0), GOLDEN), key)


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


def to_gumbel(uniforms: Floats) -> Floats:
    """Turn uniforms into standard Gumbels: minus the log of the exponential at the same address."""
    return -np.log(to_exponential(uniforms.copy()))


def to_normal(uniforms: Floats) -> Floats:
    """Turn uniforms into standard normals by the inverse distribution function."""
    from scipy.special import ndtri

    return np.asarray(ndtri(uniforms))
