"""The report: one HTML file that holds all it shows and asks nothing of the network."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import pandas as pd

from talentsim.config import parameters_of
from talentsim.config.evidence import GRADES, UTIL, evidence_counts, grades_in_words, in_words, share_assumed
from talentsim.decide.sensitivity import by_figure
from talentsim.ensemble.opened import Results
from talentsim.report.document import assumptions, baseline, pictures, readings
from talentsim.report.document.changes import changes, lever_rows
from talentsim.report.document.pictures import Plate
from talentsim.report.document.scene import Scene
from talentsim.report.headline import command_of
from talentsim.report.numbers import FEW, PEOPLE, interval, interval_name, interval_of_people, one_or_count, plain, signed
from talentsim.report.portrait import fit_sentence, gaps_in_words, growth_in_words
from talentsim.report.words import decision_in_words, outcome_in_words, replaced_lines
from talentsim.spoken import lever_of, the
from talentsim.vocab import Evidence

SHOWN = ("work_share", "training_share", "hq_share", "frontier_share", "researchers")
"""Outcomes whose tables are shown."""
N_COUNTRIES = 8
ALL, OTHERS = "all", "others"
SECTIONS = {"difference_by_country": "first", "work_over_time": "first", "diversion": "first", "variance_shares": "depends", "structure": "depends", "sensitivity": "depends", "baseline_fit": "fit"}
"""Pictures that stand in another section than that of pictures, by stem."""

SPOKEN = {"of_grades": {each.value: words for each, words in GRADES.items()}, "util": UTIL}
"""What the report says of grades and of the unit of utility."""


def report_of(results: Results, plates: Sequence[Plate] | None = None) -> str:
    """Return the report on a comparison as HTML.

    Everything that comes from configurations is escaped: whatever a title holds, it is text.

    Parameters
    ----------
    plates
        Its pictures where they are drawn already, as SVG at least.

    Raises
    ------
    UserError
        When the results are not those of a comparison.
    """
    scene = Scene.of(results)
    if scene.is_portrait:
        return _environment().get_template("portrait.html").render(_portrait(scene, plates))
    return _environment().get_template("report.html").render(_context(scene, plates))


def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(loader=PackageLoader("talentsim.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _portrait(scene: Scene, plates: Sequence[Plate] | None) -> dict[str, Any]:
    """Return what the report on one world says: its levels, its fit, and every figure with its source."""
    shown = plates if plates is not None else [pictures.plate_of(each, ("svg",)) for each in pictures.pictures_of(scene.results)]
    table = scene.results.table("portrait")
    rows = [[scene.name(str(row.country)) if row.country != "world" else "World", *(plain(each, 0) for each in (row.people_before, row.people)),
             signed(row.growth, 1), plain(row.hosted_before, 2), plain(row.hosted, 2), interval(row.low, row.high, 2).replace("+", ""),
             plain(row.trained, 2), plain(row.owned, 2), plain(row.first_degrees, 2)] for row in table.itertuples()]
    first, last = (int(table[column].iloc[0]) for column in ("from_year", "year"))
    return {
        "scene": scene, "meta": scene.scenario.scenario, "manifest": scene.results.manifest, "rows": rows, "span": (first, last),
        "said": [growth_in_words(table, scene.name), gaps_in_words(table, scene.name)], "fit": [_embedded(each) for each in shown],
        "from_what": _from_what(scene), "fit_rows": baseline.fit_rows(scene), "fit_remarks": baseline.remarks(scene), "observed": baseline.observed_facts(scene),
        "level": interval_name(scene.level), "grades": in_words(evidence_counts(parameters_of(scene.scenario))), **SPOKEN, "groups": assumptions.groups(scene),
        "sources": assumptions.sources_of(scene.scenario), "command": command_of(scene.results.manifest), "replaced": replaced_lines(scene.pair),
        "version": scene.results.manifest.get("calibration", []), "checks": scene.results.manifest.get("checks", []),
    }


def _context(scene: Scene, plates: Sequence[Plate] | None) -> dict[str, Any]:
    shown = plates if plates is not None else [pictures.plate_of(each, ("svg",)) for each in pictures.pictures_of(scene.results)]
    return {
        "scene": scene, "meta": scene.scenario.scenario, "against": scene.baseline.scenario, "manifest": scene.results.manifest,
        "headline": readings.headline_sentence(scene), "others": _others(scene, shown), "rests_on": _rests_on(scene), "changes": changes(scene), "levers": lever_rows(scene),
        **{section: [_embedded(each) for each in shown if SECTIONS.get(each.stem, "pictures") == section] for section in ("first", "pictures", "depends", "fit")},
        "fit_rows": baseline.fit_rows(scene), "fit_remarks": baseline.remarks(scene), "observed": baseline.observed_facts(scene),
        "tables": _tables(scene), "diversion": _diversion(scene), "by_origin": _diverted_by_origin(scene), "parting": _parting(scene),
        "error": _monte_carlo(scene), "from_what": _from_what(scene),
        "version": scene.results.manifest.get("calibration", []), "warnings": scene.results.manifest.get("warnings", []),
        "checks": scene.results.manifest.get("checks", []),
        "key_rows": assumptions.key_rows(scene), "groups": assumptions.groups(scene),
        "grades": in_words(evidence_counts(parameters_of(scene.scenario))), **SPOKEN,
        "sources": assumptions.sources_of(scene.scenario), "command": command_of(scene.results.manifest), "to_vary": command_of(scene.results.manifest, "sensitivity"),
        "replaced": replaced_lines(scene.pair), "ranges": _ranges(scene), "varied": _varied(scene), "alone": _policies_alone(scene), "level": interval_name(scene.level),
        "difference_in_words": "This is a placebo: nothing may differ." if scene.is_placebo else "The worlds differ in other figures.",
        "versions": ", ".join(f"{name} {number}" for name, number in scene.results.manifest.get("versions", {}).items() if number),
    }


def _from_what(scene: Scene) -> str:
    return "over sets of plausible figures" if scene.scenario.over_draws else "from chance alone"


def _embedded(plate: Plate) -> dict[str, str]:
    """Put a picture into a link to its own data."""
    width, height = plate.size
    return {"stem": plate.stem, "title": plate.title, "reading": plate.reading, "width": f"{96 * width:.0f}",
            "height": f"{96 * height:.0f}", "data": base64.b64encode(plate.files["svg"]).decode("ascii")}


def _others(scene: Scene, shown: Sequence[Plate]) -> list[str]:
    """Return what is to be said after the headline: who gains, how people and works grow; what stands under a picture is not said again."""
    over_time = scene.results.table("over_time")
    said = [readings.who_gains(scene, "work_share"), readings.by_first_degree(scene), readings.growth(scene, over_time), readings.all_works(scene, over_time), readings.by_sector(scene)]
    if "diversion" in scene.results:
        said.append(readings.diverted(scene, scene.results.table("diversion")))
    under = {each.reading for each in shown if SECTIONS.get(each.stem) == "first"}
    return [each for each in said if each and each not in under]


def _rests_on(scene: Scene) -> list[str]:
    """Say on what the answer rests, for a reader of one page: figures, fit, what it stands and falls with, checks, what is left out."""
    checks, fit = scene.results.manifest.get("checks", []), baseline.fit_table(scene)
    figures = list(parameters_of(scene.scenario))
    counts, rules = evidence_counts(figures), evidence_counts((key, each) for key, each in figures if ".visa." in key)[Evidence.ASSUMED]
    said = [f"{scene.scenario.world.title}: {in_words(counts)} figures, each with its range, and its source where it has one, at the end "
            f"({grades_in_words()}). {plain(share_assumed(counts), 0)} % are assumed, {rules} of them visa rules of single countries."
            + (" Those that people's choices turn on vary together over the sets of plausible figures." if scene.scenario.over_draws else "")]
    if len(fit):
        said.append(fit_sentence(fit))
    if "variance_shares" in scene.results:
        said.append(readings.variance_shares(scene.results.table("variance_shares")))
    said.append(f"Cohorts after {scene.scenario.entry.data_until} are assumed ({scene.scenario.entry.title}). Governments, firms and wages do not answer to the policy.")
    failed = [each["name"] for each in checks if not each["passed"]]
    said.append(f"Checks of these very runs: {'FAILED: ' + ', '.join(failed) if failed else 'all ' + str(len(checks)) + ' hold' if checks else 'none'}.")
    return said


def _ranges(scene: Scene) -> list[str]:
    """Say over what range the answer runs under other assumptions and at the ends of its figures' ranges, where they were run."""
    said, sides = [], pictures.structures(scene)
    if len(sides) > 1:
        said.append(readings.structure(sides))
    if "sensitivity" in scene.results:
        said.append(readings.sensitivity(scene.results.table("sensitivity")))
    return said


def _varied(scene: Scene) -> list[list[str]]:
    """Return the answer at both ends of every figure's range, as text, the one that moves it most first."""
    if "sensitivity" not in scene.results:
        return []
    known = dict(parameters_of(scene.scenario))
    return [[row.title, ", ".join(sorted({known[key].evidence.value for key in row.parameter.split(", ") if key in known})), one_or_count(row.configured),
             one_or_count(row.low_value), signed(row.low, 2), one_or_count(row.high_value), signed(row.high, 2)]
            for row in by_figure(scene.results.table("sensitivity")).itertuples()]


def _policies_alone(scene: Scene) -> list[list[str]]:
    """Return the answer under single policies and without them, where that was run."""
    if "sides" not in scene.results:
        return []
    sides = scene.results.table("sides")
    sides = sides[sides["kind"].isin(["policy alone", "policy left out", "interaction"])]
    called = {name: policy.title or lever_of(policy, scene.name) for name, policy in scene.pair.differing.items()}
    how = {"policy alone": ", alone", "policy left out": ", left out"}
    return [["how they act on each other" if row.kind == "interaction" else f"{called.get(str(row.policy_name), row.policy_name)}{how[str(row.kind)]}",
             str(row.title), signed(row.difference, 2), interval(row.low, row.high, 2)]
            for row in sides.rename(columns={"name": "policy_name"}).itertuples()]


def _tables(scene: Scene) -> list[dict[str, Any]]:
    """Return the headline outcomes, the countries that differ most first."""
    tables = []
    for outcome in SHOWN:
        rows = scene.headline[scene.headline["outcome"] == outcome]
        if len(rows):
            tables.append({"title": outcome_in_words(outcome), "rows": [_headline_row(scene, row) for row in _most_different(scene, rows).itertuples()]})
    return tables


def _most_different(scene: Scene, rows: pd.DataFrame) -> pd.DataFrame:
    ranked = rows.reindex(rows["difference"].abs().sort_values(ascending=False, kind="stable").index)
    is_focus = ranked["country"].astype(str) == scene.focus
    chosen = pd.concat([ranked[is_focus], ranked[~is_focus].head(N_COUNTRIES - 1)])
    return chosen.sort_values("difference")


def _headline_row(scene: Scene, row: Any) -> list[str]:
    places = 0 if row.unit == PEOPLE else 2
    return [scene.name(str(row.country)), plain(row.baseline, places), plain(row.scenario, places), signed(row.difference, places),
            interval_of_people(row.low, row.high, max(row.baseline, row.scenario), places, is_difference=True) if row.unit == PEOPLE
            else interval(row.low, row.high, places)]


def _diversion(scene: Scene) -> list[dict[str, Any]]:
    """Return whom the focus country loses and gains, by country, the most first."""
    if "diversion" not in scene.results:
        return []
    table, name, sides = scene.results.table("diversion"), the(scene.name(scene.focus)), []
    for words, here, there in ((f"in {name} in the baseline, elsewhere in the scenario", "baseline_country", "scenario_country"),
                               (f"elsewhere in the baseline, in {name} in the scenario", "scenario_country", "baseline_country")):
        rows = table[(table[here].astype(str) == scene.focus) & (table[there].astype(str) != scene.focus) & (table["researchers"] > 0)]
        rows = rows.sort_values("researchers", ascending=False)
        places = 0 if rows["researchers"].max() >= 10 else 1
        total = rows["researchers"].sum()
        sides.append({"title": words, "total": plain(total, 0 if total >= 10 else 1), "rows": [
            [scene.name(str(getattr(row, there))), plain(row.researchers, places), interval_of_people(row.low, row.high, row.researchers, places)]
            for row in rows.head(N_COUNTRIES).itertuples()]})
    return sides


def _diverted_by_origin(scene: Scene) -> dict[str, Any]:
    """Return a cross-table of those whom the focus country loses, or gains where it gains more: by origin and other country, the most first.

    Returns
    -------
    What it says, its heading and a row for each origin, small origins and countries put together; nothing where nobody moves.
    """
    if "diverted" not in scene.results:
        return {}
    table = scene.results.table("diverted")
    table = table[(table["year"] == scene.year) & (table["tier"].astype(str) == ALL)]
    lost, gained = (table[table[here].astype(str) == scene.focus] for here in ("baseline_country", "scenario_country"))
    gains = gained["researchers"].sum() > lost["researchers"].sum()
    people, other = (gained, "baseline_country") if gains else (lost, "scenario_country")
    if not people["researchers"].sum():
        return {}
    ends = {name: _largest(people[name].astype(str), people["researchers"]) for name in ("origin", other)}
    counts = people["researchers"].groupby(list(ends.values())).sum().unstack(fill_value=0.0)
    rows, columns = (_others_last(counts.sum(axis=axis)) for axis in (1, 0))
    counts = counts.loc[rows, columns]
    counts.insert(0, ALL, counts.sum(axis=1))
    counts.loc[ALL] = counts.sum()
    places = 0 if counts.to_numpy().max() >= FEW else 1
    here, there = ("scenario", "baseline") if gains else ("baseline", "scenario")
    return {"said": f"People in {the(scene.name(scene.focus))} in the {here} and elsewhere in the {there}, {scene.year}: by country of first "
                    f"degree and by country in the {there}; the largest are named.",
            "title": f"By first degree, and {'where from' if gains else 'where to'}", "head": ["first degree from", *map(scene.name, counts.columns)],
            "rows": [[scene.name(str(origin)), *(plain(count, places) for count in row)]
                     for origin, row in zip(counts.index, counts.to_numpy(), strict=True)]}


def _largest(codes: pd.Series, people: pd.Series) -> pd.Series:
    """Return the codes with all but the largest few put together."""
    sizes = people.groupby(codes).sum().sort_values(ascending=False, kind="stable")
    return codes.where(codes.isin(sizes.index[:N_COUNTRIES - 2]), OTHERS)


def _others_last(sizes: pd.Series) -> list[str]:
    ordered = list(sizes.sort_values(ascending=False, kind="stable").index)
    return [each for each in ordered if each != OTHERS] + [each for each in ordered if each == OTHERS]


def _parting(scene: Scene) -> list[list[str]]:
    """Return the first decisions at which lives part, in the baseline and in the scenario, with the people they part; most first."""
    if "parting" not in scene.results:
        return []
    decisions = ["baseline_decision", "scenario_decision"]
    people = scene.results.table("parting").astype(dict.fromkeys(decisions, str)).groupby(decisions)["people"].sum()
    return [[decision_in_words(one), decision_in_words(other), plain(count, 0)]
            for (one, other), count in people.sort_values(ascending=False).head(10).items()]


def _monte_carlo(scene: Scene) -> str:
    """Say how large chance alone is beside the answer."""
    rows = scene.headline[(scene.headline["outcome"] == "work_share") & (scene.headline["country"].astype(str) == scene.focus)]
    if rows.empty or rows["low"].isna().any():
        return "One replication gives no interval: how far chance alone moves the answer is not known."
    if scene.scenario.over_draws:
        return (f"Each of the {scene.replications} replications is a draw of the parameters: a set of figures that fits the past "
                f"({scene.scenario.parameters.title or scene.scenario.parameters.name}), met by the same luck in both worlds. The "
                f"{interval_name(scene.level)} is the middle of what they give. From so few draws the median is known to within "
                f"{plain(float(rows['standard_error'].iloc[0]), 2)} points, the ends of the interval to within {plain(float(rows['low_error'].iloc[0]), 2)} and "
                f"{plain(float(rows['high_error'].iloc[0]), 2)}.")
    half = float((rows["high"] - rows["low"]).iloc[0]) / 2.0
    return (f"Chance alone moves the answer by {plain(half, 2)} points to either side ({scene.replications} replications; in each, the "
            "same people meet the same luck in both worlds).")
