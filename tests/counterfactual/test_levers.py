"""Levers that are neutral by default: what each does alone, and whom it leaves alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from talentsim.comparison.idle import idle_reason
from talentsim.config import Config, UserError
from talentsim.ensemble.tree import year_keys
from talentsim.model.meanfield import MeanField
from talentsim.model.model import TalentModel
from talentsim.model.policy import TrainingClasses
from talentsim.model.recorder import LAYOUT
from talentsim.model.rules import admission
from talentsim.model.selection import level_of, mean_odds
from talentsim.model.state.researchers import Researchers
from talentsim.model.state.world import World
from talentsim.model.utility import moving_terms
from talentsim.model.visas import chance_after_study, escape, is_unfiled
from talentsim.vocab import BY_TRAINING, LEVERS, Reason, VisaRoute, VisaStatus
from worlds import Plain, edited, feedback_off, model_before, no_caps, open_doors, policy, simulated

SCALE, USA, CHN = 30.0, 0, 1


def after(config: Config, year: int) -> Researchers:
    model = simulated(config, year - 1)
    model.step()
    return model.world.researchers


def first_year(plain: Plain, changed: Plain, **common: float) -> tuple[Researchers, Researchers]:
    """Return everybody at the end of the first year of a policy, without and with it; nobody is in another's way."""
    shared = feedback_off() | {"population.scale": SCALE} | common
    one, other = (after(edited(no_caps(plain), shared | {"policy": policies}), 2026) for policies in ({}, {"x": changed}))
    assert np.array_equal(one.uid, other.uid)
    return one, other


def researchers(people: Researchers) -> np.ndarray:
    """Whose choice of the first year is not the study: those who entered before."""
    return np.asarray(people.graduation_year < 2026 + 5)


LEVELS = {who: {f"level_{place}": {"value": share, "unit": "share", "range": [0, 1], "evidence": "assumed"} for place, share in enumerate(shares, 1)}
          for who, shares in (("doctorates", (0.1, 0.2, 0.3, 0.4)), ("registrations", (0.4, 0.3, 0.2, 0.1)))}
WAGES = {"world.countries.USA.visa.wage_levels": LEVELS}
WEIGHTED = {f"level_{level}": policy("level_odds", change="set", value=float(level), levels=[level]) for level in (1, 2, 3, 4)}
GREEN_CARD = policy("years_to_permanence", change="set", value=1.0, trained=["USA"])


def test_a_green_card_for_those_trained_there_moves_no_researcher_trained_elsewhere(plain_toy: Plain) -> None:
    one, other = first_year(plain_toy, GREEN_CARD, **{"behaviour.location.weights.beta_visa": 0.5})
    moved, trained = one.work_country != other.work_country, one.training_country == USA
    old = researchers(one)
    assert not (moved & old & ~trained).any()
    assert (moved & old & trained & (one.origin_country != USA)).sum() > 20
    assert (other.work_country[moved & old] == USA).mean() > 0.9        # drawn to it, or kept; or drawn and not admitted


def test_students_look_ahead_to_what_holds_for_those_trained_there(plain_toy: Plain) -> None:
    closing = policy("work_visa_refusal", change="set", value=1.0, trained=["USA"])
    restless = {f"world.countries.{code}.home.study": 0.5 for code in plain_toy["world"]["countries"]}
    one, other = first_year(plain_toy, closing, **restless | {"behaviour.study.weights.beta_admission": 2.0})
    new = ~researchers(one)
    moved = (one.training_country != other.training_country) & new
    assert moved.sum() > 20 and (one.training_country[moved] == USA).all()
    assert not ((one.work_country != other.work_country) & ~new & (one.training_country != USA)).any()


def test_everywhere_is_the_same_as_no_limit(plain_toy: Plain) -> None:
    """A policy for those trained in any country at all is the policy for everybody, bit for bit; in the twin up to rounding."""
    everywhere = GREEN_CARD | {"trained": ["USA", "CHN", "IND", "CAN"]}
    configs = [edited(plain_toy, {"population.scale": 5.0, "policy": {"x": each}}) for each in (GREEN_CARD | {"trained": None}, everywhere)]
    one, other = (TalentModel(each).run() for each in configs)
    for name in one.names:
        assert one.agents(name).equals(other.agents(name)), name
    twins = [MeanField(each).run() for each in configs]
    assert np.allclose(twins[0].researchers, twins[1].researchers, rtol=1e-9)


def test_agents_equal_the_twin_where_training_counts(plain_toy: Plain) -> None:
    """Permanence stays beyond everybody's life; how far, differs by where one was trained."""
    changes = {"behaviour.ecosystem.adjustment": 0.0, "population.classes": 2, "population.scale": 60.0, "world.end_year": 2024,
               "behaviour.friction.cap_years": 100.0, "behaviour.location.weights.beta_visa": 0.06,
               "policy": {"x": policy("years_to_permanence", start=2012, change="set", value=40.0, trained=["USA", "CAN"])}}
    config = edited(open_doors(plain_toy), changes)
    twin, without = MeanField(config).run(), MeanField(edited(open_doors(plain_toy), changes | {"policy": {}})).run()
    runs = [TalentModel(config, replication=each).run() for each in range(10)]
    stocks = np.array([run.researchers.sum(axis=(2, 4)) for run in runs]) / 60.0
    error = stocks.std(axis=0, ddof=1) / np.sqrt(len(runs))
    large = (twin.researchers * 60.0 > 30) & (error > 0)
    assert np.mean(((stocks.mean(axis=0) - twin.researchers)[large] / error[large]) ** 2) < 2.0
    assert np.mean(((stocks.mean(axis=0) - without.researchers)[large] / error[large]) ** 2) > 4.0


def test_classes_are_as_many_as_policies_tell_apart(plain_toy: Plain) -> None:
    policies = {"a": GREEN_CARD, "b": GREEN_CARD | {"trained": ["USA", "CAN"]}}
    config = edited(plain_toy, {"policy": policies})
    classes = TrainingClasses.from_policies(config.policies, tuple(config.world.countries))
    assert classes.of.tolist() == [1, 0, 0, 2] and classes.members == (None, "USA", "CAN")
    keys = year_keys(config, 0), year_keys(edited(plain_toy, {"policy": {"a": GREEN_CARD}}), 0)
    assert keys[0][2020] != keys[1][2020] or keys[0][2027] != keys[1][2027]


@pytest.mark.parametrize(("fields", "words"), [
    ({"lever": "pay", "trained": ["USA"]}, "the same wherever one was trained"), ({"trained": []}, "an empty list"), ({"trained": ["GBR"]}, "GBR")])
def test_a_wrong_country_of_training_is_named(plain_toy: Plain, fields: Plain, words: str) -> None:
    with pytest.raises(UserError, match=words):
        edited(plain_toy, {"policy": {"x": GREEN_CARD | fields}})


@pytest.mark.slow
def test_every_lever_by_training_reaches_those_trained_there_alone(plain_toy: Plain) -> None:
    """Each lever, made as bad as can be for those trained in the USA: nobody else, in the first year, is elsewhere or otherwise."""
    worst = {"work_visa_odds": 0.01, "post_study_years": 0.0, "other_visa": 0.0, "visa_fee": 1e7, "years_to_permanence": 100.0}
    for lever in BY_TRAINING:
        one, other = first_year(plain_toy, policy(lever, change="set", value=worst.get(lever, 1.0), trained=["USA"]))
        differs = (one.work_country != other.work_country) | (one.visa_status != other.visa_status)
        assert not (differs & researchers(one) & (one.training_country != USA)).any(), lever


def test_a_talent_grant_draws_foreigners_alone(plain_toy: Plain) -> None:
    one, other = first_year(plain_toy, policy("talent_grant", countries=["CAN"], value=1.0))
    moved = (one.work_country != other.work_country) & researchers(one)
    assert moved.sum() > 10 and (one.origin_country[moved] != 3).all()
    assert (other.work_country[moved] == 3).mean() > 0.9                # or drawn to it and not admitted


def test_a_fee_that_nobody_bears_moves_nobody(plain_toy: Plain) -> None:
    fee = policy("visa_fee", value=6_000_000.0)
    common = {"world.countries.USA.visa.fee_share": {"value": 0.0, "unit": "share of the fee", "range": [0, 1], "evidence": "assumed"}}
    one, other = first_year(plain_toy, fee, **common)
    assert np.array_equal(one.work_country, other.work_country)
    assert not np.array_equal(*(each.work_country for each in first_year(plain_toy, fee)))


def test_a_yearly_charge_is_a_fee_that_grows_with_the_stay(plain_toy: Plain) -> None:
    """A charge of 40,000 a year moves whom a fee of 40,000 times the longest stay moves; one asked of one origin moves that origin alone."""
    stay = float(edited(plain_toy).world.countries["USA"].visa.max_years)
    one, charged = first_year(plain_toy, policy("yearly_charge", value=4e4))
    assert np.array_equal(charged.work_country, first_year(plain_toy, policy("visa_fee", value=4e4 * stay))[1].work_country)
    moved = one.work_country != charged.work_country
    assert moved.sum() > 5 and not (charged.work_country[moved] == USA).any()       # who was not admitted there may go elsewhere now
    one, charged = first_year(plain_toy, policy("yearly_charge", value=4e4, origins=["CHN"]))
    assert (one.origin_country[one.work_country != charged.work_country] == CHN).all()


def test_petitions_that_are_not_filed(plain_toy: Plain) -> None:
    """Share of those outside and inside as configured; no lottery, no refusal; other ways are left; transfers are spared."""
    model = model_before(no_caps(plain_toy), 2026, "admission", policy={
        "a": policy("fee_unfiled", start=2020, value=0.6), "b": policy("fee_inside", start=2020, value=0.5)})
    world = model.world
    rows = np.flatnonzero(world.researchers.origin_country != USA)
    for inside, expected in ((False, 0.6), (True, 0.3)):
        unfiled = is_unfiled(world, rows, np.full(len(rows), USA), 2026, inside)
        assert stats.binomtest(int(unfiled.sum()), len(rows), expected).pvalue > 1e-4
    assert not is_unfiled(world, rows, np.full(len(rows), CHN), 2026).any()


def test_who_is_not_asked_for_is_told_so_and_nobody_else_moves(plain_toy: Plain) -> None:
    bar = policy("fee_unfiled", value=1.0)
    one, other = first_year(plain_toy, bar)
    moved = one.work_country != other.work_country
    assert moved.sum() > 5 and (one.work_country[moved] == USA).all() and (one.visa_status[moved] != VisaStatus.PERMANENT).all()
    model = TalentModel(edited(no_caps(plain_toy), {"population.scale": SCALE, "policy": {"x": bar}}))
    run = model.run()
    events, visas = run.agents("events"), run.agents("visas")
    assert (events[events["reason"] == Reason.NOT_FILED.name.lower()]["year"] >= 2026).all()
    late = visas[(visas["year"] >= 2027) & (visas["to"] == "USA")] if "to" in visas else visas[(visas["year"] >= 2027) & (visas["country"] == "USA")]
    routes = set(late["route"].astype(str))
    assert VisaRoute.OTHER_VISA.name.lower() in routes


def test_deterrence_has_a_weight_for_each_stage(plain_toy: Plain) -> None:
    fear = policy("chilling", value=2.0)
    for stage, deaf in (("location", lambda one: one.graduation_year < 2026), ("graduation", lambda one: one.graduation_year == 2026)):
        one, other = first_year(plain_toy, fear, **{f"behaviour.{stage}.chilling": 0.0})
        moved = one.work_country != other.work_country
        assert moved.sum() > 10 and not (moved & deaf(one)).any(), stage
    twin = [MeanField(edited(open_doors(plain_toy), {"policy": {"x": fear}, f"behaviour.{stage}.chilling": 0.0})).run().researchers
            for stage in ("location", "graduation")]
    assert np.abs(twin[0] - twin[1]).max() > 1e-3


def test_a_queue_holds_those_who_wait(plain_toy: Plain) -> None:
    """Closed form: utils less at every other country, for those in the queue alone; the odds of leaving fall by e to that."""
    model = model_before(plain_toy, 2026, "location", **{"behaviour.location.queue_hold": 0.8})
    world = model.world
    rows, held = np.arange(len(world.researchers)), world.researchers.visa_status == VisaStatus.QUEUED
    now = moving_terms(world, 2026, rows)
    world.config = edited(plain_toy)
    for held_terms, free_terms in zip(now, moving_terms(world, 2026, rows), strict=True):
        assert np.allclose(free_terms - held_terms, 0.8 * held)
    assert held.sum() > 10


def test_students_may_believe_less_of_other_ways(plain_toy: Plain) -> None:
    """Closed form at one try: the chance is that of the work visa or, as far as is believed, of another way."""
    levers = model_before(plain_toy, 2026, "study").world.levers
    levers = levers | {"post_study_years": np.ones(4)}
    exempt = np.zeros(4)
    odds = levers["work_visa_odds"] * (1.0 - levers["work_visa_refusal"])
    for believed in (0.0, 0.5, 1.0):
        none = (1.0 - believed * levers["other_visa"]) * (1.0 - believed * levers["spouse_right"])
        assert chance_after_study(levers, exempt, believed) == pytest.approx(1.0 - (1.0 - odds) * none)


def test_no_time_after_study_leaves_one_try(plain_toy: Plain) -> None:
    config = edited(plain_toy, {"world.countries.USA.visa.post_study_years": 1.0, "population.scale": 5.0,
                                "policy": {"x": policy("post_study_years", change="set", value=0.0)}})
    assert idle_reason(config, config.policies["x"])
    runs = [TalentModel(each).run() for each in (config, edited(plain_toy, {"world.countries.USA.visa.post_study_years": 1.0, "population.scale": 5.0}))]
    assert runs[0].agents("stocks").equals(runs[1].agents("stocks"))
    longer = edited(plain_toy, {"world.countries.USA.visa.post_study_years": 3.0, "policy": {"x": policy("post_study_years", change="set", value=0.0)}})
    assert not idle_reason(longer, longer.policies["x"])




def drawn_in_2026(plain: Plain, policies: Plain, **changes: Any) -> tuple[World, admission._Asked, np.ndarray]:
    model = model_before(plain, 2026, "admission", **WAGES | {"policy": policies} | changes)
    asked = admission._gather(model.world, 2026)
    nobody = np.zeros(len(asked.rows), dtype=bool)
    return model.world, asked, admission._lose_lottery(model.world, asked, nobody, 2026)


def test_selection_by_wage_level_raises_the_ability_of_the_selected_as_its_odds_imply(plain_toy: Plain) -> None:
    """Closed form: odds by level, and the mean ability of the selected given who applied."""
    odds, relative = 0.3, np.array([1, 2, 3, 4]) / 2.0           # mean weight of all registrations: .4 + .6 + .6 + .4
    world, asked, lost = drawn_in_2026(no_caps(plain_toy), WEIGHTED, **{"world.countries.USA.visa.work_visa_odds": odds, "population.scale": 600.0})
    here = (asked.route == VisaRoute.LOTTERY) & (asked.host == USA)
    ability, won = world.researchers.ability[asked.rows[here]].astype(float), ~lost[here]
    level = level_of(world.regimes, asked.host[here], world.researchers.ability[asked.rows[here]])
    for each in range(4):
        at = level == each
        assert stats.binomtest(int(won[at].sum()), int(at.sum()), odds * relative[each]).pvalue > 1e-4
    chance = odds * relative[level]
    expected = (chance * ability).sum() / chance.sum()
    error = ability[won].std() / np.sqrt(won.sum())
    assert abs(ability[won].mean() - expected) < 4.0 * error and expected > 1.1 * ability.mean()


def test_doctorates_sit_at_the_levels_that_the_figures_give(plain_toy: Plain) -> None:
    world = model_before(plain_toy, 2016, "policy", **WAGES).world
    entered = world.researchers.ability
    share = np.bincount(level_of(world.regimes, np.full(len(entered), USA), entered), minlength=4) / len(entered)
    assert share == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=0.01)


def test_a_higher_weight_adds_winners_alone(plain_toy: Plain) -> None:
    """The same draw: with the other levels' odds kept, nobody who had won at the level loses; odds as data and ranked seats."""
    for plain in (no_caps(plain_toy), plain_toy):
        changes = {"world.countries.USA.visa.work_visa_cap": None} if plain is not plain_toy else {}
        _, _, before = drawn_in_2026(plain, {"x": policy("level_odds", change="set", value=1.5, levels=[4])}, **changes)
        world, asked, now = drawn_in_2026(plain, {"x": policy("level_odds", change="set", value=3.0, levels=[4])}, **changes)
        top = level_of(world.regimes, asked.host, world.researchers.ability[asked.rows]) == 3
        assert not (now & ~before & top & (asked.host == USA)).any() and (before & ~now & top).any()


def test_equal_weights_are_no_weights(plain_toy: Plain) -> None:
    alike = policy("level_odds", change="set", value=4.0)
    one, other = (TalentModel(edited(plain_toy, WAGES | {"policy": each})).run() for each in ({}, {"x": alike}))
    for name in one.names:
        assert one.agents(name).equals(other.agents(name)), name


def test_weights_by_wage_move_no_researcher_who_was_not_in_the_lottery(plain_toy: Plain) -> None:
    shared = feedback_off() | {"population.scale": SCALE} | WAGES
    one, other = (after(edited(no_caps(plain_toy), shared | {"policy": each}), 2026) for each in ({}, WEIGHTED))
    moved = (one.work_country != other.work_country) & researchers(one)
    assert moved.any() and ((one.work_country[moved] == USA) | (other.work_country[moved] == USA)).all()
    assert (one.visa_status[moved & (one.work_country == USA)] != VisaStatus.PERMANENT).all()


def test_twin_and_agents_expect_the_same_odds(plain_toy: Plain) -> None:
    world = model_before(no_caps(plain_toy), 2026, "admission", **WAGES | {"policy": WEIGHTED}).world
    odds = world.levers["work_visa_odds"][USA, CHN]
    expected = sum(share * min(1.0, odds * weight / 2.0) for share, weight in zip((0.1, 0.2, 0.3, 0.4), (1, 2, 3, 4), strict=True))
    assert mean_odds(world.levers, world.regimes)[USA, CHN] == pytest.approx(expected)
    assert mean_odds(world.levers, world.regimes)[CHN, USA] == world.levers["work_visa_odds"][CHN, USA]


def test_other_visas_as_people_a_year(plain_toy: Plain) -> None:
    """As many a year as the figure says, by the same draw: more places only add people."""
    granted = {}
    for places in (0.02, 0.1):
        model = model_before(no_caps(plain_toy), 2026, "visa", policy={"x": policy("other_visa_cap", change="set", value=places),
                                                                       "y": policy("other_visa", change="set", value=1.0)})
        rows = np.flatnonzero(model.world.researchers.origin_country != USA)[:200]
        first, second = (escape(model.world, part, np.full(len(part), USA), 2026) == VisaRoute.OTHER_VISA for part in (rows[:100], rows[100:]))
        granted[places] = np.concatenate([first, second])
        assert granted[places].sum() == min(int(places * 200), 200)
    assert not (granted[0.02] & ~granted[0.1])[:100].any()


def test_levels_of_a_policy_are_checked(plain_toy: Plain) -> None:
    for fields, words in (({"levels": [5]}, "from 1 to 4"), ({"levels": []}, "empty list")):
        with pytest.raises(UserError, match=words):
            edited(plain_toy, {"policy": {"x": policy("level_odds", value=1.0) | fields}})
    wrong = LEVELS | {"doctorates": LEVELS["registrations"] | {"level_4": LEVELS["doctorates"]["level_4"]}}
    with pytest.raises(UserError, match=r"sum to 1\.3"):
        edited(plain_toy, {"world.countries.USA.visa.wage_levels": wrong})
    config = edited(plain_toy, {"policy": {"x": WEIGHTED["level_2"]}})
    assert "wage level" in idle_reason(config, config.policies["x"])


NEUTRAL = {"fee_share": 1.0, "fee_unfiled": 0.0, "fee_inside": 0.0, "level_odds": 1.0, "talent_grant": 0.0, "return_grant": 0.0, "chilling": 0.0, "entry": 1.0,
           "entry_refusal": 0.0, "service": 1.0, "collaboration": 1.0}
"""Levers that stand at one value everywhere without policies."""


def test_every_lever_at_its_neutral_value_changes_nothing(plain_toy: Plain) -> None:
    """Added 0, multiplied by 1, or set to what it is anyhow: all levers at once, bit for bit."""
    policies = {name: policy(name, countries=None, change="multiply", value=1.0) for name in LEVERS}
    policies |= {f"{name}_added": policy(name, countries=None, value=0.0) for name in LEVERS}
    policies |= {f"{name}_set": policy(name, countries=None, change="set", value=value) for name, value in NEUTRAL.items()}
    one, other = (TalentModel(edited(plain_toy, {"policy": each})).run() for each in ({}, policies))
    for name in LAYOUT:
        assert one.frame(name).equals(other.frame(name)), name


def test_the_model_description_lists_every_lever_with_its_unit_and_bounds() -> None:
    """A row for each: name, what it has one value for, unit, bounds, meaning."""
    text = (Path(__file__).parents[2] / "docs" / "ODD.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| `")]
    told = {name: row for row in rows if len(row) == 5 for name in re.findall(r"`(\w+)`", row[0])}
    assert LEVERS.keys() <= told.keys()
    for name, lever in LEVERS.items():
        numbers = [float(each) for each in re.findall(r"\d+(?:\.\d+)?", told[name][3])]
        assert numbers[0] == lever.low and ((len(numbers) == 2 and numbers[1] == lever.high) or "or more" in told[name][3]), name
        assert told[name][4], name


def test_what_has_no_value_by_country_is_neutral_as_shipped(ai: Config) -> None:
    """Weights of behaviour that are levers of what people feel or believe stand where they change nothing, with a range and a reason."""
    behaviour = ai.behaviour
    for figure, neutral in ((behaviour.location.queue_hold, 0.0), (behaviour.location.chilling, 1.0), (behaviour.graduation.chilling, 1.0),
                            (behaviour.study.perceived_ways, 1.0)):
        assert figure.value == neutral and figure.range[0] <= neutral < figure.range[1] and (figure.note or figure.source)
