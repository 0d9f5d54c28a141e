"""The Python interface: Mesa's idioms on columns, seeds, and results that no way of running changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from talentsim import Config, TalentModel, UserError
from talentsim.model.agents import Researcher
from talentsim.model.recorder import LAYOUT, PERSON_TABLES, RunTables
from talentsim.vocab import VisaStatus
from worlds import edited

Plain = dict[str, Any]


def same(one: RunTables, other: RunTables) -> bool:
    assert one.names == other.names == (*LAYOUT, *PERSON_TABLES)
    return all(one.frame(name).equals(other.frame(name)) for name in one.names)


def test_mesa_idioms(toy: Config) -> None:
    model = TalentModel(toy, rng=7)
    while model.year < 2020:
        model.step()
    in_usa = model.agents.select(lambda r: r.work_country == "USA")
    people = model.world.researchers
    assert len(in_usa) == int((people.work_country == model.codes.index("USA")).sum()) > 0
    assert model.agents.agg("ability", np.mean) == pytest.approx(people.ability_of(slice(None)).mean())
    by_origin = model.agents.groupby("origin_country").count()
    assert sum(by_origin.values()) == len(people)
    assert {agent.unique_id for agent in model.agents} == set(people.uid.tolist())


def test_views_read_the_row_and_expire(toy: Config) -> None:
    model = TalentModel(toy)
    while model.year < 2015:
        model.step()
    someone = list(model.agents)[5]
    assert isinstance(someone, Researcher)
    assert someone.entry_year + toy.behaviour.study.years == someone.graduation_year
    assert someone.uid >> 56 == model.codes.index(someone.origin_country)
    model.step()
    with pytest.raises(LookupError, match="take a new one"):
        _ = someone.work_country


def test_data_collector(toy: Config) -> None:
    model = TalentModel(toy)
    model.run()
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame.year) == list(range(toy.world.burn_in_year, toy.world.end_year + 1))      # a row a step, as batch runs need
    reported = frame[frame.year >= toy.world.start_year]
    assert (reported.researchers > 0).all() and (reported.works > 0).all() and frame.works[frame.year < toy.world.start_year].isna().all()


def test_the_last_year_is_the_last(toy: Config) -> None:
    model = TalentModel(toy)
    model.run()
    with pytest.raises(RuntimeError, match="2035 was the last year"):
        model.step()


def test_rng_overrides_the_seed(toy: Config) -> None:
    seven, without = TalentModel(toy, rng=7).run(), TalentModel(toy).run()
    assert same(seven, TalentModel(toy, rng=7).run())
    assert not same(seven, without)
    assert same(without, TalentModel(toy, rng=toy.ensemble.seed).run())
    assert same(TalentModel(toy, rng=np.random.default_rng(3)).run(), TalentModel(toy, rng=np.random.default_rng(3)).run())


def test_toy_has_about_400_researchers(toy: Config) -> None:
    model = TalentModel(toy)
    model.run()
    assert len(toy.world.countries) == 4
    assert 300 <= len(model.world.researchers) <= 500


@pytest.mark.whole
@pytest.mark.parametrize("chunk", [1_000, 10_000, 1_000_000])
def test_chunks_change_nothing(plain_toy: Plain, chunk: int) -> None:
    base = TalentModel(edited(plain_toy, {"population.scale": 20.0})).run()
    assert same(base, TalentModel(edited(plain_toy, {"population.scale": 20.0, "population.chunk": chunk})).run())


@pytest.mark.whole
def test_replications_differ(toy: Config) -> None:
    assert not same(TalentModel(toy, replication=0).run(), TalentModel(toy, replication=1).run())


def test_tables_in_long_form_keep_every_total(toy: Config) -> None:
    tables = TalentModel(toy).run()
    for name, (axes, columns) in LAYOUT.items():
        frame = tables.frame(name)
        assert list(frame.columns) == ["year", *axes, *columns]
        assert not (frame[list(columns)] == 0).all(axis=1).any()
        for column in columns:
            for axis in (*axes, None):
                dense = tables.dense(name, column, *([axis] if axis else []))
                by = frame.groupby(["year", axis] if axis else "year", observed=True)[column].sum()
                assert by[by != 0].to_numpy() == pytest.approx(dense[dense != 0])


def test_the_journal_tells_every_life(toy: Config) -> None:
    """People and events alone give everybody's place, stage and status as the columns have them, in any year."""
    model = TalentModel(toy)
    while model.year < 2024:
        model.step()
    people = model.world.researchers
    uid, country = model.tables().places(2024)
    order = np.argsort(people.uid)
    assert np.array_equal(uid, people.uid[order]) and np.array_equal(country, people.work_country[order])
    last = model.tables().frame("events").groupby("uid").last()
    told = last.reindex(people.uid)
    never = told.status.isna().to_numpy()
    assert (people.visa_status[never] == VisaStatus.NATIONAL).all() and (people.n_moves[never] == 0).all()
    status = told.status.cat.codes.to_numpy()
    assert np.array_equal(status[~never], people.visa_status[~never])


def test_without_people_nobody_is_taken_down(plain_toy: Plain) -> None:
    run = TalentModel(edited(plain_toy, {"output.people": False})).run()
    assert run.names == tuple(LAYOUT)
    whole = TalentModel(edited(plain_toy)).run()
    assert all(run.frame(name).equals(whole.frame(name)) for name in LAYOUT)


def test_a_country_of_another_world_is_not_looked_up(toy: Config) -> None:
    assert set(TalentModel(toy).codes) == set(toy.world.countries)


def test_a_model_that_is_asked_for_draws_says_that_it_lays_none(plain_toy: dict[str, Any]) -> None:
    """It would be another world than replication 0 of the same arm, at each figure's own value."""
    with pytest.raises(UserError, match="parameters=point"):
        TalentModel(edited(plain_toy, parameters={"name": "posterior", "draws": "ai", "fixed": []}))
