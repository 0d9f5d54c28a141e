"""The live page in a real browser without a network: quiet, whole at 1280 and 390, by keyboard alone, and true."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from chromium import Chromium

pytestmark = pytest.mark.slow

SCREENS = (1280, 390)
WORLD = ("world=toy", "executor=serial", "ensemble.replications=2", "output.figures=false")
SLIDER = "lever-f1_refusal"
HEADLINE = "document.getElementById('headline').dataset.value"


class Server:
    """`talentsim dashboard` as a user starts it."""

    def __init__(self, folder: Path, *overrides: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen([sys.executable, "-u", "-m", "talentsim", "dashboard", "18200", *overrides, f"output.dir={folder}"],
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, cwd=folder)
        assert self.process.stdout is not None
        self.said = ""
        while "http://" not in self.said:
            line = self.process.stdout.readline()
            assert line, self.said
            self.said += line
        found = re.search(r"http://127\.0\.0\.1:\d+/", self.said)
        assert found, self.said
        self.url = found[0]
        self.port = int(self.url.rsplit(":", 1)[1].strip("/"))

    def stop(self, how: int = signal.SIGINT) -> str:
        if self.process.poll() is None:
            os.killpg(self.process.pid, how)
        rest, _ = self.process.communicate(timeout=30)
        return self.said + rest


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("page"), *WORLD)
    yield server
    server.stop()


@pytest.fixture
def browser(server: Server) -> Iterator[Chromium]:
    with Chromium() as chromium:
        opened(chromium, server)
        yield chromium


def opened(browser: Chromium, server: Server, width: int = 1280, address: str = "") -> None:
    browser.open(f"{server.url}?{time.monotonic()}{address}", width)       # another part behind "#" alone would load nothing
    done(browser)


def done(browser: Chromium, but: str = "") -> str:
    """Wait until a run is done and its view is there; return the run's id."""
    browser.wait_for("document.body.dataset.state === 'done' && document.body.dataset.view?.endsWith(' 2')"
                     f" && document.body.dataset.run !== {but!r}")
    return str(browser.value("document.body.dataset.run"))


@pytest.mark.parametrize("width", SCREENS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_fetched_nothing_complains_and_nothing_sticks_out(server: Server, browser: Chromium, width: int, theme: str) -> None:
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
    opened(browser, server, width)
    assert browser.complaints() == []
    assert all(each.startswith((server.url, "data:", "blob:")) for each in browser.requests())
    browser.value("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert browser.value("document.documentElement.scrollWidth") <= width
    assert browser.value(f"[...document.querySelectorAll('button, select, input, p, h1, figure, label')].filter(each => "
                         f"each.getBoundingClientRect().right > {width} + 0.5).map(each => each.id || each.textContent)") == []
    assert browser.value("document.getElementById('levers').scrollWidth <= document.getElementById('levers').clientWidth")
    smallest = browser.value("Math.min(...[...document.querySelectorAll('body *')].filter(each => [...each.childNodes].some(node => "
                             "node.nodeType === 3 && node.textContent.trim()) && each.checkVisibility())"
                             ".map(each => parseFloat(getComputedStyle(each).fontSize)))")
    assert smallest >= 11.0
    if width == 390:
        assert browser.value("document.getElementById('answer').getBoundingClientRect().top < document.getElementById('levers').getBoundingClientRect().top")


def test_a_key_on_a_slider_moves_the_headline_the_right_way(browser: Chromium) -> None:
    before, run = float(browser.value(HEADLINE)), done(browser)
    browser.value(f"document.getElementById('{SLIDER}').focus()")
    browser.press("ArrowRight", 15)
    run = done(browser, but=run)
    more = float(browser.value(HEADLINE))
    assert more < before < 0
    browser.press("Home")
    done(browser, but=run)
    assert float(browser.value(HEADLINE)) > more
    assert browser.value("new URLSearchParams(location.hash.slice(1)).get('policy.f1_refusal.value')") == "0"


def downloaded(folder: Path, pattern: str) -> Path:
    """Wait for a file that the browser saves."""
    until = time.monotonic() + 30
    while not (found := list(folder.glob(pattern))):
        assert time.monotonic() < until
        time.sleep(0.05)
    return found[0]


def test_the_page_says_what_the_command_line_says_and_a_link_is_a_scenario(server: Server, browser: Chromium) -> None:
    opened(browser, server, address="#scenario=visa_tightening&policy.f1_refusal.value=0.35&focus=CAN")
    command = browser.value("document.getElementById('command').textContent").split()
    assert command[0] == "talentsim" and "policy.f1_refusal.value=0.35" in command
    told = talentsim(*command[1:], "output.report=false", "output.tables=full", cwd=server.folder).stdout
    row = next(re.split(r"\s*│\s*", line.strip("│ \n")) for line in told.partition("Headline, 2035")[2].splitlines() if "│ CAN" in line)
    assert browser.value(HEADLINE) == row[-2] and browser.value("document.getElementById('headline').dataset.interval") == row[-1]
    assert row[-2].replace("-", "−") in browser.value("document.getElementById('headline').textContent")


def test_a_scenario_taken_away_gives_the_same_numbers(server: Server, browser: Chromium, tmp_path: Path) -> None:
    browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    browser.click("#yaml")
    found = downloaded(tmp_path, "*.yaml")
    (tmp_path / "scenario").mkdir()
    found.rename(tmp_path / "scenario" / found.name)
    told = talentsim("--config-dir", str(tmp_path), *WORLD, f"scenario={found.stem}", f"output.dir={server.folder}", "output.report=false",
                     cwd=tmp_path).stdout
    assert f" {browser.value(HEADLINE)} " in told


def test_the_picture_is_taken_away_and_the_full_comparison_opens_its_report(server: Server, browser: Chromium, tmp_path: Path) -> None:
    browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    browser.click("#picture")
    found = downloaded(tmp_path, "*.png")
    assert found.read_bytes().startswith(b"\x89PNG")
    browser.click("#full")
    link = browser.wait_for("document.querySelector('#full-said a')?.getAttribute('href')", 240)
    with urllib.request.urlopen(f"{server.url.rstrip('/')}{link}", timeout=30) as report:
        text = report.read().decode()
        assert "script-src" not in report.headers["content-security-policy"] and "default-src 'none'" in report.headers["content-security-policy"]
    assert browser.value("document.getElementById('headline').textContent").split()[2].lstrip("\u2212").split("0.")[-1] in text
    folder = Path(browser.value("document.getElementById('full-said').textContent").removeprefix("Results: ").removesuffix(" Open the report"))
    assert folder.is_relative_to(server.folder) and (folder / "report.html").read_text(encoding="utf-8") == text


def test_a_slider_at_its_mark_can_be_moved_on(browser: Chromium) -> None:
    run = done(browser)
    browser.value(f"document.getElementById('{SLIDER}').focus()")
    browser.press("Home")
    run = done(browser, but=run)
    card = "document.querySelector('[data-policy=f1_refusal]')"
    assert browser.value(f"{card}.querySelector('.idle').textContent") == "At this value it changes nothing."
    browser.value(f"document.getElementById('{SLIDER}').focus()")
    browser.press("ArrowRight", 3)
    done(browser, but=run)
    assert browser.value(f"{card}.querySelector('.idle').hidden") and browser.value(f"Number(document.getElementById('{SLIDER}').value)") > 0


def test_a_mistake_is_told_beside_its_slider_in_the_command_lines_words(server: Server, browser: Chromium) -> None:
    number = "document.querySelector('[data-policy=f1_refusal] input[type=number]')"
    browser.value(f"{number}.value = 90; {number}.dispatchEvent(new Event('change', {{bubbles: true}}))")
    browser.wait_for("document.body.dataset.state === 'error'")
    stderr = talentsim(*WORLD, "scenario=visa_tightening", "policy.f1_refusal.value=0.9", f"output.dir={server.folder}", cwd=server.folder, code=2).stderr
    beside = browser.value("document.querySelector('[data-policy=f1_refusal] .error').textContent")
    assert stderr == f"talentsim: {beside}\n"
    above = browser.value("document.getElementById('error').textContent")
    assert above == f"{beside}\nWhat is shown is the last valid scenario."
    assert browser.value("document.getElementById('rest').classList.contains('stale')")
    browser.click("#undo")
    done(browser)
    assert not browser.value("document.getElementById('rest').classList.contains('stale')")
    assert browser.value("document.getElementById('error').hidden")


@pytest.mark.parametrize("address", ["#scenario=visa_tightning", "#world=mars", "#year=spring"])
def test_a_link_that_is_wrong_is_told_and_reset_opens_the_page_without_it(server: Server, browser: Chromium, address: str) -> None:
    browser.open(f"{server.url}?{time.monotonic()}{address}", 1280)
    browser.wait_for("document.body.dataset.state === 'error'")
    assert "“Reset” opens the page without it" in browser.value("document.getElementById('error').textContent")
    for button in ("keep", "none", "yaml"):
        browser.value(f"document.getElementById('{button}').click()")
    browser.value("document.getElementById('year').dispatchEvent(new Event('change'))")
    browser.click("#reset")
    done(browser)
    assert browser.value("document.getElementById('error').hidden") and not [each for each in browser.complaints() if "exceptionDetails" in each]


def test_the_map_by_mouse_and_by_keyboard_and_nothing_is_run_for_it(browser: Chromium) -> None:
    run = browser.value("document.body.dataset.run")
    browser.events.clear()
    browser.value("document.querySelector('#map [tabindex][data-code=CHN]').focus()")
    browser.press("Enter")
    browser.wait_for("document.getElementById('headline').textContent.startsWith('China')")
    browser.click("#map [tabindex][data-code=IND]")
    browser.wait_for("document.body.dataset.view?.startsWith('IND') && document.getElementById('headline').textContent.startsWith('India')")
    assert browser.value("document.getElementById('focus').value") == "IND"
    browser.value("document.getElementById('year').focus()")
    browser.press("ArrowLeft", 3)
    browser.wait_for("document.body.dataset.view === 'IND 2032 2'")
    assert browser.value("document.body.dataset.run") == run
    assert not [each for each in browser.requests() if each.endswith("/api/runs")]


def test_a_region_and_several_countries_are_looked_at_together(browser: Chromium) -> None:
    """From the list, from the map with Shift, and in a link; nothing is run, and the command line follows."""
    run = browser.value("document.body.dataset.run")
    browser.events.clear()
    browser.value("(() => { const focus = document.getElementById('focus'); focus.value = 'NORTH_AMERICA'; focus.dispatchEvent(new Event('change')) })()")
    browser.wait_for("document.body.dataset.view === 'NORTH_AMERICA 2035 2'")
    assert browser.value("document.getElementById('headline').textContent").startswith("North America: ")
    assert browser.value("document.querySelectorAll('#map [tabindex].chosen').length") == 2
    browser.value("document.querySelector('#map [tabindex][data-code=CHN]').dispatchEvent(new MouseEvent('click', {shiftKey: true, bubbles: true}))")
    browser.wait_for("document.body.dataset.view === 'USA+CAN+CHN 2035 2'")
    assert browser.value("document.getElementById('headline').textContent").startswith("United States, Canada and China: ")
    browser.wait_for("document.getElementById('command').textContent.includes('focus=[USA,CAN,CHN]')")
    browser.value("document.getElementById('several').open = true; for (const each of document.getElementById('several-countries').options) "
                  "each.selected = ['IND', 'CAN'].includes(each.value); document.getElementById('several-look').click()")
    browser.wait_for("document.body.dataset.view === 'IND+CAN 2035 2' || document.body.dataset.view === 'CAN+IND 2035 2'")
    assert browser.value("document.body.dataset.run") == run and not [each for each in browser.requests() if each.endswith("/api/runs")]
    assert browser.complaints() == []
    browser.value("document.isOld = true; location.reload()")
    browser.wait_for("!document.isOld && document.readyState === 'complete' && document.body?.dataset.view?.endsWith(' 2')")
    assert re.match(r"(India and Canada|Canada and India): .+ points", browser.value("document.getElementById('headline').textContent"))


def test_keyboard_alone_reaches_everything(browser: Chromium) -> None:
    """Tab visits every control that is to be used, and what has the focus can be seen."""
    wanted = set(browser.value("[...document.querySelectorAll('button, select, input, summary, #map [tabindex]')].filter(each => !each.disabled && "
                               "each.checkVisibility()).map((each, place) => (each.dataset.visit = String(place)))"))
    seen = set()
    for _ in range(len(wanted) + 12):
        browser.press("Tab")
        seen.add(browser.value("document.activeElement.dataset.visit"))
    assert wanted <= seen
    browser.value("document.querySelector('#add summary').focus()")
    browser.press("Enter")
    assert browser.value("document.getElementById('add').open")


def test_a_policy_can_be_added_switched_off_and_taken_back(browser: Chromium) -> None:
    run, cards = done(browser), "document.querySelectorAll('.policy').length"
    n = browser.value(cards)
    browser.value("document.querySelector('#add summary').click(); document.getElementById('add-lever').value = 'student_refusal';"
                  " document.getElementById('add-lever').dispatchEvent(new Event('change'));"
                  " [...document.getElementById('add-countries').options].forEach(each => { each.selected = each.value === 'CAN' });"
                  " document.getElementById('add-value').value = '-10'; document.querySelector('#add-form button').click()")
    run = done(browser, but=run)
    assert browser.value(cards) == n + 1
    assert browser.value("[...document.querySelectorAll('.policy')].some(each => each.querySelector('.named label').textContent === 'Student visas refused, Canada'"
                         " && each.querySelector('output').textContent === '\u221210 points')")
    browser.click("#lever-h1b_renewals-on")
    run = done(browser, but=run)
    assert browser.value("document.querySelector('[data-policy=h1b_renewals]').classList.contains('off')")
    assert "policy.h1b_renewals=null" in browser.value("document.getElementById('command').textContent")
    browser.click("#undo")
    run = done(browser, but=run)
    assert not browser.value("document.querySelector('[data-policy=h1b_renewals]').classList.contains('off')")
    browser.click("#reset")
    run = done(browser, but=run)
    assert browser.value(cards) == n
    browser.click("#none")
    done(browser, but=run)
    assert browser.value(cards) == 0 and float(browser.value(HEADLINE)) == 0 and browser.value("document.getElementById('add').open")
    assert browser.complaints() == []


def test_an_answer_stays_beside_another(browser: Chromium) -> None:
    run, before = done(browser), browser.value(HEADLINE)
    browser.click("#keep")
    browser.value(f"document.getElementById('{SLIDER}').focus()")
    browser.press("End")
    done(browser, but=run)
    assert before.replace("-", "−") in browser.value("document.getElementById('kept').textContent") and browser.value(HEADLINE) != before
    assert "Dotted: kept" in browser.value("document.getElementById('lines-title').textContent")


def test_two_tabs_do_not_disturb_each_other(server: Server, browser: Chromium) -> None:
    with Chromium() as other:
        opened(other, server, address="#scenario=visa_opening")
        mine, run = browser.value(HEADLINE), browser.value("document.body.dataset.run")
        other.value("document.querySelector('.policy input[type=range]:not(:disabled)').focus()")
        other.press("ArrowRight", 3)
        done(other, but=other.value("document.body.dataset.run"))
        assert browser.value(HEADLINE) == mine and browser.value("document.body.dataset.run") == run
        assert browser.value("document.body.dataset.state") == "done" and other.value(HEADLINE) != mine


def test_stop_stops_and_a_new_move_aborts_the_old(tmp_path: Path) -> None:
    server = Server(tmp_path, "world=toy", "executor=threads", "executor.workers=1", "ensemble.replications=400", "output.people=false")
    try:
        with Chromium() as browser:
            browser.open(server.url, 1280)
            browser.wait_for("['pair', 'draws'].includes(document.body.dataset.state)")
            first = browser.value("document.body.dataset.run")
            browser.value(f"document.getElementById('{SLIDER}').focus()")
            browser.press("ArrowRight")
            browser.wait_for(f"document.body.dataset.run !== '{first}' && ['pair', 'draws'].includes(document.body.dataset.state)")
            browser.click("#stop")
            browser.wait_for("document.body.dataset.state === 'stopped' && document.getElementById('status').textContent === 'Stopped'", 20)
            n = len(list((tmp_path / "store").glob("*/manifest.json")))
            time.sleep(1.5)
            assert len(list((tmp_path / "store").glob("*/manifest.json"))) - n <= 2, "runs go on after the stop"
    finally:
        server.stop()


def test_the_page_says_when_the_server_has_gone(tmp_path: Path) -> None:
    server = Server(tmp_path, *WORLD)
    try:
        with Chromium() as browser:
            opened(browser, server)
            server.stop(signal.SIGKILL)
            browser.wait_for("document.body.dataset.state === 'gone' && document.getElementById('status').textContent.startsWith('The server has gone')", 20)
    finally:
        server.stop()


def test_the_server_listens_to_this_machine_alone_tells_a_taken_port_and_ends_on_ctrl_c(server: Server, tmp_path: Path) -> None:
    listening = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"]
    assert f"0100007F:{server.port:04X}" in listening and f"00000000:{server.port:04X}" not in listening
    other = Server(tmp_path, *WORLD)
    assert f"Port 18200 is taken; the next one that is free is {other.port}" in other.said and other.port != server.port
    request = urllib.request.Request(other.url, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    assert refused.value.code == 403
    refused.value.close()
    with contextlib.closing(socket.create_connection(("127.0.0.1", other.port))):
        said = other.stop()
    assert other.process.returncode == 0 and "The page is closed" in said and "Traceback" not in said


def test_ctrl_c_while_structures_are_asked_for_is_no_error(tmp_path: Path) -> None:
    """Eight requests that each take seconds are under way when the signal comes."""
    server = Server(tmp_path, "world=ai", "parameters=point", "population.scale=0.2", "ensemble.replications=1", "executor=serial")

    def sent(address: str, **content: object) -> bytes:
        request = urllib.request.Request(server.url + address, json.dumps(content).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as response:
            return bytes(response.read())

    run = json.loads(sent("api/runs", tab="a-tab-of-tests", scenario="visa_tightening"))["run"]
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(sent, f"api/runs/{run}/under", structure=name) for name in ["no_feedback", "entry_plateau"] * 4]
        time.sleep(1.0)
        said = server.stop()
        assert any(each.exception() or each.result() == b"null" for each in asked), "none was under way any more"
    assert server.process.returncode == 0 and "The page is closed" in said and "Traceback" not in said


def talentsim(*arguments: str, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does."""
    ran = subprocess.run([sys.executable, "-m", "talentsim", *arguments], capture_output=True, text=True, timeout=300, check=False, cwd=cwd)
    assert ran.returncode == code, ran.stdout + ran.stderr
    return ran
