"""What a reader is to mind stands on stderr, in the manifest and in the report."""

from __future__ import annotations

import json
from typing import Any

import pytest

from talentsim.commands.job import _facts
from talentsim.commands.launch import warn
from talentsim.comparison.cautions import cautions, not_reached
from talentsim.comparison.compare import compare
from talentsim.comparison.pair import Pair
from talentsim.config.arms import load_arms
from talentsim.ensemble.opened import Results
from talentsim.ensemble.provenance import made_with
from talentsim.ensemble.store import Store
from talentsim.report.document.document import report_of

SMALL = ["world=toy", "executor=serial", "ensemble.replications=2", "population.scale=0.5", "world.end_year=2012", "output.people=false"]


@pytest.mark.whole
def test_a_warning_stands_in_the_manifest_and_in_the_report(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    pair = Pair(*load_arms([*SMALL, f"output.dir={tmp_path}", "ensemble.until_precision=1e-9", "ensemble.max_replications=2",
                            "+policy.mine={lever: student_refusal, countries: [USA], start: 2011, change: add, value: 1}"]))
    warn(pair, set())
    said = capsys.readouterr().err
    facts = _facts(pair, compare(*pair, store=Store(tmp_path)), [])
    assert len(facts["warnings"]) == 2 and "held at 100 %" in facts["warnings"][0] and "precision asked for was not reached" in facts["warnings"][1]
    assert f"talentsim: warning: {facts['warnings'][0]}\n" in said
    results = Results(tmp_path, {**json.loads(json.dumps(facts)), **made_with(), "files": {}}, compare(*pair, store=Store(tmp_path)).tables)
    report = report_of(results, plates=[])
    assert report.count("<strong>Mind:</strong>") == 2 and "held at 100 %" in report


def test_draws_of_another_world_are_told() -> None:
    pair = Pair(*load_arms(["world=toy", "parameters=posterior"]))
    assert any("fitted to world ai, and this is world toy" in line for line in cautions(pair))
    assert not any("fitted to world" in line for line in cautions(Pair(*load_arms(["world=ai"]))))


def test_a_precision_that_is_reached_is_not_told() -> None:
    _, scenario = load_arms([*SMALL, "ensemble.until_precision=0.5"])
    assert not not_reached(scenario, 0.5) and not not_reached(scenario, float("nan")) and not_reached(scenario, 0.6)
