"""Modules that others stand in front of, each by itself: parts of the configuration, tables for the terminal, the joined sweep, compiled loops."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from rich.console import Console, RenderableType

from talentsim.commands.sweep_job import _joined
from talentsim.comparison.pair import Pair
from talentsim.comparison.sweep import join
from talentsim.config import Config, UserError, parameters_of
from talentsim.config.arm import EntryConfig, Population, SourceEntry
from talentsim.config.asked import asked_for
from talentsim.config.check import check
from talentsim.config.compose import parse
from talentsim.config.files import Files
from talentsim.config.policy import Policy
from talentsim.config.stacks import Scenario, add_policy, merged, scenario_of
from talentsim.config.stacks import join as with_scenario
from talentsim.dashboard.looked_at import groups_of, is_focus, named, with_groups
from talentsim.dashboard.memory import give_back
from talentsim.data.facts import facts
from talentsim.data.sources import sources
from talentsim.ensemble.results import write_json
from talentsim.panel.source_files import read_source, refuse_repeated
from talentsim.report.terminal.evaluation import by_year_lines, fact_count, score_lines, verdict_lines
from talentsim.report.terminal.levers import lever_in_full, lever_table, to_try
from talentsim.report.terminal.listings import fact_table, parameter_table, scenario_in_words, scenario_list, source_table
from talentsim.vocab import LEVERS
from worlds import edited, policy

Plain = dict[str, Any]


def printed(part: RenderableType) -> str:
    """Return what is written of a part, with single spaces."""
    out = Console(width=220, no_color=True)
    with out.capture() as told:
        out.print(part)
    return " ".join(told.get().replace("│", " ").split())


def test_a_policy_has_a_day_on_which_it_begins_and_the_value_of_its_last_point() -> None:
    path = Policy.model_validate({"lever": "pay", "change": "multiply", "path": {2020: 1.1, 2025: 1.3}})
    assert [path.value_in(year) for year in (2019, 2020, 2024, 2025, 2030)] == [1.1, 1.1, 1.1, 1.3, 1.3] and str(path.start) == "2020-01-01"
    assert str(Policy.model_validate(policy("pay", change="multiply", value=1.2, end=2030)).end) == "2030-12-31"


@pytest.mark.parametrize(("fields", "words"), [
    ({"lever": "payy"}, "did you mean 'pay'"), ({"end": 2020}, "before it starts"), ({"path": {2026: 1.0}}, "both `value` and `path`"),
    ({"countries": ["USA", "USA"]}, "names USA twice"), ({"countries": []}, "an empty list"), ({"start": 1700}, "not a year of this model"),
    ({"value": -1.0}, "a factor is 0 or more"), ({"range": [0.0, 1.0]}, "Widen the range"), ({"levels": [1]}, "take `levels` out")])
def test_a_policy_that_cannot_be_says_what_is_allowed(fields: Plain, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Policy.model_validate(policy("pay", change="multiply", value=1.2) | fields)


def test_parts_of_an_arm_refuse_what_they_are_not() -> None:
    assert Population.model_validate({"scale": 0.5, "chunk": 100}).classes is None
    for schema, given in ((Population, {"scale": 0.0, "chunk": 100}), (SourceEntry, {"title": "T", "publisher": "P", "url": "ftp://x"}),
                          (EntryConfig, {"name": "../x", "title": "T", "level_year": 2020, "data_until": 2024})):
        with pytest.raises(ValidationError):
            schema.model_validate(given)


def test_plain_data_are_checked_across_their_parts(plain_toy: Plain) -> None:
    assert check(Config, plain_toy) == edited(plain_toy)
    with pytest.raises(UserError, match="did you mean 'USA'"):
        check(Config, plain_toy | {"focus": "UAS"})
    with pytest.raises(UserError, match=r"population\.scale"):
        check(Config, plain_toy | {"population": plain_toy["population"] | {"scale": "big"}})


def test_scenarios_are_joined_and_stacked_as_data() -> None:
    files = Files()
    stack, parts = scenario_of(files, "visa_opening+train_more"), [scenario_of(files, each) for each in ("visa_opening", "train_more")]
    assert stack.policies == parts[0].policies | parts[1].policies and stack.name == "visa_opening+train_more"
    given = {"policy": {"old": {"value": 1}}, "focus": "USA", "entry": {"a": 1, "b": {"c": 2}}}
    joined = with_scenario(given, Scenario("s", {"policy": {"new": {"value": 2}}, "entry": {"b": {"c": 3}}}))
    assert joined == {"policy": {"old": {"value": 1}, "new": {"value": 2}}, "focus": "USA", "entry": {"a": 1, "b": {"c": 3}}}
    assert given["entry"] == {"a": 1, "b": {"c": 2}} and merged({"a": {"b": 1}}, {"a": 5}) == {"a": 5}
    with pytest.raises(UserError, match="override: true"):
        add_policy({"p": {"value": 1}}, "p", {"value": 2}, "here")
    assert add_policy({"p": {"value": 1}}, "p", {"value": 2, "override": True}, "here")["p"] == {"value": 2}


def test_only_files_that_are_asked_for_are_read(tmp_path: Path) -> None:
    (tmp_path / "scenario").mkdir()
    (tmp_path / "entry").mkdir()
    (tmp_path / "scenario" / "mine.yaml").write_text("scenario: {name: mine, title: T, description: D.}\npolicy: {}\n", encoding="utf-8")
    (tmp_path / "entry" / "broken.yaml").write_text("[", encoding="utf-8")
    asked = asked_for(Files.of(str(tmp_path)), parse(["world=toy", "scenario=mine"]))
    assert list(asked.texts) == ["scenario/mine.yaml"] and asked.texts["scenario/mine.yaml"].startswith("# @package _global_") and not asked.replaced
    with pytest.raises(UserError, match=r"broken\.yaml"):
        asked_for(Files.of(str(tmp_path)), parse(["entry=broken"]))


def test_a_source_file_is_read_by_any_of_its_names_and_refused_by_row(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("iso,n\nusa,3\nchn,4\n", encoding="utf-8")
    table = read_source(path, {"code": ["iso3", "iso"], "people": ["n"]}, ["code"])
    assert table["code"].tolist() == ["USA", "CHN"] and table["people"].tolist() == [3, 4] and table["row"].tolist() == [2, 3]
    with pytest.raises(UserError, match="column 'year' is missing"):
        read_source(path, {"year": ["year"]}, [])
    path.write_text("iso,n\nusa,3\nusa,-4\n", encoding="utf-8")
    with pytest.raises(UserError, match="-4"):
        read_source(path, {"people": ["n"]}, [])
    with pytest.raises(UserError, match="USA"):
        refuse_repeated(path, pd.DataFrame({"row": [2, 3], "code": ["USA", "USA"]}), ["code"])


def test_what_is_looked_at_is_a_country_a_region_or_several(toy: Config) -> None:
    assert [is_focus(toy, each) for each in ("USA", "NORTH_AMERICA", "USA+IND", "USA+USA", "XYZ", 3)] == [True, True, True, False, False, False]
    assert groups_of(toy) == ["NORTH_AMERICA"] and named(toy, ["USA+IND"])[0]["members"] == ["USA", "IND"]
    values = np.array([[1.0, 2.0, 3.0, 4.0]])
    assert with_groups(values, toy, ["USA+IND"])[0].tolist() == [1.0, 2.0, 3.0, 4.0, 4.0]
    give_back()
    assert with_groups(values, toy, []) is values


def job(number: int, value: str, difference: float, focus: str = "USA") -> tuple[int, Plain, pd.DataFrame]:
    """Return a job of a sweep over one figure, two years long."""
    config = {"world": {"name": "toy", "end_year": 2035}, "focus": focus, "compare": {"year": None, "level": 0.95}, "parameters": {"draws": None}, "output": {"csv": False}}
    at = pd.DataFrame({"outcome": "work_share", "country": [focus, focus], "year": [2034, 2035]})
    paired = at.assign(baseline=40.0, scenario=40.0 + difference, difference=difference, low=difference - 1, high=difference + 1, standard_error=0.5)
    arms = {"scenario": {"config": config}, "baseline": {"config": config}}
    return number, {"overrides": ["scenario=x", f"policy.p.value={value}"], "arms": arms}, paired


def test_jobs_of_a_sweep_are_joined_by_what_differs_between_them() -> None:
    joined = join([job(0, "0.1", -1.0), job(1, "0.4", -4.0)])
    assert joined.keys == ["policy.p.value"] and joined.dose == "policy.p.value" and joined.mixed == [] and joined.title.endswith("USA, 2035")
    assert joined.headline["difference"].tolist() == [-1.0, -4.0] and set(joined.headline["year"]) == {2035} and len(joined.table) == 4
    assert joined.curves["dose"].tolist() == [0.1, 0.4] and "series" not in joined.curves
    other = join([job(0, "0.1", -1.0), job(1, "0.4", -4.0, "CHN")])
    assert other.mixed == ["focus"] and other.title.endswith("each job's focus, 2035")


def test_levers_and_figures_are_listed_with_what_is_known_of_them(toy: Config) -> None:
    rows = [(key, each) for key, each in parameters_of(toy) if key.startswith("behaviour.exit")]
    text = printed(parameter_table(rows, 220))
    assert all(key in text and each.unit in text and each.evidence.value in text for key, each in rows)
    assert all(name in printed(lever_table()) for name in LEVERS)
    used = [("visa_tightening", "mine", Policy.model_validate(policy("pay", change="multiply", value=1.2)))]
    told = printed(lever_in_full("pay", toy, [], used))
    assert "In world toy in 2035" in told and "visa_tightening, mine:" in told and "No shipped scenario uses it" in printed(lever_in_full("pay", toy, [], []))
    assert to_try("pay", toy).strip().startswith("talentsim show world=toy")


def test_scenarios_sources_and_facts_are_listed(plain_toy: Plain) -> None:
    arms = edited(plain_toy), edited(plain_toy, {"policy": {"x": policy("pay", change="multiply", value=1.2)}})
    told = printed(scenario_in_words(Pair(*arms)))
    assert "grows to 120 % of what it was" in told and "In both worlds:" in told and "160,000 int'l $ 192,000 int'l $" in told
    assert arms[0].scenario.title in printed(scenario_list([arms[0].scenario]))
    name, source = next(iter(sources().items()))
    listed = printed(source_table({name: source}, {name: ["a", "b"]}))
    assert name in listed and source.publisher in listed and " 2 " in listed
    fact = next(iter(facts().values()))
    assert fact.id in printed(fact_table([fact], {fact.id: "fitted"})) and "fitted" in printed(fact_table([fact], {fact.id: "fitted"}))


def test_forecasts_are_listed_with_their_scores_and_what_was_asked_for() -> None:
    scores = pd.DataFrame({"model": ["persistence", "model"], "wlogRMSE": [0.2, 0.1194], "CPC": [0.9, 0.957], "MAPE50": 10.0, "chg_corr50": 0.5,
                           "netrate_RMSE_permil": 1.0, "TVD_stock": 0.01, "bias_total%": float("nan"), "R2log": 0.9})
    assert "model 0.119 0.957 10.0" in printed(score_lines(scores, "Forecasts"))
    verdict = pd.DataFrame({"measure": ["wlogRMSE", "CPC"], "required": ["at most 0.12", "at least 0.96"], "reached": [0.1194, 0.957], "met": [True, False]})
    said = printed(verdict_lines(verdict))
    assert "at most 0.12 0.119 met" in said and "at least 0.96 0.957 MISSED" in said
    by_year = pd.concat([scores.assign(year=year) for year in (2018, 2019)])
    assert "model wlogRMSE 0.119 0.119" in printed(by_year_lines(by_year, ["model"]))
    known = pd.DataFrame({"id": ["A", "B", "C"], "use": ["fitted", "fitted", "seen"], "inside": [1.0, 0.0, None], "runs_inside": [None] * 3,
                          "ahead_inside": [1.0, None, None], "runs_ahead_inside": [None] * 3}).astype(dict.fromkeys(("runs_inside", "runs_ahead_inside"), float))
    counted = fact_count(known)
    assert "expected numbers 1 of 1" in counted and "expected numbers: 1 of 2 (fitted 1 of 2)" in counted and counted.endswith("outside the count: C")


def test_loops_do_what_they_say_before_they_are_compiled() -> None:
    """Of the loops that no NumPy twin is held against as a whole: what stays is kept in order, sums are those of bins."""
    loops = pytest.importorskip("talentsim.model.loops")
    from talentsim.model.loops import keep, sums_by_cell

    assert loops.keep is keep
    bare: Callable[..., Any] = keep.py_func
    column, stays = np.arange(6), np.array([True, False, True, True, False, True])
    assert bare(column, stays) == 4 and column[:4].tolist() == [0, 2, 3, 5]
    rng = np.random.default_rng(3)
    axes = [rng.integers(0, n, 50) for n in (2, 3, 2, 2, 2)]
    weight, table = rng.integers(0, 4, 50), rng.random((4, 2))
    heads, sums = np.zeros(48, dtype=np.int64), np.zeros((48, 2))
    sums_by_cell.py_func(*axes, 3, 2, 2, 2, weight, table, heads, sums)
    cell = np.ravel_multi_index(axes, (2, 3, 2, 2, 2))
    assert (heads == np.bincount(cell, minlength=48)).all()
    assert sums[:, 1] == pytest.approx(np.bincount(cell, weights=table[weight, 1], minlength=48))


def test_a_sweep_of_an_earlier_version_is_refused_in_words(tmp_path: Path) -> None:
    """Its differences stood without levels; means from elsewhere would be no levels of theirs."""
    number, manifest, differences = job(0, "0.1", -1.0)
    (tmp_path / "0").mkdir()
    write_json(manifest, tmp_path / "0" / "manifest.json")
    differences.drop(columns=["baseline", "scenario"]).to_parquet(tmp_path / "0" / "differences.parquet")
    with pytest.raises(UserError, match="an earlier version"):
        _joined([tmp_path / "0"])
    differences.to_parquet(tmp_path / "0" / "differences.parquet")
    assert _joined([tmp_path / "0"]).headline["difference"].tolist() == [-1.0] and number == 0
