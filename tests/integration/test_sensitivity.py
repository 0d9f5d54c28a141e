"""What the headline depends on: figures at the ends of their ranges, against the comparisons they are, and as a user asks for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from described_files import hold_comparison
from talentsim.commands.cli import run
from talentsim.comparison.compare import compare
from talentsim.comparison.pair import Pair, run_pair
from talentsim.config import Config, UserError
from talentsim.config.arms import Composer, load_arms
from talentsim.decide.sensitivity import acting_countries, by_figure, end_side, sensitivity, variations
from talentsim.ensemble.store import Store

PAY, TALENT = "behaviour.study.weights.beta_pay", "behaviour.ecosystem.weight_talent"
TOY = ["world=toy", "scenario=visa_tightening", "ensemble.replications=2", "executor=serial", "population.scale=4"]


@pytest.mark.slow
def test_an_end_is_the_comparison_with_that_figure(tmp_path: Path) -> None:
    """Each end with its own replications; what it adds is over the same replications of the comparison as configured."""
    store, composer, given = Store(tmp_path), Composer(), [*TOY, "compare.side_replications=1"]
    arms = composer.arms(given)
    ends = [end_side(each, end, Pair(*composer.arms([*given, *changes]))) for each in variations(arms[1], [PAY]) for end, changes in each.ends()]
    table = sensitivity(ends, run_pair(Pair(*arms), store), store).set_index("kind")
    for kind, overrides in (("as configured", []), ("low", [f"{PAY}.value=0"]), ("high", [f"{PAY}.value=3"])):
        headline = compare(*load_arms([*TOY, *overrides, "ensemble.replications=1"]), store).headline
        row = headline[(headline.outcome == "work_share") & (headline.country == "USA")].iloc[0]
        assert table.loc[kind, ["baseline", "scenario"]].tolist() == pytest.approx([row.baseline, row.scenario]), kind
    assert table.effect.tolist() == pytest.approx((table.difference - table.difference["as configured"]).tolist())
    assert (table.replications == 1).all() and table.value.tolist() == ["", "0", "3"] and table.configured.tolist() == ["", "1", "1"]
    (row,) = by_figure(table.reset_index()).itertuples()
    assert (row.low, row.high) == (table.difference["low"], table.difference["high"]) and row.span == pytest.approx(table.difference.max() - table.difference.min())


def test_what_is_varied_is_the_list_or_the_keys_that_are_named() -> None:
    toy = load_arms(["world=toy", "scenario=visa_tightening", "focus=CAN"])[1]
    listed = variations(toy)
    assert len(listed) >= 8 and all(key in each.figures for each in listed for key in each.figures)
    assert any("world.countries.CAN.visa.student_refusal" in each.figures for each in listed), "{focus} is the focus country"
    (one,) = variations(toy, [f"{PAY}.value"])
    assert one.title == next(each.title for each in listed if list(each.figures) == [PAY])
    assert {each.name for each in variations(toy, ["behaviour.graduation"])} == {
        "behaviour.graduation.chilling", "behaviour.graduation.move", "behaviour.graduation.return_constant"}
    with pytest.raises(UserError, match=f"(?s)begins with 'behaviour.study.weights.beta_pai'.*did you mean '{PAY}'"):
        variations(toy, ["behaviour.study.weights.beta_pai"])


def test_whose_policies_differ_is_varied_beside_the_focus() -> None:
    """Canada's gain from American rules rests on American figures as well, which went unasked."""
    pair = Pair(*load_arms(["world=toy", "scenario=visa_tightening", "focus=CAN"]))
    assert acting_countries(pair) == ["USA"] and acting_countries(Pair(*load_arms(["world=toy", "scenario=visa_tightening"]))) == []
    alone, both = (variations(pair.scenario, acting=each) for each in ((), acting_countries(pair)))
    more = [each for each in both if each not in alone]
    assert both[:len(alone)] == alone and more and all("world.countries.USA." in key for each in more for key in each.figures)
    assert len({each.name for each in both}) == len(both)


def test_an_end_where_a_figure_stands_is_none() -> None:
    (one,) = variations(Config.load("world=toy", f"{PAY}.value=0"), [PAY])
    assert [end for end, _ in one.ends()] == ["high"]


def test_every_figure_of_the_list_is_one_of_the_shipped_world() -> None:
    """Keys that a world does not have are passed over, so that a typo would go unseen."""
    config = load_arms(["scenario=visa_tightening"])[1]
    named = [key.replace("{focus}", config.focus) for each in config.compare.varied.values() for key in each.keys]
    assert sorted(named) == sorted(key for each in variations(config) for key in each.figures) and len(set(named)) == len(named)
    assert all(any(each.ends()) for each in variations(config))


def talentsim(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "talentsim", *arguments], capture_output=True, text=True, timeout=300, check=False, cwd=cwd)


@pytest.mark.slow
def test_the_command_writes_a_comparison_that_says_what_it_hangs_on(tmp_path: Path) -> None:
    done = talentsim("sensitivity", PAY, TALENT, *TOY, "compare.structure=null", "compare.alone=null", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "outputs").glob("*/*-visa_tightening-sensitivity")
    assert "sensitivity" in hold_comparison(folder)
    table = pd.read_parquet(folder / "sensitivity.parquet")
    assert table.kind.tolist() == ["as configured", "low", "high", "low", "high"] and set(table.parameter[1:]) == {PAY, TALENT}
    assert "how much students weigh pay" in done.stdout and "What it depends on" in done.stdout and "Checks that hold: before start, placebo, conservation" in done.stdout
    assert {"headline.parquet", "sensitivity.png", "sensitivity.svg"} <= {each.name for each in folder.iterdir()}
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert f"<code>talentsim sensitivity {PAY} {TALENT} world=toy" in report and 'id="sensitivity"' in report
    assert len(list((tmp_path / "outputs" / "store").glob("*/events.parquet"))) == 5, "of the ends no lives are kept"


@pytest.mark.parametrize(("arguments", "words"), [
    (["behaviour.none", *TOY], "no figure's key begins with 'behaviour.none'"),
    (["world.countries.USA.position", "world=toy", "scenario=baseline"], "no policy of baseline differs"),
    (["-m", *TOY], "-m asks for a sweep"),
    (["behaviour.output.rate", *TOY, "behaviour.output.rate.range=[1.0,1.0]"], "no figure is left to vary"),
])
def test_what_cannot_be_varied_is_explained(arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                            capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["sensitivity", *arguments]) == 2
    said = capsys.readouterr().err
    assert words in said and "Traceback" not in said and "allowed:" in said
