"""The loops behind `kernels`, compiled by Numba: this module is imported by `kernels` alone, and only where Numba is.

Arrays come in, results are written into arrays that the caller made. What they mean is said in `kernels`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from talentsim.arrays import Booleans, Floats, Integers, Words

compiled = njit(cache=True, nogil=True, error_model="numpy")


@compiled
def word_at(counter: np.uint64) -> np.uint64:
    """Return the random word at a counter times GOLDEN: SplitMix64's output function."""
    word = (counter ^ (counter >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@compiled
def uniform_at(counter: np.uint64) -> float:
    """Return the uniform at a counter times GOLDEN, exactly as `streams.to_uniform` does."""
    return (np.float64(np.int64(word_at(counter) >> np.uint64(12))) + 0.5) * 2.0**-52   # type: ignore[no-any-return]   # Numba's functions have no types


@compiled
def race(uniform: Floats, cost: Floats, is_out: Booleans, reference: int, doubt: float) -> tuple[int, bool]:
    """Return which alternative arrives first, at -log(u) exp(cost), and whether the second is too close to say.

    Staying, the likeliest, bounds the others: -log(u) is at least 1 - u, and exp(x) at least 1 + x + x^2 / 2 for x above 0.
    """
    best, second, pick = np.inf, np.inf, 0
    if not is_out[reference]:
        best, pick = -np.log(uniform[reference]) * np.exp(cost[reference]), reference
    for k in range(len(cost)):
        if k == reference or is_out[k]:
            continue
        x = cost[k]
        if x >= 0.0 and (1.0 - uniform[k]) * (1.0 + x + 0.5 * x * x) > best * (1.0 + doubt):
            continue
        arrival = -np.log(uniform[k]) * np.exp(x)
        if arrival < best:
            best, second, pick = arrival, best, k
        elif arrival < second:
            second = arrival
    return pick, second <= best * (1.0 + doubt)


@compiled
def first_arrivals(address: Words, keys: Words, cell: Integers, reference: Integers, taste: Floats, away: Floats, home: Floats,
                   utility: Floats, slope: Floats, home_column: Integers, odds: Floats, steepest: Floats, p_refusal: Floats, of: Integers,
                   screen_keys: Words, closed: Booleans, doubt: float, bounds: tuple[float, float], chosen: np.ndarray, refused: Booleans,
                   doubtful: Booleans) -> None:
    """Let everybody ask the alternatives in the order of their arrival, up to the first that admits them.

    Where nobody screens, who stays for sure is told first, as `choice` does.
    """
    width = len(keys)
    uniform, cost, is_out = np.empty(width), np.empty(width), np.zeros(width, np.bool_)
    for i in range(len(address)):
        row, at_home = cell[i], home_column[cell[i]]
        for k in range(width):
            uniform[k] = uniform_at(address[i] + keys[k])
        if not len(p_refusal):
            stays_at = -np.log(uniform[reference[i]]) * bounds[0]
            limit = stays_at * np.exp(away[i] + taste[i] * steepest[row])
            leaves = at_home >= 0 and not uniform[at_home] + stays_at * np.exp(
                slope[row, at_home] * taste[i] + utility[row, at_home] + home[i]) < bounds[1]
            for k in range(width):
                leaves |= not uniform[k] + odds[row, k] * limit < bounds[1]
            if not leaves:
                chosen[i] = reference[i]
                continue
        for k in range(width):
            cost[k] = -(slope[row, k] * taste[i] + utility[row, k] + away[i])
            is_out[k] = len(closed) > 0 and closed[i, k]
        if at_home >= 0:
            cost[at_home] = -(slope[row, at_home] * taste[i] + utility[row, at_home] + home[i])
        cost[reference[i]] = 0.0
        while True:
            pick, is_close = race(uniform, cost, is_out, reference[i], doubt)
            chosen[i] = pick
            doubtful[i] |= is_close
            if not len(p_refusal):
                break
            p = p_refusal[of[i], pick]
            if not (p > 0.0 and uniform_at(address[i] + screen_keys[pick]) < p):
                break
            refused[i, pick] = True
            is_out[pick] = True


@compiled
def first_options(address: Words, country: Integers, n_options: Integers, first: Integers, keys: Words, weight: Floats, doubt: float,
                  option: Integers, doubtful: Booleans) -> None:
    """Draw one option of its country for each address: the first of exponential arrivals with the weights as rates."""
    for i in range(len(address)):
        start = first[country[i]]
        best, second, pick = np.inf, np.inf, start
        for k in range(start, start + n_options[country[i]]):
            uniform = uniform_at(address[i] + keys[k])
            if 1.0 - uniform > best * (1.0 + doubt) * weight[k]:        # -log(u) is at least 1 - u
                continue
            arrival = -np.log(uniform) / weight[k]
            if arrival < best:
                best, second, pick = arrival, best, k
            elif arrival < second:
                second = arrival
        option[i] = pick
        doubtful[i] = second <= best * (1.0 + doubt)


@compiled
def searching(address: Words, key: np.uint64, threshold: np.uint64, stage: np.ndarray, graduation_year: np.ndarray, researcher: int,
              year: int, searches: Booleans) -> None:
    """Mark those at a career stage whose word is below a threshold and who did not graduate this year."""
    for i in range(len(address)):
        searches[i] = (word_at(address[i] + key) < threshold) & (stage[i] == researcher) & (graduation_year[i] != year)


@compiled
def sums_by_cell(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray, e: np.ndarray, n_b: int, n_c: int, n_d: int, n_e: int,
                 weight: np.ndarray, table: Floats, heads: Integers, sums: Floats) -> None:
    """Count heads, and sum what a table's columns hold at everybody's weight, by cell of five axes."""
    for i in range(len(a)):
        cell = (((np.int64(a[i]) * n_b + b[i]) * n_c + c[i]) * n_d + d[i]) * n_e + e[i]
        heads[cell] += 1
        for column in range(sums.shape[1]):
            sums[cell, column] += table[weight[i], column]


@compiled
def keep(column: np.ndarray, stays: Booleans) -> int:
    """Move those who stay to the front, in their order; return how many they are."""
    to = 0
    for i in range(len(stays)):
        column[to] = column[i]
        to += stays[i]
    return to
