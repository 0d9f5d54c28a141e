"""The ten questions of docs/questions.md: small worlds answer them, and the slow suite runs all of them."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from talentsim.comparison.compare import Comparison, compare
from talentsim.config import Config
from talentsim.config.arms import load_arms
from talentsim.ensemble.ensemble import run_ensemble
from talentsim.measures.indicators import indicators

ROOT = Path(__file__).parents[2]
_SPEC = importlib.util.spec_from_file_location("questions", ROOT / "experiments" / "questions.py")
assert _SPEC is not None and _SPEC.loader is not None
questions = importlib.util.module_from_spec(_SPEC)
sys.modules["questions"] = questions
_SPEC.loader.exec_module(questions)


def test_there_are_ten_and_the_page_has_each_with_its_command() -> None:
    assert len(questions.QUESTIONS) == 10
    assert questions.behind(["population.scale=0.02", "seed=3"]) == [*questions.CONDITIONS[1:], "population.scale=0.02", "seed=3"]
    text = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
    for place, each in enumerate(questions.QUESTIONS, start=1):
        assert f"## {place}. {each.title}" in text and each.command in text
    assert len(re.findall(r"\(\d+ s\)", text)) == 10


@pytest.fixture(scope="module")
def no_training(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """An end of practical training in the toy world, large enough that chance is small."""
    given = ["world=toy", "executor=serial", "population.scale=3", "ensemble.replications=2", f"output.dir={tmp_path_factory.mktemp('q')}"]
    return compare(*load_arms([*given, "scenario=opt_end", "focus=CAN"]))


def test_canadas_gain_is_told_by_origin_and_adds_up(no_training: Comparison) -> None:
    people = no_training.headline[(no_training.headline.outcome == "researchers") & (no_training.headline.country == "CAN")].iloc[0]
    rows = no_training.by_origin[(no_training.by_origin.country == "CAN") & (no_training.by_origin.year == people.year)]
    assert np.isclose(rows.difference.sum(), people.difference) and people.difference > 0
    assert set(rows[rows.difference > 0].origin) >= {"CHN", "IND"}


def test_dependence_on_either_counts_who_has_both_once(tmp_path: Path) -> None:
    config = Config.load("world=toy", "executor=serial", "ensemble.replications=1", f"output.dir={tmp_path}")
    arm = run_ensemble(config)
    works = arm.of_run(0, "works")
    here = works[(works.work == "CAN") & (works.year == 2030)]
    expected = 100 * here[(here.origin == "USA") | (here.training == "USA")].works.sum() / here.works.sum()
    found = indicators(arm, names=["dependence_either", "dependence_origin"])
    rows = found[(found.year == 2030) & (found.country == "CAN") & (found.partner == "USA")].set_index("indicator").value
    assert np.isclose(rows["dependence_either"], expected) and rows["dependence_either"] >= rows["dependence_origin"]


def test_the_words_of_question_six_are_defined() -> None:
    said = questions.QUESTIONS[5].words
    assert said.startswith("First degree is") and "Doctorate is" in said and "once" in said


@pytest.mark.slow
@pytest.mark.parametrize("place", range(10))
def test_a_question_is_answered_at_a_small_scale(place: int, tmp_path: Path) -> None:
    small = ["population.scale=0.02", "ensemble.replications=2", "compare.side_replications=1", "executor=serial"]
    answer, _ = questions.asked(questions.QUESTIONS[place], tmp_path, small)
    assert re.search(r"[-+]?\d", answer) and "nan" not in answer
    if place == 6:
        assert answer.count("points more refused") == 3
    if place == 8:
        assert "what they do to each other" in answer
