"""The pictures that a folder of results can be drawn as: which figures, from which tables, with what to see in each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from talentsim.decide.sensitivity import by_figure
from talentsim.ensemble.opened import Results
from talentsim.report import figures
from talentsim.report.document import readings
from talentsim.report.document.baseline import fit_table
from talentsim.report.document.scene import Scene
from talentsim.report.document.series import touched_series
from talentsim.report.figures.save import drawn
from talentsim.report.portrait import fit_sentence
from talentsim.report.words import GROUPS
from talentsim.scholars.card import fact_card, forecast_card
from talentsim.spoken import the

N_COUNTRIES = 6


@dataclass(frozen=True)
class Picture:
    """A figure that is drawn when it is asked for, the name of its files, and what a reader should see in it."""

    stem: str
    reading: str
    draw: Callable[[], Figure]


@dataclass(frozen=True)
class Plate:
    """A picture that is drawn: its title, its size in inches, and its files' bytes by format."""

    stem: str
    title: str
    reading: str
    size: tuple[float, float]
    files: Mapping[str, bytes]


def plate_of(picture: Picture, kinds: Sequence[str] = ("png", "svg")) -> Plate:
    """Draw a picture once, in every format that is asked for."""
    figure = picture.draw()
    width, height = figure.get_size_inches()
    title = " ".join(figure.texts[0].get_text().split())
    return Plate(picture.stem, title, picture.reading, (float(width), float(height)), {kind: drawn(figure, kind) for kind in kinds})


def plates_of(results: Results, kinds: Sequence[str], stems: Sequence[str] | None = None) -> list[Plate]:
    """Draw the pictures of results, or those of them with these stems, in the order of a report."""
    return [plate_of(each, kinds) for each in pictures_of(results) if stems is None or each.stem in stems]


def pictures_of(results: Results) -> list[Picture]:
    """Return the pictures of a comparison, a sweep or a validation, in the order of a report.

    Raises
    ------
    UserError
        When the results are of none of these.
    """
    if "verdict" in results:
        return _cards(results)
    if "scorecard" in results:
        return [Picture("targets", "", lambda: figures.target_card(
            results.table("scorecard"), title="Does the calibrated model show what is observed?",
            source=f"talentsim {results.manifest.get('talentsim', '')}; validation {results.folder.name}"))]
    scene = Scene.of(results)
    return [picture for build in ((_fit,) if scene.is_portrait else BUILDERS) for picture in build(scene)]


def _difference(scene: Scene) -> Iterator[Picture]:
    yield Picture("difference_by_country", readings.who_gains(scene, "work_share"), lambda: figures.difference_by_country(
        scene.headline.assign(country=[scene.called(str(each), with_code=True) for each in scene.headline["country"]]), outcome="work_share", scenario=scene.title, source=scene.source, level=scene.level))


def _over_time(scene: Scene) -> Iterator[Picture]:
    table, differences = scene.results.table("over_time"), scene.results.table("differences")
    shown = scene.headline[scene.headline["outcome"] == "work_share"].sort_values("baseline", ascending=False)
    countries = [str(code) for code in shown["country"].head(N_COUNTRIES)]
    yield Picture("work_over_time", readings.over_time(scene, differences), lambda: figures.work_over_time(
        table, scenario=scene.title, countries=countries, differences=differences, level=scene.level, policy_start=scene.start,
        source=scene.source, names={code: scene.called(code) for code in countries}))


def _moving_figures(scene: Scene) -> Iterator[Picture]:
    table = touched_series(scene)
    if len(table):
        yield Picture("figures_over_time", readings.moving_figures(table), lambda: figures.figures_over_time(
            table, scenario=scene.title, policy_start=scene.start, source=scene.source))


def _map(scene: Scene) -> Iterator[Picture]:
    yield Picture("world_map", readings.who_gains(scene, "researchers"), lambda: figures.world_map(
        scene.headline, scenario=scene.title, source=scene.source, level=scene.level, names=scene.names))


def _alluvial(scene: Scene) -> Iterator[Picture]:
    if "pathways" in scene.results:
        table = scene.results.table("pathways")
        yield Picture("pathways", readings.through(scene, table), lambda: figures.alluvial(
            table, scenario=scene.title, year=scene.year, source=scene.source, names=scene.names))


def _diversion(scene: Scene) -> Iterator[Picture]:
    if "diversion" in scene.results:
        table = scene.results.table("diversion")
        named = table.assign(**{end: [scene.called(str(each)) for each in table[end]] for end in ("baseline_country", "scenario_country")})
        yield Picture("diversion", readings.diverted(scene, table), lambda: figures.diversion_flow(
            named, focus=scene.called(scene.focus), scenario=scene.title, year=scene.year, source=scene.source, level=scene.level,
            called=the(scene.called(scene.focus))))


def _corridors(scene: Scene) -> Iterator[Picture]:
    if "corridors" in scene.results:
        table = scene.results.table("corridors")
        reading = readings.narrowed(scene, table) if len(table) else ""
        yield Picture("corridors", reading, lambda: figures.corridor_matrix(
            table, scenario=scene.title, years=scene.span, source=scene.source, level=scene.level, names=scene.names))


def _stay(scene: Scene) -> Iterator[Picture]:
    if "stay_curves" in scene.results:
        table = scene.results.table("stay_curves")
        cohorts = int(table["first_cohort"].iloc[0]), int(table["last_cohort"].iloc[0])
        yield Picture("stay_curves", readings.stayed(scene, table, scene.focus), lambda: figures.stay_curves(
            table, training=scene.focus, scenario=scene.title, cohorts=cohorts, source=scene.source, level=scene.level, names=scene.names,
            called=the(scene.called(scene.focus))))


def _funnel(scene: Scene) -> Iterator[Picture]:
    if "visa_funnel" in scene.results:
        table = scene.results.table("visa_funnel")
        yield Picture("visa_funnel", readings.refused(scene, table), lambda: figures.visa_funnel(
            table, country=scene.focus, scenario=scene.title, years=scene.span, source=scene.source, called=the(scene.called(scene.focus))))


def structures(scene: Scene) -> pd.DataFrame:
    """Return the comparison as it was run and under other assumptions, with a column `variant`; empty where none were run."""
    if "sides" not in scene.results:
        return pd.DataFrame()
    sides = scene.results.table("sides").rename(columns={"title": "variant"})
    return sides[sides["kind"].isin(["as configured", "structure"])]


def _structure(scene: Scene) -> Iterator[Picture]:
    table = structures(scene)
    if len(table) > 1:
        outcome = f"Works in {scene.name(scene.focus)}, {scene.year}"
        yield Picture("structure", readings.structure(table), lambda: figures.structure_range(
            table, scenario=scene.title, outcome=outcome, unit="% of works", source=scene.source, level=scene.level,
            over_draws=scene.scenario.over_draws))


def _variance_shares(scene: Scene) -> Iterator[Picture]:
    if "variance_shares" in scene.results:
        table, outcome = scene.results.table("variance_shares"), f"Works in {scene.name(scene.focus)}, {scene.year}"
        named = table.assign(group=[GROUPS.get(str(each), str(each)) for each in table["group"]])
        yield Picture("variance_shares", readings.variance_shares(table), lambda: figures.variance_shares(
            named, scenario=scene.title, outcome=outcome, source=scene.source))


def _sensitivity(scene: Scene) -> Iterator[Picture]:
    if "sensitivity" in scene.results:
        table = scene.results.table("sensitivity")
        here, outcome = float(table["difference"].iloc[0]), f"Works in {scene.name(scene.focus)}, {scene.year}"
        yield Picture("sensitivity", readings.sensitivity(table), lambda: figures.tornado(
            by_figure(table), scenario=scene.title, here=here, outcome=outcome, unit="% of works", source=scene.source))


def _fit(scene: Scene) -> Iterator[Picture]:
    table = fit_table(scene)
    if len(table):
        yield Picture("baseline_fit", fit_sentence(table), lambda: figures.baseline_fit(
            table, baseline=scene.baseline.scenario.title, source=scene.source, level=scene.level, over_draws=scene.baseline.over_draws))


def _cards(results: Results) -> list[Picture]:
    """Return the pictures of a validation: forecasts against what was required, and stylised facts."""
    source = f"talentsim {results.manifest.get('talentsim', '')}; validation {results.folder.name}"
    forecast = forecast_card(results.table("verdict"), results.table("scores"))
    pictures = [Picture("forecast_scores", "", lambda: figures.scorecard(
        forecast, title="How well does the model forecast flows between countries that it has not seen?", source=source))]
    known = results.table("facts")
    if len(known):
        facts = fact_card(known)
        pictures.append(Picture("stylised_facts", "", lambda: figures.scorecard(
            facts, title="Which patterns of scholars' moves does the model show?", source=source)))
    return pictures


BUILDERS: tuple[Callable[[Scene], Iterator[Picture]], ...] = (
    _difference, _over_time, _map, _diversion, _alluvial, _corridors, _stay, _funnel, _variance_shares, _structure, _sensitivity, _fit, _moving_figures,
)
