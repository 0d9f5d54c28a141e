"""Every scenario that is shipped, drawn and told: warnings are errors here, and every picture says something."""

from __future__ import annotations

from pathlib import Path

import pytest

from talentsim.commands.job import compare_and_write
from talentsim.comparison.pair import Pair
from talentsim.config.arms import load_arms
from talentsim.config.scenario import scenario_cards
from talentsim.ensemble.opened import open_results
from talentsim.report.document.document import report_of
from talentsim.report.document.pictures import pictures_of

SCENARIOS = [card.name for card in scenario_cards()[0]]


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_is_drawn_and_told_without_a_warning(name: str, tmp_path: Path) -> None:
    overrides = ["world=ai", "population.scale=0.02", f"scenario={name}", "executor=serial", "ensemble.replications=2", f"output.dir={tmp_path}"]
    compare_and_write(Pair(*load_arms(overrides)), tmp_path / "results", overrides, told=False)
    results = open_results(tmp_path / "results")
    pictures = pictures_of(results)
    assert {"difference_by_country", "work_over_time", "world_map", "diversion", "pathways", "corridors", "stay_curves", "visa_funnel"} <= {
        each.stem for each in pictures}
    assert all(each.reading for each in pictures if each.stem != "stay_curves")
    document = report_of(results)
    assert len(document) < 3_000_000 and document.count("<figure") == len(pictures)
    assert all((results.folder / f"{each.stem}.{kind}").stat().st_size > 5000 for each in pictures for kind in ("png", "svg"))
