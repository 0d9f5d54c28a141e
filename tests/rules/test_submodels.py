"""Submodels and what they share, each for one year of a small world, against what was counted before it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from talentsim.model.employers import NO_EMPLOYER
from talentsim.model.model import TalentModel
from talentsim.model.moves import arrive, depart
from talentsim.model.rules import exit as leaving
from talentsim.model.rules import graduation, hiring, study, visa
from talentsim.model.state.journal import EVENT_COLUMNS, Journal
from talentsim.vocab import CareerStage, Reason, VisaOutcome, VisaRoute, VisaStatus
from worlds import model_before, welcoming

Plain = dict[str, Any]
YEAR, SMALL = 2014, {"population.scale": 10.0, "world.burn_in_year": 2004}


def before(plain: Plain, submodel: str, **changes: Any) -> TalentModel:
    return model_before(plain, YEAR, submodel, **(SMALL | changes))


def events_of(model: TalentModel, reason: Reason) -> int:
    return int((model.world.journal.columns()["reason"] == reason).sum())


def test_exit_removes_those_whose_last_year_it_is_and_counts_the_others(plain_toy: Plain) -> None:
    model = before(plain_toy, "exit")
    people, n = model.world.researchers, len(model.codes)
    over, told = people.exit_year <= YEAR, events_of(model, Reason.EXIT)
    gone, stays = (np.bincount(people.work_country[which], minlength=n) for which in (over, ~over))
    leaving.step(model.world, YEAR)
    assert over.sum() > 5 and len(people) == stays.sum() and (people.exit_year > YEAR).all()
    assert model.world.tally.exits.sum(axis=0).tolist() == gone.tolist() and model.world.headcount.tolist() == stays.tolist()
    assert events_of(model, Reason.EXIT) - told == over.sum() and model.world.tally.stocks.sum() == stays.sum()


def test_graduates_become_researchers_and_stay_where_moving_costs_everything(plain_toy: Plain) -> None:
    model = before(plain_toy, "graduation", **{"behaviour.graduation.move": 60.0, "behaviour.graduation.return_constant": -60.0})
    people = model.world.researchers
    rows, place, waiting = np.flatnonzero(people.graduation_year == YEAR), people.work_country.copy(), len(model.world.applications)
    assert len(rows) > 20 and (people.career_stage[rows] == CareerStage.STUDENT).all()
    graduation.step(model.world, YEAR)
    abroad = rows[place[rows] != people.origin_country[rows]]
    assert (people.career_stage[rows] == CareerStage.RESEARCHER).all() and (people.employer[rows] == NO_EMPLOYER).all()
    assert (people.work_country == place).all() and len(abroad) > 5
    assert (people.visa_status[abroad] == VisaStatus.POST_STUDY).all() and (people.status_since[abroad] == YEAR).all()
    assert not any(len(each.rows) for each in model.world.applications[waiting:])


def test_graduates_go_home_where_home_is_all_they_want(plain_toy: Plain) -> None:
    model = before(plain_toy, "graduation", **{"behaviour.graduation.return_constant": 60.0})
    people = model.world.researchers
    rows = np.flatnonzero(people.graduation_year == YEAR)
    assert (people.work_country[rows] != people.origin_country[rows]).any()
    graduation.step(model.world, YEAR)
    assert (people.work_country[rows] == people.origin_country[rows]).all() and (people.visa_status[rows] == VisaStatus.NATIONAL).all()


def test_everybody_without_an_employer_finds_one_in_the_country_and_nobody_else_changes(plain_toy: Plain) -> None:
    model = before(plain_toy, "hiring")
    people, employers = model.world.researchers, model.world.employers
    seeks, old = people.employer == NO_EMPLOYER, people.employer.copy()
    hiring.step(model.world, YEAR)
    assert seeks.sum() > 20 and (people.employer != NO_EMPLOYER).all() and (people.employer[~seeks] == old[~seeks]).all()
    found, country = people.employer[seeks], people.work_country[seeks]
    named = employers.is_named(found)
    assert named.any() and (model.world.levers["site_weight"][employers.firm_of(found[named]), country[named]] > 0.0).all()
    one_of_the_country = np.stack([employers.national(country), employers.university(country)])
    assert (found == one_of_the_country).any(axis=0)[~named].all()


@pytest.mark.parametrize("pull", [0.0, 500.0])
def test_entrants_train_at_home_where_home_is_all_they_want(plain_toy: Plain, pull: float) -> None:
    model = before(plain_toy, "study", **{f"world.countries.{code}.home.study": pull for code in plain_toy["world"]["countries"]})
    people, rows = model.world.researchers, model.world.entered
    study.step(model.world, YEAR)
    abroad = people.training_country[rows] != people.origin_country[rows]
    assert abroad.any() == (pull == 0.0) and (people.training_country[rows] == people.work_country[rows]).all()
    assert ((people.visa_status[rows] == VisaStatus.STUDENT) == abroad).all()
    assert model.world.tally.moves[Reason.STUDY].sum() == abroad.sum()


@pytest.mark.parametrize("refusal", [0.0, 1.0])
def test_all_renewals_that_are_due_are_granted_or_refused(plain_toy: Plain, refusal: float) -> None:
    model = before(plain_toy, "visa", **welcoming(plain_toy, renewal_refusal=refusal, years_to_permanence=40))
    visa.step(model.world, YEAR)
    asked, refused, granted = (model.world.tally.visas[:, :, VisaRoute.RENEWAL, each].sum()
                               for each in (VisaOutcome.APPLIED, VisaOutcome.REFUSED, VisaOutcome.GRANTED))
    assert asked > 5 and refused == refusal * asked and granted == asked - refused


def test_who_departs_arrives_at_home_at_once_and_applies_elsewhere(plain_toy: Plain) -> None:
    model = before(plain_toy, "location")
    world, people, n = model.world, model.world.researchers, len(model.codes)
    away = np.flatnonzero((people.work_country != people.origin_country) & (people.career_stage == CareerStage.RESEARCHER))[:30]
    home, stays, third = np.array_split(away, 3)
    chosen = people.work_country[away].astype(np.int64)
    chosen[:len(home)] = people.origin_country[home]
    chosen[-len(third):] = [next(k for k in range(n) if k not in (people.work_country[row], people.origin_country[row])) for row in third]
    places, moved = people.work_country.copy(), world.tally.moves.sum()
    depart(world, away, chosen, Reason.SEARCH, YEAR)
    assert (people.work_country[home] == people.origin_country[home]).all() and (people.visa_status[home] == VisaStatus.NATIONAL).all()
    assert (people.work_country[stays] == places[stays]).all() and (people.work_country[third] == places[third]).all()
    assert world.applications[-1].rows.tolist() == third.tolist() and world.applications[-1].country.tolist() == chosen[-len(third):].tolist()
    assert world.tally.moves.sum() - moved == len(home)
    arrive(world, third, chosen[-len(third):], Reason.PLACED, YEAR)
    assert (people.work_country[third] == chosen[-len(third):]).all() and (people.visa_status[third] != VisaStatus.NATIONAL).all()
    last = {name: column[-len(third):] for name, column in world.journal.columns().items()}
    assert (last["uid"] == people.uid[third]).all() and (last["from"] == places[third]).all() and (last["to"] == chosen[-len(third):]).all()


def test_a_journal_keeps_events_in_order_and_takes_nothing_down_when_it_is_off(plain_toy: Plain) -> None:
    people = before(plain_toy, "exit").world.researchers
    on, off = Journal(True), Journal(False)
    for journal in (on, off):
        for rows, year in (([3, 1], 2014), ([], 2014), ([2], 2015)):
            journal.write(people, np.array(rows, np.int64), year, people.origin_country[rows], Reason.EXIT)
    assert {name: len(column) for name, column in off.columns().items()} == dict.fromkeys(EVENT_COLUMNS, 0)
    columns = on.columns()
    assert columns["uid"].tolist() == people.uid[[3, 1, 2]].tolist() and columns["year"].tolist() == [2014, 2014, 2015]
    assert (columns["reason"] == Reason.EXIT).all() and columns["to"].tolist() == people.work_country[[3, 1, 2]].tolist()
