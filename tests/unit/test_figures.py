"""Figures: what they show, that their text can be read, and that their files come out the same each time."""

from __future__ import annotations

import io
import itertools
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.text import Text

import figure_tables as tables
from talentsim.decide.sensitivity import by_figure
from talentsim.report import numbers
from talentsim.report.colours import UNKNOWN_COUNTRY, country_colour
from talentsim.report.figures import style
from talentsim.report.figures.alluvial import alluvial
from talentsim.report.figures.corridors import corridor_matrix
from talentsim.report.figures.difference import difference_by_country
from talentsim.report.figures.diversion import diversion_flow
from talentsim.report.figures.dose_response import dose_response
from talentsim.report.figures.fit import baseline_fit
from talentsim.report.figures.funnel import visa_funnel
from talentsim.report.figures.over_time import work_over_time
from talentsim.report.figures.save import drawn, save_figure
from talentsim.report.figures.scorecard import scorecard
from talentsim.report.figures.shares import variance_shares
from talentsim.report.figures.stay import stay_curves
from talentsim.report.figures.structure import structure_range
from talentsim.report.figures.targets import target_card
from talentsim.report.figures.tornado import tornado
from talentsim.report.figures.world_map import world_map

COUNTRIES = ["USA", "CHN", "IND", "GBR", "DEU", "FRA", "CAN", "CHE", "NLD", "ISR", "KOR", "JPN", "SGP", "AUS", "IRN", "REU", "ROW"]
LEVELS = np.array([38, 26, 6.2, 4.5, 4.1, 2.2, 3.1, 1.1, 1, 1.2, 2.1, 2.3, 1, 1.6, 0.9, 3.2, 5.5])
EFFECTS = np.array([-2.6, 1.1, 0.35, 0.22, 0.15, 0.08, 0.41, 0.03, 0.02, 0.004, -0.03, 0.02, 0.05, 0.09, 0.01, 0.06, 0.076])
NAMES = {"scenario": "visa_tightening", "source": "world ai, 20 replications, seed 1, talentsim 0.1.0"}
DOSE = {"dose": "visa_tightening: policy.f1_refusal.value", "outcome": "Works in USA, 2035", "unit": "% of works",
        "source": NAMES["source"]}
VARIED = {"outcome": "Works in USA, 2035", "unit": "% of works"}
AWKWARD = {"scenario": "cost_$5_and_$x^{2$_" + "very_long_" * 12, "source": "a_$b$_c " * 40}


def over_time(codes: list[str] = COUNTRIES, effect: float = 1.0) -> pd.DataFrame:
    """Shares of work from 2010 to 2035, in %; the arms part after 2026."""
    years, rows = np.arange(2010, 2036), []
    for code, level, size in zip(codes, LEVELS, EFFECTS, strict=False):
        for arm, change in (("baseline", 0.0), ("scenario", effect * size)):
            mean = level * (1 - 0.01 * (years - 2024)) + change * np.clip((years - 2026) / 9, 0, 1)
            rows.append(pd.DataFrame({"country": code, "year": years, "arm": arm, "mean": mean, "low": 0.98 * mean, "high": 1.02 * mean}))
    return pd.concat(rows, ignore_index=True).assign(outcome="work_share")


def headline(codes: list[str] = COUNTRIES, scale: float = 1.0, outcome: str = "work_share", unit: str = "% of works") -> pd.DataFrame:
    """Differences in 2035, in points at scale 1."""
    level, size = scale * LEVELS[: len(codes)], scale * EFFECTS[: len(codes)]
    half = 0.1 * abs(size) + 0.02 * scale
    columns = {"baseline": level, "scenario": level + size, "difference": size, "low": size - half, "high": size + half}
    return pd.DataFrame({"outcome": outcome, "country": codes, "unit": unit, "year": 2035, **columns})


def paired() -> pd.DataFrame:
    """Differences from 2010 to 2035 with intervals of a tenth of a point to each side, in points."""
    wide = over_time().pivot(index=["outcome", "country", "year"], columns="arm", values="mean")
    gap = (wide["scenario"] - wide["baseline"]).rename("difference").reset_index()
    return gap.assign(low=gap["difference"] - 0.1, high=gap["difference"] + 0.1)


def diversion(codes: list[str] = COUNTRIES, moved: float = 40.0) -> pd.DataFrame:
    """People by country in both arms: as many lost as gained, but for a hundred times more lost to the second country."""
    pairs = itertools.product(range(len(codes)), repeat=2)
    rows = [(codes[a], codes[b], 2300 * LEVELS[a] if a == b else moved * (100 if (a, b) == (0, 1) else 1)) for a, b in pairs]
    table = pd.DataFrame(rows, columns=["baseline_country", "scenario_country", "researchers"])
    return table.assign(low=0.9 * table["researchers"], high=1.1 * table["researchers"])


def people(codes: list[str] = COUNTRIES) -> pd.DataFrame:
    """Differences in researchers in 2035; those below a hundred are not clear of zero."""
    table = headline(COUNTRIES[: len(codes)], 1000.0, outcome="researchers", unit="people").assign(country=codes)
    table["difference"] *= 1000.0
    return table.assign(low=table["difference"] - 100.0, high=table["difference"] + 100.0)


def single_replication(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table without intervals."""
    return table.assign(low=np.nan, high=np.nan)


FIGURES: dict[str, Callable[[], Figure]] = {
    "time_6": lambda: work_over_time(over_time(), countries=COUNTRIES[:6], policy_start=2026.0, **NAMES),
    "time_17": lambda: work_over_time(over_time(), countries=COUNTRIES, policy_start=2026.0, **NAMES),
    "time_paired": lambda: work_over_time(over_time(), countries=COUNTRIES[:3], policy_start=2026, differences=paired(), level=0.9, **NAMES),
    "time_toy": lambda: work_over_time(over_time(COUNTRIES[:4]), countries=COUNTRIES[:4], policy_start=None, **NAMES),
    "time_null": lambda: work_over_time(over_time(effect=0.0), countries=COUNTRIES[:2], policy_start=2010.5, **NAMES),
    "time_single": lambda: work_over_time(single_replication(over_time()), countries=COUNTRIES[:3], policy_start=2040, **NAMES),
    "time_absent": lambda: work_over_time(over_time(), countries=["USA", "XXX"], policy_start=2026.0, **NAMES),
    "time_nothing": lambda: work_over_time(over_time().iloc[:0], countries=COUNTRIES[:1], policy_start=2026.0, **NAMES),
    "time_no_country": lambda: work_over_time(over_time(), countries=[], policy_start=2026.0, **NAMES),
    "time_awkward": lambda: work_over_time(over_time(), countries=COUNTRIES[:1], policy_start=2026.5, **AWKWARD),
    "difference_17": lambda: difference_by_country(headline(), outcome="work_share", **NAMES),
    "difference_toy": lambda: difference_by_country(headline(COUNTRIES[:4], 1e-3), outcome="work_share", **NAMES),
    "difference_people": lambda: difference_by_country(
        headline(scale=9e4, outcome="researchers", unit="researchers"), outcome="researchers", **NAMES),
    "difference_null": lambda: difference_by_country(headline().assign(difference=0.0, low=0.0, high=0.0), outcome="work_share", **NAMES),
    "difference_single": lambda: difference_by_country(single_replication(headline()), outcome="work_share", **NAMES),
    "difference_nothing": lambda: difference_by_country(headline(), outcome="no_such_outcome", **NAMES),
    "difference_awkward": lambda: difference_by_country(headline(), outcome="work_share", **AWKWARD),
    "flow_17": lambda: diversion_flow(diversion(), focus="USA", year=2035, **NAMES),
    "flow_toy": lambda: diversion_flow(diversion(COUNTRIES[:4], 0.05), focus="IND", year=2035, **NAMES),
    "flow_single": lambda: diversion_flow(single_replication(diversion()), focus="CHN", year=2035, **NAMES),
    "flow_zero": lambda: diversion_flow(diversion(moved=0.0), focus="USA", year=2035, **NAMES),
    "flow_absent": lambda: diversion_flow(diversion(), focus="XXX", year=2035, **NAMES),
    "flow_awkward": lambda: diversion_flow(diversion(), focus="USA", year=2035, **AWKWARD),
    "alluvial_17": lambda: alluvial(tables.pathways(), year=2035, **NAMES),
    "alluvial_two_stages": lambda: alluvial(tables.pathways(COUNTRIES[:4], with_hq=False), year=2035, **NAMES),
    "alluvial_nothing": lambda: alluvial(tables.pathways().assign(works=0.0), year=2035, **NAMES),
    "alluvial_awkward": lambda: alluvial(tables.pathways(), year=2035, **AWKWARD),
    "corridors_17": lambda: corridor_matrix(tables.corridors(), years=(2026, 2035), **NAMES),
    "corridors_toy": lambda: corridor_matrix(tables.corridors(COUNTRIES[:4], 1e-3), years=(2026, 2026), **NAMES),
    "corridors_some": lambda: corridor_matrix(tables.corridors(), years=(2026, 2035), n_countries=5, **NAMES),
    "corridors_single": lambda: corridor_matrix(single_replication(tables.corridors(COUNTRIES[:8])), years=(2026, 2035), **NAMES),
    "corridors_nothing": lambda: corridor_matrix(tables.corridors().iloc[:0], years=(2026, 2035), **NAMES),
    "corridors_awkward": lambda: corridor_matrix(tables.corridors(COUNTRIES[:8]), years=(2026, 2035), **AWKWARD),
    "map_17": lambda: world_map(people(), **NAMES),
    "map_toy": lambda: world_map(people(["USA", "CHN", "IND", "CAN"]), **NAMES),
    "map_europe": lambda: world_map(people(["FRA", "DEU", "ITA", "ESP", "POL", "BEL", "AUT", "SWE", "GBR"]), **NAMES),
    "map_elsewhere": lambda: world_map(people(["USA", "ATLANTIS"]), **NAMES),
    "map_null": lambda: world_map(people().assign(difference=0.0, low=0.0, high=0.0), **NAMES),
    "map_single": lambda: world_map(single_replication(people()), **NAMES),
    "map_nothing": lambda: world_map(people(), outcome="no_such_outcome", **NAMES),
    "map_awkward": lambda: world_map(people(), **AWKWARD),
    "stay_8": lambda: stay_curves(tables.stay(), training="USA", cohorts=(2021, 2025), **NAMES),
    "stay_one": lambda: stay_curves(tables.stay(["CHN"], range(1, 6, 4)), training="USA", cohorts=(2021, 2021), **NAMES),
    "stay_single": lambda: stay_curves(single_replication(tables.stay()), training="USA", cohorts=(2021, 2025), **NAMES),
    "stay_nothing": lambda: stay_curves(tables.stay(), training="CHN", cohorts=(2021, 2025), **NAMES),
    "stay_awkward": lambda: stay_curves(tables.stay(), training="USA", cohorts=(2021, 2025), **AWKWARD),
    "funnel_5": lambda: visa_funnel(tables.funnel(), country="USA", years=(2026, 2035), **NAMES),
    "funnel_one": lambda: visa_funnel(tables.funnel(("student_visa",)), country="USA", years=(2026, 2026), **NAMES),
    "funnel_nothing": lambda: visa_funnel(tables.funnel(), country="CAN", years=(2026, 2035), **NAMES),
    "funnel_awkward": lambda: visa_funnel(tables.funnel(), country="USA", years=(2026, 2035), **AWKWARD),
    "dose": lambda: dose_response(tables.sweep(), **DOSE),
    "dose_series": lambda: dose_response(tables.sweep(("trend", "plateau")), **DOSE),
    "dose_words": lambda: dose_response(tables.sweep(words=True), **DOSE),
    "dose_nothing": lambda: dose_response(tables.sweep().iloc[:0], **DOSE),
    "structure": lambda: structure_range(tables.variants(), outcome="Works in USA, 2035", unit="% of works", **NAMES),
    "structure_nothing": lambda: structure_range(tables.variants().iloc[:0], outcome="Works", unit="works", **NAMES),
    "structure_awkward": lambda: structure_range(tables.variants(), outcome="Works in USA, 2035", unit="% of works", **AWKWARD),
    "tornado": lambda: tornado(by_figure(tables.sensitivity()), here=-2.4, **VARIED, **NAMES),
    "tornado_many": lambda: tornado(pd.concat([by_figure(tables.sensitivity())] * 9, ignore_index=True), here=-2.4, **VARIED, **NAMES),
    "tornado_keys": lambda: tornado(by_figure(tables.sensitivity().assign(title=lambda table: table["parameter"])), here=-2.4, **VARIED, **NAMES),
    "tornado_nothing": lambda: tornado(by_figure(tables.sensitivity()).iloc[:0], here=-2.4, **VARIED, **NAMES),
    "tornado_awkward": lambda: tornado(by_figure(tables.sensitivity()), here=-2.4, **VARIED, **AWKWARD),
    "fit": lambda: baseline_fit(tables.fit(), baseline="visa_tightening", source=NAMES["source"]),
    "fit_single": lambda: baseline_fit(single_replication(tables.fit()), baseline="visa_tightening", source=NAMES["source"]),
    "fit_nothing": lambda: baseline_fit(tables.fit().iloc[:0], baseline="visa_tightening", source=NAMES["source"]),
    "fit_awkward": lambda: baseline_fit(tables.fit(), baseline=AWKWARD["scenario"], source=AWKWARD["source"]),
    "scores": lambda: scorecard(tables.scores(), title="visa_tightening", source=NAMES["source"]),
    "scores_bare": lambda: scorecard(tables.scores()[["measure", "value", "low", "high"]], title="visa_tightening", source=NAMES["source"]),
    "shares": lambda: variance_shares(tables.shares(), outcome="Works in USA, 2035", **NAMES),
    "shares_nothing": lambda: variance_shares(tables.shares().iloc[:0], outcome="Works in USA, 2035", **NAMES),
    "targets": lambda: target_card(tables.targets(), title="visa_tightening", source=NAMES["source"]),
    "targets_nothing": lambda: target_card(tables.targets().iloc[:0], title="visa_tightening", source=NAMES["source"]),
    "scores_nothing": lambda: scorecard(tables.scores().iloc[:0], title="visa_tightening", source=NAMES["source"]),
}


DEAR = {"time_17", "corridors_17", "map_null", "map_toy", *(each for each in FIGURES if each.endswith(("_awkward", "_single", "_paired")))}
"""Figures of very many marks, and others of their kind: `make quick` leaves them to `make test`."""


@cache
def built(name: str) -> Figure:
    """Return one of the figures, made once for all tests that only look at it."""
    return FIGURES[name]()


def drawn_texts(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> list[Text]:
    """Draw with Agg, outside the house style, and return the texts that were drawn: no ticks beyond the axes."""
    drawn: list[Text] = []
    draw = Text.draw

    def record(self: Text, renderer: object) -> None:
        if self.get_visible() and self.get_text():
            drawn.append(self)
        draw(self, renderer)

    canvas = FigureCanvasAgg(figure)
    with monkeypatch.context() as patch:
        patch.setattr(Text, "draw", record)
        canvas.draw()
    return drawn


def words(figure: Figure) -> list[str]:
    """Return every text in a figure."""
    return [each.get_text() for each in figure.findobj(Text)]


def settings_now() -> dict[str, object]:
    """Return matplotlib's settings but the backend, which is only chosen when it is looked at."""
    return {key: matplotlib.rcParams[key] for key in matplotlib.rcParams if key != "backend"}


def svg_of(figure: Figure, folder: Path) -> bytes:
    """Return the bytes of the figure's SVG."""
    return save_figure(figure, folder, "figure")[1].read_bytes()


@pytest.mark.parametrize("name", [pytest.param(each, marks=pytest.mark.whole) if each in DEAR else each for each in FIGURES])
def test_text_is_literal_overlaps_no_other_and_stays_in_the_figure(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    figure = built(name)
    texts = drawn_texts(figure, monkeypatch)
    boxes = np.array([Text.get_window_extent(each).extents for each in texts])     # of an annotation without its line
    assert len(boxes) >= 4
    said = [each.get_text() for each in texts]
    for text, (left, bottom, right, top) in zip(said, boxes, strict=True):
        assert left >= 0 and right <= figure.bbox.width and bottom >= 0 and top <= figure.bbox.height, f"{text!r} is cut off"
    low, high = boxes[:, None, :2] + 0.5, boxes[:, None, 2:] - 0.5
    for one, other in np.argwhere(((low <= high.swapaxes(0, 1)) & (low.swapaxes(0, 1) <= high)).all(axis=2)):
        assert one == other, f"{said[one]!r} lies on {said[other]!r}"
    assert not any(each.get_parse_math() for each in figure.findobj(Text) if each.get_text())
    said = "".join(" ".join(words(figure)).split())
    given = AWKWARD if name.endswith("awkward") else NAMES
    assert all("".join(each.split()) in said for each in given.values())


@pytest.mark.parametrize("name", [pytest.param("time_17", marks=pytest.mark.whole), "difference_17", "flow_17"])
def test_every_country_is_named(name: str) -> None:
    assert set(COUNTRIES) - {"USA"} <= set(words(built(name)))


def test_over_time_draws_both_arms_and_their_difference_in_the_country_colour() -> None:
    figure = built("time_6")
    above, below = figure.axes[:2]
    scenario, baseline = above.lines[:2]
    assert same_color(scenario.get_color(), country_colour("USA"))
    assert scenario.get_linestyle() == "-" and baseline.get_linestyle() == "--"
    assert same_color(below.lines[0].get_color(), country_colour("USA"))
    np.testing.assert_allclose(below.lines[0].get_ydata(), scenario.get_ydata() - baseline.get_ydata())
    assert "difference \N{MINUS SIGN}2.60 points in 2035" in words(figure)


def test_over_time_shares_one_scale_of_differences_that_holds_zero_and_all_of_them() -> None:
    limits = {axes.get_ylim() for axes in built("time_6").axes[1::2]}
    (low, high), = limits
    assert low < EFFECTS.min() < 0 < EFFECTS.max() < high


def test_over_time_shows_the_paired_interval_where_it_is_given() -> None:
    figure = built("time_paired")
    band = figure.axes[1].collections[0].get_paths()[0].get_extents()
    assert band.y0 == pytest.approx(EFFECTS[0] - 0.1) and band.y1 == pytest.approx(0.1)
    assert "90 % interval of the paired difference" in " ".join(" ".join(words(figure)).split())
    assert not any("interval" in each for each in words(built("time_6")))


def test_over_time_never_magnifies_less_than_a_point() -> None:
    for axes in built("time_null").axes:
        assert np.ptp(axes.get_ylim()) >= 1.0


@pytest.mark.parametrize(("start", "is_drawn"), [(2026.0, True), (2010, True), (2040.0, False), (None, False)])
def test_over_time_marks_the_start_only_where_it_can_be_seen(start: float | None, is_drawn: bool) -> None:
    figure = work_over_time(over_time(), countries=["USA"], policy_start=start, **NAMES)
    assert any(each.startswith("policy starts") for each in words(figure)) == is_drawn
    assert figure.axes[0].get_xlim()[1] < 2037


def test_differences_are_ordered_and_coloured_by_their_sign() -> None:
    table = headline().sample(frac=1.0, random_state=np.random.default_rng(3))
    axes = difference_by_country(table, outcome="work_share", **NAMES).axes[0]
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    shown = [float(dot.get_xdata()[0]) for dot in dots]
    assert shown == sorted(EFFECTS, reverse=True)
    for value, dot in zip(shown, dots, strict=True):
        assert same_color(dot.get_color(), style.GAIN if value > 0 else style.LOSS)
        is_clear = abs(value) > 0.1 * abs(value) + 0.02
        assert same_color(dot.get_markerfacecolor(), dot.get_color() if is_clear else "white")
    assert axes.get_xlim()[0] < 0 < axes.get_xlim()[1]


def test_differences_carry_their_units_and_numbers() -> None:
    figure = built("difference_17")
    assert figure.axes[0].get_xlabel() == "scenario minus baseline, in percentage points"
    assert {"38.00", "−2.60", "−2.88 to −2.32"} <= set(words(figure))
    people = built("difference_people")
    assert people.axes[0].get_xlabel() == "scenario minus baseline, in researchers"
    assert "3,420,000" in words(people)


def test_the_level_of_the_intervals_is_named() -> None:
    for figure in (
        difference_by_country(headline(), outcome="work_share", level=0.9, **NAMES),
        diversion_flow(diversion(), focus="USA", year=2035, level=0.9, **NAMES),
    ):
        assert "90 % interval" in " ".join(" ".join(words(figure)).split())


def test_of_several_years_the_last_is_drawn() -> None:
    table = pd.concat([headline().assign(year=2030, difference=9.0), headline()])
    assert words(difference_by_country(table, outcome="work_share", **NAMES)) == words(built("difference_17"))


def test_flows_lie_on_two_sides_of_zero_and_add_up() -> None:
    figure = built("flow_17")
    lengths = [bar.get_width() for bar in figure.axes[0].patches]
    assert lengths == [-4000.0] + [-40.0] * 15 + [40.0] * 16
    colours = [bar.get_facecolor() for bar in figure.axes[0].patches]
    assert same_color(colours[0][:3], style.LOSS) and same_color(colours[-1][:3], style.GAIN)
    said = " ".join(" ".join(words(figure)).split())
    assert "In all USA loses 4,600 (5.0 % of its 92,000 in the baseline) and gains 640." in said


def test_intervals_of_few_people_end_at_none() -> None:
    axes = diversion_flow(diversion().assign(low=-5.0), focus="USA", year=2035, **NAMES).axes[0]
    lost, gained = (np.concatenate([line[:, 0] for line in lines.get_segments()]) for lines in axes.collections)
    assert lost.max() == 0.0 and gained.min() == 0.0


def test_flows_show_no_one_who_stays_and_no_pair_without_the_focus() -> None:
    table = diversion(["USA", "CHN", "IND"])
    table.loc[(table["baseline_country"] == "IND") | (table["scenario_country"] == "IND"), "researchers"] = 0.0
    labels = [each.get_text() for each in diversion_flow(table, focus="USA", year=2035, **NAMES).axes[0].get_yticklabels()]
    assert labels == ["CHN"]


@pytest.mark.parametrize(("name", "sentence"), [
    ("flow_zero", "Nobody is diverted"),
    ("flow_absent", "Nobody works in XXX"),
    ("difference_nothing", "no values for no_such_outcome"),
    ("time_absent", "no shares of work for XXX"),
    ("time_nothing", "no shares of work for USA"),
    ("time_no_country", "No country was asked for"),
    ("alluvial_nothing", "No works were made"),
    ("corridors_nothing", "Nobody moves between countries"),
    ("map_nothing", "no values for no_such_outcome"),
    ("map_elsewhere", "Without a place on the map: ATLANTIS"),
    ("stay_nothing", "Nobody took a doctorate in CHN"),
    ("funnel_nothing", "Nobody applies for a visa of CAN"),
    ("dose_nothing", "no result to draw"),
    ("structure_nothing", "No other assumption was run"),
    ("scores_nothing", "Nothing has been scored"),
    ("targets_nothing", "Nothing has been scored"),
    ("shares_nothing", "Too few sets of figures"),
])
def test_nothing_to_show_is_said_in_words(name: str, sentence: str) -> None:
    assert any(sentence in " ".join(each.split()) for each in words(built(name)))


def test_shares_are_bars_of_their_size_and_targets_lie_where_they_miss() -> None:
    bars = [each.get_width() for each in built("shares").axes[0].patches]
    assert bars == pytest.approx([62.0, 20.0, -3.0, 21.0]) and "how much of the spread (variance) over 64 sets" in " ".join(" ".join(words(built("shares"))).split())
    marks = [line for line in built("targets").axes[0].lines if line.get_marker() in ("o", "<", ">")]
    assert [(float(each.get_xdata()[0]), each.get_marker()) for each in marks] == [(0.4, "o"), (-2.6, "o"), (4.0, ">"), (0.1, "o")]
    assert [same_color(each.get_color(), style.GAIN) for each in marks] == [True, False, False, True]
    assert [same_color(each.get_markerfacecolor(), "white") for each in marks] == [True, False, True, True], "held out is filled"


def test_a_country_has_one_colour_and_shares_it_with_none() -> None:
    colours = [country_colour(code) for code in (*COUNTRIES, "XXX")] + [style.GAIN, style.LOSS, style.UNCHANGED]
    assert len(set(colours)) == len(colours)
    assert country_colour("ZZZ") == country_colour("XXX") == UNKNOWN_COUNTRY


@pytest.mark.parametrize(("value", "places", "text"), [
    (-2.6, 1, "−2.6"), (0.04, 1, "0.0"), (-0.04, 1, "0.0"), (1234.5, 0, "+1,234"), (float("nan"), 2, "n/a"), (0.0, 0, "0"), (-20.0, 0, "−20"),
])
def test_a_difference_is_written_with_its_sign(value: float, places: int, text: str) -> None:
    assert numbers.signed(value, places) == text


@pytest.mark.parametrize(("values", "places"), [([0.0], 0), ([2.6, -0.1], 2), ([31.0], 1), ([540.0], 0), ([0.04], 4), ([np.nan, 5.0], 2), ([], 0)])
def test_about_three_digits_are_shown(values: list[float], places: int) -> None:
    assert numbers.places_for(values) == places


@pytest.mark.parametrize(("value", "text"), [(0.0, "0"), (20.0, "+20"), (-1000.0, "−1,000"), (0.25, "+0.25")])
def test_a_tick_keeps_its_whole_zeros(value: float, text: str) -> None:
    assert numbers.signed_tick(value) == text


@pytest.mark.parametrize("name", ["time_toy", "difference_17", "flow_17"])
def test_the_same_table_gives_the_same_svg(name: str, tmp_path: Path) -> None:
    figure = FIGURES[name]()
    first, again, anew = svg_of(figure, tmp_path), drawn(figure, "svg"), drawn(FIGURES[name](), "svg")
    assert first == again == anew
    assert b"<dc:date>" not in first


def test_saving_leaves_two_files_and_replaces_older_ones(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "here"
    for name in ("flow_zero", "flow_17"):
        paths = save_figure(built(name), folder, "flow.v1")
    assert paths == [folder / "flow.v1.png", folder / "flow.v1.svg"] == sorted(folder.iterdir())
    assert paths[0].read_bytes().startswith(b"\x89PNG") and b"<svg" in paths[1].read_bytes()


def test_a_failed_save_leaves_the_older_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "flow.png").write_text("older")

    def fail(self: Path, _: bytes) -> None:
        self.write_text("half")
        raise OSError("disk full")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError, match="disk full"):
        save_figure(Figure(), tmp_path, "flow")
    assert [each.read_text() for each in tmp_path.iterdir()] == ["older"]


def test_a_stem_is_no_path(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="plain file name"):
        save_figure(Figure(), tmp_path, "../flow")


def test_tables_and_settings_are_left_as_they_were() -> None:
    tables = over_time(), headline(), diversion()
    before, settings = [each.copy() for each in tables], settings_now()
    work_over_time(tables[0], countries=COUNTRIES[:6], policy_start=2026.0, **NAMES)
    difference_by_country(tables[1], outcome="work_share", **NAMES)
    diversion_flow(tables[2], focus="USA", year=2035, **NAMES)
    for one, other in zip(before, tables, strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert settings_now() == settings


def test_categories_are_read_as_codes() -> None:
    table = diversion().astype({"baseline_country": "category", "scenario_country": "category"})
    assert words(diversion_flow(table, focus="USA", year=2035, **NAMES)) == words(built("flow_17"))


def test_a_users_own_settings_play_no_part() -> None:
    plain, changed = io.BytesIO(), io.BytesIO()
    FIGURES["flow_toy"]().savefig(plain, format="rgba")
    with matplotlib.rc_context({"font.size": 22, "axes.grid": False, "text.color": "red", "figure.dpi": 40}):
        FIGURES["flow_toy"]().savefig(changed, format="rgba", dpi="figure")
    assert plain.getvalue() == changed.getvalue()


def test_pyplot_is_not_imported() -> None:
    code = "import sys, talentsim.report.figures, talentsim.report.figures.save; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": ":".join(sys.path)}, check=False).returncode == 0
