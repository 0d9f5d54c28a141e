"""Figures of flows, maps and scores: that what is drawn is what the tables say."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.text import Text

import figure_tables as tables
from talentsim.data.shapes import GROUPS, country_shapes, members_of
from talentsim.decide.sensitivity import by_figure
from talentsim.report.figures.alluvial import alluvial
from talentsim.report.figures.corridors import corridor_matrix
from talentsim.report.figures.dose_response import dose_response
from talentsim.report.figures.fit import baseline_fit
from talentsim.report.figures.funnel import visa_funnel
from talentsim.report.figures.scorecard import distances, scorecard
from talentsim.report.figures.stay import stay_curves
from talentsim.report.figures.tornado import tornado
from talentsim.report.figures.world_map import world_map
from talentsim.report.projection import equal_earth

NAMES = {"scenario": "visa_tightening", "source": "world ai"}
FOUR = tables.COUNTRIES[:4]


def words(figure: Figure) -> list[str]:
    return [each.get_text() for each in figure.findobj(Text)]


def people(changes: dict[str, float], half: float = 1.0) -> pd.DataFrame:
    """A headline of researchers with these differences."""
    table = pd.DataFrame({"country": list(changes), "difference": list(changes.values())})
    return table.assign(outcome="researchers", unit="people", year=2035, low=table.difference - half, high=table.difference + half)


def test_bars_of_each_stage_add_up_to_all_works_and_say_their_change() -> None:
    table = tables.pathways(FOUR)
    figure = alluvial(table, year=2035, **NAMES)
    total = table[table.arm == "baseline"].works.sum()
    for axes, arm in zip(figure.axes, ("baseline", "scenario"), strict=True):
        bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
        by_stage = pd.Series([bar.get_height() for bar in bars]).groupby([bar.get_x() for bar in bars]).sum()
        np.testing.assert_allclose(by_stage, 100.0 * table[table.arm == arm].works.sum() / total)
    shares = 100.0 * table.groupby(["arm", "work"]).works.sum() / total
    change = shares["scenario", "USA"] - shares["baseline", "USA"]
    assert f"USA {shares['scenario', 'USA']:.1f} ({in_brackets(change)})" in words(figure)


def in_brackets(value: float) -> str:
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")


def test_ribbons_leave_and_reach_bars_without_gap_or_overlap() -> None:
    axes = alluvial(tables.pathways(FOUR), year=2035, **NAMES).axes[0]
    ribbons = [patch.get_path().vertices for patch in axes.patches if isinstance(patch, PathPatch)]
    bars = {(round(bar.get_x(), 3), round(bar.get_y(), 6)): bar for bar in axes.patches if isinstance(bar, Rectangle)}
    leaving = [(-points[0][1], -points[7][1]) for points in ribbons if points[0][0] < 1.0]
    trained = sorted((-(bar.get_y() + bar.get_height()), -bar.get_y()) for (x, _), bar in bars.items() if x == 0.0)
    for top, bottom in trained:
        inside = sorted(each for each in leaving if top - 1e-9 <= each[0] and each[1] <= bottom + 1e-9)
        assert inside[0][0] == pytest.approx(top) and inside[-1][1] == pytest.approx(bottom, abs=0.3)
        assert all(one[1] == pytest.approx(other[0], abs=0.05) for one, other in itertools.pairwise(inside))


def test_small_countries_are_put_together() -> None:
    said = words(alluvial(tables.pathways(), year=2035, n_countries=3, **NAMES))
    assert any(each.startswith("others ") for each in said) and not any(each.startswith("CAN ") for each in said)


def test_a_cell_holds_the_moves_of_its_corridor_and_is_blank_where_chance_would_do() -> None:
    table = tables.corridors(FOUR)
    above, below = corridor_matrix(table, years=(2026, 2035), **NAMES).axes
    cells = {(round(text.get_position()[1] - 0.5), round(text.get_position()[0] - 0.5)): text.get_text() for text in above.texts}
    moves = table.set_index(["from", "to"]).baseline
    assert cells[1, 0] == f"{moves['CHN', 'USA']:,.0f}" and cells[0, 1] == f"{moves['USA', 'CHN']:,.0f}" and (0, 0) not in cells
    changes = {(round(text.get_position()[1] - 0.5), round(text.get_position()[0] - 0.5)): text.get_text() for text in below.texts}
    assert changes[1, 0] == f"\N{MINUS SIGN}{0.1 * moves['CHN', 'USA']:,.0f}"
    unclear = table.assign(low=-1e6, high=1e6)
    assert not corridor_matrix(unclear, years=(2026, 2035), **NAMES).axes[1].texts


def test_the_map_colours_gains_and_losses_and_leaves_the_rest_white() -> None:
    figure = world_map(people({"USA": -9000.0, "CHN": 4000.0, "CAN": 0.5, "ROW": 300.0}), **NAMES)
    faces = [patch.get_facecolor() for patch in figure.axes[0].patches if isinstance(patch, PathPatch)]
    by_code = dict(zip(country_shapes(), faces, strict=True))
    assert same_color(by_code["CAN"], "white")
    brown, teal = by_code["USA"], by_code["CHN"]
    assert brown[0] > brown[2] and teal[2] > teal[0]
    assert same_color(by_code["BRA"], by_code["NOR"]) and not same_color(by_code["BRA"], "white")
    assert {"USA\n\N{MINUS SIGN}9,000", "CHN\n+4,000", "ROW (all)\n+300"} <= set(words(figure))


def test_groups_hold_no_country_of_its_own_and_every_other_one() -> None:
    members = members_of(["USA", "DEU", "REU", "ROW"])
    assert members["USA"] == ["USA"] and "DEU" not in members["REU"] and "FRA" in members["REU"] and "FRA" not in members["ROW"]
    everyone = [code for codes in members.values() for code in codes]
    assert sorted(everyone) == sorted(country_shapes())
    assert set(GROUPS["REU"]) <= set(country_shapes())


def test_outlines_lie_on_the_globe() -> None:
    for rings in country_shapes().values():
        for ring in rings:
            assert len(ring) >= 4 and (np.abs(ring) <= [180.0, 90.0]).all() and np.array_equal(ring[0], ring[-1])
    assert len(country_shapes()) == 176


def test_the_projection_keeps_areas_in_proportion() -> None:
    """A cell of a degree has the area of the sphere's, wherever it lies."""
    for lat in (0.0, 30.0, 60.0, 80.0):
        corners = equal_earth(np.array([[10.0, lat], [11.0, lat], [11.0, lat + 1.0], [10.0, lat + 1.0]]))
        x, y = corners.T
        area = 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))
        on_sphere = np.radians(1.0) * (np.sin(np.radians(lat + 1.0)) - np.sin(np.radians(lat)))
        assert area == pytest.approx(on_sphere, rel=2e-3)


def test_a_funnel_sums_over_origins_and_its_bars_make_up_the_applications() -> None:
    table = tables.funnel(("student_visa", "lottery"))
    figure = visa_funnel(table, country="USA", years=(2026, 2035), **NAMES)
    bars = [bar for bar in figure.axes[0].patches if bar.get_width() > 0]
    assert sum(bar.get_width() for bar in bars) == pytest.approx(table.applied.sum())
    assert {"10,000", "1,000", "2,000", "9,000", "8,000"} <= set(words(figure))


def test_a_funnel_without_a_lottery_says_nothing_of_one() -> None:
    assert not any("lottery" in each for each in words(visa_funnel(tables.funnel(("exempt",)), country="USA", years=(2026, 2035), **NAMES)))


def test_countries_are_called_by_their_names() -> None:
    called = {"USA": "United States", "CHN": "China", "IND": "India", "CAN": "Canada"}
    code = re.compile(rf"\b({'|'.join(called)})\b")
    drawn = (world_map(people(dict.fromkeys(called, 100.0)), names=called, **NAMES), corridor_matrix(tables.corridors(list(called)), years=(2026, 2035), names=called, **NAMES),
             stay_curves(tables.stay(list(called)), training="USA", cohorts=(2021, 2025), names=called, called="the United States", **NAMES))
    for figure in drawn:
        said = [each for each in words(figure) if each not in NAMES.values()]
        assert all(any(name in each for each in said) for name in called.values())
        assert not [each for each in said if code.search(each)]


def test_stay_curves_draw_both_worlds_and_their_gap() -> None:
    figure = stay_curves(tables.stay(), training="USA", cohorts=(2021, 2025), **NAMES)
    scenario, baseline = figure.axes[1].lines
    assert scenario.get_linestyle() == "-" and baseline.get_linestyle() == "--"
    np.testing.assert_allclose(baseline.get_ydata() - scenario.get_ydata(), np.arange(11))
    assert "after 10 years \N{MINUS SIGN}10.0 points" in words(figure)
    assert len([axes for axes in figure.axes if axes.lines]) == 6


def test_doses_are_drawn_in_order_whatever_the_order_of_the_sweep() -> None:
    line = dose_response(tables.sweep(), dose="x", outcome="Works", unit="% of works", source="s").axes[0].lines[0]
    assert list(line.get_xdata()) == [0.05, 0.1, 0.2, 0.4]
    np.testing.assert_allclose(line.get_ydata(), -9.0 * np.array([0.05, 0.1, 0.2, 0.4]))


@pytest.mark.parametrize(("value", "low", "high", "distance"), [
    (31.0, 28.0, 36.0, -0.25), (36.0, 28.0, 36.0, 1.0), (62.0, 83.0, 93.0, -5.2), (0.12, np.nan, 0.1, 1.2), (2.0, 1.0, np.nan, -0.5),
    (0.5, 1.0, np.nan, -2.0), (3.0, np.nan, np.nan, np.nan),
])
def test_scores_are_measured_in_tolerances(value: float, low: float, high: float, distance: float) -> None:
    assert distances(pd.DataFrame({"value": [value], "low": [low], "high": [high]}))[0] == pytest.approx(distance, nan_ok=True)


def test_a_scorecard_counts_what_is_met_and_marks_what_was_used() -> None:
    figure = scorecard(tables.scores(), title="t", source="s")
    assert any(each.startswith("2 of 4 are met") for each in words(figure))
    assert words(figure).count("met") == 2 and words(figure).count("missed") == 2
    fills = [line.get_markerfacecolor() for line in figure.axes[0].lines if line.get_marker() in "o<>"]
    assert [fill == "white" for fill in fills] == [False, False, True, False]


def test_the_fit_marks_what_was_fitted_and_what_lies_beyond_the_edge() -> None:
    """Hollow: fitted; full: seen. A bound is a triangle, and twice what is observed is as far as it goes."""
    figure = baseline_fit(tables.fit(), baseline="Baseline", source="world ai")
    dots = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 1]
    assert [line.get_fillstyle() for line in dots] == ["none", "none", "full", "full", "full"]
    assert [line.get_marker() for line in dots] == ["<", "<", "o", "o", ">"]
    np.testing.assert_allclose([line.get_xdata()[0] for line in dots], [80.0, 130.0, 100 * 81 / 88, 55.0, 200.0])
    assert "below 50.0" in words(figure) and "researchers, USA 2015, thousands" in words(figure)


def test_a_tornado_begins_with_the_widest_and_reaches_from_the_answer_to_both_ends() -> None:
    """A figure that stands at an end of its range reaches nowhere on that side; figures that go together are counted."""
    figure = tornado(by_figure(tables.sensitivity()), here=-2.4, scenario="s", outcome="Works", unit="% of works", source="world ai")
    axes = figure.axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["ways around a lost or refused work visa", "how much students weigh pay", "how much talent feeds back on ecosystems"]
    reached = {(line.get_marker(), round(line.get_ydata()[0])): line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 1}
    assert reached == {("o", 2): -3.0, ("s", 2): 0.5, ("o", 1): -2.9, ("s", 1): -4.0, ("o", 0): -2.4, ("s", 0): -1.9}
    said = words(figure)
    assert "2 figures: \N{MINUS SIGN}3.00" in said and "3: \N{MINUS SIGN}4.00" in said and "0: \N{MINUS SIGN}2.40" in said
    assert axes.get_xlim()[1] > 0.0
