"""What a sweep varies is each job's own: names that columns have, focus, year, level; and what cannot be swept is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from talentsim.commands.cli import run

FAST = ["world=toy", "world.burn_in_year=2004", "world.end_year=2028", "ensemble.replications=1", "executor=serial", "compare.structure=null", "compare.alone=null", "output.figures=false",
        "output.report=false"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def swept(*words: str) -> pd.DataFrame:
    """Run a sweep and return the headline row of each job."""
    given = {each.partition("=")[0] for each in words}
    assert run(["-m", *(each for each in FAST if each.partition("=")[0] not in given), *words]) == 0
    table = pd.read_parquet(next(Path().rglob("sweep.parquet")))
    own = (table.outcome == "work_share") & (table.country.astype(str) == table.focus.astype(str)) & (table.year == table.headline_year)
    return table[own].set_index("job")


def alone(*words: str) -> pd.Series:
    """Return the headline row of one comparison."""
    assert run([*FAST, "output.dir=alone", *words]) == 0
    folder = next(Path("alone").glob("*/*/headline.parquet"))
    headline = pd.read_parquet(folder)
    folder.unlink()
    return headline[headline.outcome == "work_share"].set_index("country")


def test_scenarios_and_baselines_may_be_swept(capsys: pytest.CaptureFixture[str]) -> None:
    rows = swept("scenario=visa_tightening,opt_end", "baseline=baseline,visa_opening")
    said = capsys.readouterr().out
    assert list(rows["swept.scenario"]) == ["visa_tightening", "visa_tightening", "opt_end", "opt_end"] and "4 of 4 jobs done" in said
    assert list(rows["swept.baseline"]) == ["baseline", "visa_opening"] * 2
    assert rows.difference[1] < rows.difference[0] < 0 and rows.baseline[1] > rows.baseline[0]      # the bolder yardstick is further off
    assert rows.scenario[0] == pytest.approx(alone("scenario=visa_tightening").scenario["USA"])


def test_focus_and_year_are_each_jobs_own(capsys: pytest.CaptureFixture[str]) -> None:
    rows = swept("scenario=visa_tightening", "focus=USA,CHN", "compare.year=2027,2028")
    assert list(zip(rows.focus, rows.headline_year, strict=True)) == [("USA", 2027), ("USA", 2028), ("CHN", 2027), ("CHN", 2028)]
    said = capsys.readouterr().out
    assert "each job's focus, each job's year" in said and "CHN" in said
    expected = alone("scenario=visa_tightening", "focus=CHN", "compare.year=2027")
    assert rows.difference[2] == pytest.approx(expected.difference["CHN"]) and rows.difference[0] < 0 < rows.difference[2]


def test_a_swept_end_year_and_level(capsys: pytest.CaptureFixture[str]) -> None:
    rows = swept("scenario=visa_tightening", "compare.level=0.8,0.95", "world.end_year=2027,2028")
    assert list(rows.level) == [0.8, 0.8, 0.95, 0.95] and list(rows.headline_year) == [2027, 2028] * 2
    assert "80% interval" not in capsys.readouterr().out


@pytest.mark.parametrize(("words", "message"), [
    (["policy.f1_refusal.value=0.1,0.2", "policy.f1_refusal.value=0.3,0.4"], "policy.f1_refusal.value is given twice"),
    (["policy.f1_refusal.value=0.1,0.2", "hydra/sweeper=basic"], "talentsim has a sweeper of its own"),
    (["policy.f1_refusal.value=interval(0,1)"], "an interval has infinitely many values"),
    (["scenario=glob(zz*)"], "no name in 'scenario' matches that")])
def test_what_cannot_be_swept_is_refused(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = [] if words[0].startswith("scenario") else ["scenario=visa_tightening"]
    assert run(["-m", *FAST, *scenario, *words]) == 2
    assert message in capsys.readouterr().err and not list(Path().rglob("*.parquet"))


@pytest.mark.slow
def test_the_other_ways_to_write_values() -> None:
    rows = swept("scenario=glob(opt*)", "seed=range(1,3)", "policy.opt_end.value=choice(0.5,1.0)")
    assert list(rows.seed) == [1, 1, 2, 2] and set(rows["policy.opt_end.value"]) == {0.5, 1.0}


def test_a_folder_holds_one_sweep(capsys: pytest.CaptureFixture[str]) -> None:
    swept("scenario=opt_end", "seed=1,2", "hydra.sweep.dir=mine")
    assert run(["-m", *FAST, "scenario=opt_end", "seed=3,4", "hydra.sweep.dir=mine"]) == 2
    assert "holds a sweep already" in capsys.readouterr().err
    assert set(pd.read_parquet("mine/sweep.parquet").seed) == {1, 2}


@pytest.mark.slow
def test_figures_are_drawn_where_they_are_asked_for_and_the_store_stays_one() -> None:
    words = [each for each in FAST if not each.startswith("output.figures")]
    assert run(["-m", *words, "scenario=opt_end", "seed=1,2", "output.figures=True", "hydra.job.chdir=true"]) == 0
    assert len(list(Path().rglob("work_over_time.svg"))) == 2 and [path.parent.name for path in Path().rglob("store")] == ["outputs"]
