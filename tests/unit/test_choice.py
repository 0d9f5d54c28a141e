"""Choice: closed-form shares, the argmax itself, screening, and what a worse alternative may and may not do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from talentsim.model.choice import (
    AWAY,
    HOME,
    STAY,
    Admission,
    ChoiceTable,
    Choosers,
    _may_leave,
    choose,
    personal_utility,
)
from talentsim.model.logit import logsum, probabilities, screened_probabilities
from talentsim.streams import Key, draw_key, person_address, seed_key, to_exponential, to_gumbel, to_uniform, words_at
from talentsim.vocab import Decision

KEY = Key(seed_key(11))


def one_cell(utility: list[float], reference: int = 0, home: int = -1) -> ChoiceTable:
    kind = np.full((1, len(utility)), AWAY, dtype=np.int8)
    kind[0, reference] = STAY
    if home >= 0:
        kind[0, home] = HOME
    return ChoiceTable(np.array([utility]), np.zeros((1, len(utility))), kind)


def crowd(n: int, reference: int = 0, taste: float = 0.0, away: float = 0.0, home: float = 0.0) -> Choosers:
    return Choosers(person_address(0, 2000, np.arange(n)), np.zeros(n, np.int64), np.full(n, reference),
                    np.full(n, taste), np.full(n, away), np.full(n, home))


def keys(k: int, decision: Decision = Decision.LOCATION) -> np.ndarray:
    return draw_key(KEY, decision, 2020, np.arange(k))


def random_case(seed: int, n: int = 500, k: int = 6, cells: int = 9) -> tuple[ChoiceTable, Choosers]:
    rng = np.random.default_rng(seed)
    reference = rng.integers(0, k, cells)
    kind = np.full((cells, k), AWAY, dtype=np.int8)
    for cell in range(cells):
        kind[cell, (reference[cell] + 1) % k] = HOME if cell % 2 else AWAY
        kind[cell, reference[cell]] = STAY
    utility = np.where(kind == STAY, 0.0, rng.normal(-1, 2, (cells, k)))
    slope = np.where(kind == STAY, 0.0, rng.normal(0, 0.5, (cells, k)))
    cell = rng.integers(0, cells, n)
    return ChoiceTable(utility, slope, kind), Choosers(
        person_address(3, 2001, np.arange(n)), cell, reference[cell], rng.lognormal(0, 0.5, n), rng.normal(-1, 1, n),
        rng.normal(0, 1, n))


def test_shares_are_logit() -> None:
    utility = [0.0, -0.5, 1.0, 0.3]
    n = 200_000
    chosen = choose(one_cell(utility), crowd(n), keys(4)).alternative
    for k, p in enumerate(probabilities(np.array(utility))):
        assert stats.binomtest(int((chosen == k).sum()), n, p).pvalue > 1e-4


def test_own_terms_enter_where_they_belong() -> None:
    n = 200_000
    table = one_cell([0.0, -0.5, 1.0, 0.3], home=2)
    chosen = choose(table, crowd(n, away=-1.0, home=0.4), keys(4)).alternative
    expected = probabilities(np.array([0.0, -1.5, 1.4, -0.7]))
    for k in range(4):
        assert stats.binomtest(int((chosen == k).sum()), n, expected[k]).pvalue > 1e-4


def test_choice_is_the_argmax_over_every_alternative() -> None:
    """Utilities and Gumbels written out the long way give the same alternative for everybody."""
    table, who = random_case(1, n=5000)
    epsilon = to_gumbel(to_uniform(words_at(who.address[:, None], keys(6)[None, :])))
    longhand = np.empty(len(who), dtype=int)
    for i in range(len(who)):
        utility = []
        for k in range(6):
            kind = table.kind[who.cell[i], k]
            own = {STAY: 0.0, AWAY: who.away[i], HOME: who.home[i]}[int(kind)]
            utility.append(table.utility[who.cell[i], k] + who.taste[i] * table.slope[who.cell[i], k] + own + epsilon[i, k])
        longhand[i] = int(np.argmax(utility))
    assert np.array_equal(choose(table, who, keys(6)).alternative, longhand)


@pytest.mark.parametrize("chunk", [1, 7, 1000, 1_000_000])
def test_chunks_change_nothing(chunk: int) -> None:
    table, who = random_case(2)
    admission = Admission(np.full(table.utility.shape, 0.3) * (table.kind != STAY), who.cell, keys(6, Decision.STUDENT_VISA))
    one, other = choose(table, who, keys(6), admission, chunk), choose(table, who, keys(6), admission)
    assert np.array_equal(one.alternative, other.alternative)
    assert np.array_equal(one.refused_row, other.refused_row) and np.array_equal(one.refused_by, other.refused_by)


def test_asking_one_after_the_other_is_as_good_as_asking_everybody() -> None:
    """Written out the long way: all screening drawn at once, refused are those whom a preferred alternative turned away."""
    table, who = random_case(6, n=5000)
    p_refusal = np.where(table.kind == STAY, 0.0, np.random.default_rng(7).uniform(0.0, 0.9, table.kind.shape))
    closed = (np.random.default_rng(8).random((len(who), 6)) < 0.1) & (table.kind[who.cell] != STAY)
    admission = Admission(p_refusal, who.cell, keys(6, Decision.STUDENT_VISA), closed)
    luck = to_uniform(words_at(who.address[:, None], admission.keys[None, :]))
    arrives = to_exponential(to_uniform(words_at(who.address[:, None], keys(6)[None, :]))) * np.exp(-personal_utility(table, who))
    arrives[closed] = np.inf
    refuses = luck < p_refusal[who.cell]
    alternative = np.where(refuses, np.inf, arrives).argmin(axis=1)
    row, by = np.nonzero(refuses & (arrives < arrives[np.arange(len(who)), alternative][:, None]))
    chosen = choose(table, who, keys(6), admission)
    assert np.array_equal(chosen.alternative, alternative)
    assert len(row) and np.array_equal(chosen.refused_row, row) and np.array_equal(chosen.refused_by, by)


def test_a_chooser_is_not_disturbed_by_others() -> None:
    table, who = random_case(3)
    everybody = choose(table, who, keys(6)).alternative
    order = np.random.default_rng(0).permutation(len(who))
    shuffled = Choosers(*(getattr(who, name)[order] for name in who.__dataclass_fields__))
    assert np.array_equal(choose(table, shuffled, keys(6)).alternative, everybody[order])


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), k=st.integers(0, 5), worse=st.floats(0.01, 5.0))
def test_a_worse_alternative_moves_only_those_who_had_chosen_it(seed: int, k: int, worse: float) -> None:
    table, who = random_case(seed)
    before = choose(table, who, keys(6)).alternative
    utility = np.where(table.kind == STAY, 0.0, table.utility - worse * (np.arange(6) == k))
    after = choose(ChoiceTable(utility, table.slope, table.kind), who, keys(6)).alternative
    moved = before != after
    assert (before[moved] == k).all()
    assert not (after[moved] == k).any()


def test_screening_sends_the_refused_to_their_next_best() -> None:
    table, who = random_case(4, n=3000)
    free = choose(table, who, keys(6)).alternative
    p = np.full(table.utility.shape, 0.4) * (table.kind != STAY)
    screened = choose(table, who, keys(6), Admission(p, who.cell, keys(6, Decision.STUDENT_VISA)))
    kept = screened.alternative == free
    refused_first_choice = np.isin(np.arange(len(who)), screened.refused_row[screened.refused_by == free[screened.refused_row]])
    assert np.array_equal(~kept, refused_first_choice)
    share = refused_first_choice[free != who.reference].mean()
    assert abs(share - 0.4) < 0.05


def test_closed_doors_are_as_if_they_were_not_there() -> None:
    """Closing everything but some alternatives gives the argmax among those, the reference included or not."""
    table, who = random_case(7, n=500)
    everyone = np.arange(len(who))
    closed = np.zeros((len(who), table.utility.shape[1]), dtype=bool)
    closed[everyone, who.reference] = True
    closed[:, 0] = True
    closed[who.reference == 1, 0] = False
    shut = choose(table, who, keys(6), Admission(np.zeros_like(table.utility), who.cell, keys(6, Decision.STUDENT_VISA), closed))
    draws = to_gumbel(to_uniform(words_at(who.address[:, None], keys(6)[None, :])))
    longhand = np.where(closed, -np.inf, personal_utility(table, who) + draws).argmax(axis=1)
    assert np.array_equal(shut.alternative, longhand) and len(shut.refused_row) == 0


def test_more_refusals_only_add_refused() -> None:
    table, who = random_case(5, n=3000)
    chosen = [choose(table, who, keys(6), Admission(p * (table.kind == AWAY), who.cell, keys(6, Decision.STUDENT_VISA))).alternative
              for p in (0.0, 0.2, 0.5, 1.0)]
    stays = [(each == who.reference).sum() for each in chosen]
    assert stays == sorted(stays)
    assert (table.kind[who.cell, chosen[-1]] != AWAY).all()


def test_screened_probabilities_match_the_sum_over_open_sets() -> None:
    rng = np.random.default_rng(0)
    utility, refusal = rng.normal(size=(3, 5)), rng.uniform(0, 0.9, (3, 5))
    refusal[:, 0] = 0.0
    expected = np.zeros((3, 5))
    for pattern in range(32):
        is_open = np.array([(pattern >> k) & 1 for k in range(5)], dtype=bool)
        if not is_open[0]:
            continue
        chance = np.where(is_open, 1 - refusal, refusal).prod(axis=1)
        expected += chance[:, None] * probabilities(np.where(is_open, utility, -np.inf))
    assert np.allclose(screened_probabilities(utility, refusal), expected, atol=1e-9)


@pytest.mark.parametrize("gap", [5.0, 30.0, 60.0])
def test_screened_probabilities_where_home_is_far_worse(gap: float) -> None:
    """Two foreign countries, each far better than home, that refuse half and all: half go, half stay."""
    chance = screened_probabilities(np.array([[0.0, gap, gap]]), np.array([[0.0, 0.5, 1.0]]))
    assert chance[0, 2] == 0.0
    exact = 0.5 * probabilities(np.array([0.0, gap])) + 0.5 * np.array([1.0, 0.0])
    assert chance[0, :2] == pytest.approx(exact, abs=1e-9)


def test_screened_probabilities_without_refusals_are_logit() -> None:
    utility = np.array([[0.0, -20.0, 3.0, -4.0]])
    assert np.allclose(screened_probabilities(utility, np.zeros((1, 4))), probabilities(utility), atol=1e-10)


def test_logsum_and_probabilities_survive_extremes() -> None:
    utility = np.array([1000.0, 999.0, -np.inf])
    assert logsum(utility) == pytest.approx(1000.0 + np.log1p(np.exp(-1)))
    assert probabilities(utility).sum() == pytest.approx(1.0)
    assert probabilities(utility)[2] == 0.0


def test_personal_utility_is_zero_at_the_reference() -> None:
    table, who = random_case(6)
    utility = personal_utility(table, who)
    assert (utility[np.arange(len(who)), who.reference] == 0.0).all()


@pytest.mark.parametrize("cost", [-400.0, -8.0, -2.0, 0.0, 3.0, 800.0])
def test_nobody_who_leaves_is_taken_for_one_who_stays_for_sure(cost: float) -> None:
    rng, n, k = np.random.default_rng(5), 4000, 9
    origin, current, alternative = np.ogrid[:k, :k, :k]
    kind = np.where(alternative == current, STAY, np.where(alternative == origin, HOME, AWAY)).reshape(k * k, k).astype(np.int8)
    utility, cell = rng.normal(size=(k * k, k)), rng.integers(0, k * k, n)
    utility[:, 3] = np.where(kind[:, 3] == STAY, 0.0, -np.inf)
    table = ChoiceTable(utility, rng.normal(size=(k * k, k)) * 0.4, kind)
    who = Choosers(person_address(3, 2001, np.arange(n)), cell, cell % k, rng.gamma(1.0, size=n), np.full(n, cost),
                   cost + rng.normal(size=n))
    uniform = to_uniform(words_at(who.address[:, None], keys(k)[None, :]))
    with np.errstate(over="ignore"):
        arrives = -np.log(uniform) * np.exp(-personal_utility(table, who))
        chosen = choose(table, who, keys(k)).alternative
    stays = ~_may_leave(table, who, uniform)
    assert (arrives.argmin(axis=1)[stays] == who.reference[stays]).all()
    assert (chosen == arrives.argmin(axis=1)).all()
    assert stays.mean() > 0.9 or cost > -8.0            # the bound says something where people mostly stay
