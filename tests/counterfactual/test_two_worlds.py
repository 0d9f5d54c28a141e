"""What a policy may and may not change: the same people, the same luck, two worlds."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from talentsim.config.arms import load_arms
from talentsim.model.model import TalentModel
from talentsim.model.recorder import LAYOUT, PERSON_TABLES
from talentsim.model.rules import admission
from talentsim.model.simulation import SCHEDULE
from worlds import edited, feedback_off, no_caps, policy, simulated

Plain = dict[str, Any]
SCALE = 30.0            # 12,000 people instead of 400: enough movers for a fault to show


def lives(model: TalentModel, last: int) -> dict[int, dict[int, int]]:
    """Return uid -> country in the last year and the one before it."""
    told = {}
    while model.year < last:
        model.step()
        if model.year >= last - 1:
            people = model.world.researchers
            told[model.year] = dict(zip(people.uid.tolist(), people.work_country.tolist(), strict=True))
    return told


def two_worlds(plain: Plain, changed: Plain, last: int) -> tuple[dict, dict, list[str]]:
    """Return both lives of everybody, with strength, diaspora and seats under a cap held: nobody is in another's way.

    The baseline's earlier years are simulated once for many tests; the scenario lives through all of its own.
    """
    plain, common = no_caps(plain), feedback_off() | {"population.scale": SCALE}
    baseline, scenario = edited(plain, common), edited(plain, common | {"policy": {"change": changed}})
    return lives(simulated(baseline, last - 2), last), lives(TalentModel(scenario), last), list(baseline.world.countries)


def same_tables(one: Any, other: Any, years: slice = slice(None)) -> bool:
    last = one.years[years][-1] if len(one.years[years]) else -1
    pairs = [(one.frame(name), other.frame(name)) for name in LAYOUT]
    return all(a[a.year <= last].reset_index(drop=True).equals(b[b.year <= last].reset_index(drop=True)) for a, b in pairs)


def test_placebo_is_exactly_zero() -> None:
    baseline, scenario = load_arms(["world=toy", "scenario=baseline"])
    for replication in range(3):
        one = TalentModel(baseline, replication=replication).run()
        other = TalentModel(scenario, replication=replication).run()
        assert same_tables(one, other)
        for name in PERSON_TABLES:
            assert one.frame(name).equals(other.frame(name))


@pytest.mark.parametrize("name", ["visa_tightening", "visa_opening", "return_programme"])
def test_nothing_differs_before_the_first_policy(name: str) -> None:
    baseline, scenario = load_arms(["world=toy", f"scenario={name}", f"population.scale={SCALE}"])
    one, other = TalentModel(baseline).run(), TalentModel(scenario).run()
    n_before = 2026 - scenario.world.start_year
    assert same_tables(one, other, slice(0, n_before))
    assert not same_tables(one, other)


WORSE = [
    policy("pay", change="multiply", value=0.7),
    policy("chilling", value=1.0),
    policy("years_to_permanence", value=10.0),
    policy("student_refusal", value=0.3),
    policy("work_visa_odds", change="multiply", value=0.3),
    policy("work_visa_refusal", value=0.4),
    policy("entry_refusal", value=0.4),
    policy("visa_fee", value=6_000_000.0),
    policy("yearly_charge", value=60_000.0),
    policy("doctoral_capacity", change="set", value=0.3),
]
WORSE_FOR_RESIDENTS = [
    policy("renewal_refusal", value=0.4),
    policy("post_study_years", change="set", value=1.0),
    policy("max_years", change="set", value=2.0),
    policy("other_visa", change="set", value=0.0),
]


def everybody_is_admitted(plain: Plain) -> Plain:
    """Return a copy in which no work visa is refused and no status ends: what somebody chooses is then where they are."""
    data = copy.deepcopy(plain)
    for country in data["world"]["countries"].values():
        for field, value in (("post_study_years", 20.0), ("max_years", 50.0), ("renewal_refusal", 0.0),
                             ("work_visa_odds", 1.0), ("work_visa_refusal", 0.0)):
            country["visa"][field] = {**country["visa"][field], "value": value, "range": [0, 100]}
    return data


def who_applied(plain: Plain, year: int, country: str) -> set[int]:
    """Return who in the baseline chose a country that year that had to admit them."""
    model = simulated(edited(no_caps(plain), feedback_off() | {"population.scale": SCALE}), year - 1)
    for step in SCHEDULE[: SCHEDULE.index(admission.step)]:
        step(model.world, year)
    chosen = model.codes.index(country)
    return {int(uid) for each in model.world.applications for uid in model.world.researchers.uid[each.rows[each.country == chosen]]}


@pytest.mark.parametrize("worse", WORSE, ids=lambda each: each["lever"])
def test_worsening_a_country_moves_nobody_who_had_not_chosen_it(plain_toy: Plain, worse: Plain) -> None:
    """First year of the policy, whole population: whoever is elsewhere than in the baseline was in the USA there.

    Going the other way, nobody may come to the USA because it got worse.
    """
    baseline, scenario, codes = two_worlds(everybody_is_admitted(plain_toy), worse, 2026)
    usa = codes.index("USA")
    assert baseline[2025] == scenario[2025]
    moved = [uid for uid, country in baseline[2026].items() if scenario[2026][uid] != country]
    assert len(moved) > 5
    assert {baseline[2026][uid] for uid in moved} == {usa}
    assert usa not in {scenario[2026][uid] for uid in moved}


@pytest.mark.parametrize("worse", WORSE + WORSE_FOR_RESIDENTS, ids=lambda each: each["lever"])
def test_worsening_a_country_moves_only_those_who_chose_it_or_lived_there(plain_toy: Plain, worse: Plain) -> None:
    """Where visas are refused and statuses end, somebody may choose the USA and be elsewhere all the same."""
    applied = who_applied(plain_toy, 2026, "USA")
    baseline, scenario, codes = two_worlds(plain_toy, worse, 2026)
    usa = codes.index("USA")
    moved = [uid for uid, country in baseline[2026].items() if scenario[2026][uid] != country]
    assert len(moved) > 5
    assert all(usa in (baseline[2026][uid], baseline[2025].get(uid)) or uid in applied for uid in moved)
    assert usa not in {scenario[2026][uid] for uid in moved}


@pytest.mark.parametrize("worse", [policy("pay", change="multiply", value=0.7), policy("work_visa_refusal", value=0.4),
                                   policy("entry_refusal", value=0.4)], ids=lambda each: each["lever"])
def test_firms_that_place_everybody_carry_a_policy_to_nobody_else(plain_toy: Plain, worse: Plain) -> None:
    """As above, where Canada refuses half and every firm places all whom a country has turned away: also into the USA."""
    plain = copy.deepcopy(plain_toy)
    refusal = plain["world"]["countries"]["CAN"]["visa"]["work_visa_refusal"]
    refusal["value"] = 0.5
    for firm in plain["employers"].values():
        firm["placement"]["value"] = 1.0
    applied = who_applied(plain, 2026, "USA")
    baseline, scenario, codes = two_worlds(plain, worse, 2026)
    usa = codes.index("USA")
    moved = [uid for uid, country in baseline[2026].items() if scenario[2026][uid] != country]
    assert len(moved) > 5
    assert all(usa in (baseline[2026][uid], baseline[2025].get(uid)) or uid in applied for uid in moved)
    assert usa not in {scenario[2026][uid] for uid in moved}


def test_more_pay_keeps_people_and_draws_others(plain_toy: Plain) -> None:
    more = policy("pay", change="multiply", value=1.4)
    baseline, scenario, codes = two_worlds(everybody_is_admitted(plain_toy), more, 2026)
    usa = codes.index("USA")
    here = {uid for uid, country in baseline[2026].items() if country == usa}
    there = {uid for uid, country in scenario[2026].items() if country == usa}
    assert here < there
    moved = [uid for uid, country in baseline[2026].items() if scenario[2026][uid] != country]
    assert {scenario[2026][uid] for uid in moved} == {usa}


def test_a_return_grant_moves_only_the_diaspora_and_only_home(plain_toy: Plain) -> None:
    grant = policy("return_grant", countries=["CHN"], value=0.5)
    baseline, scenario, codes = two_worlds(plain_toy, grant, 2026)
    china = codes.index("CHN")
    moved = [uid for uid, country in baseline[2026].items() if scenario[2026][uid] != country]
    assert len(moved) > 5
    assert {uid >> 56 for uid in moved} == {china}
    assert {scenario[2026][uid] for uid in moved} == {china}


def test_higher_refusal_never_raises_foreign_students(plain_toy: Plain) -> None:
    """Every year, not only the first: with feedback off entrants meet the same world but for the refusal."""
    foreign = []
    for value in (0.0, 0.2, 0.5, 1.0):
        config = edited(plain_toy, feedback_off() | {
            "population.scale": SCALE, "policy": {"x": policy("student_refusal", value=value)}})
        run = TalentModel(config).run()
        usa = run.codes.index("USA")
        students = run.researchers[:, :, :, usa, 0].sum(axis=2)
        foreign.append(students.sum(axis=1) - students[:, usa])
    for fewer, more in zip(foreign[1:], foreign, strict=False):
        assert (fewer <= more).all()
    assert foreign[-1][-1] == 0


@pytest.mark.parametrize("lever", ["student_refusal", "work_visa_refusal", "entry_refusal", "renewal_refusal"])
def test_a_ban_on_one_origin_moves_nobody_of_another(plain_toy: Plain, lever: str) -> None:
    """In its first year, with seats and strength held."""
    ban = policy(lever, origins=["CHN"], change="set", value=1.0)
    baseline, scenario, codes = two_worlds(plain_toy, ban, 2026)
    moved = {uid for uid, country in baseline[2026].items() if scenario[2026][uid] != country}
    assert len(moved) > 5
    assert {uid >> 56 for uid in moved} == {codes.index("CHN")}
    assert {baseline[2026][uid] for uid in moved} == {codes.index("USA")}


def test_a_policy_that_has_ended_changes_no_decision(plain_toy: Plain) -> None:
    """Levers come back to what they were; what remains are the lives it changed."""
    ended = edited(plain_toy, {"policy": {"x": policy("pay", start=2015, end=2016, change="multiply", value=2.0)}})
    plain = edited(plain_toy)
    one, other = TalentModel(ended), TalentModel(plain)
    while one.year < 2020:
        one.step()
        other.step()
    assert all(np.array_equal(one.world.levers[name], other.world.levers[name]) for name in one.world.levers)
