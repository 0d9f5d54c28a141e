"""Visas in the toy world, where caps bind: the status machine, lotteries, refusals and clocks."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy import stats

from talentsim.model.model import TalentModel
from talentsim.model.rules import admission
from talentsim.model.state.statuses import STEPS, set_status
from talentsim.model.tables import exempt_share
from talentsim.model.visas import DOCTORATES, OTHER_VISAS, chance_after_study, is_refused, whole_places, whole_years
from talentsim.vocab import CareerStage, Decision, Reason, VisaOutcome, VisaRoute, VisaStatus
from worlds import edited, model_before, no_caps, policy, welcoming

Plain = dict[str, Any]


@pytest.mark.parametrize("before", VisaStatus)
@pytest.mark.parametrize("after", VisaStatus)
def test_each_step_is_taken_or_refused_as_the_table_says(plain_toy: Plain, before: VisaStatus, after: VisaStatus) -> None:
    people = model_before(plain_toy, 1994, "visa").world.researchers
    rows = np.arange(3)
    people.visa_status[rows], people.status_since[rows] = before, 1990
    if after in STEPS[before]:
        set_status(people, rows, after, 1994, keeps_clock=after is VisaStatus.QUEUED)
        assert (people.visa_status[rows] == after).all()
        assert (people.status_since[rows] == (1990 if after is VisaStatus.QUEUED else 1994)).all()
    else:
        with pytest.raises(ValueError, match=f"{after.name} cannot follow {before.name}; allowed: "):
            set_status(people, rows, after, 1994)
        assert (people.visa_status[rows] == before).all()


def test_every_legal_step_happens_somewhere(plain_toy: Plain) -> None:
    """The table holds no step that the submodels never take, the same status twice apart."""
    config = edited(plain_toy, {"population.scale": 100.0, "world.countries.IND.visa.years_to_permanence": 0.0,
                                "world.countries.CAN.visa.renewal_refusal": 0.5, "world.countries.CAN.visa.renewal_years": 1.0,
                                "world.countries.CAN.visa.further_degree": 0.5})
    events = TalentModel(config).run().frame("events")
    before = events.groupby("uid").status.shift().fillna("national")
    seen = set(zip(before, events.status, strict=True))
    legal = {(one.name.lower(), other.name.lower()) for one, others in STEPS.items() for other in others if one is not other}
    assert {pair for pair in seen if pair[0] != pair[1]} == legal


def test_a_ranked_lottery_never_grants_more_than_its_cap(plain_toy: Plain) -> None:
    config = edited(plain_toy, {"population.scale": 10.0})
    run = TalentModel(config).run()
    granted = run.dense("visas", "granted", "country", "route")[:, run.codes.index("USA"), VisaRoute.LOTTERY]
    lost = run.dense("visas", "lost_lottery", "country", "route")[:, run.codes.index("USA"), VisaRoute.LOTTERY]
    cap = float(config.world.countries["USA"].visa.work_visa_cap) * 10.0
    assert (granted <= np.ceil(cap)).all()
    assert lost.sum() > 100 and granted.sum() > 100          # it binds


@pytest.mark.parametrize("seed", range(5))
def test_in_one_lottery_a_higher_cap_only_adds_winners(plain_toy: Plain, seed: int) -> None:
    winners = []
    for cap in (0.0, 0.5, 2.0, 6.0, 1000.0):
        model = model_before(plain_toy, 2026, "admission", **{
            "ensemble.seed": seed, "population.scale": 20.0, "policy": {"x": policy("work_visa_cap", change="set", value=cap)}})
        asked = admission._gather(model.world, 2026)
        drawn = asked.route == VisaRoute.LOTTERY
        won = drawn & ~admission._lose_lottery(model.world, asked, np.zeros(len(asked.rows), dtype=bool), 2026)
        winners.append(set(model.world.researchers.uid[asked.rows[won & (asked.host == model.codes.index("USA"))]].tolist()))
    assert all(fewer <= more for fewer, more in itertools.pairwise(winners))
    assert len(winners[0]) == 0 < len(winners[2]) < len(winners[-1])


def test_lottery_odds_given_as_data_are_met(plain_toy: Plain) -> None:
    for odds in (0.1, 0.5):
        model = model_before(no_caps(plain_toy), 2026, "admission", **{
            "policy": {"x": policy("work_visa_odds", start=2010, change="set", value=odds)}})
        asked = admission._gather(model.world, 2026)
        lost = admission._lose_lottery(model.world, asked, np.zeros(len(asked.rows), dtype=bool), 2026)
        drawn = (asked.route == VisaRoute.LOTTERY) & (asked.host == model.codes.index("USA"))
        assert drawn.sum() > 300
        assert stats.binomtest(int((drawn & ~lost).sum()), int(drawn.sum()), odds).pvalue > 1e-4


def test_lots_and_refusals_do_not_look_at_ability(plain_toy: Plain) -> None:
    """Mean log ability of those who lose, of those refused, and of all applicants, by country."""
    model = model_before(plain_toy, 2026, "admission")
    asked = admission._gather(model.world, 2026)
    lost = admission._lose_lottery(model.world, asked, np.zeros(len(asked.rows), dtype=bool), 2026)
    refused = is_refused(model.world, asked.rows, asked.host, 2026)
    ability = np.log(model.world.researchers.ability_of(asked.rows))
    for host in range(len(model.codes)):
        for failed in (lost, refused):
            drawn = (asked.host == host) & ((asked.route == VisaRoute.LOTTERY) if failed is lost else True)
            bad, good = ability[drawn & failed], ability[drawn & ~failed]
            if min(len(bad), len(good)) > 30:
                assert stats.ttest_ind(bad, good).pvalue > 1e-4


def test_sectors_outside_the_cap_meet_no_lottery(plain_toy: Plain) -> None:
    model = model_before(plain_toy, 2026, "admission")
    asked = admission._gather(model.world, 2026)
    usa = asked.host == model.codes.index("USA")
    academic = model.world.employers.sector[asked.employer] == 0
    assert (asked.route[usa & academic] != VisaRoute.LOTTERY).all()
    assert (asked.route[usa & ~academic & (asked.route != VisaRoute.TRANSFER)] == VisaRoute.LOTTERY).all()
    assert (usa & academic).sum() > 100 < (usa & ~academic).sum()


def test_those_refused_stay_where_they_are(plain_toy: Plain) -> None:
    """Whoever applied from elsewhere and was not admitted is where they were, with the status they had."""
    model = model_before(plain_toy, 2026, "admission")
    people = model.world.researchers
    rows = np.concatenate([each.rows for each in model.world.applications])
    before = people.work_country[rows].copy(), people.visa_status[rows].copy()
    admission.step(model.world, 2026)
    stayed = (people.work_country[rows] == before[0]) & (before[1] != VisaStatus.POST_STUDY)
    assert stayed.sum() > 30
    assert (people.visa_status[rows][stayed] == before[1][stayed]).all()
    moved = people.work_country[rows] != before[0]
    assert np.isin(people.visa_status[rows][moved], (VisaStatus.TEMPORARY, VisaStatus.PERMANENT)).all()


def granted_in(plain: Plain, **changes: Any) -> tuple[TalentModel, admission._Asked, np.ndarray]:
    """Return the model after admission in 2026, who had asked, and which of them may work where they asked to."""
    model = model_before(plain, 2026, "admission", **changes)
    asked = admission._gather(model.world, 2026)
    admission.step(model.world, 2026)
    people = model.world.researchers
    here = people.work_country[asked.rows] == asked.host
    return model, asked, here & np.isin(people.visa_status[asked.rows], (VisaStatus.TEMPORARY, VisaStatus.PERMANENT))


@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
def test_those_outside_are_kept_out_with_the_chance_given_and_no_other_visa_helps(plain_toy: Plain, chance: float) -> None:
    """Everybody else qualifies, by the work visa or by another one: then entry alone decides, and for those outside alone."""
    _, asked, granted = granted_in(plain_toy, **welcoming(plain_toy, other_visa=1.0, work_visa_refusal=0.5), policy={
        "x": policy("entry_refusal", countries=None, change="set", value=chance)})
    outside = asked.reason != Reason.STATUS
    assert outside.sum() > 300
    assert stats.binomtest(int((~granted & outside).sum()), int(outside.sum()), chance).pvalue > 1e-4


def test_closed_borders_touch_nobody_inside(plain_toy: Plain) -> None:
    """Whoever asks for a right to work where they are gets the same answer, and what students look ahead to stays as it is."""
    plain = no_caps(plain_toy)
    (open_, asked, granted), (closed, asked_too, granted_too) = (
        granted_in(plain, policy={"x": policy("entry_refusal", countries=None, change="set", value=value)}) for value in (0.0, 1.0))
    assert np.array_equal(asked.rows, asked_too.rows) and np.array_equal(asked.host, asked_too.host)
    inside, moves = asked.reason == Reason.STATUS, np.isin(asked.rows, asked.rows[granted & (asked.reason != Reason.STATUS)])
    assert np.array_equal(granted[inside & ~moves], granted_too[inside & ~moves]) and (inside & ~moves & granted).sum() > 50
    assert granted[~inside].sum() > 100 and not granted_too[~inside].any()
    chances = [chance_after_study(model.world.levers, exempt_share(model.world.regimes, model.world.destinations)) for model in (open_, closed)]
    assert np.array_equal(*chances)


def test_applied_is_refused_lost_or_granted(plain_toy: Plain) -> None:
    run = TalentModel(edited(plain_toy, {"population.scale": 20.0})).run()
    visas = {name: run.dense("visas", name, "country", "origin", "route") for name in ("applied", "refused", "lost_lottery", "granted")}
    assert (visas["applied"] == visas["refused"] + visas["lost_lottery"] + visas["granted"]).all()
    assert (np.diagonal(visas["applied"], axis1=1, axis2=2) == 0).all()          # nationals need none
    assert all(visas["granted"].sum(axis=(0, 1, 2)) > 0)                      # every route is used
    assert visas["lost_lottery"][..., [r for r in VisaRoute if r is not VisaRoute.LOTTERY]].sum() == 0


def graduates_abroad(model: TalentModel, year: int) -> np.ndarray:
    people, usa = model.world.researchers, model.codes.index("USA")
    return np.flatnonzero((people.graduation_year == year) & (people.work_country == usa) & (people.origin_country != usa))


@pytest.mark.parametrize("years", [1.0, 3.0])
def test_the_chance_that_students_look_ahead_to_is_met(plain_toy: Plain, years: float) -> None:
    """Foreign graduates who never search: those with a right to work when their time after study is over."""
    odds = policy("work_visa_odds", start=2010, change="set", value=0.25)
    model = TalentModel(edited(no_caps(plain_toy), {
        "population.scale": 1000.0, "world.countries.USA.visa.further_degree": 0.0, "world.countries.USA.visa.post_study_years": years,
        "world.countries.USA.visa.renewal_refusal": 0.0, "behaviour.location.rate_search": 0.0, "behaviour.exit.rate": 0.0,
        "behaviour.graduation.move": 30.0, "behaviour.graduation.return_constant": -30.0, "policy": {"odds": odds}}))
    while model.year < 2020:
        model.step()
    world, usa = model.world, model.codes.index("USA")
    cohort = world.researchers.uid[graduates_abroad(model, 2020)]
    everybody = world.researchers.uid[world.researchers.graduation_year == 2020]
    for _ in range(int(years) - 1):
        model.step()
    people = world.researchers
    chance = chance_after_study(world.levers, exempt_share(world.regimes, world.destinations))[usa]
    # those who fail on the first try of one have left within the year: count the cohort from those who studied there
    studied = np.isin(people.uid, everybody) & (people.training_country == usa) & (people.origin_country != usa)
    expected = chance[people.origin_country[studied]]
    stays = people.work_country[studied] == usa
    assert studied.sum() > 500 and len(cohort) > 0
    z = (stays.sum() - expected.sum()) / np.sqrt((expected * (1 - expected)).sum())
    assert abs(z) < 4.0


def test_permanence_comes_when_the_wait_is_over(plain_toy: Plain) -> None:
    """Nobody has waited longer than the law says, and nobody is permanent sooner, by each person's own rounding."""
    model = model_before(plain_toy, 2030, "location", **{"world.countries.USA.visa.years_to_permanence": 4.5})
    world, people = model.world, model.world.researchers
    waiting = np.flatnonzero(np.isin(people.visa_status, (VisaStatus.TEMPORARY, VisaStatus.QUEUED)))
    wait = world.levers["years_to_permanence"][people.work_country[waiting], people.origin_country[waiting]]
    assert (2030 - people.status_since[waiting] < whole_years(world, waiting, wait)).all()
    new = np.flatnonzero((people.visa_status == VisaStatus.PERMANENT) & (people.status_since == 2030))
    assert len(new) > 20
    rounded = whole_years(world, np.arange(len(people)), np.full(len(people), 4.5))
    assert set(rounded.tolist()) == {4, 5} and abs(rounded.mean() - 4.5) < 0.05


def test_the_longest_stay_ends_a_work_visa_unless_one_is_queued(plain_toy: Plain) -> None:
    model = model_before(plain_toy, 2030, "location")
    world, people = model.world, model.world.researchers
    temporary = people.visa_status == VisaStatus.TEMPORARY
    temporary[world.ended] = False
    years = 2030 - people.status_since[temporary]
    assert (years < np.maximum(world.levers["max_years"][people.work_country[temporary]], 1)).all()
    queued = people.visa_status == VisaStatus.QUEUED
    since = 2030 - people.status_since[queued]
    assert (since >= world.regimes.queue_after[people.work_country[queued]]).all()
    assert since.max() > world.levers["max_years"][model.codes.index("USA")]


def test_offers_follow_the_shares_of_posts(plain_toy: Plain) -> None:
    from talentsim.model.offers import offered_employers

    model = model_before(plain_toy, 2026, "hiring")
    world, n = model.world, len(model.codes)
    rows = np.arange(len(world.researchers))
    for place in range(n):
        employer = offered_employers(world, rows, np.full(len(rows), place), 2026)
        share = float(world.destinations.industry_share[place])
        expected = world.employers.weight[:, place] * np.where(world.employers.sector == 1, share, 1.0 - share)
        seen = np.bincount(employer, minlength=len(expected))
        assert (seen[expected == 0.0] == 0).all()
        some = expected > 0
        assert stats.chisquare(seen[some], expected[some] * len(rows)).pvalue > 1e-4


def test_an_employer_that_shrinks_draws_nobody(plain_toy: Plain) -> None:
    from talentsim.model.offers import offered_employers

    offers = []
    for value in (1.0, 0.3):
        model = model_before(plain_toy, 2026, "hiring", policy={
            "x": policy("site_weight", countries=["USA"], headquarters=["USA"], change="multiply", value=value)})
        rows = np.arange(len(model.world.researchers))
        offers.append(offered_employers(model.world, rows, np.zeros(len(rows), np.int64), 2026))
    moved = offers[0] != offers[1]
    employers = model.world.employers
    shrinking = np.flatnonzero((employers.hq == model.codes.index("USA")) & employers.is_named(np.arange(len(employers.hq))))
    assert moved.sum() > 20 and np.isin(offers[0][moved], shrinking).any()
    assert not np.isin(offers[1][moved], shrinking).any()


def test_doctoral_places_are_never_exceeded_and_more_places_only_add_students(plain_toy: Plain) -> None:
    students = []
    for places in (0.0, 0.2, 1.0, 500.0):
        model = model_before(plain_toy, 2026, "graduation", **{"population.scale": 60.0, "policy": {
            "x": policy("doctoral_capacity", change="set", value=places)}})
        people, new = model.world.researchers, model.world.entered
        usa = model.codes.index("USA")
        foreign = (people.training_country[new] == usa) & (people.origin_country[new] != usa)
        students.append(set(people.uid[new][foreign].tolist()))
        assert foreign.sum() <= places * 60.0
    assert all(fewer <= more for fewer, more in itertools.pairwise(students))
    assert len(students[0]) == 0 < len(students[1]) < len(students[2]) < len(students[3])


def test_screening_of_the_listed_touches_nobody_else(plain_toy: Plain) -> None:
    listed = {"world.countries.CHN.listed_share": 0.3}
    models = [model_before(no_caps(plain_toy), 2026, "graduation", **listed, policy=each) for each in (
        {}, {"x": policy("listed_refusal", origins=["CHN"], change="set", value=1.0)})]
    people = [model.world.researchers for model in models]
    assert np.array_equal(people[0].uid, people[1].uid) and np.array_equal(people[0].is_listed, people[1].is_listed)
    differs = people[0].training_country != people[1].training_country
    assert differs.sum() > 10 and people[0].is_listed[differs].all()
    usa = models[0].codes.index("USA")
    assert (people[0].training_country[differs] == usa).all()
    entered = models[1].world.entered
    assert not (people[1].is_listed[entered] & (people[1].training_country[entered] == usa)).any()


@pytest.mark.parametrize("years", [1.0, 2.0, 4.0])
def test_a_further_degree_takes_its_years_and_gives_the_time_after_study_once_more(plain_toy: Plain, years: float) -> None:
    model = model_before(plain_toy, 2026, "location", **{"world.countries.USA.visa.further_degree": 0.9,
                                                         "behaviour.study.further_years": years})
    people = model.world.researchers
    again = (people.visa_status == VisaStatus.STUDENT) & (people.career_stage == CareerStage.RESEARCHER)
    since = 2026 - people.status_since[again]
    assert (np.bincount(since, minlength=int(years)) > 20).tolist() == [True] * int(years)        # every year of it, and none beyond
    assert ((people.visa_status == VisaStatus.POST_STUDY) & (2026 - people.graduation_year > 3)).sum() > 10


def test_a_further_degree_of_years_that_are_not_whole_takes_them_in_the_mean(plain_toy: Plain) -> None:
    model = model_before(plain_toy, 2026, "location", **{"world.countries.USA.visa.further_degree": 0.9,
                                                         "behaviour.study.further_years": 1.25, "behaviour.exit.rate": 0.0})
    people = model.world.researchers
    again = (people.visa_status == VisaStatus.STUDENT) & (people.career_stage == CareerStage.RESEARCHER)
    second_year = again & (people.status_since == 2025)
    came = model.world.journal.columns()
    enrolled = (came["year"] == 2025) & (came["status"] == VisaStatus.STUDENT) & (came["stage"] == CareerStage.RESEARCHER)
    assert set(people.uid[second_year].tolist()) <= set(came["uid"][enrolled].tolist())
    assert stats.binomtest(int(second_year.sum()), int(enrolled.sum()), 0.25).pvalue > 1e-4


def test_one_person_has_one_luck_for_each_decision() -> None:
    assert len({int(each) for each in Decision}) == len(Decision) <= 32
    assert set(VisaOutcome) == {0, 1, 2, 3}


def test_places_at_a_small_scale_are_kept_in_the_mean_and_never_fall_with_the_figure(plain_toy: Plain) -> None:
    """Ten places at a fiftieth of the people are one in five years, not none in all; at scale 1 a figure is what it is."""
    years = range(2010, 2026)
    small = model_before(plain_toy, 2010, "visa", **{"population.scale": 0.5}).world
    for of in (OTHER_VISAS, DOCTORATES):
        drawn = {places: np.array([whole_places(small, np.full(64, places), year, of) for year in years]) for places in (0.4, 0.6, 7.0, np.inf)}
        for places in (0.4, 0.6, 7.0):
            assert drawn[places].mean() == pytest.approx(0.5 * places, abs=4 * 0.5 / np.sqrt(64 * len(years)))
            assert set(np.unique(drawn[places])) <= {np.floor(0.5 * places), np.ceil(0.5 * places)}
        assert (drawn[0.4] <= drawn[0.6]).all() and np.isinf(drawn[np.inf]).all()
    assert not np.array_equal(*(np.array([whole_places(small, np.full(64, 1.0), year, of) for year in years]) for of in (OTHER_VISAS, DOCTORATES)))
    whole = model_before(plain_toy, 2010, "visa", **{"population.scale": 1.0}).world
    assert whole_places(whole, np.array([10.0, 0.9, np.inf]), 2010, DOCTORATES).tolist() == [10.0, 0.0, np.inf]


def test_a_cap_on_doctorates_lets_some_in_at_a_small_scale(plain_toy: Plain) -> None:
    """One place a year at half the people: each year as many foreigners begin as that year's draw says, and not none for ever."""
    model = TalentModel(edited(plain_toy, {"population.scale": 0.5, "policy": {"x": policy("doctoral_capacity", change="set", value=1.0, start=2005)}}))
    usa, begun, places = model.codes.index("USA"), [], []
    while model.year < 2020:
        model.step()
        if model.year >= 2005:
            people, new = model.world.researchers, model.world.entered
            begun.append(int(((people.training_country[new] == usa) & (people.origin_country[new] != usa)).sum()))
            places.append(int(whole_places(model.world, model.world.levers["doctoral_capacity"], model.year, DOCTORATES)[usa]))
    assert all(one <= most for one, most in zip(begun, places, strict=True)) and sum(begun) > 0
