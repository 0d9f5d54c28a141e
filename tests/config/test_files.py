"""A folder of the user's own: only what is asked for is read, strictly, and nothing shipped is replaced without a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from talentsim.config import Config
from talentsim.config.arms import Composer
from talentsim.config.compose import compose_plain, parse
from talentsim.config.errors import UserError
from talentsim.config.files import conf_dir, names_in_group, shipped_file

TOY = ["world=toy", "executor=serial"]
CARD = "scenario: {name: s1, title: T, description: D.}\n"
POLICY = "policy: {p1: {lever: pay, countries: [CAN], start: 2027, change: multiply, value: 1.2}}\n"
PLAIN = CARD + POLICY


def folder(tmp_path: Path, **files: str | bytes) -> str:
    """Write scenario files; a double underscore in a name is a slash from the folder's top."""
    for name, text in files.items():
        path = tmp_path / (f"{name.replace('__', '/')}.yaml" if "__" in name else f"scenario/{name}.yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(tmp_path)


def refused(overrides: list[str], own: str | None, *words: str) -> None:
    """Assert that both arms are refused with these words, and so is the one that Python asks for."""
    with pytest.raises(UserError) as caught:
        Composer(own).arms([*TOY, *overrides])
    for each in words:
        assert each in caught.value.message
    if not any(each.startswith("baseline=") for each in overrides):
        with pytest.raises(UserError):
            Config.load(*TOY, *overrides, config_dir=own)


READABLE: dict[str, str | bytes] = {
    "no header": PLAIN,
    "header": "# @package _global_\n" + PLAIN,
    "comment above the header": "# my scenario\n\n# @package _global_\n" + PLAIN,
    "byte order mark": b"\xef\xbb\xbf# @package _global_\n" + PLAIN.encode(),
    "Windows lines": PLAIN.replace("\n", "\r\n"),
    "an alias": CARD + "policy: {p1: {lever: pay, countries: &here [CAN], start: 2027, change: multiply, value: 1.2}, p2: {lever: compute, "
                "countries: *here, start: 2027, change: multiply, value: 1.2}}\n",
}


@pytest.mark.parametrize("text", READABLE.values(), ids=READABLE)
def test_what_an_editor_makes_of_a_file_changes_nothing(tmp_path: Path, text: str | bytes) -> None:
    baseline, scenario = Composer(folder(tmp_path, s1=text)).arms([*TOY, "scenario=s1"])
    assert scenario.policies["p1"].value == 1.2 and all(each.countries == ["CAN"] for each in scenario.policies.values()) and not baseline.policies


UNREADABLE: dict[str, tuple[str | bytes, list[str]]] = {
    "empty": ("", ["s1.yaml", "the file is empty"]),
    "comments alone": ("# nothing\n", ["the file is empty"]),
    "list": ("- a\n", ["it holds a list"]),
    "text": ("hello\n", ["it holds text"]),
    "open bracket": ("scenario: [1,\n", ["s1.yaml, line"]),
    "tab": ("scenario:\n\tname: s1\n", ["line 2", "indent with spaces"]),
    "another base": (PLAIN.replace("1.2", "010"), ["line 2", "010 is not a decimal number"]),
    "hexadecimal": (PLAIN.replace("1.2", "0x10"), ["0x10 is not a decimal number"]),
    "a tag for another base": (PLAIN.replace("1.2", "!!int 0x10"), ["0x10 is not a decimal number"]),
    "sixties": (PLAIN.replace("1.2", "1:30"), ["1:30 is not a decimal number"]),
    "Norway": (PLAIN.replace("[CAN]", "[CAN, NO]"), ["line 2", "NO is read as true or false", "quote it ('NO')"]),
    "Norway as a key": ("x: {NO: 1}\n" + PLAIN, ["quote it"]),
    "doubled key": (PLAIN + POLICY, ["line 3", "duplicate key policy"]),
    "a tag": (PLAIN.replace("1.2", "!!python/name:os.system ''"), ["the tag"]),
    "not UTF-8": (b"scenario: {name: s1, title: Caf\xe9}\n", ["byte 31 is not UTF-8"]),
    "UTF-16": (PLAIN.encode("utf-16"), ["UTF-8"]),
    "too deep": ("a: " + "[" * 100_000, ["nested too deeply"]),
    "laughs": ("".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else 'x'] * 9)}]\n" for n in range(9)), ["without bound"]),
    "itself": ("a: &a [*a]\n", ["without bound"]),
    "impossible date": (PLAIN.replace("2027", "2027-02-29"), ["policy.p1.start", "2027-02-29", "a year (2026) or a date"]),
    "decimal comma": (PLAIN.replace("1.2", "'1,2'"), ["policy.p1.value", "a decimal point"]),
    "interpolation": (PLAIN.replace("title: T", "title: 'Costs ${price} rise'"), ["s1.yaml", "${price}", "there is no key of that name"]),
    "another name": (PLAIN.replace("name: s1", "name: other"), ["calls itself 'other'", "name: s1"]),
    "the baseline's name": (PLAIN.replace("name: s1", "name: baseline"), ["calls itself 'baseline'"]),
    "no name": (PLAIN.replace("name: s1, ", ""), ["scenario.name is missing"]),
    "no card": (POLICY, ["does not say what it is"]),
    "card of another kind": ("scenario: 3\n" + POLICY, ["does not say what it is"]),
    "policies as a list": (CARD + "policy: [1]\n", ["policy", "a mapping"]),
    "another package": ("# @package world\n" + PLAIN, ["package 'world'"]),
    "Hydra's part": (PLAIN + "hydra: {run: {dir: /}}\n", ["cannot configure Hydra"]),
    "code to run": (PLAIN + "x: {_target_: os.system}\n", ["s1.yaml", "_target_"]),
    "stacks itself": ("defaults: [/scenario/s1]\n" + PLAIN, ["stacks itself"]),
    "stacks nobody": ("defaults: [/scenario/nobody]\n" + PLAIN, ["'nobody'"]),
    "override of nothing": ("override: true\n" + PLAIN, ["no shipped file scenario/s1.yaml to replace"]),
    "override unclear": ("override: maybe\n" + PLAIN, ["override", "'maybe'", "true or false"]),
}


@pytest.mark.parametrize(("text", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_meant_is_told_with_its_line(tmp_path: Path, text: str | bytes, words: list[str]) -> None:
    refused(["scenario=s1"], folder(tmp_path, s1=text), *words)


def test_only_what_is_asked_for_is_read(tmp_path: Path) -> None:
    own = folder(tmp_path, s1=PLAIN, broken="a: [1", world__broken="\t", config__broken="\t")
    (tmp_path / "scenario" / "._s1.yaml").write_bytes(b"\0\5\xff")
    (tmp_path / "scenario" / ".s1.yaml.swp").write_bytes(b"\0")
    (tmp_path / "scenario" / "folder.yaml").mkdir()
    (tmp_path / "notes.txt").write_bytes(b"\xff")
    assert Composer(own).arms([*TOY, "scenario=s1"])[1].policies
    assert Composer(own).arms([*TOY, "scenario=visa_opening"])[1].policies
    assert names_in_group("scenario", own) == sorted([*names_in_group("scenario"), "s1", "broken"])
    refused(["scenario=broken"], own, "broken.yaml, line")


def test_a_file_in_the_wrong_place_is_pointed_at(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(PLAIN)
    refused(["scenario=mine"], str(tmp_path), "mine.yaml should be", "scenario/mine.yaml")


def test_shipped_files_are_read_as_hydra_reads_them() -> None:
    from omegaconf import OmegaConf

    for file in sorted(conf_dir().glob("*/*.yaml")):
        assert shipped_file(file.parent.name, file.stem) == OmegaConf.to_container(OmegaConf.load(file)), file.name


SHADOWS: dict[str, tuple[str, str, list[str]]] = {
    "scenario": ("scenario/visa_tightening", CARD.replace("s1", "visa_tightening") + POLICY, ["scenario=visa_tightening"]),
    "world": ("world/toy", "", []),
    "entry": ("entry/trend", "", []),
    "country": ("country/DEU", "", ["+country@world.countries.DEU=DEU"]),
    "root": ("config", "focus: CAN\n", []),
}


@pytest.mark.parametrize(("place", "text", "overrides"), SHADOWS.values(), ids=SHADOWS)
def test_a_shipped_files_name_is_taken_only_by_a_file_that_says_so(tmp_path: Path, place: str, text: str, overrides: list[str]) -> None:
    shipped = (conf_dir() / f"{place}.yaml").read_text(encoding="utf-8")
    path = tmp_path / f"{place}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(shipped)
    assert Composer(str(tmp_path)).arms([*TOY, *overrides]) == Composer().arms([*TOY, *overrides]), "the same content is the same file"
    changed = text or shipped.replace("title: ", "title: Mine, ", 1).replace("name: Germany", "name: Mine").replace("unit: ", "unit: my ", 1)
    assert changed != shipped
    path.write_text(changed)
    refused(overrides, str(tmp_path), f"{place}.yaml", "the project ships a file of this name", "override: true")
    if place != "config":
        path.write_text("override: true\n" + changed.replace("# @package _global_\n", ""))
        baseline, scenario = Composer(str(tmp_path)).arms([*TOY, *overrides])
        assert scenario.replaced == [f"{place}.yaml"]
        assert baseline.replaced == ([] if place.startswith("scenario") else [f"{place}.yaml"])
        assert scenario != Composer().arms([*TOY, *overrides])[1]


def test_a_file_of_a_shipped_name_that_is_not_asked_for_is_left_alone(tmp_path: Path) -> None:
    own = folder(tmp_path, visa_tightening=CARD.replace("s1", "visa_tightening"), world__ai="a: 1\n", country__USA="b: 1\n")
    assert Composer(own).arms([*TOY, "scenario=visa_opening"])[1].replaced == []


@pytest.mark.whole
def test_a_country_of_the_user_stands_in_the_ai_world_when_it_says_so(tmp_path: Path) -> None:
    shipped = (conf_dir() / "country" / "IND.yaml").read_text(encoding="utf-8")
    own = folder(tmp_path, country__IND="override: true\n" + shipped.replace("name: India", "name: My India"))
    config = Config.load("world=ai", config_dir=own)
    assert config.world.countries["IND"].name == "My India" and config.replaced == ["country/IND.yaml"]
    assert list(config.world.countries) == list(shipped_countries())


def shipped_countries() -> list[str]:
    """Return the countries of the AI world in the order of its file."""
    return [key.rpartition(".")[2] for each in shipped_file("world", "ai")["defaults"] if isinstance(each, dict)
            for key in each if key.startswith("/country@")]


def test_a_country_under_a_code_that_is_there_is_refused() -> None:
    refused(["+country@world.countries.USA=DEU"], None, "world toy has a country USA already", "a code of its own")


LOTTERY = "lever: work_visa_odds, countries: [USA], start: 2020, change: set, value: 0.3"
PAST = "# @package _global_\npolicy: {h1b_lottery: {lever: work_visa_odds, countries: [USA], change: set, path: {2013: 0.69, 2014: 0.49}}}\n"


def with_a_past(tmp_path: Path, **files: str) -> tuple[list[str], str]:
    """Return the toy world with a history of one policy, and the folder it stands in beside other files."""
    return [*TOY, "history=mine"], folder(tmp_path, history__mine=PAST, **files)


def test_a_policy_of_history_is_replaced_only_by_one_that_says_so(tmp_path: Path) -> None:
    world, own = with_a_past(tmp_path, s1=CARD + f"policy: {{h1b_lottery: {{{LOTTERY}}}}}\n")
    refused([*world, "scenario=s1"], own, "scenario s1, policy.h1b_lottery", "there is a policy of this name already", "override: true")
    refused([*world, f"+policy.h1b_lottery={{{LOTTERY}}}"], own, "command line, policy.h1b_lottery", "override: true")
    folder(tmp_path, s1=CARD + f"policy: {{h1b_lottery: {{override: true, {LOTTERY}}}}}\n")
    baseline, scenario = Composer(own).arms([*world, "scenario=s1"])
    assert scenario.policies["h1b_lottery"].value == 0.3 and scenario.policies["h1b_lottery"].path is None
    assert baseline.policies["h1b_lottery"].path and scenario.replaced == ["policy h1b_lottery"] and baseline.replaced == []
    added = Composer(own).arms([*world, f"+policy.h1b_lottery={{override: true, {LOTTERY}}}"])[1]
    assert added.policies["h1b_lottery"].value == 0.3 and added.replaced == ["policy h1b_lottery"]
    folder(tmp_path, s1=CARD + "policy: {h1b_lottery: null}\n")
    assert "h1b_lottery" not in Composer(own).arms([*world, "scenario=s1"])[1].policies


def test_a_replaced_policy_is_the_same_however_it_is_composed(tmp_path: Path) -> None:
    """Choices that only Hydra composes do not bring the fields of the replaced one back."""
    world, own = with_a_past(tmp_path, s1="defaults: [override /entry: plateau]\n" + CARD
                             + f"policy: {{h1b_lottery: {{override: true, {LOTTERY}}}}}\n")
    scenario = Composer(own).arms([*world, "scenario=s1"])[1]
    assert scenario.entry.name == "plateau" and scenario.policies["h1b_lottery"].path is None
    assert scenario.replaced == ["policy h1b_lottery"]


def pay(country: str, value: float, **more: Any) -> str:
    """Write a policy on pay as YAML."""
    extra = "".join(f", {key}: {each}" for key, each in more.items())
    return f"{{lever: pay, countries: [{country}], start: 2015, change: multiply, value: {value}{extra}}}"


def test_two_parts_of_one_policy_name_are_refused_with_the_way_out(tmp_path: Path) -> None:
    parts = {name: f"scenario: {{name: {name}, title: T, description: D.}}\npolicy: {{pay_up: {policy}}}\n"
             for name, policy in (("a", pay("CAN", 1.2, ramp_years=5, end=2020)), ("b", pay("USA", 1.5)))}
    both = "defaults: [/scenario/a, /scenario/b, _self_]\nscenario: {name: both, title: T, description: D.}\n"
    own = folder(tmp_path, both=both, **parts)
    for name in ("both", "a+b", "b+a"):
        refused([f"scenario={name}"], own, "both have a policy 'pay_up'", "rename it")
    refused(["scenario=visa_opening", "baseline=a+b"], own, "both have a policy 'pay_up'")
    assert Composer(own).arms([*TOY, "scenario=a+a"])[1].policies["pay_up"].ramp_years == 5, "the same content is no conflict"


def test_a_stack_may_replace_a_policy_of_its_parts_whole(tmp_path: Path) -> None:
    part = f"scenario: {{name: a, title: T, description: D.}}\npolicy: {{pay_up: {pay('CAN', 1.2, ramp_years=5)}}}\n"
    over = "defaults: [/scenario/a]\nscenario: {name: over, title: T, description: D.}\npolicy: {pay_up: "
    own = folder(tmp_path, a=part, over=over + pay("USA", 1.5) + "}\n")
    refused(["scenario=over"], own, "a part of the stack has a policy of this name")
    own = folder(tmp_path, over=over + pay("USA", 1.5, override="true") + "}\n")
    policy = Composer(own).arms([*TOY, "scenario=over"])[1].policies["pay_up"]
    assert policy.countries == ["USA"] and policy.ramp_years == 0


def test_parts_that_set_a_key_to_two_values_are_refused(tmp_path: Path) -> None:
    own = folder(tmp_path, a="scenario: {name: a, title: T, description: D.}\nfocus: CAN\n",
                 b="scenario: {name: b, title: T, description: D.}\nfocus: IND\n")
    refused(["scenario=a+b"], own, "its parts set focus to 'CAN' and to 'IND'")


@pytest.mark.parametrize("names", ["visa_opening+return_programme", "return_programme+visa_opening+train_more"])
def test_a_stack_on_the_command_line_is_its_parts(names: str) -> None:
    baseline, scenario = Composer().arms([*TOY, f"scenario={names}"])
    parts = [Composer().arms([*TOY, f"scenario={name}"])[1] for name in names.split("+")]
    assert scenario.policies == {name: policy for part in parts for name, policy in part.policies.items()}
    assert scenario.scenario.name == names and scenario.scenario.title == " + ".join(part.scenario.title for part in parts)
    assert Config.load(*TOY, f"scenario={names}").policies == scenario.policies
    assert Composer().arms([*TOY, "scenario=opt_end", f"baseline={names}"])[0].policies == scenario.policies
    assert compose_plain([*TOY, f"scenario={names}"])["policy"] == Composer().plain(parse([*TOY, f"scenario={names}"]))["policy"]
    assert not baseline.policies


def test_a_shipped_stack_is_what_hydra_makes_of_it() -> None:
    parts = "+".join(each.removeprefix("/scenario/") for each in shipped_file("scenario", "great_decoupling")["defaults"] if each != "_self_")
    stack, hydras, joined = (each["policy"] for each in (Composer().plain(parse([*TOY, "scenario=great_decoupling"])),
                             compose_plain([*TOY, "scenario=great_decoupling"]), Composer().plain(parse([*TOY, f"scenario={parts}"]))))
    assert stack == hydras == joined


def test_arms_are_the_same_when_their_content_is(tmp_path: Path) -> None:
    from talentsim.comparison.pair import Pair

    own = folder(tmp_path, copy="scenario: {name: copy, title: T, description: D.}\n" + "policy: {}\n")
    baseline, scenario = Composer(own).arms([*TOY, "scenario=copy"])
    assert Pair(baseline, scenario).differing == {} and scenario.scenario.name == "copy"
    baseline, scenario = Composer(own).arms([*TOY, "scenario=visa_opening", "baseline=visa_opening"])
    assert baseline == scenario


def test_what_is_replaced_is_named_in_words(tmp_path: Path) -> None:
    from talentsim.comparison.pair import Pair
    from talentsim.report.words import replaced_lines

    own = folder(tmp_path, visa_opening="override: true\n" + CARD.replace("s1", "visa_opening") + POLICY,
                 entry__plateau="override: true\nname: plateau\ntitle: Mine\nlevel_year: 2015\ndata_until: 2020\n"
                                "damping: {value: 0.1, unit: x, range: [0, 1], evidence: assumed}\n")
    arms = Composer(own).arms([*TOY, "entry=plateau", "scenario=visa_opening"])
    assert replaced_lines(Pair(*arms)) == ["Your own files in place of the shipped ones: entry/plateau.yaml",
                                     "Your own files in place of the shipped ones, in the scenario alone: scenario/visa_opening.yaml"]
    assert replaced_lines(Pair(*Composer().arms([*TOY, "entry=plateau", "scenario=visa_opening"]))) == []
