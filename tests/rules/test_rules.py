"""Each submodel alone, against what its docstring says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from talentsim.arrays import ABILITY_UNIT
from talentsim.model.cohorts import cohort_path
from talentsim.model.model import TalentModel
from talentsim.model.rules import ecosystem, entry, location, output
from talentsim.model.simulation import SCHEDULE
from talentsim.model.tables import TIER_SHARES
from talentsim.vocab import CareerStage, Sector, Tier
from worlds import edited, policy

Plain = dict[str, Any]


def model_in(plain: Plain, year: int, **changes: Any) -> TalentModel:
    model = TalentModel(edited(plain, {"population.scale": 50.0} | changes))
    while model.year < year:
        model.step()
    return model


def test_schedule_reads_like_the_model_description() -> None:
    assert [step.__module__.rpartition(".")[2] for step in SCHEDULE] == [
        "policy", "entry", "study", "graduation", "visa", "location", "admission", "displacement", "hiring", "output", "ecosystem", "exit"]


def test_cohorts_grow_then_fade(plain_toy: Plain) -> None:
    config = edited(plain_toy)
    path = np.log(cohort_path(config))
    country = next(iter(config.world.countries.values()))
    level, growth, damping = float(country.entry.level), float(country.entry.growth), float(config.entry.damping)
    at = {year: path[year - config.world.burn_in_year, 0] for year in range(config.world.burn_in_year, config.world.end_year + 1)}
    assert at[config.entry.level_year] == pytest.approx(np.log(level))
    assert at[2020] - at[2019] == pytest.approx(growth)
    assert at[2026] - at[2025] == pytest.approx(growth * damping**2)


def test_cohort_sizes_are_right_on_average_and_within_one(plain_toy: Plain) -> None:
    model = TalentModel(edited(plain_toy, {"population.scale": 1.37}))
    expected = cohort_path(model.config) * 1.37

    def sizes(replication: int, year: int) -> np.ndarray:
        world = TalentModel(model.config, replication=replication).world
        world.given = world.figures.at(year - 1992)
        return entry.cohort_sizes(world, year)

    drawn = np.array([[sizes(r, year) for year in (2000, 2020)] for r in range(300)])
    wanted = expected[[2000 - 1992, 2020 - 1992]]
    assert (np.abs(drawn - wanted) < 1).all()
    assert np.abs(drawn.mean(axis=0) - wanted).max() < 0.15


def test_ability_and_home_attachment_have_their_distributions(plain_toy: Plain) -> None:
    model = model_in(plain_toy, 2035, **{"population.scale": 200.0})
    people, world = model.world.researchers, model.world
    for origin in range(len(model.codes)):
        of = np.flatnonzero(people.origin_country == origin)
        log_ability = np.log(people.ability_of(of))
        mean, sd = world.origins.ability_mean_log[origin], world.origins.ability_sd_log[origin]
        assert abs(log_ability.mean() - mean) < 5 * sd / np.sqrt(len(of)) + 0.01
        assert abs(log_ability.std() / sd - 1) < 0.05


def test_careers_are_geometric(plain_toy: Plain) -> None:
    """Those of one cohort still there n years after the doctorate: (1 - rate)^n of those who took it."""
    model = TalentModel(edited(plain_toy, {"population.scale": 500.0, "behaviour.exit.rate": 0.1}))
    while model.year < 2000:
        model.step()
    cohort = model.world.researchers.uid[model.world.researchers.graduation_year == 2005]
    while model.year < 2015:
        model.step()
    left = np.isin(cohort, model.world.researchers.uid).sum()
    assert stats.binomtest(int(left), len(cohort), 0.9**11).pvalue > 1e-4


def test_everybody_searches_at_the_same_rate_wherever_they_are(plain_toy: Plain) -> None:
    model = model_in(plain_toy, 2030)
    searches = location.searching(model.world, 2031)
    people = model.world.researchers
    researcher = people.career_stage == CareerStage.RESEARCHER
    assert not searches[~researcher].any()
    assert stats.binomtest(int(searches.sum()), int(researcher.sum()), 0.15).pvalue > 1e-4
    for country in range(len(model.codes)):
        here = researcher & (people.work_country == country)
        assert stats.binomtest(int(searches[here].sum()), int(here.sum()), 0.15).pvalue > 1e-4


def test_output_is_the_sum_over_people(plain_toy: Plain) -> None:
    model = model_in(plain_toy, 2019)
    world, law = model.world, model.config.behaviour.output
    for step in SCHEDULE[: SCHEDULE.index(output.step)]:
        step(world, 2020)
    output.step(world, 2020)
    people = world.researchers
    strength = np.exp(world.log_strength - world.log_strength.mean())
    stage = np.where(people.career_stage == CareerStage.STUDENT, float(law.student_factor), 1.0)
    ability = people.ability * ABILITY_UNIT
    works = float(law.rate) * ability * stage * strength[people.work_country] ** float(law.eta)
    share = float(law.frontier_share) * ability ** float(law.frontier_ability) * strength[people.work_country] ** float(law.frontier_eco)
    n = len(model.codes)
    owner = world.employers.hq[people.employer]
    for origin, training, work, hq in np.ndindex(n, n, n, n):
        of = ((people.origin_country == origin) & (people.training_country == training) & (people.work_country == work)
              & (owner == hq))
        assert world.tally.works[origin, training, work, hq] == pytest.approx(works[of].sum(), rel=1e-12)
        assert world.tally.frontier_works[origin, training, work, hq] == pytest.approx((works * share)[of].sum(), rel=1e-4, abs=1e-6)
    assert world.tally.works.sum(axis=(0, 1))[~np.eye(n, dtype=bool)].sum() > 0       # some work is owned elsewhere
    for tier, cut in zip(Tier, world.origins.tier_ability, strict=True):
        top = people.ability >= cut
        assert world.tally.tier_researchers[tier].sum() == top.sum()
        assert world.tally.tier_works[tier] == pytest.approx([works[top & (people.work_country == k)].sum() for k in range(n)])
    for sector in Sector:
        mine = world.employers.sector[people.employer] == sector
        assert world.tally.sector_researchers[sector].tolist() == np.bincount(people.work_country[mine], minlength=n).tolist()
        assert world.tally.sector_works[sector] == pytest.approx(np.bincount(people.work_country[mine], works[mine], minlength=n), rel=1e-12)
    assert world.tally.sector_works.min() > 0 and (world.employers.sector[people.employer[people.career_stage == CareerStage.STUDENT]] == Sector.ACADEMIA).all()


def test_tiers_hold_their_share_of_entrants(plain_toy: Plain) -> None:
    model = model_in(plain_toy, 2015, **{"population.scale": 800.0})
    ability = model.world.researchers.ability[model.world.entered]
    for tier, share in TIER_SHARES.items():
        above = int((ability >= model.world.origins.tier_ability[tier]).sum())
        assert stats.binomtest(above, len(ability), share).pvalue > 1e-4


def test_blocs_that_part_lose_what_rests_on_their_partners(plain_toy: Plain) -> None:
    """Collaboration factor against longhand; with everybody open it is 1."""
    model = model_in(plain_toy, 2019)
    assert output.collaboration(model.world) == pytest.approx(np.ones(len(model.codes)))
    apart = policy("collaboration", countries=["USA"], partners=["CHN"], start=2019, change="set", value=0.2)
    parted = model_in(plain_toy, 2019, policy={"x": apart})
    talent, share = parted.world.tally.talent, float(parted.config.behaviour.output.collaboration)
    usa, china = parted.codes.index("USA"), parted.codes.index("CHN")
    factor = parted.world.tally.collaboration
    for one, other in ((usa, china), (china, usa)):
        assert factor[one] == pytest.approx(1.0 - share * 0.8 * talent[other] / (talent.sum() - talent[one]))
    assert np.delete(factor, [usa, china]) == pytest.approx(np.ones(len(factor) - 2))


def test_service_cut_off_follows_the_headquarters(plain_toy: Plain) -> None:
    off = {"behaviour.ecosystem.adjustment": 0.0}
    plain = model_in(plain_toy, 2026, **off)
    cut = model_in(plain_toy, 2026, **off, policy={"x": policy("service", countries=["CHN"], change="set", value=0.5)})
    ratio = cut.world.tally.works.sum(axis=(0, 1)) / np.maximum(plain.world.tally.works.sum(axis=(0, 1)), 1e-12)
    made = plain.world.tally.works.sum(axis=(0, 1)) > 0
    china = cut.codes.index("CHN")
    assert ratio[:, china][made[:, china]] == pytest.approx(0.5 ** float(plain.config.behaviour.output.service))
    others = np.delete(np.arange(len(cut.codes)), china)
    assert ratio[:, others][made[:, others]] == pytest.approx(1.0)
    assert made[:, china].sum() > 1         # Chinese firms have laboratories abroad


def test_sums_do_not_depend_on_the_order_of_rows(plain_toy: Plain) -> None:
    model = model_in(plain_toy, 2020)
    people = model.world.researchers
    output.step(model.world, 2020)
    before = model.world.tally.works.copy(), model.world.tally.frontier_works.copy(), model.world.tally.tier_works.copy()
    order = np.random.default_rng(0).permutation(len(people))
    for name in ("origin_country", "training_country", "work_country", "career_stage", "ability", "employer"):
        getattr(people, name)[:] = getattr(people, name)[order]
    output.step(model.world, 2020)
    after = model.world.tally.works, model.world.tally.frontier_works, model.world.tally.tier_works
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


def test_strength_closes_its_share_of_the_gap(plain_toy: Plain) -> None:
    """One component raised by a factor moves the target by weight * log factor, less the world's mean."""
    weight, adjustment, factor = 0.15, 0.15, 4.0
    boost = policy("compute", start=2020, change="multiply", value=factor)
    off = {"behaviour.ecosystem.feedback": False}
    plain, boosted = model_in(plain_toy, 2035, **off), model_in(plain_toy, 2035, **off, policy={"x": boost})
    n_years = 2035 - 2020 + 1
    closed = 1.0 - (1.0 - adjustment) ** n_years
    gap = boosted.world.log_strength - plain.world.log_strength
    usa = plain.codes.index("USA")
    expected = np.where(np.arange(len(gap)) == usa, np.log(factor), 0.0) - np.log(factor) / len(gap)
    assert gap == pytest.approx(weight * closed * expected, abs=1e-12)


def test_without_feedback_and_policies_strength_stands_still(plain_toy: Plain) -> None:
    model = model_in(plain_toy, 2035, **{"behaviour.ecosystem.feedback": False})
    assert np.exp(model.world.log_strength) == pytest.approx(model.world.destinations.strength)


def test_feedback_lifts_where_talent_grows(plain_toy: Plain) -> None:
    model = model_in(plain_toy, 2035)
    talent = ecosystem.log_components(model.world, 2035, model.world.levers)["talent"] - model.world.log_reference["talent"]
    moved = model.world.log_strength - np.log(model.world.destinations.strength)
    assert moved[talent.argmax()] > 0 > moved[talent.argmin()]


@pytest.mark.parametrize("start", [2005, 2010, 2011])
def test_a_component_counts_whenever_its_policy_began(plain_toy: Plain, start: int) -> None:
    """Strength is measured from the world without policies, so one in force in the start year is not lost."""
    off = {"behaviour.ecosystem.feedback": False}
    boosted = model_in(plain_toy, 2020, **off, policy={"x": policy("compute", start=start, change="multiply", value=4.0)})
    gap = boosted.world.log_strength - np.log(boosted.world.destinations.strength)
    n_years = 2020 - max(start, 2010) + 1
    assert gap[0] == pytest.approx(0.15 * np.log(4.0) * 0.75 * (1.0 - 0.85**n_years))


def test_a_component_policy_that_has_ended_fades(plain_toy: Plain) -> None:
    off = {"behaviour.ecosystem.feedback": False}
    ended = model_in(plain_toy, 2035, **off, policy={"x": policy("compute", start=2005, end=2012, change="multiply", value=4.0)})
    gap = ended.world.log_strength - np.log(ended.world.destinations.strength)
    assert 0.0 < gap[0] < 0.01


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_the_ends_of_the_exit_rate(plain_toy: Plain, rate: float) -> None:
    model = model_in(plain_toy, 2010, **{"behaviour.exit.rate": rate})
    tables = TalentModel(model.config).run()
    assert (tables.exits.sum() == 0) == (rate == 0.0)
    if rate == 1.0:
        assert (model.world.researchers.career_stage == CareerStage.STUDENT).all()


def test_full_convergence_makes_compute_alike(plain_toy: Plain) -> None:
    model = model_in(plain_toy, 2030, **{"behaviour.ecosystem.convergence_compute": 0.5})
    logs = ecosystem.log_components(model.world, 2030, model.world.levers)
    spread = ecosystem.log_components(model.world, 2010, model.world.levers)["compute"]
    assert logs["compute"] == pytest.approx(spread * 0.5**20)


def test_diaspora_shares(plain_toy: Plain) -> None:
    model = model_in(plain_toy, 2020)
    shares = ecosystem.diaspora_shares(model.world)
    assert np.diag(shares).tolist() == [0.0] * len(model.codes)
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(model.codes)))


def test_graduates_choose_once_and_become_researchers(plain_toy: Plain) -> None:
    model = model_in(plain_toy, 2020)
    people = model.world.researchers
    graduates = people.graduation_year == 2020
    assert (people.career_stage[graduates] == CareerStage.RESEARCHER).all()
    moved = people.last_move_year[graduates] == 2020
    assert (people.previous_country[graduates][moved] == people.training_country[graduates][moved]).all()


def test_refusals_are_counted_by_host_and_origin(plain_toy: Plain) -> None:
    model = model_in(plain_toy, 2035)
    refused = model.tables().dense("visas", "refused", "country", "origin").sum(axis=0)
    assert (np.diag(refused) == 0).all() and refused.sum() > 0
