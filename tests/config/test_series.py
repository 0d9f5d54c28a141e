"""Figures that move in time: how they are written, read and refused, and what they do to a run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from talentsim.config import Config, Parameter, UserError
from talentsim.config.observers import Conference
from talentsim.ensemble.identity import run_id
from talentsim.measures.observers import rates_over
from talentsim.model.cohorts import cohort_path
from talentsim.model.inputs import Inputs
from talentsim.model.meanfield import MeanField
from talentsim.model.model import TalentModel
from talentsim.model.tables import base_levers
from worlds import Plain, edited, policy

STRENGTH = "world.countries.USA.ecosystem.strength"
PAY = "world.countries.USA.pay"


def figure(value: Any, **fields: Any) -> Plain:
    return {"value": value, "unit": "index", "range": [0.0, 300_000.0], "evidence": "assumed"} | fields


@pytest.mark.parametrize(("rules", "expected"), [
    ({}, [1.0, 1.0, 2.0, 3.0, 3.5, 4.0, 4.0]),
    ({"between": "hold"}, [1.0, 1.0, 1.0, 3.0, 3.0, 4.0, 4.0]),
    ({"before": "trend", "after": "trend"}, [0.0, 1.0, 2.0, 3.0, 3.5, 4.0, 4.5]),
])
def test_a_series_has_a_value_in_every_year(rules: Plain, expected: list[float]) -> None:
    series = Parameter.model_validate(figure({2010: 1.0, 2012: 3.0, 2014: 4.0}, **rules))
    assert series.over(np.arange(2009, 2016)).tolist() == expected == [series.at(year) for year in range(2009, 2016)]
    assert series.value == 4.0 and series.values == (1.0, 3.0, 4.0)


def test_a_trend_stays_within_the_range() -> None:
    series = Parameter.model_validate(figure({2010: 1.0, 2011: 2.0}, range=[0.5, 3.0], before="trend", after="trend"))
    assert series.over(np.array([2000, 2009, 2012, 2050])).tolist() == [0.5, 0.5, 3.0, 3.0]


def test_a_series_survives_the_way_through_json() -> None:
    point = {"value": 2.0, "source": "sei_spbs85", "evidence": "measured", "note": "published"}
    series = Parameter.model_validate(figure({2010: 1.0, 2015: point}, after="trend"))
    assert Parameter.model_validate_json(series.model_dump_json()) == series
    assert series.sources == ["sei_spbs85"] and series.series is not None and series.series.points[2015].note == "published"


@pytest.mark.parametrize(("fields", "words"), [
    ({"value": {2015: 1.0, 2010: 2.0}}, "out of order: 2015, 2010\n  allowed: rising"),
    ({"value": {}}, "no year"),
    ({"value": {1492: 1.0}}, "1492 is not a year"),
    ({"value": {2010: "much"}}, "year 2010: found 'much'\n  allowed: a number"),
    ({"value": {2010: {"values": 1.0}}}, "year 2010"),
    ({"value": {2010: -1.0, 2015: 1.0}}, "value -1 of 2010 is out of range"),
    ({"value": {2010: 1.0, 2015: 2.0}, "after": "linear"}, "`after` is 'linear'\n  allowed: hold or trend"),
    ({"value": {2010: 1.0}, "after": "trend"}, "trend of one point"),
    ({"value": 1.0, "after": "trend"}, "`after` beside one value"),
    ({"value": {2010: {"value": 1.0, "evidence": "measured"}}}, "needs a source"),
])
def test_a_wrong_series_is_explained(plain_toy: Plain, fields: Plain, words: str) -> None:
    given = figure(0.0) | fields
    with pytest.raises(UserError, match=words):
        edited(plain_toy, {"world.countries.USA.ecosystem": plain_toy["world"]["countries"]["USA"]["ecosystem"] | {"strength": given}})


@pytest.mark.parametrize(("key", "given", "words"), [
    ("behaviour.exit.rate", {"range": [0.0, 1.0], "value": {2010: 0.01, 2020: 0.02}}, "the same in all years"),
    ("world.countries.USA.position.latitude", {"range": [0, 90], "value": {2010: 40.0, 2020: 41.0}}, "the same in all years"),
    ("world.countries.USA.entry.level", {"value": {2010: 4.0, 2020: 5.0}, "after": "hold"}, "growth goes on"),
    ("world.countries.USA.visa.work_visa_odds", {"value": {2010: 0.0, 2020: 1.0}, "range": [0, 1]}, "0.01 to 1"),
])
def test_a_series_where_none_can_be_is_refused(plain_toy: Plain, key: str, given: Plain, words: str) -> None:
    with pytest.raises(UserError, match=words):
        edited(plain_toy, {key: figure(0.0) | given})


def test_the_command_line_takes_a_series_and_a_number_in_its_place() -> None:
    config = Config.load("world=toy", PAY + ".value={2010: 150000, 2020: 170000}")
    assert config.world.countries["USA"].pay.at(2015) == 160_000
    again = Config.load("world=toy", PAY + ".value={2010: 150000, 2020: 170000}", PAY + ".value=90000")
    assert again.world.countries["USA"].pay.series is None


def test_policies_act_on_top(plain_toy: Plain) -> None:
    config = edited(plain_toy, {PAY: figure({2010: 100_000.0, 2030: 200_000.0})}, policy={"x": policy("pay", change="multiply", value=1.1)})
    pay = {year: float(Inputs.of(config).in_year(year)["pay"][0]) for year in (2020, 2030)}
    assert pay[2020] == 150_000.0 == base_levers(config, 2020)["pay"][0] and pay[2030] == pytest.approx(220_000.0)


def test_a_series_that_stands_still_is_the_same_run(plain_toy: Plain) -> None:
    """Bit for bit: all figures of a country as series of one value, but strength, which then is data to the last year."""
    countries = plain_toy["world"]["countries"]
    pay, visa = countries["USA"]["pay"], countries["USA"]["visa"]
    still = {PAY: pay | {"value": {2000: pay["value"], 2020: pay["value"]}, "before": "trend", "after": "trend"}}
    still |= {f"world.countries.USA.visa.{name}": visa[name] | {"value": {2010: visa[name]["value"]}}
              for name in ("student_refusal", "renewal_years", "post_study_years", "transfer")}
    runs = [TalentModel(edited(plain_toy, changes)).run() for changes in ({}, still)]
    for name in runs[0].names:
        assert runs[0].frame(name).equals(runs[1].frame(name)), name


def test_a_point_changes_a_run_and_its_note_does_not(plain_toy: Plain) -> None:
    def of(*points: Any, **rules: str) -> str:
        return run_id(edited(plain_toy, {PAY: figure(dict(zip((2010, 2020), points, strict=True)), **rules)}), 0)

    plain = of(1e5, 2e5)
    assert plain == of({"value": 1e5, "note": "a guess"}, {"value": 2e5, "evidence": "measured", "source": "sei_spbs85"})
    assert len({plain, of(1.1e5, 2e5), of(1e5, 2e5, after="trend"), of(1e5, 2e5, between="hold")}) == 4


def test_cohorts_are_those_of_the_series_and_grow_on(plain_toy: Plain) -> None:
    level = figure({2012: 5.0, 2014: 7.0, 2016: 8.0}, unit="researchers a year")
    config = edited(plain_toy, {"world.countries.USA.entry.level": level})
    growth, first = float(config.world.countries["USA"].entry.growth), config.world.burn_in_year
    path = dict(zip(range(first, config.world.end_year + 1), cohort_path(config)[:, 0], strict=True))
    assert [path[year] for year in range(2012, 2017)] == [5.0, 6.0, 7.0, 7.5, 8.0]
    assert path[2010] == pytest.approx(5.0 * np.exp(-2 * growth)) and path[2020] == pytest.approx(8.0 * np.exp(4 * growth))
    plain = cohort_path(edited(plain_toy, {}))
    assert np.array_equal(plain[:, 1:], cohort_path(config)[:, 1:])


def test_growth_by_year_adds_up(plain_toy: Plain) -> None:
    growth = figure({2014: 0.10, 2018: 0.02}, range=[-0.2, 0.2])
    config = edited(plain_toy, {"world.countries.USA.entry.growth": growth})
    path, entry = cohort_path(config)[:, 0], config.entry
    place = entry.level_year - config.world.burn_in_year
    assert path[place] == config.world.countries["USA"].entry.level.value
    assert np.diff(np.log(path))[place:place + 3] == pytest.approx([0.06, 0.04, 0.02])       # 2016 to 2018
    assert np.diff(np.log(path))[0] == pytest.approx(0.10)


def test_strength_follows_its_data_and_then_its_components(plain_toy: Plain) -> None:
    """Closed form: as given to the last year; from then on a part of the way to what the components have done since."""
    changes = {STRENGTH: figure({2012: 1.0, 2016: 3.0}, range=[0.1, 5.0]), "behaviour.ecosystem.weight_talent": 0.0}
    boost = policy("compute", start=2014, change="multiply", value=2.0)
    path = {name: _log_strength(edited(plain_toy, changes, policy=policies)) for name, policies in (("none", {}), ("boost", {"x": boost}))}
    for year, value in ((2011, 1.0), (2012, 1.0), (2014, 2.0), (2016, 3.0), (2025, 3.0)):
        assert path["none"][year] == pytest.approx(np.log(value), abs=1e-12)
    law = edited(plain_toy, changes).behaviour.ecosystem
    full = float(law.weight_compute) * np.log(2.0) * (1.0 - 1.0 / 4.0)           # relative to the mean of four countries
    for year in (2013, 2014, 2016, 2020):
        share = 1.0 - (1.0 - float(law.adjustment)) ** max(0, year - 2013)
        assert path["boost"][year] - path["none"][year] == pytest.approx(full * share)


def _log_strength(config: Config) -> dict[int, float]:
    model, path = TalentModel(config), {}
    while model.year < 2025:
        model.step()
        path[model.year] = float(model.world.log_strength[0])
    return path


def test_talent_counts_from_the_last_year_of_data_on(plain_toy: Plain) -> None:
    changes = {STRENGTH: figure({2012: 1.0, 2018: 2.0}, range=[0.1, 5.0]), "population.scale": 20.0}
    path = _log_strength(edited(plain_toy, changes))
    assert [path[year] for year in (2012, 2015, 2018)] == pytest.approx(np.log([1.0, 1.5, 2.0]))
    assert abs(path[2020] - np.log(2.0)) > 1e-4


def test_the_twin_lives_in_the_same_years(plain_toy: Plain) -> None:
    """A series up to the first year leaves what a number leaves; one that moves later is the same until then."""
    pay = {"number": 80_000.0, "still": figure({2010: 80_000.0}), "moving": figure({2015: 80_000.0, 2020: 160_000.0})}
    twins = {name: MeanField(edited(plain_toy, {PAY: value})).run() for name, value in pay.items()}
    assert np.array_equal(twins["number"].researchers, twins["still"].researchers)
    same = np.isclose(twins["number"].researchers, twins["moving"].researchers).all(axis=(1, 2))
    assert same.tolist() == [year <= 2015 for year in twins["moving"].years]
    with pytest.raises(ValueError, match="ability_mean_log"):
        MeanField(edited(plain_toy, {"world.countries.USA.ability.mean_log": figure({2010: 0.0, 2020: 0.2}, range=[-1, 1])}))


def test_participation_by_country_and_year() -> None:
    """Rates as given in the years of the series, grown by `growth` before and after; without a series as before."""
    rate = {"level": {"value": 1.0, "unit": "relative", "range": [0, 9], "evidence": "assumed"},
            "growth": {"value": 0.1, "unit": "log points a year", "range": [-1, 1], "evidence": "assumed"}}
    moving = rate | {"level": figure({2018: 1.0, 2020: 3.0}, range=[0, 9])}
    conference = Conference.model_validate({"title": "A conference", "level_year": 2019, "growth_until": 2022, "others": rate,
                                            "recency": figure(0.0), "participation": {"CHN": moving}})
    years = np.array([2016, 2018, 2019, 2020, 2021, 2022, 2030])
    rates = rates_over(conference.participation, conference, years, ["USA", "CHN"])
    assert rates[:, 0] == pytest.approx(np.exp(0.1 * (np.minimum(years, 2022) - 2019)))
    assert rates[:, 1] == pytest.approx([np.exp(-0.2), 1.0, 2.0, 3.0, 3 * np.exp(0.1), 3 * np.exp(0.2), 3 * np.exp(0.2)])
    with pytest.raises(ValueError, match="growth goes on"):
        Conference.model_validate(conference.model_dump() | {"others": rate | {"level": figure({2018: 1.0}, after="hold")}})
