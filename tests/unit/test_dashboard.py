"""The live page's server: what it refuses, that it says what the command line says, and what can be taken away from it."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import threading
import time
import warnings
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from talentsim.commands import cli
from talentsim.commands.arguments import refuse_repeats
from talentsim.comparison.compare import compare_runs
from talentsim.comparison.diversion import diversion
from talentsim.comparison.pair import Pair, PairRuns, run_pair
from talentsim.comparison.pathways import flow_tables
from talentsim.config import Config, UserError, frozen
from talentsim.config.arms import Composer
from talentsim.config.files import names_in_group
from talentsim.dashboard import answer as answer_module
from talentsim.dashboard import engine as engine_module
from talentsim.dashboard.answer import Answer
from talentsim.dashboard.catalogue import offered
from talentsim.dashboard.chosen import Choice, PolicyChoice, choice_of, overrides_of
from talentsim.dashboard.desk import Desk
from talentsim.dashboard.engine import Engine, State
from talentsim.dashboard.guard import LARGEST_BODY, POLICY
from talentsim.dashboard.pairs import made_up_to
from talentsim.dashboard.people import first
from talentsim.dashboard.serve import free_socket
from talentsim.dashboard.server import STATIC, application
from talentsim.dashboard.sliders import sliders, step
from talentsim.dashboard.workers import Workers
from talentsim.ensemble.ensemble import Ensemble
from talentsim.ensemble.executors import SerialExecutor
from talentsim.ensemble.identity import arm_id
from talentsim.ensemble.runs import runs_of, simulate
from talentsim.ensemble.session import Cancelled, Session
from talentsim.ensemble.store import Store, open_store
from talentsim.model.policy import levers_in_year
from talentsim.model.tables import base_levers, lever_axes
from talentsim.report.terminal.summaries import SHOWN, shown
from talentsim.vocab import LEVERS
from workbook_sheets import sheets

with warnings.catch_warnings():     # Starlette would rather have a newer client, and takes this one
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

HOST = "127.0.0.1:8765"
QUICK = ("visa_tightening", "visa_opening", "return_programme", "compute_convergence")
TIGHT = {"scenario": "visa_tightening", "policies": {"f1_refusal": {"value": 0.3}}}


@pytest.fixture(autouse=True)
def nothing_goes_on() -> Iterator[None]:
    """Wait for the runs that a test began: one that ends drops what this process remembers of configurations, the next test's too."""
    yield
    for each in threading.enumerate():
        if each.name.startswith("run "):
            each.join(60.0)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the command that opens the page is given: the toy world, two pairs."""
    folder = tmp_path_factory.mktemp("page")
    return ["world=toy", "executor=serial", "ensemble.replications=2", f"output.dir={folder}", "output.figures=false"]


@pytest.fixture(scope="module")
def client(given: list[str]) -> Iterator[TestClient]:
    with TestClient(application(Desk(given), [HOST]), base_url=f"http://{HOST}") as client:
        yield client


@pytest.fixture(scope="module")
def answered(client: TestClient) -> tuple[str, list[dict[str, Any]]]:
    """A run that is done, and the states it told."""
    return run(client, TIGHT)


@pytest.fixture(scope="module")
def large(given: list[str]) -> Desk:
    """The AI world, to be composed and not run."""
    return Desk([line for line in given if not line.startswith("world=")])


def run(client: TestClient, choice: dict[str, Any], tab: str = "tab-one-1") -> tuple[str, list[dict[str, Any]]]:
    started = client.post("/api/runs", json=choice | {"tab": tab})
    assert started.status_code == 200, started.text
    name = started.json()["run"]
    told = client.get(f"/api/runs/{name}/events").text
    return name, [json.loads(each.removeprefix("data: ")) for each in told.splitlines() if each.startswith("data: ")]


@pytest.mark.parametrize(("headers", "status"), [
    ({"host": "evil.example"}, 403), ({"host": f"evil.example@{HOST}"}, 403), ({"host": "127.0.0.1"}, 403), ({}, 200),
    ({"origin": "http://evil.example"}, 403), ({"origin": "null"}, 403), ({"origin": f"https://{HOST}"}, 403), ({"origin": f"http://{HOST}"}, 200),
    ({"sec-fetch-site": "cross-site"}, 403), ({"sec-fetch-site": "same-site"}, 403), ({"sec-fetch-site": "same-origin"}, 200)])
def test_other_hosts_and_other_sites_pages_are_refused(client: TestClient, headers: dict[str, str], status: int) -> None:
    for path in ("/api/alive", "/page.js"):
        assert client.get(path, headers=headers).status_code == status
    if status == 403:
        assert client.post("/api/runs", json=TIGHT | {"tab": "tab-evil-1"}, headers=headers).status_code == 403


def test_a_body_is_small_json(client: TestClient) -> None:
    assert client.post("/api/offer", content=b"[" * (LARGEST_BODY + 1), headers={"content-type": "application/json"}).status_code == 413
    assert client.post("/api/offer", content=b"scenario=x", headers={"content-type": "application/x-www-form-urlencoded"}).status_code == 415
    assert client.post("/api/offer", content=iter([b"{}"]), headers={"content-type": "application/json"}).status_code == 411
    for content in (b"{", b"", b"[" * 60_000, b'{"a":' * 9_000 + b"1" + b"}" * 9_000, b'{"scenario": "\xff"}', b'{"year": ' + b"9" * 5_000 + b"}"):
        assert client.post("/api/offer", content=content, headers={"content-type": "application/json"}).status_code == 400
    twice = client.post("/api/command", content=b'{"policies": {"f1_refusal": {"value": 0.1, "value": 0.2}}}', headers={"content-type": "application/json"})
    assert twice.status_code == 400 and twice.json() == {"error": "'value' is there twice"}
    assert client.post("/api/offer", json=["a list"]).status_code == 422


def test_every_answer_carries_the_policy_and_every_file_is_the_packages_own(client: TestClient) -> None:
    assert "unsafe" not in POLICY and "http" not in POLICY
    for path in STATIC:
        answer = client.get(path)
        assert answer.status_code == 200 and answer.headers["content-security-policy"] == POLICY
        assert not re.findall(r"https?://(?!www\.w3\.org/)", answer.text), path
        assert not re.search(r"\binnerHTML\b|\beval\(|insertAdjacentHTML|document\.write", answer.text), path
    assert len(client.get("/plotly.js").content) > 1_000_000
    for path in ("/server.py", "/static/index.html", "/../server.py", "/%2e%2e/server.py", "/reports/x", "/api/runs/x/tables.zip"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("choice", [
    {"scenario": "visa_tightening", "policies": {"f1_refusal": {"value": 2.0}}},
    {"scenario": "visa_tightening", "policies": {"f1_refusal": {"value": -0.5}}},
    {"scenario": "visa_tightening", "policies": {"f1_refusl": {"value": 0.1}}},
    {"scenario": "visa_tightening", "policies": {"f1_refusal": {"end": 2020}}},
    {"scenario": "visa_tightening", "policies": {"stem_opt_end": {"start": 1066}}},
    {"scenario": "visa_tightning"}, {"scenario": "visa_tightening", "baseline": "nowhere"}, {"focus": "XYZ"}, {"entry": "boom"},
    {"policies": {"mine": {"lever": "student_refusal", "countries": ["XYZ"], "start": 2026, "change": "add", "value": 0.1}}},
    {"policies": {"mine": {"lever": "magic", "start": 2026, "change": "add", "value": 0.1}}},
    {"policies": {"mine": {"lever": "pay", "origins": ["USA"], "start": 2026, "change": "add", "value": 0.1}}},
    {"policies": {"mine": {"lever": "pay", "start": 2026, "change": "halve", "value": 0.1}}},
    {"policies": {"mine": {"lever": "pay", "start": 2026, "change": "add"}}}])
def test_a_mistake_is_told_in_the_command_lines_words(client: TestClient, given: list[str], choice: dict[str, Any],
                                                      capsys: pytest.CaptureFixture[str]) -> None:
    answer = client.post("/api/runs", json=choice | {"tab": "tab-wrong-1"})
    assert answer.status_code == 422
    assert cli.run(overrides_of(choice_of(choice), given)) == 2
    assert capsys.readouterr().err == f"talentsim: {answer.json()['error']}\n"
    if "policies" in choice and "f1_refusl" not in choice["policies"]:
        assert answer.json()["policy"] == next(iter(choice["policies"]))


@pytest.mark.parametrize("sent", [
    {"output.dir": "/somewhere"}, {"config_dir": "/somewhere"}, {"policies": {"x": {"_target_": "os.system"}}}, {"world": "../toy"},
    {"world": "toy,ai"}, {"scenario": "${oc.env:HOME}"}, {"policies": {"a b": None}}, {"policies": {"x": {"countries": ["USA]"]}}},
    {"policies": {"x": {"start": "2026-01-01,seed:1"}}}, {"policies": {"x": {"value": "NaN"}}}, {"policies": {f"p{n}": None for n in range(61)}}])
def test_only_what_the_page_offers_can_be_asked(client: TestClient, sent: dict[str, Any]) -> None:
    answer = client.post("/api/offer", json=sent)
    assert answer.status_code == 422 and answer.json()["error"]


@pytest.mark.whole
def test_the_page_says_what_the_command_line_says(given: list[str], answered: tuple[str, list[dict[str, Any]]],
                                                  capsys: pytest.CaptureFixture[str]) -> None:
    """Digit for digit, for every country and year's end; the runs are the same ones."""
    _, states = answered
    assert [each["state"] for each in states] == ["pair", "done"]
    stored = set(open_store(given[3].removeprefix("output.dir=")))
    assert cli.run([*overrides_of(choice_of(TIGHT), given), "output.report=false", "output.tables=full", "compare.structure=null", "compare.alone=null"]) == 0
    table = capsys.readouterr().out.partition("Headline, 2035")[2].partition("Shares differ")[0]
    rows = [[each.strip() for each in line.split("\N{BOX DRAWINGS LIGHT VERTICAL}")[2:7]] for line in table.splitlines()]
    numbers = states[-1]["numbers"]
    countries = [each for each in numbers["codes"] if each != "NORTH_AMERICA"]
    printed = [row for row in rows if row and row[0] in countries]
    assert len(printed) == 3 * len(countries) == 12
    first = SHOWN.index("work_share") * len(countries)
    for country, *values in printed[first:first + len(countries)]:
        assert numbers["outcomes"]["work_share"]["words"][-1][numbers["codes"].index(country)] == values
    added = set(open_store(given[3].removeprefix("output.dir="))) - stored
    assert len(added) == 1, "the placebo alone was not there already"


@pytest.mark.parametrize(("field", "typed", "said"), [
    ("start", '"spring"', "found 'spring', which is not a date"), ("end", '"2026-02-30"', "found '2026-02-30', which is not a date"), ("start", "-5", "found '-5', which is not a date"),
    ("value", "NaN", "found 'nan'"), ("value", "1e999", "found 'inf'"), ("ramp_years", '"two"', "found 'two'")])
def test_what_is_typed_wrongly_is_told_beside_its_field(client: TestClient, field: str, typed: str, said: str) -> None:
    content = f'{{"scenario": "visa_tightening", "policies": {{"f1_refusal": {{"{field}": {typed}}}}}}}'.encode()
    answer = client.post("/api/command", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 422 and answer.json()["error"].startswith(f"policy.f1_refusal.{field}: {said}\n  allowed: a ")
    assert (answer.json()["policy"], answer.json()["field"]) == ("f1_refusal", field)


@pytest.mark.parametrize("sent", [{"structure": "magic"}, {"structure": ["a"]}, {"structure": {"a": 1}}])
def test_a_structure_is_one_of_those_offered(client: TestClient, answered: tuple[str, list[dict[str, Any]]], sent: dict[str, Any]) -> None:
    assert client.post(f"/api/runs/{answered[0]}/under", json=sent).status_code == 422


def test_looking_at_another_country_or_year_runs_nothing(client: TestClient, given: list[str], answered: tuple[str, list[dict[str, Any]]]) -> None:
    store = open_store(given[3].removeprefix("output.dir="))
    before = set(store)
    for focus, year in (("USA", 2035), ("CAN", 2030), ("IND", 2012)):
        view = client.post(f"/api/runs/{answered[0]}/view", json={"focus": focus, "year": year})
        assert view.status_code == 200 and view.json()["focus"] == focus and view.json()["said"]["headline"]
    assert set(store) == before
    for sent in ({"focus": "XYZ", "year": 2035}, {"focus": "USA", "year": 1900}, {"focus": "USA", "year": "2035"}, {"focus": ["USA"], "year": True},
                 *({"focus": "USA", "year": 2035, "seen": seen} for seen in (-1, True, 99))):
        assert client.post(f"/api/runs/{answered[0]}/view", json=sent).status_code == 422


@pytest.mark.whole
@pytest.mark.parametrize("focus", ["[USA,IND]", pytest.param("NORTH_AMERICA", marks=pytest.mark.slow)])
def test_several_countries_are_what_the_command_line_puts_together(client: TestClient, given: list[str], focus: str,
                                                                   answered: tuple[str, list[dict[str, Any]]]) -> None:
    """Digit for digit; a region is there from the first number on, a list as soon as it is looked at, and nothing is run for either."""
    store, address = open_store(given[3].removeprefix("output.dir=")), f"/api/runs/{answered[0]}"
    before, arms = set(store), Composer().arms([*overrides_of(choice_of(TIGHT), given), f"focus={focus}", "compare.year=2032"])
    code = arms[1].focus
    assert ("+" in focus or "," in focus) != (code in answered[1][-1]["numbers"]["codes"])
    numbers = client.post(f"{address}/numbers", json={"focus": code}).json()
    view = client.post(f"{address}/view", json={"focus": code, "year": 2032}).json()
    assert arms[1].focus_name in view["said"]["headline"] and not set(arms[1].focus_countries) & {each[0] for each in view["diverted"]["lost"]}
    with zipfile.ZipFile(io.BytesIO(client.get(f"{address}/tables.zip", params={"focus": code, "year": 2032}).content)) as archive:
        table = pd.read_csv(archive.open("headline.csv")).set_index(["outcome", "country"]).loc[("work_share", code)]
    assert set(store) == before
    row = compare_runs(run_pair(Pair(*arms), store)).headline.set_index(["outcome", "country"]).loc[("work_share", code)]
    words = [shown(row.baseline, row.unit), shown(row.scenario, row.unit), shown(row.difference, row.unit, is_difference=True)]
    assert numbers["outcomes"]["work_share"]["words"][22][numbers["codes"].index(code)][:3] == words
    assert table["difference"] == pytest.approx(row.difference) and table["year"] == 2032


@pytest.mark.whole
@pytest.mark.parametrize("focus", ["USA", "[USA,IND]"])
def test_people_are_looked_at_in_ever_more_pairs_up_to_what_the_command_line_says(client: TestClient, given: list[str], answered: tuple[str, list[dict[str, Any]]],
                                                                                 monkeypatch: pytest.MonkeyPatch, focus: str) -> None:
    """With all pairs, digit for digit the tables that the command line writes and draws from."""
    monkeypatch.setattr(answer_module, "FIRST", 1)
    store, arms = open_store(given[3].removeprefix("output.dir=")), Composer().arms([*overrides_of(choice_of(TIGHT), given), f"focus={focus}"])
    runs, code = PairRuns(*(Ensemble(arm, store, tuple(runs_of(arm))) for arm in arms)), arms[1].focus
    answer, others = Answer(*runs), [each for each in arms[1].world.countries if each not in arms[1].focus_countries]
    few, every = answer.view(code, 2035), answer.view(code, 2035, 1)
    assert [(each["pairs"], each["lives"]) for each in (few, every)] == [(2, 1), (2, 2)] and answer.view(code, 2035) is every
    for view, looked in ((few, first(runs, 1)), (every, runs)):
        lost = diversion(looked).of_year(2035).set_index(["baseline_country", "scenario_country"])["researchers"]
        assert {each: people for each, people, _ in view["diverted"]["lost"]} == {each: lost[code, each] for each in others if lost[code, each] > 0}
        flows = flow_tables(looked)
        stay = flows["stay_curves"].set_index(["arm", "origin", "years_since"])["stay_rate"]
        assert view["stay"]["rows"] and all(row[1:] == [round(stay[arm, row[0], view["stay"]["since"]], 3) for arm in ("baseline", "scenario")]
                                            for row in view["stay"]["rows"])
        works = flows["pathways"].groupby(["arm", "work", "training"], observed=True)["works"].sum()
        largest, *rest = view["paths"]["training"][0]
        assert rest == [round(100.0 * works[arm, code, largest] / works["baseline", code].sum(), 3) for arm in ("baseline", "scenario")]
    assert few["diverted"] != every["diverted"] and few["said"]["headline"] == every["said"]["headline"]
    if focus == "USA":
        monkeypatch.undo()      # the server looks at all of these pairs at once
        assert every == client.post(f"/api/runs/{answered[0]}/view", json={"focus": "USA", "year": 2035}).json()


@pytest.mark.parametrize("focus", ["USA+USA", "USA+XYZ", "EUROPE", "usa", "USA,IND", ["USA"], None])
def test_what_is_looked_at_is_in_the_world(client: TestClient, answered: tuple[str, list[dict[str, Any]]], focus: object) -> None:
    assert client.post(f"/api/runs/{answered[0]}/numbers", json={"focus": focus}).status_code == 422
    assert client.get(f"/api/runs/{answered[0]}/tables.zip", params={"focus": str(focus)}).status_code == 422


def test_every_table_comes_out_as_csv(client: TestClient, answered: tuple[str, list[dict[str, Any]]]) -> None:
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/api/runs/{answered[0]}/tables.zip").content))
    names = set(archive.namelist())
    assert {"headline.csv", "over_time.csv", "differences.csv", "diversion.csv"} <= names
    headline = pd.read_csv(archive.open("headline.csv")).set_index(["outcome", "country"])
    numbers = answered[1][-1]["numbers"]
    for place, code in enumerate(numbers["codes"][:4]):
        assert headline.loc[("work_share", code), "difference"] == pytest.approx(numbers["outcomes"]["work_share"]["difference"][-1][place], abs=1e-4)


@pytest.mark.parametrize("choice", [
    TIGHT, {"scenario": "visa_tightening", "policies": {"h1b_odds": None, "f1_refusal": {"start": 2028, "end": 2031, "ramp_years": 1.5}}},
    {"scenario": "return_programme+opt_end"}, {"scenario": "baseline", "baseline": "visa_opening"},
    {"scenario": "baseline", "policies": {"mine": {"lever": "student_refusal", "countries": ["USA"], "origins": ["CHN", "IND"],
                                                   "start": "2026-09-01", "change": "add", "value": 0.1, "range": [0.0, 0.5]}}}])
def test_a_scenario_comes_out_as_a_file_that_the_command_line_takes(client: TestClient, given: list[str], tmp_path: Path,
                                                                    choice: dict[str, Any]) -> None:
    answer = client.post("/api/scenario", json=choice)
    name = re.search(r'filename="(.+)\.yaml"', answer.headers["content-disposition"])[1]        # type: ignore[index]
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / f"{name}.yaml").write_text(answer.text, encoding="utf-8")
    told = re.search(r"--config-dir FOLDER (.+)", answer.text)[1].split()       # type: ignore[index]
    asked = Composer().arms(overrides_of(choice_of(choice), given))
    loaded = Composer(str(tmp_path)).arms(told)
    assert [arm_id(each) for each in loaded] == [arm_id(each) for each in asked]


def test_a_policy_that_is_switched_off_is_still_shown(client: TestClient) -> None:
    off = client.post("/api/offer", json={"scenario": "visa_tightening", "policies": {"h1b_odds": None}}).json()
    assert {each["name"]: each["on"] for each in off["sliders"]}["h1b_odds"] is False
    assert "policy.h1b_odds=null" in off["command"]


def test_what_a_configuration_says_is_data(given: list[str], tmp_path: Path) -> None:
    """Markup in titles comes through as the text it is: the page puts it in as text."""
    hostile = "</script><img src=x onerror=alert(1)>"
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "hostile.yaml").write_text(
        f"# @package _global_\nscenario: {{name: hostile, title: '{hostile}', description: '{hostile}'}}\n"
        f"policy: {{shut: {{title: '{hostile}', lever: student_refusal, countries: [USA], start: 2026, change: add, value: 0.4}}}}\n")
    with TestClient(application(Desk(given, str(tmp_path)), [HOST]), base_url=f"http://{HOST}") as client:
        offer = client.post("/api/offer", json={"scenario": "hostile"})
        assert offer.headers["content-type"] == "application/json" and offer.json()["title"] == hostile


def test_a_new_run_stops_the_tabs_old_one_and_no_other(given: list[str]) -> None:
    held = threading.Event()

    class Slow(Engine):
        def answer(self, *asked: Any) -> None:
            *_, say, cancelled = asked
            say(State("preparing", "held"))
            while not held.wait(0.005):
                if cancelled():
                    raise Cancelled
            say(State("done", "over"))

    with TestClient(application(Desk(given), [HOST], Slow()), base_url=f"http://{HOST}") as client:
        one, other = (client.post("/api/runs", json=TIGHT | {"tab": tab}).json()["run"] for tab in ("tab-one-1", "tab-two-2"))
        newer = client.post("/api/runs", json=TIGHT | {"tab": "tab-one-1"}).json()["run"]
        assert "Stopped" in client.get(f"/api/runs/{one}/events").text
        client.post(f"/api/runs/{other}/stop", json={})
        assert "Stopped" in client.get(f"/api/runs/{other}/events").text
        held.set()
        assert "over" in client.get(f"/api/runs/{newer}/events").text


def test_of_two_questions_of_a_tab_the_later_is_answered_whichever_is_composed_first(client: TestClient, given: list[str]) -> None:
    """A key pressed twice asks twice; where the first takes longer to compose, it must not end the second."""
    runs, question = client.app.state.page.runs, Desk(given).question(choice_of(TIGHT))     # type: ignore[attr-defined]
    first, other, second = runs.turn("tab-turns"), runs.turn("tab-turns-2"), runs.turn("tab-turns")

    async def start(tab: str, turn: int) -> str:
        return str(runs.start(tab, question, turn).id)

    later = client.portal.call(start, "tab-turns", second)
    with pytest.raises(Cancelled):
        client.portal.call(start, "tab-turns", first)
    assert client.portal.call(start, "tab-turns-2", other) != later and not runs.find(later).is_forgotten
    runs.stop_all()


def test_a_baseline_that_is_the_same_is_one_object_and_what_is_known_of_it_stays(given: list[str]) -> None:
    """To the last type: a number is not the truth value that equals it."""
    composer = Composer()
    one, other = (composer.arms([*given, "scenario=visa_tightening", f"policy.f1_refusal.value={value}"]) for value in (0.1, 0.2))
    assert one[0] is other[0] and one[1] != other[1] and one[1].world is one[0].world
    assert other[1] == Config.load(*given, "scenario=visa_tightening", "policy.f1_refusal.value=0.2")
    assert composer.arms([*given, "seed=7"])[0] is not one[0]
    composer.arms([*given, "ensemble.seed=1"])
    with pytest.raises(UserError):
        composer.arms([*given, "ensemble.seed=true"])
    arm_id(one[0]), arm_id(one[1])
    frozen.forget(one[0])
    held = {part for kept in frozen._REMEMBERED for part, *_ in kept}
    assert id(one[0]) in held and id(one[1]) not in held
    frozen.forget()


@pytest.mark.whole
def test_a_large_world_is_previewed_then_paired_and_the_fork_equals_the_full_run(given: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The toy world, taken as large: states in their order, and one pair from memory the same bits as the stored one."""
    monkeypatch.setattr(engine_module, "LEAST_PREVIEWED", 0.0)
    monkeypatch.setattr(engine_module, "LEAST_SAMPLED", 0.0)
    question = Desk([*given, "seed=7"]).question(choice_of(TIGHT))
    start = Pair(question.baseline, question.scenario).start
    assert start is not None
    states: list[State] = []
    engine = Engine()
    anchor = engine.answer(question.baseline, question.scenario, None, states.append, lambda: False)
    names = list(dict.fromkeys(each.name for each in states))
    assert names == ["preparing", "preview", "pair", "done"] and anchor is not None
    assert [each.preview[0] for each in states if each.preview] == list(range(start, 2036))
    pair = next(each for each in states if each.name == "pair").outcomes
    done = states[-1].outcomes
    assert pair is not None and done is not None
    for one, stored in zip(pair, done, strict=True):
        for name, values in one.items():
            assert np.array_equal(values[0], stored[name][0]), name
    again: list[State] = []
    other = Desk([*given, "seed=7"]).question(choice_of({"scenario": "visa_tightening", "policies": {"f1_refusal": {"value": 0.31}}}))
    engine.answer(other.baseline, other.scenario, anchor, again.append, lambda: False)
    first = next(each for each in again if each.preview)
    assert first.preview is not None and np.abs(first.preview[2] - done[1]["work_share"].mean(axis=0)[start - 2010]).max() < 5.0


@pytest.fixture(scope="module")
def session() -> Session:
    """One sitting, which knows the baseline after the first scenario."""
    return Session()


@pytest.mark.slow
@pytest.mark.parametrize("scenario", names_in_group("scenario"))
def test_the_fork_of_every_scenario_equals_the_full_run(session: Session, scenario: str) -> None:
    """What begins from the baseline's states in memory, bit for bit the run that the command line makes from the first year on."""
    arms = Composer().arms(["world=ai", "parameters=point", "population.scale=0.02", "ensemble.replications=1", f"scenario={scenario}"])
    one, other = (session.outcomes(arm, keep=arm is arms[0])["work_share"] for arm in arms)
    table = simulate(runs_of(arms[1])[0])[0]["outcomes"]
    for name, values in session.outcomes(arms[1], keep=False).items():
        assert table.loc[table["outcome"] == name, "value"].to_numpy().tobytes() == values.tobytes(), name
    start = Pair(*arms).start
    assert start is not None and (one[0][:start - 2010] == other[0][:start - 2010]).all()
    assert scenario == "baseline" or (one != other).any()


def test_a_worker_forgets_the_figures_of_its_draws(toy: Config, tmp_path: Path) -> None:
    """Each draw is a configuration of its own: to remember them all would fill the memory."""
    assert list(made_up_to([(runs_of(toy)[0], runs_of(toy)[0])], Store(tmp_path), SerialExecutor(), lambda: False)) == [1]
    assert not any(frozen._REMEMBERED)


def test_a_scenario_whose_policies_are_all_off_changes_nothing(client: TestClient) -> None:
    """Both arms are then one and the same run."""
    offered = client.post("/api/offer", json={"scenario": "visa_tightening"}).json()["sliders"]
    _, states = run(client, {"scenario": "visa_tightening", "policies": {each["name"]: None for each in offered}}, "tab-all-off")
    assert states[-1]["state"] == "done"
    assert {words[2] for year in states[-1]["numbers"]["outcomes"]["work_share"]["words"] for words in year} == {"0.00"}


def test_nothing_is_begun_once_somebody_has_stopped(toy: Config, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(Cancelled):
        list(made_up_to(list(zip(runs_of(toy), runs_of(toy), strict=True)), Store(tmp_path), pool, lambda: True))
    assert not list(Store(tmp_path))


@pytest.mark.parametrize("scenario", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in names_in_group("scenario")])
def test_a_slider_at_its_mark_changes_nothing(large: Desk, scenario: str) -> None:
    question = large.question(Choice(scenario=scenario))
    axes = lever_axes(question.baseline)
    for each in sliders(question.baseline, question.scenario):
        assert each["label"] and each["sentence"] and each["step"] > 0 and each["low"] <= each["high"]
        policy = question.scenario.policies[each["name"]]
        if each["neutral"] is None or policy.path is not None or each["name"] in question.baseline.policies:
            continue
        idle = policy.model_copy(update={"value": each["neutral"], "range": None})
        year = max(policy.start.year, question.baseline.world.burn_in_year)
        one, other = (levers_in_year(base_levers(question.baseline, year), question.baseline.policies | extra, year, axes)[policy.lever] for extra in ({}, {"it": idle}))
        assert np.allclose(one, other, equal_nan=True), each["name"]


def arms_shown(desk: Desk, choice: Choice) -> list[dict[str, Any]]:
    question = desk.question(choice)
    return sliders(question.baseline, question.scenario)


@pytest.mark.slow
def test_every_lever_can_be_added_with_whom_it_can_be_of(large: Desk) -> None:
    """As the form of the page sends it; each has a name of its own, and one that acts somewhere in its range can be moved."""
    offer = offered(large, large.question(Choice()))
    assert {each["name"] for each in offer["levers"]} == set(LEVERS)
    assert {field for each in offer["levers"] for field in each["selectors"]} <= set(PolicyChoice.model_fields)
    assert len({each["short"] for each in offer["levers"]}) == len(LEVERS)
    values = {"levels": [1], "employers": offer["firms"][:1]}
    policies: dict[str, PolicyChoice | None] = {each["name"]: PolicyChoice(lever=each["name"], change="add", value=0.1, start=2027, **{
        field: values.get(field, ["USA"]) for field in each["selectors"] if field not in ("headquarters", "partners")}) for each in offer["levers"]}
    shown_all = {each["lever"]: each for each in arms_shown(large, Choice(policies=policies))}
    assert set(shown_all) == set(LEVERS)
    assert shown_all["service"]["idle"] == "" and shown_all["service"]["still"]        # a right that is whole can only become less
    assert "limit" in shown_all["work_visa_cap"]["idle"]


def test_a_policy_at_its_mark_can_be_moved_again(large: Desk) -> None:
    choice = Choice(scenario="visa_tightening", policies={"f1_refusal": PolicyChoice(value=0.0)})
    found = {each["name"]: each for each in arms_shown(large, choice)}
    assert found["f1_refusal"]["idle"] == "" and found["f1_refusal"]["still"] and not found["h1b_odds"]["still"]


@pytest.mark.parametrize(("low", "high", "expected"), [(0.0, 0.6, 0.01), (0.0, 1.0, 0.01), (0.1, 1.0, 0.01), (0.0, 3.0, 0.05), (0.0, 250_000.0, 5000.0), (1.0, 1.0, 1.0)])
def test_a_step_is_round(low: float, high: float, expected: float) -> None:
    assert step(low, high) == expected


def test_a_taken_port_gives_way_to_the_next() -> None:
    one, wanted = free_socket(18990)
    other, asked = free_socket(one.getsockname()[1])
    try:
        assert one.getsockname()[0] == other.getsockname()[0] == "127.0.0.1"
        assert wanted == 18990 and asked == one.getsockname()[1] < other.getsockname()[1]
    finally:
        one.close()
        other.close()


def test_a_world_of_millions_is_bounded(large: Desk) -> None:
    """Without its tables the world says what the command line says; no path comes from the page."""
    with pytest.raises(UserError, match=r"data_dir"):
        large.question(Choice(world="scholars"))


def test_the_server_listens_to_this_machine_alone() -> None:
    listening, _ = free_socket(18940)
    try:
        assert listening.getsockname()[0] == "127.0.0.1" and listening.family == socket.AF_INET
    finally:
        listening.close()


def test_the_workbook_holds_the_answer(client: TestClient, answered: tuple[str, list[dict[str, Any]]], tmp_path: Path) -> None:
    (tmp_path / "answer.xlsx").write_bytes(client.get(f"/api/runs/{answered[0]}/workbook.xlsx").content)
    book, numbers = sheets(tmp_path / "answer.xlsx"), answered[1][-1]["numbers"]
    head, *rows = book["Headline"]
    found = {(row[head.index("outcome")], row[head.index("country")]): row[head.index("difference")] for row in rows}
    for place, code in enumerate(numbers["codes"][:4]):
        assert found["work_share", code] == pytest.approx(numbers["outcomes"]["work_share"]["difference"][-1][place], abs=1e-4)
    asked = {row[0]: str(row[1]) for row in book["Asked"]}
    assert "scenario=visa_tightening" in asked["Command"] and asked["Version"].startswith("talentsim ")
    assert {"Over time", "Diverted", "Scenarios", "Dictionary"} <= set(book)


@pytest.mark.parametrize(("given", "policies", "lines"), [
    (["policy.f1_refusal.value=0.1"], {"f1_refusal": {"value": 0.3}}, ["policy.f1_refusal.value=0.3"]), (["policy.f1_refusal.value=0.1"], {"f1_refusal": None}, ["policy.f1_refusal=null"]),
    (["+policy.mine={lever: pay}"], {"mine": None}, []), (["+policy.mine={lever: pay}"], {"mine": {"value": 2.5}}, ["+policy.mine={lever: pay}", "policy.mine.value=2.5"])])
def test_what_the_page_sets_takes_the_place_of_what_was_given(given: list[str], policies: dict[str, Any], lines: list[str]) -> None:
    asked = overrides_of(choice_of({"policies": policies}), given)
    assert asked == lines
    refuse_repeats(asked)


@pytest.mark.slow
def test_a_page_whose_workers_were_ended_from_outside_gets_others(given: list[str], tmp_path: Path) -> None:
    question = Desk([*(line for line in given if not line.startswith(("executor=", "output.dir="))), "executor=processes", "executor.workers=2", f"output.dir={tmp_path}"]).question(choice_of(TIGHT))
    engine, states = Engine(workers=Workers()), list[State]()
    try:
        pids = set(engine.workers.each(question.baseline, _pid_of, range(8), lambda: False))
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(UserError, match="worker process was ended"):
            engine.workers.each(question.baseline, _pid_of, range(8), lambda: False)
        engine.answer(question.baseline, question.scenario, None, states.append, lambda: False)
        assert states[-1].name == "done"
    finally:
        engine.close()


def _pid_of(_: int) -> int:
    time.sleep(0.05)        # so that each worker gets some
    return os.getpid()
