"""Results opened again, drawn, and told in a report: what it says, where it comes from, and that it is only text."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.text import Text

from results_folder import add_tables, every_table
from talentsim.commands import cli
from talentsim.comparison.pair import Pair
from talentsim.config import UserError, parameters_of
from talentsim.config.arms import load_arms
from talentsim.ensemble.opened import Results, open_results
from talentsim.report.document import readings
from talentsim.report.document.assumptions import groups, key_rows
from talentsim.report.document.changes import changes, in_force, lever_rows
from talentsim.report.document.document import report_of
from talentsim.report.document.pictures import pictures_of
from talentsim.report.document.scene import Scene
from talentsim.report.numbers import plain

HOSTILE = "<script>alert('x')</script> & \"more\""


def talentsim(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "talentsim", *arguments], capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison in the toy world, as the main job leaves it, with a hostile title."""
    folder = tmp_path_factory.mktemp("compared")
    (folder / "conf" / "scenario").mkdir(parents=True)
    quoted = HOSTILE.replace("'", "''")
    (folder / "conf" / "scenario" / "shut.yaml").write_text(
        f"# @package _global_\nscenario: {{name: shut, title: '{quoted}', description: '{quoted}', source: [own]}}\n"
        f"sources: {{own: {{title: '{quoted}', publisher: '{quoted}', url: 'https://example.org/?a=1&b=%22'}}}}\n"
        f"policy: {{shut: {{title: '{quoted}', note: '{quoted}', lever: student_refusal, countries: [USA], origins: [CHN, IND], "
        "start: 2026, end: 2031, ramp_years: 2, change: add, value: 0.4, range: [0.0, 0.5]}}\n", encoding="utf-8")
    assert cli.run(["--config-dir", str(folder / "conf"), "world=toy", "scenario=shut", "ensemble.replications=3", "executor=serial",
                    "output.figures=false", "output.report=false", f"output.dir={folder}", f"hydra.run.dir={folder / 'results'}"]) == 0
    return folder / "results"


@pytest.fixture(scope="module")
def document(compared: Path) -> str:
    """The report on it."""
    return report_of(open_results(compared))


@pytest.fixture
def results(compared: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return Path(shutil.copytree(compared, tmp_path / "results"))


def without_tables_beside(folder: Path) -> dict[str, Any]:
    """Take out what the answer and its checks are told without, for each table is a picture to draw; return the manifest."""
    path, beside = folder / "manifest.json", {"pathways", "corridors", "stay_curves", "visa_funnel", "sides", "diverted", "parting"}
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    manifest["files"] = {name: each for name, each in manifest["files"].items() if name.partition(".")[0] not in beside}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return manifest


def text_of(document: str) -> str:
    """Return what a reader reads."""
    body = re.sub(r"<style>.*?</style>|<[^>]*>", " ", document[document.index("<body>"):], flags=re.DOTALL)
    return " ".join(html.unescape(body).split())


def test_the_report_gives_the_headline_with_its_interval(compared: Path, document: str) -> None:
    headline = pd.read_parquet(compared / "headline.parquet").set_index(["outcome", "country"]).loc["work_share", "USA"]
    text = text_of(document)
    assert f"makes {headline.baseline:.1f} % of the world's research output in 2035 without" in text
    assert f"{abs(headline.difference):.2f} percentage points less with it" in text
    assert f"interval: {headline.low:+.2f} to {headline.high:+.2f})".replace("-", "\N{MINUS SIGN}") in text


def test_the_first_page_has_answer_growth_three_pictures_and_what_it_rests_on(compared: Path, document: str) -> None:
    page = document[document.index('id="answer"'):document.index('id="changes"')]
    assert re.findall(r'<figure id="(\w+)"', page) == ["difference_by_country", "work_over_time", "diversion"]
    over_time = pd.read_parquet(compared / "over_time.parquet")
    rows = over_time[(over_time.outcome == "researchers") & (over_time.country == "USA") & (over_time.arm == "baseline")].set_index("year")["mean"]
    text = text_of(f"<body>{page}")
    assert rows[2010] < 2000 and f"the United States goes from {plain(rows[2010], 0)} to " in text
    assert "What it rests on" in text and "Checks of these very runs: all" in text and "each with its range, and its source" in text and "assumed: recalled, or nobody knows" in text
    assert not any(word in text_of(document) for word in ("hangs on", "lives part", "the world's work ", "both arms"))


def test_what_comes_from_a_configuration_is_text(document: str) -> None:
    assert "<script" not in document and HOSTILE not in document
    assert text_of(document).count(HOSTILE) >= 4


def test_the_report_asks_nothing_of_the_network(document: str) -> None:
    assert re.findall(r'(?:src|srcset|data|action|poster)="(?!data:)', document) == []
    assert set(re.findall(r"<link [^>]*>", document)) == {'<link rel="icon" href="data:,">'}
    assert "url(" not in document and "@import" not in document and len(document) < 3_000_000


def test_every_figure_behind_the_result_is_listed_with_grade_and_source(compared: Path, document: str) -> None:
    figures = dict(parameters_of(open_results(compared).arms["scenario"]))
    rows = document[document.index('<section id="figures">'):]
    assert rows.count("<tr><td") + rows.count('<tr class="key"><td') == len(figures)
    assert "https://example.org/?a=1&amp;b=%22" in rows
    marked = re.findall(r'<tr class="key"><td class="key-name">[^<]*<br><code class="small">([^<]*)</code></td>', rows)
    assert "study.weights.beta_pay" in marked and "visa.student_refusal" in marked


def test_how_to_reproduce_names_command_seed_version_and_runs(compared: Path, document: str) -> None:
    manifest = json.loads((compared / "manifest.json").read_text(encoding="utf-8"))
    text = text_of(document)
    assert "talentsim --config-dir conf world=toy scenario=shut ensemble.replications=3" in text
    assert all(run in text for arm in manifest["arms"].values() for run in [arm["id"], *arm["runs"]])
    assert manifest["source_sha256"] in text and "seed 2010" in text
    assert str(compared) not in text


def test_checks_are_told_as_they_came_out(results: Path) -> None:
    manifest = without_tables_beside(results)
    manifest["checks"][0]["passed"] = False
    (results / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    text = text_of(report_of(open_results(results)))
    assert f"FAILED : {manifest['checks'][0]['name']}" in text and f"passed: {manifest['checks'][1]['name']}" in text


def test_changes_are_said_in_plain_words(compared: Path) -> None:
    scene = Scene.of(open_results(compared))
    (change,) = changes(scene)
    assert change.sentence == ("Chance that a student visa is refused, in the United States, for people from China and India: rises by 40 "
                               "percentage points, from 2026 to 2031, phased in over 2 years.")
    assert change.bounds == "0 % to 50 %" and change.title == HOSTILE
    (first, (start,)), (last, (end,)) = lever_rows(scene)
    assert (first, last) == ("in 2026", "in 2031") and start.of == end.of == "United States, 2 origins"
    assert start.before == end.before == "10 %"
    assert start.after == "20 %" and end.after == "50 %"        # of a ramp over two years the first year's mean is a quarter


def test_figures_that_history_has_replaced_say_what_is_in_force() -> None:
    """The lottery's odds of 2027 are those of the weighted draw, not the figure that the world begins with; pay has no history."""
    scene = Scene(Results(Path(), {"files": {}}), Pair(*load_arms(["scenario=visa_tightening"])))
    replaced, usa = in_force(scene), "world.countries.USA"
    assert replaced[f"{usa}.visa.work_visa_odds"] == "53 % in 2027" and replaced[f"{usa}.visa.post_study_years"] == "3 years in 2027"
    assert f"{usa}.pay" not in replaced and f"{usa}.visa.student_refusal_by_origin.CHN" not in replaced
    told = {each.key: (each.value, each.in_force) for group in groups(scene) if group.title == "The United States" for each in group.rows}
    assert told["visa.work_visa_odds"] == ("0.85", "53 % in 2027") and told["ecosystem.strength"][1] == ""
    assert {each.in_force for _, each in key_rows(scene)} == {"", "29 % in 2027", "97 % in 2027"}, "one refusal by origin and ways around have a past"
    (years, rows), = lever_rows(scene)
    odds = next(row for row in rows if "lottery" in row.meaning)
    assert years == "from 2027 to 2035" and (odds.before, odds.after) == ("53 %", "26.5 %")


def test_pictures_and_sentences_follow_the_tables_that_are_there(results: Path) -> None:
    before = [each.stem for each in pictures_of(open_results(results))]
    assert before[:4] == ["difference_by_country", "work_over_time", "world_map", "diversion"]
    add_tables(results, **every_table())
    pictures = {each.stem: each.reading for each in pictures_of(open_results(results))}
    assert list(pictures)[4:] == ["pathways", "corridors", "stay_curves", "visa_funnel", "structure", "sensitivity", "baseline_fit"]
    assert pictures["stay_curves"] == "Of the doctorates from China, 75.0 % are still there after 10 years, 85.0 % in the baseline."
    assert pictures["structure"].startswith("\N{MINUS SIGN}2.40 points become \N{MINUS SIGN}3.20 to \N{MINUS SIGN}2.10 when")
    assert pictures["structure"].endswith("The sign is the same in all of them.")
    assert pictures["sensitivity"].startswith("\N{MINUS SIGN}2.40 points (a single pair of runs) become \N{MINUS SIGN}4.00 to +0.50 when one of 3")
    assert pictures["sensitivity"].endswith("Even the sign is not the same at every end.")
    document = report_of(open_results(results))
    marked = re.findall(r'<tr class="key"><td class="key-name">[^<]*<br><code class="small">([^<]*)</code></td>', document[document.index('<section id="figures">'):])
    assert set(marked) == {"study.weights.beta_pay", "ecosystem.weight_talent", "visa.other_visa", "visa.spouse_right"}
    text = text_of(document)
    assert "how much students weigh pay assumed 1 0 \N{MINUS SIGN}2.90 3 \N{MINUS SIGN}4.00" in text
    assert all(reading in text for reading in pictures.values())
    assert "went to study visa refused 42" in text and "three, alone cohorts from China double +0.10" in text


def test_a_report_without_a_sensitivity_says_how_to_get_one(document: str) -> None:
    assert "talentsim sensitivity --config-dir conf world=toy scenario=shut ensemble.replications=3 shows how far" in text_of(document)


def test_a_sentence_counts_people_as_the_table_does(compared: Path) -> None:
    scene = Scene.of(open_results(compared))
    table = scene.results.table("diversion")
    lost = table[(table.baseline_country == "USA") & (table.scenario_country != "USA")].researchers.sum()
    assert readings.diverted(scene, table).startswith(f"{lost:,.1f} people (") and "in China" in readings.diverted(scene, table)
    over_time = scene.results.table("over_time")
    works = over_time[(over_time.outcome == "works") & (over_time.year == 2035)].groupby("arm")["mean"].sum()
    world = 100 * (works.scenario / works.baseline - 1)
    assert f"{world:+.2f} % in the world".replace("-", "\N{MINUS SIGN}") in readings.all_works(scene, over_time)


def test_no_interval_leaves_what_can_be(compared: Path) -> None:
    """In every table of a main job: numbers of people are not negative, shares lie in 0 to 100, and no difference leads out of that."""
    seen = 0
    for path in sorted(compared.glob("*.parquet")):
        table = pd.read_parquet(path)
        if not {"low", "high"} <= set(table.columns) or path.stem in ("sides", "sensitivity"):
            continue
        table = table[table["low"].notna()]
        seen += len(table)
        shares = (table["outcome"].astype(str).str.endswith("_share") if "outcome" in table else pd.Series(path.stem == "stay_curves", table.index))
        least = table["low"] + (table["baseline"] if "difference" in table and "baseline" in table else 0.0)
        most = table["high"] + (table["baseline"] if "difference" in table and "baseline" in table else 0.0)
        assert (least >= 0.0).all() and (most[shares] <= 100.0 + 1e-9).all(), path.stem
        assert table["low"][shares].ge(-100.0).all() and table["high"][shares].le(100.0).all(), path.stem
    assert seen > 300


POWER = re.compile(r"\d[eE][+-]\d")


def test_no_number_that_people_read_is_a_power_of_ten(document: str) -> None:
    assert not POWER.search(text_of(document)), POWER.findall(text_of(document))


def test_intervals_of_few_people_are_not_told(compared: Path, document: str) -> None:
    diversion = pd.read_parquet(compared / "diversion.parquet")
    few = diversion[(diversion.baseline_country == "USA") & (diversion.scenario_country != "USA") & diversion.researchers.between(0.01, 9.99)]
    assert len(few) and "too few" in text_of(document)


def test_of_an_invented_world_nothing_is_known(document: str) -> None:
    assert "are invented: there are no observations to compare its baseline with" in text_of(document)
    assert 'id="baseline_fit"' not in document


def test_those_lost_are_told_by_origin_and_destination(compared: Path, document: str) -> None:
    """Rows and columns of the cross-table add up to the people whom the diversion table counts."""
    table = pd.read_parquet(compared / "diverted.parquet")
    lost = table[(table.year == 2035) & (table.baseline_country == "USA") & (table.tier == "all")]
    diversion = pd.read_parquet(compared / "diversion.parquet")
    apart = diversion[(diversion.baseline_country == "USA") & (diversion.scenario_country != "USA")]
    assert lost.researchers.sum() == pytest.approx(apart.researchers.sum())
    cross = document[document.index("By first degree, and where to</caption>"):]
    cells = [re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", row) for row in re.findall(r"<tr>.*?</tr>", cross[:cross.index("</table>")], re.DOTALL)]
    assert cells[0][:2] == ["first degree from", "all"] and cells[-1][0] == "all"
    shown = {(row[0], place): float(count) for row in cells[1:] for place, count in zip(cells[0][1:], row[1:], strict=True)}
    people = lost.groupby(["origin", "scenario_country"], observed=True).researchers.sum()
    assert shown["China", "China"] == pytest.approx(people.get(("CHN", "CHN"), 0.0), abs=0.06)
    assert shown["all", "all"] == pytest.approx(lost.researchers.sum(), abs=0.06)


def test_a_placebo_reports_that_nothing_changes(tmp_path: Path) -> None:
    idle = "+policy.idle={lever: pay, countries: [USA], start: 2040, change: multiply, value: 2.0}"
    assert cli.run(["world=toy", "scenario=baseline", idle, "ensemble.replications=2", "executor=serial", "output.figures=false",
                    "output.report=false", "compare.structure=null", f"output.dir={tmp_path}", f"hydra.run.dir={tmp_path / 'results'}"]) == 0
    without_tables_beside(tmp_path / "results")
    text = text_of(report_of(open_results(tmp_path / "results")))
    assert "exactly as without it" in text and "from 2040" in text
    assert "Nobody who is in the United States in one world is elsewhere" in text


@pytest.mark.slow
def test_the_commands_write_beside_the_tables_and_the_same_bytes_again(results: Path) -> None:
    add_tables(results, **every_table())
    drawn = talentsim("figures", str(results))
    assert drawn.returncode == 0, drawn.stderr
    files = [Path(line) for line in drawn.stdout.split("\n") if line]
    assert len(files) == 22 and all(path.parent == results and path.stat().st_size > 5000 for path in files)
    first = {path.name: path.read_bytes() for path in files}
    assert talentsim("report", str(results)).stdout.strip() == str(results / "report.html")
    again = talentsim("figures", str(results))
    assert again.returncode == 0 and {path.name: path.read_bytes() for path in files} == first


@pytest.mark.parametrize("command", ["figures", "report"])
def test_a_wrong_folder_is_explained(command: str, compared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, words in (([], "the folder of results is missing"), ([str(tmp_path)], "holds no results"),
                             ([str(tmp_path / "none")], "there is no folder"), ([str(compared), "more"], "it takes 1 word after it, and these are too many: more"),
                             ([str(compared.parent)], f"did you mean '{compared}'?")):
        code, told = cli.run([command, *arguments]), capsys.readouterr().err
        assert code == 2 and words in told and "Traceback" not in told, arguments


def test_a_damaged_table_is_named(results: Path) -> None:
    (results / "headline.parquet").write_bytes(b"PAR1")
    with pytest.raises(UserError, match=r"headline\.parquet.*is not what was written"):
        report_of(open_results(results))
    (results / "headline.parquet").unlink()
    with pytest.raises(UserError, match=r"headline\.parquet.*is missing"):
        report_of(open_results(results))
    (results / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(UserError, match=r"manifest\.json.*cannot be read"):
        open_results(results)


def test_a_configuration_of_another_version_is_refused(results: Path) -> None:
    path = results / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["arms"]["scenario"]["config"]["world"]["moons"] = 2
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(UserError, match=r"talentsim \S+ wrote it.*not one of this version: see world\.moons"):
        report_of(open_results(results))


def test_a_validation_is_drawn_as_two_scorecards(tmp_path: Path) -> None:
    verdict = pd.DataFrame({"measure": ["wlogRMSE", "CPC"], "required": ["at most 0.12", "at least 0.957"], "reached": [0.119, 0.95],
                            "met": [True, False]})
    scores = pd.DataFrame({"model": ["persistence", "Markov", "model, expected numbers"], "wlogRMSE": [0.18, 0.13, 0.119],
                           "CPC": [0.93, 0.954, 0.95]})
    nothing = [None] * 3
    facts = pd.DataFrame({"id": ["S1", "S2", "R9"], "fact": ["World moves (all)", "Gini", "Stay"], "use": ["calibrate", "validate", "validate"],
                          "first": [2010.0, 2010.0, None], "target": [1.5, 0.7, 70.0], "tolerance": [0.1, 0.02, 2.0],
                          "model": [1.45, 0.7, None], "inside": [1.0, 1.0, None], "panel_ahead": [None, 0.75, None],
                          "model_ahead": [None, 0.7, None], "runs": nothing, "runs_ahead": nothing}).astype({"runs": float, "runs_ahead": float})
    (tmp_path / "manifest.json").write_text(json.dumps({"talentsim": "0.1.0", "files": {}}), encoding="utf-8")
    add_tables(tmp_path, verdict=verdict, scores=scores, facts=facts)
    forecast, patterns = pictures_of(open_results(tmp_path))
    said = {each.stem: " ".join(text.get_text() for text in each.draw().findobj(Text)) for each in (forecast, patterns)}
    assert "1 of 2 are met" in " ".join(said["forecast_scores"].split()) and "0.130" in said["forecast_scores"] and "0.954" in said["forecast_scores"]
    assert "1 of 2 are met" in " ".join(said["stylised_facts"].split()) and "S1 World moves" in said["stylised_facts"]
    with pytest.raises(UserError, match="not the results of a comparison"):
        report_of(open_results(tmp_path))
