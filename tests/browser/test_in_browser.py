"""The report in a real browser without a network: whole, quiet, readable on a desk and in a hand, and on paper."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from chromium import Chromium

from results_folder import add_tables, every_table

pytestmark = pytest.mark.slow

HOSTILE = "</title><script>document.body.innerHTML = 'owned'</script><img src=x onerror=alert(1)>"
SCREENS = (1280, 390)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on a small comparison whose title is hostile, with every table that the report can draw."""
    folder = tmp_path_factory.mktemp("report")
    conf = folder / "conf" / "scenario"
    conf.mkdir(parents=True)
    quoted = HOSTILE.replace("'", "''")
    (conf / "hostile.yaml").write_text(
        f"# @package _global_\nscenario: {{name: hostile, title: '{quoted}', description: '{quoted}'}}\n"
        f"policy: {{shut: {{title: '{quoted}', note: '{quoted}', lever: student_refusal, countries: [USA], start: 2026, change: add, "
        "value: 0.4}}\n", encoding="utf-8")
    results = folder / "results"
    talentsim("--config-dir", str(folder / "conf"), "world=toy", "scenario=hostile", "ensemble.replications=3", "executor=serial",
              f"output.dir={folder}", f"hydra.run.dir={results}")
    add_tables(results, **every_table())
    talentsim("report", str(results))
    return results / "report.html"


def talentsim(*arguments: str) -> None:
    """Run the command line as a user does."""
    done = subprocess.run([sys.executable, "-m", "talentsim", *arguments], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as chromium:
        yield chromium


@pytest.mark.parametrize("width", SCREENS)
def test_nothing_is_asked_of_the_network_and_the_console_is_silent(report: Path, browser: Chromium, width: int) -> None:
    browser.open(report.as_uri(), width)
    assert browser.complaints() == []
    assert [each for each in browser.requests() if not each.startswith("data:")] == [report.as_uri()]


def test_what_a_configuration_says_is_text(report: Path, browser: Chromium) -> None:
    browser.open(report.as_uri(), 1280)
    assert browser.value("document.querySelectorAll('script, iframe, object, embed, [onerror], [onclick]').length") == 0
    assert browser.value("document.querySelector('h1').textContent") == HOSTILE
    assert browser.value("document.title") == HOSTILE


@pytest.mark.parametrize("width", SCREENS)
def test_every_picture_is_there_and_can_be_seen(report: Path, browser: Chromium, width: int) -> None:
    browser.open(report.as_uri(), width)
    stems = browser.value("[...document.querySelectorAll('figure')].map(each => each.id)")
    assert stems == ["difference_by_country", "work_over_time", "diversion", "world_map", "pathways", "corridors", "stay_curves",
                     "visa_funnel", "structure", "sensitivity", "baseline_fit"]
    seen = browser.value("[...document.images].map(each => [each.complete, each.naturalWidth, each.getBoundingClientRect().width,"
                         " each.getBoundingClientRect().height, each.naturalHeight, each.alt.length])")
    for is_complete, natural_width, shown_width, shown_height, natural_height, alt in seen:
        assert is_complete and natural_width > 500 and shown_width >= 600 and alt > 20
        assert shown_height / shown_width == pytest.approx(natural_height / natural_width, rel=0.02)


@pytest.mark.parametrize("width", SCREENS)
def test_the_page_does_not_scroll_sideways(report: Path, browser: Chromium, width: int) -> None:
    """Wide tables and pictures scroll inside boxes of their own."""
    browser.open(report.as_uri(), width)
    browser.value("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert browser.value("document.documentElement.scrollWidth") <= width
    outside = browser.value(
        "[...document.querySelectorAll('main p, main li, h1, h2, h3, .wide, .change, summary')].filter(each => "
        f"each.getBoundingClientRect().right > {width} + 0.5 && !each.closest('.wide .wide')).map(each => each.textContent.slice(0, 80))")
    assert outside == []


@pytest.mark.parametrize("width", SCREENS)
def test_text_is_large_enough_to_read(report: Path, browser: Chromium, width: int) -> None:
    browser.open(report.as_uri(), width)
    smallest = browser.value("Math.min(...[...document.querySelectorAll('p, li, td, th, figcaption, summary, code')]"
                             ".map(each => parseFloat(getComputedStyle(each).fontSize)))")
    assert smallest >= 11.5


def test_no_picture_is_cut_on_paper(report: Path, browser: Chromium) -> None:
    """Every picture is painted over in a colour of its own: on paper each colour is one whole rectangle on one page."""
    import pypdfium2

    browser.open(report.as_uri(), 1280)
    shapes = browser.value("[...document.images].map(each => each.naturalHeight / each.naturalWidth)")
    colours = [(20 + 20 * place, 250 - 20 * place, 128) for place in range(len(shapes))]
    svg = [f"<svg xmlns='http://www.w3.org/2000/svg' width='1000' height='{1000 * shape:.0f}'><rect width='100%' height='100%' "
           f"fill='rgb{colour}'/></svg>" for shape, colour in zip(shapes, colours, strict=True)]
    sources = [f"data:image/svg+xml;base64,{base64.b64encode(each.encode()).decode()}" for each in svg]
    browser.value(f"Promise.all({sources!r}.map((source, place) => {{ document.images[place].src = source;"
                  " return document.images[place].decode() }))")
    pdf = pypdfium2.PdfDocument(base64.b64decode(browser.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"]))
    pages = [np.asarray(page.render(scale=1.0).to_pil().convert("RGB"), np.int16) for page in pdf]
    for shape, colour in zip(shapes, colours, strict=True):
        painted = [np.abs(page - np.array(colour)).max(axis=2) <= 3 for page in pages]
        found = [place for place, mask in enumerate(painted) if mask.any()]
        assert len(found) == 1, f"a picture stands on pages {found}"
        rows, columns = np.nonzero(painted[found[0]])
        height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
        assert len(rows) == height * width and height / width == pytest.approx(shape, rel=0.03)
        assert width > 0.55 * pages[0].shape[1]


def test_the_whole_list_of_figures_is_printed_though_it_is_folded_on_the_screen(report: Path, browser: Chromium) -> None:
    import pypdfium2

    browser.open(report.as_uri(), 1280)
    pdf = pypdfium2.PdfDocument(base64.b64decode(browser.call("Page.printToPDF", preferCSSPageSize=True)["data"]))
    text = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    assert "location.weights.beta_pay" in "".join(text.split()) and "Identities of all runs" in text


def test_the_file_is_small_enough_to_send(report: Path) -> None:
    assert report.stat().st_size < 3_000_000
