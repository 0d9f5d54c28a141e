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
    return streams.words_at(address, streams.draw_key(streams.seed_key(seed), decision, year, alternative))


def test_known_answers() -> None:
    """The published SplitMix64 sequence from seed 1234567 is what counters 1 to 5 give."""
    counters = np.arange(1, 6, dtype=np.uint64)
    with np.errstate(over="ignore"):
        got = streams.mix(np.uint64(1234567) + counters * streams.GOLDEN)
    assert [int(word) for word in got] == [6457827717110365317, 3203168211198807973, 9817491932198370423,
                                           4593380528125082431, 16408922859458223821]


def test_mix_is_a_bijection_on_a_sample() -> None:
    assert len(np.unique(streams.mix(np.arange(N, dtype=np.uint64)))) == N


def test_packing_is_injective_and_refuses_what_does_not_fit() -> None:
    counters = streams.pack(Decision.STUDY, 2020, np.arange(128)[:, None], np.arange(100)[None, :], 2000, 7)
    assert len(np.unique(counters)) == counters.size
    for bad in ({"year": 1949}, {"year": 2078}, {"alternative": 128}, {"origin": 128}, {"cohort": 2078}, {"index": 1 << 31}):
        place = {"decision": Decision.STUDY, "year": 2020, "alternative": 0, "origin": 0, "cohort": 2000, "index": 0} | bad
        with pytest.raises(ValueError, match="does not fit"):
            streams.pack(**place)


def test_uniforms_are_the_middles_of_two_to_the_52_cells() -> None:
    ends = np.array([0, 4095, 4096, 2**63, 2**64 - 1], dtype=np.uint64)
    some = np.concatenate([ends, words()])
    cell = (some >> np.uint64(12)).astype(np.float64)
    uniform = streams.to_uniform(some.copy())
    assert np.array_equal(uniform, (cell + 0.5) * 2.0**-52)
    assert uniform.min() == 2.0**-53 and uniform.max() == 1.0 - 2.0**-53


def test_a_block_of_words_is_scrambled_as_each_alone_is() -> None:
    address = streams.person_address(1, 2015, np.arange(40_000))
    keys = streams.draw_key(streams.seed_key(1), Decision.LOCATION, 2020, np.arange(3))
    with np.errstate(over="ignore"):
        alone = streams.mix(address[:, None] + keys[None, :])
    assert np.array_equal(streams.words_at(address[:, None], keys[None, :]), alone)
    assert np.array_equal(streams.words_at(address, keys[1]), alone[:, 1])
    assert streams.words_at(address[7], keys[2]) == alone[7, 2]


def test_no_two_addresses_of_a_run_share_a_counter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Record every address a whole run of the toy world, 20 times its size, draws at: each occurs once."""
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
    assert 0.0 < uniform.min() and uniform.max() < 1.0
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
