"""What `import talentsim` offers: its names, the examples in their docstrings, and what each prints as."""

from __future__ import annotations

import doctest
from pathlib import Path

import numpy as np
import pytest

import talentsim
from talentsim.comparison.pair import Pair
from talentsim.config import Config
from talentsim.ensemble.ensemble import Ensemble, run_ensemble
from talentsim.ensemble.opened import Results


@pytest.fixture(scope="module")
def arm(tmp_path_factory: pytest.TempPathFactory) -> Ensemble:
    """Two replications of three years of half the toy world."""
    given = ["world=toy", "executor=serial", "population.scale=0.5", "world.end_year=2012", "ensemble.replications=2"]
    return run_ensemble(Config.load(*given, f"output.dir={tmp_path_factory.mktemp('arm')}"))


def test_dir_is_the_public_list() -> None:
    assert dir(talentsim) == sorted(talentsim.__all__)
    assert all(getattr(talentsim, name) is not None for name in dir(talentsim))


@pytest.mark.parametrize("name", ["Config", "TalentModel", "compare", "open_results", "run_ensemble"])
def test_the_examples_of_docstrings_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = [each for each in doctest.DocTestFinder().find(getattr(talentsim, name), name) if each.examples]
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    said: list[str] = []
    for each in found:
        runner.run(each, out=said.append)
    assert found and runner.summarize(verbose=False).failed == 0, "".join(said)


def test_everything_public_prints_in_a_line(arm: Ensemble, tmp_path: Path) -> None:
    results = Results(tmp_path, {"files": {"headline.parquet": ""}})
    model = talentsim.TalentModel(arm.config)
    model.step()
    one = next(iter(model.agents))
    for each in (arm.config, arm, arm[0], arm.outcomes, Pair(arm.config, arm.config), results, model, model.tables(), one, model.agents):
        said = repr(each)
        assert len(said) < 500 and "\n" not in said and "object at" not in said, said[:500]
    assert "headline" in repr(Results(tmp_path, {"files": {"headline.parquet": ""}}))


def test_outcomes_have_axes_units_and_a_long_form_in_researchers(arm: Ensemble) -> None:
    outcomes = arm.outcomes
    assert list(outcomes.axes) == ["replication", "year", "country"] and outcomes["researchers"].shape == tuple(map(len, outcomes.axes.values()))
    frame = outcomes.frame("researchers", "work_share")
    assert set(frame.unit) == {"people", "% of works"}
    row = frame[(frame.outcome == "researchers") & (frame.replication == 1) & (frame.year == 2011) & (frame.country == "IND")]
    assert row.value.item() == outcomes["researchers"][1, 1, 2]
    stocks = arm.frame("stocks")
    counted = stocks[(stocks.replication == 1) & (stocks.year == 2011) & (stocks.work == "IND")].researchers.sum()
    assert np.isclose(counted, row.value.item())        # half the agents, all the researchers
    assert set(outcomes.frame().outcome) == set(outcomes)
