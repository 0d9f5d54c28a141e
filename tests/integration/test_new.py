"""`talentsim new scenario`: what is written composes, moves what it says, and overwrites nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from talentsim.commands.arguments import Arguments
from talentsim.commands.new import run
from talentsim.config import UserError
from talentsim.config.arms import load_arms
from talentsim.model.policy import levers_in_year
from talentsim.model.tables import base_levers, lever_axes


def test_the_scenario_composes_and_acts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Arguments(words=["new", "scenario", "longer-stay"], config_dir=str(tmp_path))) == 0
    assert "scenario=longer-stay" in capsys.readouterr().out
    baseline, scenario = load_arms(["world=toy", "scenario=longer-stay"], str(tmp_path))
    assert scenario.scenario.title == "Longer stay" and scenario.scenario.expects
    axes = lever_axes(scenario)
    years = [levers_in_year(base_levers(scenario, 2027), arm.policies, 2027, axes)["post_study_years"] for arm in (baseline, scenario)]
    canada = axes.codes.index("CAN")
    assert years[1][canada] == 2.0 * years[0][canada] > 0.0


@pytest.mark.parametrize(("words", "told"), [(["new"], "talentsim new scenario NAME, or talentsim new country CODE"), (["new", "scenario", "../x"], "cannot be the name"),
                                             (["new", "scenario", "visa_tightening"], "already")])
def test_what_cannot_be_written_is_told(words: list[str], told: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=told):
        run(Arguments(words=words, config_dir=str(tmp_path)))
    assert not list(tmp_path.rglob("*.yaml"))


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    run(Arguments(words=["new", "scenario", "mine"], config_dir=str(tmp_path)))
    with pytest.raises(UserError, match="already"):
        run(Arguments(words=["new", "scenario", "mine"], config_dir=str(tmp_path)))
