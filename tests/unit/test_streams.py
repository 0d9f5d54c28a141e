"""Addressed randomness: known answers, no shared counter, right distributions, no correlation between neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from talentsim import streams
from talentsim.config import Config
from talentsim.model.model import TalentModel
from talentsim.vocab import Decision

N = 200_000


def words(n: int = N, decision: Decision = Decision.LOCATION, year: int = 2020, alternative: int = 3,
          cohort: int = 2015, seed: int = 1) -> np.ndarray:
    address = streams.person_address(1, cohort, np.arange(n))
    return streams.words_at(address, streams.draw_key(streams.Key(streams.seed_key(seed)), decision, year, alternative))


def test_known_answers() -> None:
    """The published SplitMix64 sequence from seed 1234567 is what counters 1 to 5 give."""
    counters = np.arange(1, 6, dtype=np.uint64)
    with np.errstate(over="ignore"):
        got = streams.mix(np.uint64(1234567) + counters * streams.GOLDEN)
    assert [int(word) for word in got] == [6457827717110365317, 3203168211198807973, 9817491932198370423,
                                           4593380528125082431, 16408922859458223821]


def test_mix_is_a_bijection_on_a_sample() -> None:
    assert len(np.unique(streams.mix(np.arange(N, dtype=np.uint64)))) == N


PACKINGS = {"narrow": streams.NARROW, "wide": streams.WIDE}
KNOWN_WORDS = {"narrow": 14643812556546528773, "wide": 6287422844106031972}


def test_known_counters_of_the_narrow_packing() -> None:
    """5 + 7 + 7 + 7 + 7 + 31 bits, as long as the decision is below 32 and the index below 2 to the 28."""
    for decision, year, alternative, origin, cohort, index in ((4, 2020, 3, 5, 2000, 7), (28, 2076, 127, 99, 1950, (1 << 28) - 1)):
        known = decision
        for part, bits in ((year - 1950, 7), (alternative, 7), (origin, 7), (cohort - 1950, 7), (index, 31)):
            known = known << bits | part
        assert int(streams.pack(decision, year, alternative, origin, cohort, index)) == known
    assert int(streams.pack(Decision.STUDY, 2020, 3, 5, 2000, 7)) == 0x2460615900000007


def test_known_counters_of_new_decisions_and_of_the_wide_packing() -> None:
    assert int(streams.pack(32 + 4, 2020, 3, 5, 2000, 7)) == 0x2460615900000007 | 1 << 28
    assert int(streams.pack(255, 1950, 0, 0, 1950, 0)) == 31 << 59 | 7 << 28
    known = 4 << 59 | 70 << 52 | 1000 << 42 | 200 << 34 | 50 << 27 | 2 << 24 | 7
    assert int(streams.pack(2 * 32 + 4, 2020, 1000, 200, 2000, 7, streams.WIDE)) == known


def test_known_words_of_both_packings() -> None:
    """What a person's luck is must never change: seed 2010, replication 0, the seventh entrant of 2000 from country 5 in 2020."""
    found = {name: int(streams.words_at(streams.person_address(5, 2000, 7, packing), streams.draw_key(
        streams.Key(streams.seed_key(2010), packing), Decision.STUDY, 2020, 3))) for name, packing in PACKINGS.items()}
    assert found == KNOWN_WORDS


@pytest.mark.parametrize("packing", PACKINGS.values(), ids=PACKINGS)
def test_two_addresses_never_share_a_counter(packing: streams.Packing) -> None:
    """Of forty thousand, both ends of each part among them, many of which differ in one part alone, each has a counter of its own."""
    rng, first = np.random.default_rng(5), streams.FIRST_YEAR
    ends = (0, (1 << packing.alternative) - 1), (0, (1 << packing.origin) - 1), (first, first + 127), (0, (1 << packing.index) - 1)
    addresses, counters = [], []
    for decision in (0, 255, *rng.integers(0, 256, 8)):
        for year in (first, first + 127, *rng.integers(first, first + 128, 8)):
            parts = [rng.choice([*end, *rng.integers(end[0], end[1] + 1, 2)], 400) for end in ends]
            counters.append(streams.pack(int(decision), int(year), *parts, packing))
            addresses.append(np.column_stack([np.full(400, decision), np.full(400, year), *parts]))
    known = np.unique(np.concatenate(addresses), axis=0)
    assert len(known) > 10_000 and len(np.unique(np.concatenate(counters))) == len(known)


@pytest.mark.parametrize("packing", PACKINGS.values(), ids=PACKINGS)
def test_a_packing_uses_64_bits_and_refuses_what_does_not_fit(packing: streams.Packing) -> None:
    assert 5 + 7 + packing.alternative + packing.origin + 7 + 3 + packing.index == 64
    full = {"decision": 255, "year": 2077, "alternative": (1 << packing.alternative) - 1, "origin": (1 << packing.origin) - 1,
            "cohort": 2077, "index": (1 << packing.index) - 1}
    assert int(streams.pack(**full, packing=packing)) == 2**64 - 1
    for part, most in full.items():
        for bad in (most + 1, np.arange(most, most + 2)) if part not in ("decision", "year") else (most + 1,):
            with pytest.raises(ValueError, match=f"{part} .* does not fit a random address"):
                streams.pack(**full | {part: bad}, packing=packing)
    with pytest.raises(ValueError, match="year -1 to -1 does not fit"):
        streams.pack(**full | {"year": 1949}, packing=packing)


def test_a_world_has_the_narrow_packing_as_long_as_it_fits() -> None:
    for countries, firms, packing in ((17, 12, streams.NARROW), (128, 127, streams.NARROW), (129, 0, streams.WIDE), (2, 128, streams.WIDE),
                                      (256, 1023, streams.WIDE)):
        assert streams.packing_of(countries, firms) is packing
    for countries, firms in ((257, 0), (2, 1024)):
        with pytest.raises(ValueError, match="allowed: 256 countries and 1023 firms at most"):
            streams.packing_of(countries, firms)


def test_uniforms_are_the_middles_of_two_to_the_52_cells() -> None:
    ends = np.array([0, 4095, 4096, 2**63, 2**64 - 1], dtype=np.uint64)
    some = np.concatenate([ends, words()])
    cell = (some >> np.uint64(12)).astype(np.float64)
    uniform = streams.to_uniform(some.copy())
    assert np.array_equal(uniform, (cell + 0.5) * 2.0**-52)
    assert uniform.min() == 2.0**-53 and uniform.max() == 1.0 - 2.0**-53


def test_a_block_of_words_is_scrambled_as_each_alone_is() -> None:
    address = streams.person_address(1, 2015, np.arange(40_000))
    keys = streams.draw_key(streams.Key(streams.seed_key(1)), Decision.LOCATION, 2020, np.arange(3))
    with np.errstate(over="ignore"):
        alone = streams.mix(address[:, None] + keys[None, :])
    assert np.array_equal(streams.words_at(address[:, None], keys[None, :]), alone)
    assert np.array_equal(streams.words_at(address, keys[1]), alone[:, 1])
    assert streams.words_at(address[7], keys[2]) == alone[7, 2]


@pytest.mark.parametrize("packing", PACKINGS.values(), ids=PACKINGS)
def test_no_two_addresses_of_a_run_share_a_counter(monkeypatch: pytest.MonkeyPatch, packing: streams.Packing) -> None:
    """Record every address a whole run of the toy world, 20 times its size, draws at: each occurs once."""
    monkeypatch.setattr("talentsim.model.kernels.pays", lambda _: False)      # compiled loops draw where nobody sees it
    monkeypatch.setattr("talentsim.model.state.world.packing_of", lambda *_: packing)
    drawn: list[np.ndarray] = []
    real = streams.words_at

    def recording(address: np.ndarray, keys: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            drawn.append(np.add(address, keys).ravel())
        return real(address, keys)

    for module in ("talentsim.model.choice", "talentsim.model.rules.entry", "talentsim.model.rules.location"):
        monkeypatch.setattr(f"{module}.words_at", recording)
    TalentModel(Config.load("world=toy", "population.scale=20.0")).run()
    counters = np.concatenate(drawn)
    assert len(counters) > 300_000
    assert len(np.unique(counters)) == len(counters)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_uniforms_exponentials_gumbels_and_normals(seed: int) -> None:
    uniform = streams.to_uniform(words(seed=seed))
    assert uniform.min() > 0.0 and uniform.max() < 1.0
    assert stats.kstest(uniform, "uniform").pvalue > 1e-4
    assert stats.kstest(streams.to_gumbel(uniform.copy()), "gumbel_r").pvalue > 1e-4
    assert stats.kstest(streams.to_normal(uniform), "norm").pvalue > 1e-4
    assert stats.kstest(streams.to_exponential(uniform.copy()), "expon").pvalue > 1e-4
    counts = np.bincount((uniform * 1000).astype(int), minlength=1000)
    assert stats.chisquare(counts).pvalue > 1e-4


def test_extreme_words_stay_inside_the_unit_interval() -> None:
    ends = streams.to_uniform(np.array([0, 2**64 - 1], dtype=np.uint64))
    assert 0.0 < ends[0] < 1e-15 and 1.0 - 1e-15 < ends[1] < 1.0
    assert np.isfinite(streams.to_gumbel(ends)).all()


def test_every_bit_is_fair() -> None:
    bits = (words()[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
    z = (bits.mean(axis=0) - 0.5) * 2.0 * np.sqrt(N)
    assert np.abs(z).max() < 4.5


@pytest.mark.parametrize("neighbour", [
    {"alternative": 4}, {"year": 2021}, {"decision": Decision.SEARCH}, {"cohort": 2016}, {"seed": 2},
])
def test_neighbours_are_uncorrelated(neighbour: dict) -> None:
    one, other = streams.to_uniform(words()), streams.to_uniform(words(**neighbour))
    assert abs(np.corrcoef(one, other)[0, 1]) < 4.5 / np.sqrt(N)
    cells = np.bincount((one * 16).astype(int) * 16 + (other * 16).astype(int), minlength=256)
    assert stats.chisquare(cells).pvalue > 1e-4


def test_neighbours_in_uid_are_uncorrelated() -> None:
    uniform = streams.to_uniform(words())
    for lag in (1, 2, 17):
        assert abs(np.corrcoef(uniform[:-lag], uniform[lag:])[0, 1]) < 4.5 / np.sqrt(N)


def test_replications_have_keys_of_their_own() -> None:
    keys = {int(streams.seed_key(seed, replication)) for seed in range(50) for replication in range(50)}
    assert len(keys) == 2500


def test_who_arrives_first_is_drawn_in_proportion_to_the_rate() -> None:
    rate = np.array([3.0, 0.0, 1.0, 6.0])
    drawn = np.concatenate([words(alternative=place)[:, None] for place in range(4)], axis=1)
    first = streams.arrival_times(drawn.copy(), rate).argmin(axis=1)
    counts = np.bincount(first, minlength=4)
    assert counts[1] == 0 and stats.chisquare(counts[rate > 0.0], N * rate[rate > 0.0] / rate.sum()).pvalue > 1e-4
    fewer = streams.arrival_times(drawn, rate * [1.0, 1.0, 1.0, 0.5]).argmin(axis=1)
    assert (fewer != first).any() and (first[fewer != first] == 3).all(), "a lower rate draws nobody to it, and moves nobody else"
