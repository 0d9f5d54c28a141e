"""A changed date or value leaves no shipped text standing: every shipped scenario, all that is said of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from talentsim.config import Policy
from talentsim.config.files import names_in_group
from talentsim.config.plain import PlainComposer
from talentsim.config.retold import NUMBER
from talentsim.report.words import policy_in_words

Plain = dict[str, Any]
SCENARIOS = [name for name in names_in_group("scenario") if name != "baseline"]


@pytest.fixture(scope="module")
def composer() -> PlainComposer:
    """One for the module: the world is composed once."""
    return PlainComposer()


def arm(composer: PlainComposer, scenario: str, *overrides: str) -> tuple[Plain, Plain]:
    """Return a scenario as plain data, and those of its policies that the baseline has not."""
    baseline, plain = composer.arms(["world=ai", f"scenario={scenario}", *overrides])
    return plain, {name: each for name, each in plain["policy"].items() if each is not None and baseline["policy"].get(name) != each}


def said(plain: Plain, policies: Plain) -> list[str]:
    """Return all that a scenario and its policies say of themselves, in their own words."""
    card = plain["scenario"]
    return [card["title"], card["description"], card.get("stands_for", ""), *map(str, (plain["compare"].get("alone") or {}).values()),
            *(text for each in policies.values() for text in (each.get("title", ""), each.get("note", "")))]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_that_begins_later_names_no_year_of_its_file(composer: PlainComposer, scenario: str) -> None:
    shipped, (plain, policies) = arm(composer, scenario), arm(composer, scenario, "scenario.start=2031")
    assert plain["scenario"]["title"].endswith("later)") and "2031" in plain["scenario"]["description"]
    assert not set(said(*shipped)[3:]) & set(said(plain, policies)) - {""}, "titles, notes and words beside it are those of the file"
    own = {str(year) for each in policies.values() for key in ("start", "end") if each.get(key) is not None for year in [str(each[key])[:4]]}
    text = " ".join([*said(plain, policies), *(policy_in_words(Policy.model_validate(each)) for each in policies.values())])
    assert set(re.findall(r"\b20\d\d\b", text)) <= own | {"2031"}, text


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_with_other_values_tells_none_of_its_file(composer: PlainComposer, scenario: str) -> None:
    """Each policy in turn at a value that no file has: no title, no note and no description of the file is left of it."""
    shipped, names = arm(composer, scenario)
    for name, each in names.items():
        low, high = each.get("range") or (0.0, 1.0)
        overrides = [f"policy.{name}.value={low + 0.37 * (high - low)}"] if high > low else [f"policy.{name}.ramp_years=7"]
        plain, policies = arm(composer, scenario, *overrides)
        card, own = plain["scenario"], shipped["scenario"]
        assert "(changed: " in card["title"] and name not in card["title"]
        assert card["description"] != own["description"] and f"(policy {name})" in card["description"] and not card["stands_for"]
        assert not policies[name].get("title") and not policies[name].get("note")
        assert policies.keys() == names.keys() and all(policies[other] == names[other] for other in names if other != name)
        alone = (plain["compare"].get("alone") or {}).get(name)
        assert alone in (None, "as given, and nothing else")


def test_titles_of_shipped_scenarios_hold_no_numbers(composer: PlainComposer) -> None:
    for scenario in SCENARIOS:
        title = arm(composer, scenario)[0]["scenario"]["title"].lower()
        assert not NUMBER.search(title) and not re.search(r"\b(half|third|quarter|fifth|tenth|twice|double|twenty|ten|four|five|six|seven|twelve)\b", title), title


def test_what_is_as_shipped_keeps_its_words(composer: PlainComposer) -> None:
    """The date of the file given again changes nothing, nor does a figure that is not a policy's."""
    shipped = arm(composer, "visa_tightening")[0]
    for overrides in (["scenario.start=2027"], ["policy.f1_refusal.value=0.2"], ["compare.year=2030"]):
        plain, _ = arm(composer, "visa_tightening", *overrides)
        assert plain["scenario"] == shipped["scenario"] and plain["policy"] == shipped["policy"]


def test_words_that_are_given_with_a_value_stay(composer: PlainComposer) -> None:
    _, policies = arm(composer, "visa_tightening", "policy.f1_refusal.value=0.1", "policy.f1_refusal.title=Ten points")
    assert policies["f1_refusal"]["title"] == "Ten points"
    plain, policies = arm(composer, "visa_tightening", "+policy.mine={lever: pay, countries: [CAN], start: 2028, change: multiply, value: 1.2, title: Mine}")
    assert policies["mine"]["title"] == "Mine" and "(changed: Mine)" in plain["scenario"]["title"]


def test_a_policy_that_is_taken_out_is_told(composer: PlainComposer) -> None:
    plain, policies = arm(composer, "visa_tightening", "policy.h1b_odds=null")
    assert "h1b_odds" not in policies and "(changed: without Chance in the work-visa lottery, United States)" in plain["scenario"]["title"]


def test_history_set_by_hand_is_told_in_both_arms(composer: PlainComposer) -> None:
    name = next(name for name, each in composer.arms(["world=ai"])[0]["policy"].items() if each.get("value") is not None)
    arms = composer.arms(["world=ai", "scenario=visa_tightening", f"policy.{name}.value=0.11"])
    assert all("(changed: " in each["scenario"]["title"] and not each["policy"][name].get("note") for each in arms)


def test_a_title_with_a_year_gives_way_to_the_name(tmp_path: Path) -> None:
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "mine.yaml").write_text("scenario: {name: mine, title: More pay in 2028, description: From 2028.}\n"
        "policy: {more: {lever: pay, countries: [CAN], start: 2028, change: multiply, value: 1.2}}\n", encoding="utf-8")
    own = PlainComposer(str(tmp_path))
    assert own.arms(["world=toy", "scenario=mine"])[1]["scenario"]["title"] == "More pay in 2028"
    assert own.arms(["world=toy", "scenario=mine", "scenario.start=2030"])[1]["scenario"]["title"] == "mine (from 2030, 2 years later)"


def test_a_figure_set_by_hand_keeps_no_word_of_another_value(composer: PlainComposer) -> None:
    """Its evidence, source, year and note were of the shipped value; what is given with the value stays."""
    def pay(*overrides: str) -> Plain:
        return dict(composer.arms(["world=ai", *overrides])[0]["world"]["countries"]["USA"]["pay"])

    key, shipped = "world.countries.USA.pay", pay()
    value = 1.01 * shipped["value"]
    told, cited = (pay(f"{key}.value={value}", *more)
                   for more in ([], [f"{key}.note=mine", f"{key}.evidence=estimated", f"{key}.source={shipped['source']}"]))
    assert shipped["evidence"] != "assumed" and shipped["source"]
    assert (told["value"], told["evidence"], told["source"], told["year"], told["note"]) == (value, "assumed", [], None, "set by hand")
    assert (cited["evidence"], cited["note"]) == ("estimated", "mine")
    assert pay(f"{key}.note=mine", f"{key}.evidence=estimated", f"{key}.source={shipped['source']}", f"{key}.value={value}") == cited, "in any order"
    assert pay(f"{key}.value={shipped['value']}") == shipped
