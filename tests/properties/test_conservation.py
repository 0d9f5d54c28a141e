"""Accounts that must close in every year of every world, whatever its figures and policies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from worlds import random_worlds

from talentsim.attribution import AXES, shares
from talentsim.config import Config
from talentsim.model import TalentModel
from talentsim.vocab import CareerStage

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
        before, stock = model.world.researchers.uid.copy(), stocks(model)


def stocks(model: TalentModel) -> np.ndarray:
    people, n = model.world.researchers, len(model.codes)
    return np.bincount(people.origin_country.astype(int) * n + people.work_country, minlength=n * n).reshape(n, n)


def check_year(model: TalentModel, before: np.ndarray, stock: np.ndarray) -> None:
    tally, people, n = model.world.tally, model.world.researchers, len(model.codes)
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
            assert shares(works, by).sum() == pytest.approx(1.0, abs=1e-12)
    if model.year >= model.config.world.start_year:
        assert (tally.researchers.sum(axis=(1, 3)) == now).all()
        assert (tally.frontier_works[works == 0] == 0).all()


@WORLDS
@given(data=st.data())
def test_same_config_same_result(plain_toy: dict[str, Any], data: st.DataObject) -> None:
    config: Config = data.draw(random_worlds(plain_toy))
    one, other = TalentModel(config).run(), TalentModel(config).run()
    for name in ("researchers", "works", "frontier_works", "moves", "uid", "work_country", "strength"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
