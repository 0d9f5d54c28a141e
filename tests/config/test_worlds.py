"""The shipped worlds: every figure carries what is known about it; a country is one file."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from talentsim import Config, TalentModel
from talentsim.config import UserError, parameters_of
from talentsim.config.compose import load_arms
from talentsim.config.files import conf_dir, names_in_group
from talentsim.data.facts import facts
from talentsim.data.sources import sources, used_sources
from talentsim.data.tables import base_levers
from talentsim.state.countries import Countries
from talentsim.vocab import Evidence

AI = "USA CHN IND GBR DEU FRA CAN CHE NLD ISR KOR JPN SGP AUS IRN REU ROW".split()


def test_the_ai_world_has_its_countries_and_years(ai: Config) -> None:
    assert list(ai.world.countries) == AI
    assert (ai.world.start_year, ai.world.end_year, ai.population.scale) == (2010, 2035, 1.0)
    assert ai.world.burn_in_year < 2010


@pytest.mark.parametrize("world", names_in_group("world"))
def test_every_figure_says_what_is_known(world: str) -> None:
    config = Config.load(f"world={world}")
    for key, figure in parameters_of(config):
        assert figure.unit, key
        assert figure.range[0] <= figure.value <= figure.range[1], key
        assert figure.source or figure.evidence is Evidence.ASSUMED, key
        if figure.evidence is Evidence.MEASURED and "position" not in key:
            assert figure.year or "behaviour" in key, f"{key}: a measurement has a year"


@pytest.mark.parametrize(("world", "scenario"), list(itertools.product(names_in_group("world"), names_in_group("scenario"))))
def test_every_scenario_composes_with_every_world_and_names_its_sources(world: str, scenario: str) -> None:
    for arm in load_arms([f"world={world}", f"scenario={scenario}"]):
        used_sources(arm)
    meta = arm.scenario
    assert meta.name == scenario and meta.title and meta.description.count(".") >= 2 and meta.stands_for


def test_sources_are_whole() -> None:
    for source in sources().values():
        assert source.title and source.publisher and isinstance(source.year, int | None)
        assert not source.url or source.url.startswith("https://")


def test_facts_are_whole_and_sourced() -> None:
    known = sources()
    assert len(facts()) > 100
    for fact in facts().values():
        assert fact.quantity and fact.unit and fact.value is not None, fact.id
        assert fact.source in known, fact.id


def test_an_unknown_source_is_named(toy: Config) -> None:
    with pytest.raises(UserError, match=r"did you mean 'kahn'"):
        config = Config.load("world=toy", "behaviour.location.weights.beta_visa.source=[khan]")
        used_sources(config)


def test_a_users_own_source_is_as_good(toy: Config) -> None:
    own = Config.load("world=toy", "+sources.mine={title: My survey, publisher: Me, year: 2026}",
                      "behaviour.location.weights.beta_visa.source=[mine]")
    assert used_sources(own)["mine"] == ["behaviour.location.weights.beta_visa"]


def test_nobody_screens_their_own_nationals(ai: Config) -> None:
    levers = base_levers(ai)
    assert np.diag(levers["student_refusal"]).tolist() == [0.0] * len(AI)
    assert np.diag(levers["work_visa_odds"]).tolist() == [1.0] * len(AI)
    assert np.diag(levers["years_to_permanence"]).tolist() == [0.0] * len(AI)


def test_distances_are_those_of_the_globe(ai: Config) -> None:
    """Washington-Beijing 11,140 km and London-Paris 340 km by the great circle."""
    countries = Countries.from_config(ai)
    place = countries.codes.index
    assert countries.distance_km[place("USA"), place("CHN")] == pytest.approx(11_140, rel=0.01)
    assert countries.distance_km[place("GBR"), place("FRA")] == pytest.approx(340, rel=0.03)
    assert np.array_equal(countries.distance_km, countries.distance_km.T)


def test_adding_a_country_is_one_file(tmp_path: Path) -> None:
    """A file for the Emirates beside the shipped ones, one word on the command line, and people work there."""
    folder = tmp_path / "country"
    folder.mkdir()
    text = (conf_dir() / "country" / "SGP.yaml").read_text(encoding="utf-8").replace("name: Singapore", "name: Emirates")
    (folder / "ARE.yaml").write_text(text, encoding="utf-8")
    config = Config.load("world=ai", "+country@world.countries.ARE=ARE", "focus=ARE", config_dir=str(tmp_path))
    assert list(config.world.countries) == [*AI, "ARE"]
    model = TalentModel(Config.load("world=ai", "+country@world.countries.ARE=ARE", "population.scale=0.05", "world.end_year=2015",
                                    config_dir=str(tmp_path)))
    run = model.run()
    assert run.researchers[-1][:, :, -1].sum() > 0
