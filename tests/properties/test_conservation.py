"""Accounts that must close in every year of every world, whatever its figures and policies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talentsim.config import Config
from talentsim.model.attribution import AXES, credited, shares
from talentsim.model.model import TalentModel
from talentsim.model.recorder import LAYOUT, PERSON_TABLES
from talentsim.vocab import CareerStage, Tier, VisaOutcome, VisaRoute, VisaStatus
from worlds import random_worlds

WORLDS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture,
                                                                        HealthCheck.too_slow])


@WORLDS
@given(data=st.data())
def test_accounts_close_every_year(plain_toy: dict[str, Any], data: st.DataObject) -> None:
    config = data.draw(random_worlds(plain_toy))
    model = TalentModel(config)
    before = np.zeros(0, dtype=np.uint64)
    stock = np.zeros((len(model.codes),) * 2, dtype=np.int64)
    while model.running:
        model.step()
        check_year(model, before, stock)
        check_statuses(model)
        before, stock = model.world.researchers.uid.copy(), stocks(model)


def stocks(model: TalentModel) -> np.ndarray:
    people, n = model.world.researchers, len(model.codes)
    return np.bincount(people.origin_country.astype(int) * n + people.work_country, minlength=n * n).reshape(n, n)


def check_year(model: TalentModel, before: np.ndarray, stock: np.ndarray) -> None:
    tally, people = model.world.tally, model.world.researchers
    now = stocks(model)
    # people: nobody is lost, doubled or invented
    assert len(np.unique(people.uid)) == len(people)
    assert len(people) == len(before) + tally.entrants.sum() - tally.exits.sum()
    new = np.setdiff1d(people.uid, before)
    assert ((new >> np.uint64(40)) & np.uint64(0xFFFF) == model.year).all()
    # stock differences equal flows, by origin and country
    moves = tally.moves.sum(axis=0)
    assert (now - stock == np.diag(tally.entrants) + moves.sum(axis=1) - moves.sum(axis=2) - tally.exits).all()
    assert (np.diagonal(moves, axis1=1, axis2=2) == 0).all()
    # states that cannot be
    student = people.career_stage == CareerStage.STUDENT
    assert (student == (people.graduation_year > model.year)).all()
    assert (people.training_country[student] == people.work_country[student]).all()
    assert (people.exit_year > model.year).all() and (people.exit_year >= people.graduation_year).all()
    assert ((people.n_moves == 0) <= (people.origin_country == people.work_country)).all()
    # attribution: one total, however it is split
    works = tally.works
    assert np.isfinite(works).all() and (works >= 0).all()
    if works.sum() > 0:
        for by in AXES:
            assert credited(works, by).sum() == pytest.approx(works.sum(), rel=1e-12)
            assert shares(credited(works, by)).sum() == pytest.approx(1.0, abs=1e-12)
    if model.year >= model.config.world.start_year:
        assert (tally.stocks.sum(axis=(1, 3, 4)) == now).all()
        assert (tally.frontier_works[works == 0] == 0).all()
        assert tally.works.sum() == pytest.approx(tally.tier_works[Tier.ALL].sum(), rel=1e-12)
        assert (tally.sector_researchers.sum(axis=0) == tally.tier_researchers[Tier.ALL]).all()
        assert (tally.sector_researchers.sum(axis=0) == now.sum(axis=0)).all()          # people of the end of the year, as the stock
        for tier, cut in zip(Tier, model.world.origins.tier_ability, strict=True):
            assert tally.tier_researchers[tier].sum() == (people.ability >= cut).sum()
        assert tally.sector_works.sum(axis=0) == pytest.approx(tally.tier_works[Tier.ALL], rel=1e-12)
        assert (np.diff(tally.tier_researchers, axis=0) <= 0).all()


def check_statuses(model: TalentModel) -> None:
    """Nobody holds a status that the country they are in cannot give them, and everybody has an employer there."""
    world, people, n = model.world, model.world.researchers, len(model.codes)
    at_home = people.origin_country == people.work_country
    assert ((people.visa_status == VisaStatus.NATIONAL) == at_home).all()
    studies = (people.career_stage == CareerStage.STUDENT) & ~at_home
    assert (people.visa_status[studies] == VisaStatus.STUDENT).all()
    since = model.year - people.status_since
    assert (since >= 0).all()
    post_study = people.visa_status == VisaStatus.POST_STUDY
    assert (people.career_stage[post_study] == CareerStage.RESEARCHER).all()
    assert (since[post_study] + 1 <= np.ceil(world.levers["post_study_years"][people.work_country[post_study]])).all()
    queued = people.visa_status == VisaStatus.QUEUED
    assert (since[queued] >= world.regimes.queue_after[people.work_country[queued]]).all()
    temporary = people.visa_status == VisaStatus.TEMPORARY
    assert (since[temporary] < np.maximum(world.levers["max_years"][people.work_country[temporary]], 1.0)).all()
    granted = world.tally.visas[:, :, VisaRoute.LOTTERY, VisaOutcome.GRANTED].sum(axis=1)
    assert (granted <= np.ceil(world.levers["work_visa_cap"] * model.config.population.scale)).all()
    assert (people.employer < len(world.employers.names)).all()
    generic = people.employer < 2 * n
    assert (people.employer[generic] % n == people.work_country[generic]).all()
    firm = people.employer[~generic].astype(int) - 2 * n
    assert (world.levers["site_weight"][firm, people.work_country[~generic]] > 0).all()
    student = people.career_stage == CareerStage.STUDENT
    assert (people.employer[student] == people.training_country[student]).all()


@pytest.mark.slow
@WORLDS
@given(data=st.data())
def test_same_config_same_result(plain_toy: dict[str, Any], data: st.DataObject) -> None:
    config: Config = data.draw(random_worlds(plain_toy))
    one, other = TalentModel(config).run(), TalentModel(config).run()
    assert one.names == other.names == (*LAYOUT, *PERSON_TABLES)
    for name in one.names:
        assert one.frame(name).equals(other.frame(name))
