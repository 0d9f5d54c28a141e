"""The shipped worlds: every figure carries what is known about it; a country is one file."""

from __future__ import annotations

import itertools
import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from talentsim import Config, TalentModel
from talentsim.config import UserError, parameters_of
from talentsim.config.arms import Composer
from talentsim.config.compose import parse
from talentsim.config.files import conf_dir, names_in_group
from talentsim.data.facts import facts
from talentsim.data.sources import sources, used_sources
from talentsim.measures.observers import article_counts
from talentsim.model.cohorts import cohort_path
from talentsim.model.policy import levers_in_year
from talentsim.model.state.countries import Countries
from talentsim.model.tables import base_levers, lever_axes
from talentsim.vocab import Evidence

AI = ["USA", "CHN", "IND", "GBR", "DEU", "FRA", "CAN", "CHE", "NLD", "ISR", "KOR", "JPN", "SGP", "AUS", "IRN", "REU", "ROW"]


def test_the_ai_world_has_its_countries_and_years(ai: Config) -> None:
    assert list(ai.world.countries) == AI
    assert (ai.world.start_year, ai.world.end_year, ai.population.scale) == (2010, 2035, 1.0)
    assert ai.world.burn_in_year < 2010


@pytest.mark.parametrize("world", [pytest.param(each, marks=pytest.mark.whole) if each == "ai_wide" else each for each in names_in_group("world")])
def test_every_figure_says_what_is_known(world: str) -> None:
    config = Config.load(f"world={world}")
    for key, figure in parameters_of(config):
        assert figure.unit, key
        assert figure.range[0] <= figure.value <= figure.range[1], key
        assert figure.source or figure.evidence is Evidence.ASSUMED, key
        if figure.evidence is Evidence.MEASURED and "position" not in key:
            assert figure.year or "behaviour" in key, f"{key}: a measurement has a year"


@lru_cache
def composer_of(world: str) -> Composer:
    """Return what composes one world: once for all of its scenarios."""
    assert world
    return Composer()


@pytest.mark.parametrize(("world", "scenario"), [
    pytest.param(*each, marks=pytest.mark.slow if each[0] == "ai_wide" else ())     # it differs from the AI world by six places
    for each in itertools.product(names_in_group("world"), names_in_group("scenario"))])
def test_every_scenario_composes_where_its_countries_exist_and_names_its_sources(world: str, scenario: str) -> None:
    arguments = [f"world={world}", f"scenario={scenario}"]
    composer = composer_of(world)
    plain = composer.plain(parse(arguments))
    if not countries_named(plain["policy"]) <= plain["world"]["countries"].keys():
        assert world != "ai"
        with pytest.raises(UserError, match="country in world"):
            composer.arms(arguments)
        return
    for arm in composer.arms(arguments):
        used_sources(arm)
    meta = arm.scenario
    assert meta.name == scenario and meta.title and meta.description.count(".") >= 2 and meta.stands_for
    assert bool(meta.expects) == (scenario != "baseline")


def countries_named(policies: dict[str, Any]) -> set[str]:
    fields = ("countries", "origins", "partners", "headquarters")
    return {code for policy in policies.values() for field in fields for code in policy.get(field) or ()}


def test_scenarios_stack_without_a_copy() -> None:
    """The great decoupling is its parts: the same policies under the same names."""
    whole = Config.load("world=ai", "scenario=great_decoupling").policies
    parts: dict[str, Any] = {}
    for name in ("ecosystem_split", "service_cutoff", "visa_tightening_china", "china_initiative", "site_closed", "return_programme"):
        parts |= Config.load("world=ai", f"scenario={name}").policies
    assert whole == parts


@pytest.mark.whole
def test_every_policy_says_what_is_known() -> None:
    for scenario in names_in_group("scenario"):
        for name, policy in composer_of("ai").one(["world=ai", f"scenario={scenario}"]).policies.items():
            assert policy.title, name
            assert policy.source or policy.evidence is Evidence.ASSUMED, name
            assert policy.range or policy.change == "set" or policy.value == 1000.0, f"{name}: a size that is not law has a range"


def test_history_is_the_baseline_of_the_ai_world_alone(ai: Config, toy: Config) -> None:
    assert not toy.policies
    assert {"h1b_lottery", "h1b_denials", "h1b_renewal_denials", "f1_refusals", "stem_opt_2008", "stem_opt_2016",
            "china_initiative_2018", "proclamation_10043", "consulates_closed_2020", "h1b_fee_2025"} <= ai.policies.keys()
    assert all(policy.start <= date(2026, 11, 27) for policy in ai.policies.values())


@pytest.mark.whole
def test_history_can_be_switched_off() -> None:
    without = Config.load("policy.china_initiative_2018=null").policies
    assert "china_initiative_2018" not in without and "proclamation_10043" in without
    assert not Config.load("history=none").policies


def levers_of(config: Config, year: int) -> dict[str, np.ndarray]:
    return levers_in_year(base_levers(config, year), config.policies, year, lever_axes(config))


def test_history_gives_the_published_figures(ai: Config) -> None:
    """Odds and denials by year, months of practical training, the China Initiative by days, the fee."""
    usa, chn = AI.index("USA"), AI.index("CHN")
    series = {name: facts()[name].value for name in ("h1b_selection", "h1b_denial_initial", "h1b_denial_continuing")}
    for fiscal, percent in series["h1b_selection"].items():
        odds = levers_of(ai, int(fiscal[2:]) - 1)["work_visa_odds"][usa, chn]
        assert odds == pytest.approx(percent / 100, abs=1e-9), fiscal
    for fact, lever in (("h1b_denial_initial", "work_visa_refusal"), ("h1b_denial_continuing", "renewal_refusal")):
        for fiscal, percent in series[fact].items():
            assert levers_of(ai, int(fiscal[2:]))[lever][usa, chn] == pytest.approx(percent / 100, abs=1e-9), fiscal
    post_study = [levers_of(ai, year)["post_study_years"][usa] for year in (2007, 2010, 2017, 2030)]
    assert post_study == [1.0, 2.417, 3.0, 3.0]
    chilling = [levers_of(ai, year)["chilling"][usa, chn] for year in (2017, 2018, 2020, 2022, 2023)]
    assert chilling == pytest.approx([0, 0.75 * 61 / 365, 0.75, 0.75 * 54 / 365, 0])
    assert not levers_of(ai, 2020)["chilling"][usa, AI.index("IND")].any()
    assert levers_of(ai, 2027)["visa_fee"][usa] == base_levers(ai, 2027)["visa_fee"][usa] < levers_of(ai, 2026)["visa_fee"][usa]


def test_the_pandemic_keeps_out_those_who_come_from_abroad(ai: Config) -> None:
    """In the United States by what was missing of the H-1B visas issued abroad in 2019; elsewhere in 2020 alone."""
    issued, usa = facts()["h1b_visas_issued"].value["total"], AI.index("USA")
    foreign = ~np.eye(len(AI), dtype=bool)
    elsewhere = foreign & (np.arange(len(AI)) != usa)[:, None]
    for year, others in ((2019, 0.0), (2020, 0.24), (2021, 0.0), (2022, 0.0)):
        kept_out = levers_of(ai, year)["entry_refusal"]
        missing = 1.0 - issued[f"FY{year}"] / issued["FY2019"] if year in (2020, 2021) else 0.0
        assert kept_out[usa, foreign[usa]] == pytest.approx(missing, abs=0.006), year
        assert (kept_out[elsewhere] == others).all() and not np.diag(kept_out).any()


def test_student_refusals_follow_the_published_rate(ai: Config) -> None:
    """Relative to 2024, all levels of study; the pandemic comes on top in 2020 and 2021."""
    usa, ind = AI.index("USA"), AI.index("IND")
    now = levers_of(ai, 2024)["student_refusal"][usa, ind]
    for fiscal, percent in facts()["f1_refusal"].value.items():
        if fiscal not in ("FY2020", "FY2021"):
            then = levers_of(ai, int(fiscal[2:]))["student_refusal"][usa, ind]
            assert then / now == pytest.approx(percent / facts()["f1_refusal"].value["FY2024"], abs=0.01), fiscal


def test_entry_variants_part_after_the_last_year_with_data() -> None:
    configs = {name: Config.load("world=toy", f"entry={name}") for name in names_in_group("entry")}
    paths = {name: cohort_path(config) for name, config in configs.items()}
    last = 2024 - 1992
    for path in paths.values():
        assert np.array_equal(path[: last + 1], paths["trend"][: last + 1])
    assert np.allclose(paths["plateau"][last:], paths["plateau"][last])
    china, india = 1, 2
    grown = {name: path[-1] / path[last] for name, path in paths.items()}
    assert grown["surge_china"][china] == pytest.approx(np.exp(0.1 * 11)) and grown["surge_india"][india] == pytest.approx(np.exp(0.1 * 11))
    assert grown["decline"][china] == pytest.approx(np.exp(-0.04 * 11)) and grown["decline"][india] == pytest.approx(np.exp(-0.02 * 11))
    assert np.array_equal(np.delete(grown["surge_china"], china), np.delete(grown["trend"], china))
    for name, config in configs.items():
        assert config.entry.name == name and config.entry.title and config.entry.description.count(".") >= 2


def test_four_firms_have_two_thirds_of_their_people_in_the_united_states(ai: Config) -> None:
    """Researchers in industry as published for 2020 or thereabouts, by the weights of the sites."""
    heads = dict.fromkeys(AI, 3500.0) | {"USA": 52_000, "CHN": 27_000, "IND": 7_300, "GBR": 6_500, "DEU": 6_300, "FRA": 4_300, "CAN": 5_200,
                                         "CHE": 2_100, "NLD": 2_100, "ISR": 1_900, "KOR": 5_000, "JPN": 6_500, "SGP": 2_300}
    posts = np.array([heads[code] * float(ai.world.countries[code].industry_share) for code in AI])
    rows = [list(ai.employers).index(name) for name in ("MICROSOFT", "GOOGLE", "META", "IBM")]
    staff = (base_levers(ai, 2026)["site_weight"][rows] * posts).sum(axis=0)
    assert 100 * staff[AI.index("USA")] / staff.sum() == pytest.approx(facts()["cset_labs"].value["AI_staff_in_US_pct"], abs=5)


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


def test_every_fact_of_2026_informs_something_or_has_a_reason_not_to() -> None:
    """Figures, policies and targets name it, or the table of those that set no figure does."""
    root = Path(__file__).parents[2]
    behind = re.findall(r"\bfact: (?:\[([^\]]*)\]|(\w+))", "\n".join(file.read_text(encoding="utf-8") for file in (root / "conf").rglob("*.yaml")))
    told = re.findall(r"`(\w+)`", (root / "docs" / "figures_2026.md").read_text(encoding="utf-8"))
    known = list(facts())
    assert set(known[known.index("mp19_origin_more"):]) <= {*told, *re.findall(r"\w+", " ".join(map(" ".join, behind)))}


def test_an_unknown_source_is_named() -> None:
    with pytest.raises(UserError, match=r"did you mean 'kahn'"):
        config = Config.load("world=toy", "behaviour.location.weights.beta_visa.source=[khan]")
        used_sources(config)


def test_a_users_own_source_is_as_good() -> None:
    own = Config.load("world=toy", "+sources.mine={title: My survey, publisher: Me, year: 2026}",
                      "behaviour.location.weights.beta_visa.source=[mine]")
    assert used_sources(own)["mine"] == ["behaviour.location.weights.beta_visa"]


def test_nobody_screens_their_own_nationals(ai: Config) -> None:
    levers = base_levers(ai, 2026)
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
    """A file for Italy beside the shipped ones, one word on the command line, and people work there."""
    folder = tmp_path / "country"
    folder.mkdir()
    text = (conf_dir() / "country" / "SGP.yaml").read_text(encoding="utf-8").replace("name: Singapore", "name: Italy")
    (folder / "ITA.yaml").write_text(text, encoding="utf-8")
    config = Config.load("world=ai", "parameters=point", "+country@world.countries.ITA=ITA", "focus=ITA", "population.scale=0.05", "world.end_year=2015",
                         config_dir=str(tmp_path))
    assert list(config.world.countries) == [*AI, "ITA"]
    run = TalentModel(config).run()
    assert run.researchers[-1][:, :, -1].sum() > 0


@pytest.mark.slow
def test_databases_show_what_they_counted_in_2019() -> None:
    """Article rates are made for the baseline's works: at small scale and one seed within a quarter of what was counted; run the experiment again if not."""
    config = Config.load("world=ai", "parameters=point", "observers=databases", "population.scale=0.2", "world.end_year=2019", "executor=serial")
    works = TalentModel(config).run().frame("works")
    counts = article_counts(works, config.observers.articles["scopus"]).set_index(["year", "country"])["articles"]
    known = facts()["sei_ai_articles"].value
    for country, name in (("USA", "US"), ("CHN", "China"), ("GBR", "UK")):
        assert counts[2019, country] == pytest.approx(known[name][2019], rel=0.25), country
    assert used_sources(config)["cat2025"]
