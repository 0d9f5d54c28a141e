"""Countries split off another: written out where they are composed, named with their whole, and told where they cannot be."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from talentsim.calibration.posterior import differences, hashes, probe_config
from talentsim.commands import run_command
from talentsim.commands.arguments import read
from talentsim.commands.new import run
from talentsim.config import Config, UserError, parameters_of
from talentsim.config.arms import load_arms
from talentsim.config.compose import compose_plain
from talentsim.config.evidence import evidence_counts
from talentsim.config.files import Files
from talentsim.config.parts import SHARED_OUT, with_parts
from talentsim.config.wholes import without_parts
from talentsim.data.posterior import draws_named, draws_text
from talentsim.ensemble.draws import config_of, held_keys, row_of
from talentsim.ensemble.identity import arm_id, settings_of
from talentsim.vocab import Evidence
from worlds import edited, split

AI = ("world=ai",)
POSTERIOR = 0           # a replication


@pytest.fixture(scope="module")
def plain_ai() -> dict[str, Any]:
    """The AI world over draws, as plain data."""
    return compose_plain(AI)


@pytest.fixture(scope="module")
def wide(plain_ai: dict[str, Any]) -> Config:
    """Three parts of three countries, one with figures of its own."""
    data = split(split(split(plain_ai, "TWN", "ROW", 0.06), "SWE", "REU", 0.1), "HKG", "CHN", 0.03)
    data["world"]["countries"]["TWN"]["home"] = {"sd": {"value": 0.5, "unit": "utils", "range": [0, 2], "evidence": "assumed"}}
    return Config.checked(data)


def test_a_part_is_a_slice_and_the_rest_shrinks(plain_ai: dict[str, Any], wide: Config) -> None:
    whole, countries = Config.checked(plain_ai).world.countries, wide.world.countries
    for part, name, share in (("TWN", "ROW", 0.06), ("HKG", "CHN", 0.03)):
        level = float(whole[name].entry.level)
        assert float(countries[part].entry.level) == pytest.approx(share * level)
        assert float(countries[name].entry.level) == pytest.approx((1.0 - share) * level)
        assert countries[part].pay.note.startswith(f"as {name}") and countries[part].region == whole[name].region
        assert (countries[part].pay.value, countries[part].pay.source) == (whole[name].pay.value, whole[name].pay.source)
    assert float(countries["TWN"].home.sd) == 0.5 and countries["TWN"].home.study.value == whole["ROW"].home.study.value
    assert countries["USA"].visa.other_visa_by_origin["HKG"].value == whole["USA"].visa.other_visa_by_origin["CHN"].value
    assert wide.policies["china_initiative_2018"].origins == ["CHN", "HKG"]
    firm = next(each for each in wide.employers.values() if "CHN" in each.sites)
    assert firm.sites["HKG"].value == firm.sites["CHN"].value
    participation = wide.observers.conferences["neurips"].participation
    assert participation["HKG"].growth.value == participation["CHN"].growth.value and participation["HKG"].growth.note.startswith("as CHN")


def test_figures_from_a_whole_count_once(plain_ai: dict[str, Any], wide: Config) -> None:
    before, after = (evidence_counts(parameters_of(each)) for each in (Config.checked(plain_ai), wide))
    assert after == before | {Evidence.ASSUMED: before[Evidence.ASSUMED] + 4}       # three shares, and what TWN says itself


def test_what_is_written_out_once_stays_as_it_is(wide: Config) -> None:
    again = Config.checked(wide.model_dump(mode="json"))
    assert again.world == wide.world and again.policy == wide.policy


def test_without_parts_nothing_is_touched(plain_toy: dict[str, Any]) -> None:
    assert with_parts(plain_toy) is plain_toy


def test_parts_put_back_are_the_world_without_them(plain_ai: dict[str, Any], wide: Config) -> None:
    """To the last digit, and whatever is said of parts alone."""
    data = wide.model_dump(mode="json")
    data["policy"]["mine"] = {"lever": "pay", "countries": ["TWN"], "start": 2027, "change": "multiply", "value": 2.0, "title": "x", "evidence": "assumed"}
    whole = Config.checked(plain_ai)
    assert settings_of(without_parts(Config.checked(data))) == settings_of(whole) and without_parts(whole) is whole


def test_draws_of_another_version_are_told_in_a_split_world(plain_ai: dict[str, Any], wide: Config, tmp_path: Path) -> None:
    draws = draws_named("ai")
    said = {**draws.manifest, "hashes": hashes("ai"), "probe_arm": arm_id(probe_config(Config.checked(plain_ai)))}
    (tmp_path / "own.csv").write_text(draws_text(draws.keys, draws.values), encoding="utf-8")
    for targets, told in ((said["hashes"]["targets"], []), ("others", ["the targets of the calibration"])):
        manifest = {**said, "hashes": {**said["hashes"], "targets": targets}}
        (tmp_path / "own.json").write_text(json.dumps(manifest), encoding="utf-8")
        own = wide.model_copy(update={"parameters": wide.parameters.model_copy(update={"draws": str(tmp_path / "own.csv")})})
        assert differences(own) == told


def test_capacity_is_shared_out_and_odds_are_not(plain_toy: dict[str, Any]) -> None:
    whole = edited(plain_toy, {"world.countries.USA.visa.work_visa_cap": {"value": 100.0, "unit": "visas", "range": [0, 200], "evidence": "assumed"}})
    data = split(whole.model_dump(mode="json"), "XUS", "USA", 0.25)
    parted = Config.checked(data)
    for path in SHARED_OUT:
        node: Any = whole.world.countries["USA"]
        shares = []
        for part in ("USA", "XUS"):
            each: Any = parted.world.countries[part]
            for name in path:
                each = getattr(each, name)
            shares.append(each)
        for name in path:
            node = getattr(node, name)
        assert (node is None and shares == [None, None]) or [float(each) for each in shares] == pytest.approx([0.75 * float(node), 0.25 * float(node)])
    assert parted.world.countries["XUS"].visa.work_visa_odds.value == whole.world.countries["USA"].visa.work_visa_odds.value


def test_a_policy_means_the_parts_of_whom_it_names_but_not_in_persons_a_year(plain_toy: dict[str, Any]) -> None:
    data = split(plain_toy, "XUS", "USA", 0.25)
    base = {"start": 2026, "change": "set", "countries": ["USA"], "title": "x", "range": [0, 1000], "evidence": "assumed"}
    data["policy"] = {"pay": base | {"lever": "post_study_years", "value": 4.0}, "cap": base | {"lever": "work_visa_cap", "value": 50.0}}
    config = Config.checked(data)
    assert config.policies["pay"].countries == ["USA", "XUS"] and config.policies["cap"].countries == ["USA"]


def test_parts_follow_the_draws_of_their_whole(wide: Config, plain_ai: dict[str, Any]) -> None:
    drawn, whole = config_of(wide, POSTERIOR).world.countries, config_of(Config.checked(plain_ai), POSTERIOR).world.countries
    assert held_keys(wide) == held_keys(Config.checked(plain_ai))
    assert drawn["TWN"].home.study.value == drawn["ROW"].home.study.value == whole["ROW"].home.study.value
    assert drawn["TWN"].entry.level.value == pytest.approx(0.06 * whole["ROW"].entry.level.value, rel=1e-12)
    assert drawn["ROW"].entry.level.value == pytest.approx(0.94 * whole["ROW"].entry.level.value, rel=1e-12)
    assert drawn["USA"].visa.other_visa_by_origin["HKG"].value == whole["USA"].visa.other_visa_by_origin["CHN"].value
    participation = config_of(wide, POSTERIOR).observers.conferences["neurips"].participation
    assert participation["SWE"].level.value == participation["REU"].level.value


def test_what_is_set_by_hand_follows_nobody() -> None:
    parted = ("+country@world.countries.TWN=TWN", *AI)
    config = Config.load(*parted, "world.countries.TWN.home.study.value=4")
    study = config.world.countries["TWN"].home.study
    assert float(study) == 4.0 and study.note == "set by hand" and study.unit == config.world.countries["ROW"].home.study.unit
    row = row_of(config, POSTERIOR)
    assert "world.countries.TWN.home.study" not in row and "world.countries.TWN.home.attachment" in row
    held = Config.load(*parted, "world.countries.ROW.home.study.value=4.5")
    assert float(held.world.countries["TWN"].home.study) == 4.5
    assert not {"world.countries.ROW.home.study", "world.countries.TWN.home.study"} & row_of(held, POSTERIOR).keys()


@pytest.mark.parametrize(("split_from", "told"), [
    ({"country": "XYZ"}, "no country in world toy called 'XYZ'"), ({"country": "XUS"}, "cannot be a part of itself"),
    ({"share": 0.0}, "value 0 is out of range"), ({"share": 1.0}, "value 1 is out of range"), ({"share": "much"}, "a parameter is needed"),
    ({"country": None}, "country: CODE, share"), ({"share": 0.8}, "something of it has to be left"), ({"country": "XYU"}, "is itself split off")])
def test_what_cannot_be_split_is_told(split_from: dict[str, Any], told: str, plain_toy: dict[str, Any]) -> None:
    data = split(split(plain_toy, "XYU", "USA", 0.2), "XUS", "USA", 0.25)
    asked = data["world"]["countries"]["XUS"]["split_from"]
    share = asked["share"] | ({"value": split_from["share"]} if "share" in split_from else {})
    data["world"]["countries"]["XUS"]["split_from"] = {**asked, **split_from, "share": share}
    with pytest.raises(UserError, match=told):
        Config.checked(data)


def test_a_share_without_a_part_is_told(plain_toy: dict[str, Any]) -> None:
    data = copy.deepcopy(plain_toy)
    data["world"]["countries"]["USA"]["of_whole"] = 0.5
    with pytest.raises(UserError, match="nothing is split off it"):
        Config.checked(data)


def test_a_new_country_composes_and_its_lines_say_what_it_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(read(["new", "country", "XUS", "--from", "USA", "--share=0.25", "--config-dir", str(tmp_path)])) == 0
    assert "'+country@world.countries.XUS=XUS'" in capsys.readouterr().out
    config, _ = load_arms(["world=toy", "+country@world.countries.XUS=XUS"], str(tmp_path))
    assert config.world.countries["XUS"].of_whole == 0.25 and config.world.countries["USA"].of_whole == 0.75
    text, usa = (tmp_path / "country" / "XUS.yaml").read_text(encoding="utf-8"), Files().content("country", "USA")
    head, marker, lines = text.partition("indented less.\n")
    assert marker
    as_written, said = (with_parts({"world": {"countries": {"USA": usa, "XUS": yaml.safe_load(each)}}}) for each in
                        (text, head + marker + lines.replace("# ", "")))
    written, spoken = (each["world"]["countries"] for each in (as_written, said))
    assert written["XUS"]["pay"]["note"].startswith("as USA") and spoken["XUS"]["pay"] == usa["pay"] and written["USA"] == spoken["USA"]
    assert _without_notes(written["XUS"]) == _without_notes(spoken["XUS"])


def _without_notes(node: Any) -> Any:
    return {name: _without_notes(each) for name, each in node.items() if name != "note"} if isinstance(node, dict) else node


@pytest.mark.parametrize(("line", "told"), [
    ("new country ITA --share 0.1", "--from is missing"), ("new country ITA --from REU", "--share is missing"),
    ("new country ITA --from XYZ --share 0.1", "no country in world ai called 'XYZ'"), ("new country ITA --from EU --share 0.1", "'REU'"),
    ("new country ITA --from REU --share 1", "above 0 and below 1"), ("new country ITA --from REU --share much", "found 'much'"),
    ("new country CHN --from REU --share 0.1", "there is a country 'CHN' already"), ("new country ../x --from REU --share 0.1", "cannot be the code"),
    ("new region X", "talentsim new scenario NAME, or talentsim new country CODE")])
def test_what_cannot_be_written_is_told(line: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=told):
        run(read([*line.split(), "--config-dir", str(tmp_path)]))
    assert not list(tmp_path.rglob("*.yaml"))


def test_what_splits_is_no_option_of_another_command() -> None:
    with pytest.raises(UserError, match="it has no option --share"):
        run_command(read(["scenarios", "--share", "0.1"]))
