"""Grades of evidence: given by one rule, counted once, and the same wherever they are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from talentsim.commands.arguments import Arguments
from talentsim.commands.parameters import run
from talentsim.config import Config, parameters_of
from talentsim.config.evidence import evidence_counts, in_words, remark
from talentsim.config.parameter import Parameter
from talentsim.data.facts import facts
from talentsim.vocab import Evidence

README = Path(__file__).parents[2] / "README.md"
TRUST = README.parent / "docs" / "trust.md"


def figure(**fields: object) -> Parameter:
    return Parameter.model_validate({"value": 1.0, "unit": "x", "range": [0, 2], "evidence": "assumed"} | fields)


def test_coordinates_are_not_counted() -> None:
    figures = [("world.countries.USA.position.latitude", figure(source="coordinates", evidence="measured")),
               ("world.countries.USA.pay", figure(source="sdr2021", evidence="estimated")), ("behaviour.exit.rate", figure())]
    counts = evidence_counts(figures)
    assert counts == {Evidence.MEASURED: 0, Evidence.ESTIMATED: 1, Evidence.CALIBRATED: 0, Evidence.ASSUMED: 1}
    assert in_words(counts) == "1 estimated, 1 assumed"


def test_a_remark_names_the_facts() -> None:
    assert remark(figure(note="of 2020", fact=["a", "b"])) == "of 2020; facts a, b"
    assert remark(figure(fact="a")) == "fact a" and remark(figure()) == ""


@pytest.mark.whole
def test_the_documents_and_the_command_line_count_alike(ai: Config, capsys: pytest.CaptureFixture[str]) -> None:
    counts = evidence_counts(parameters_of(ai))
    told = re.search(r"Of the (\d+) figures behind the AI world, coordinates left out, (\d+) are measured, (\d+)\s+"
                     r"estimated from published ones, (\d+) calibrated and (\d+) assumed", " ".join(TRUST.read_text(encoding="utf-8").split()))
    assert told is not None
    assert [int(each) for each in told.groups()] == [sum(counts.values()), *counts.values()]
    assert f"of {sum(counts.values())} figures {' and '.join(in_words(counts).rsplit(', ', 1)).replace('measured', 'are measured', 1)}" in " ".join(README.read_text(encoding="utf-8").split())
    assert run(Arguments(words=["parameters"])) == 0
    share = f"{counts[Evidence.ASSUMED] / sum(counts.values()):.0%}".replace("%", " %")
    assert f"{in_words(counts)}, which is {share} assumed; coordinates are not counted." in " ".join(capsys.readouterr().out.split())


@pytest.mark.whole
def test_a_figure_is_no_better_known_than_its_facts(ai: Config) -> None:
    """Where facts are named, the best of them has the figure's grade or a better one."""
    ranks = list(Evidence)
    for key, each in parameters_of(ai):
        assert set(each.fact) <= facts().keys(), key
        if each.fact and each.evidence in (Evidence.MEASURED, Evidence.ESTIMATED):
            assert min(ranks.index(facts()[name].evidence) for name in each.fact) <= ranks.index(each.evidence), key
