"""Worlds of many countries and firms: they run, their accounts close, and their limits are told in one line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from properties.test_conservation import check_statuses, stocks
from talentsim.config import UserError
from talentsim.model.model import TalentModel
from talentsim.streams import NARROW, WIDE
from talentsim.vocab import Tier
from worlds import wide_world

Plain = dict[str, Any]
FEW_YEARS = {"world.burn_in_year": 2014, "world.start_year": 2019, "world.end_year": 2021}


@pytest.mark.parametrize(("n_countries", "n_firms", "packing"), [(60, 120, NARROW), (80, 110, NARROW), (7, 260, WIDE), pytest.param(130, 20, WIDE, marks=pytest.mark.slow)])
def test_accounts_of_wide_worlds_close(plain_toy: Plain, n_countries: int, n_firms: int, packing: object) -> None:
    model = TalentModel(wide_world(plain_toy, n_countries, n_firms, **{"population.scale": 2.0}, **FEW_YEARS))
    assert model.world.key.packing is packing
    stock = stocks(model)
    while model.running:
        model.step()
        tally, now = model.world.tally, stocks(model)
        moves = tally.moves.sum(axis=0)
        assert (now - stock == np.diag(tally.entrants) + moves.sum(axis=1) - moves.sum(axis=2) - tally.exits).all()
        assert tally.stock.sums[0].sum() == (now.sum() if model.year >= 2019 else 0)
        check_statuses(model)
        stock = now
    assert tally.output.sums[0].sum() == pytest.approx(tally.tier_works[Tier.ALL].sum(), rel=1e-12)
    world, people = model.world, model.world.researchers
    assert world.employers.is_named(people.employer).any() and len(np.unique(people.work_country)) == n_countries
    tables = model.tables()
    assert tables.cells["works"].values["works"].sum() > 0 and tables.frame("works").notna().all(axis=None)
    assert set(tables.frame("stocks")["work"].unique()) == set(model.codes)


@pytest.mark.parametrize(("n_countries", "n_firms", "words"), [
    (251, 0, "world.countries: found 251 entries\n  allowed: 250 at most"), (2, 1001, "employers: found 1001 entries\n  allowed: 1000 at most"),
    (1, 0, "world.countries: found 1 entries\n  allowed: 2 or more")])
def test_limits_are_told_in_a_line(plain_toy: Plain, n_countries: int, n_firms: int, words: str) -> None:
    with pytest.raises(UserError) as error:
        wide_world(plain_toy, n_countries, n_firms)
    assert error.value.message.startswith(words) and len(error.value.message) < 200


def test_a_found_value_is_cut_to_a_line(plain_toy: Plain) -> None:
    with pytest.raises(UserError) as error:
        wide_world(plain_toy, 40, 0, **{"world.start_year": {"years": list(range(10_000)), "text": "two\nlines"}})
    found = error.value.message.splitlines()[0]
    assert found.startswith("world.start_year: found {'years': [0, 1, 2") and " ..." in found and len(found) < 200
    with pytest.raises(UserError) as error:
        wide_world(plain_toy, 200, 0, focus="NOWHERE")
    assert " ... 200 in all" in error.value.message and max(map(len, error.value.message.splitlines())) < 400
