"""What users of Mesa expect of a model: what cannot be done is refused, copies go on alike, batch runs work."""

from __future__ import annotations

import copy
import inspect
import pickle

import mesa
import numpy as np
import pandas as pd
import pytest

from talentsim import Config, TalentModel
from talentsim.model.agents import Researcher


@pytest.fixture
def model(toy: Config) -> TalentModel:
    model = TalentModel(toy)
    for _ in range(12):
        model.step()
    return model


def test_who_exists_cannot_be_changed(model: TalentModel) -> None:
    one, n = next(iter(model.agents)), len(model.agents)
    for change in (lambda: model.agents.add(one), lambda: model.agents.remove(one), lambda: model.agents.discard(one), one.remove,
                   lambda: model.register_agent(one), lambda: mesa.Agent(model)):
        with pytest.raises(TypeError, match="cannot be added or removed"):
            change()
    assert len(model.agents) == n


def test_agents_by_type(model: TalentModel) -> None:
    assert model.agent_types == [Researcher] and len(model.agents_by_type[Researcher]) == len(model.world.researchers)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))], ids=["deepcopy", "pickle"])
def test_a_copy_goes_on_like_the_model(model: TalentModel, copied: object) -> None:
    assert len(model.agents) > 0
    other = copied(model)       # type: ignore[operator]
    one, two = model.run(), other.run()
    assert np.array_equal(one.researchers, two.researchers) and np.array_equal(one.moves, two.moves)
    frames = (each.datacollector.get_model_vars_dataframe() for each in (model, other))
    pd.testing.assert_frame_equal(*frames)
    assert len(other.agents) == len(model.agents)


@pytest.mark.whole
def test_batch_run_of_a_user(toy: Config) -> None:
    """Mesa 3 has it and 4 drops it; nothing of ours calls it."""
    batch_run = pytest.importorskip("mesa.batchrunner").batch_run
    seeds = {"rng": [1, 2]}     # in later releases of Mesa 3 an argument of its own, which stands over a parameter of that name
    given = ({"config": [toy]}, seeds) if "rng" in inspect.signature(batch_run).parameters else ({"config": [toy]} | seeds, {})
    rows = batch_run(TalentModel, given[0], number_processes=1, display_progress=False, **given[1])
    works = {row["RunId"]: row["works"] for row in rows}
    assert len(works) == 2 and len(set(works.values())) == 2
    alone = TalentModel(toy, rng=1)
    alone.run()
    assert alone.datacollector.model_vars["works"][-1] in works.values()
