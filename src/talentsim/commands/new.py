"""`talentsim new scenario NAME` and `talentsim new country CODE --from CODE --share NUMBER`: write a commented file that runs, to make your own.

  talentsim new scenario longer_stay                    a scenario
  talentsim new country ITA --from REU --share 0.12     a country that is split off another, which shrinks by it

The file goes to FOLDER/scenario/NAME.yaml or FOLDER/country/CODE.yaml, where FOLDER is that of --config-dir, or `mine`; nothing that is
there is overwritten.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from talentsim.commands.arguments import Arguments

SCENARIO = """\
# A scenario of your own. It runs as it is: talentsim --config-dir FOLDER scenario={name}
scenario:
  name: {name}            # the file's name
  title: {title}
  description: >-                   # what changes, from when, for whom; and what does not
    From 2027 Canada doubles the years of work that a doctorate taken there entitles to.
    Nothing else changes.
  stands_for: A first scenario, to be replaced by yours.
  source: []                        # names from `talentsim sources`, or of your own: see docs/extending.md
  expects:                          # what it should move by the last year; checked against the result
    - {{outcome: work_share, country: CAN, sign: 1}}
policy:
  {name}_years:                     # one entry for each change; the name is yours
    title: Six years of work after a doctorate
    lever: post_study_years         # what changes; `talentsim show scenario=visa_tightening` shows others at work
    countries: [CAN]                # those that act; leave it out for all
    start: 2027                     # a year, or a date in quotes: '2027-07-01'; `end` likewise, none for good
    change: multiply                # set, add or multiply
    value: 2.0
    range: [1.0, 3.0]               # what the value may plausibly be
    evidence: assumed               # measured, estimated or calibrated need a source
"""

COUNTRY = """\
# {code}, split off {whole}. It runs as it is: talentsim --config-dir FOLDER '+country@world.countries.{code}={code}'
# Whatever is not given here {code} takes from {whole}, in all draws too; nothing else changes until you add to it.
# Nobody moves between {code} and {whole}, or between two parts of {whole}, as nobody moved inside {whole}: whatever {code} offers draws nobody from there.
name: {code}                        # as tables and figures call it
split_from:
  country: {whole}                      # it shrinks by the share
  share: {{value: {share:g}, unit: share of {whole}, range: [{low:.3g}, {high:.3g}], evidence: assumed, note: "of its cohorts, its capacity and what draws people there"}}
# What {code} takes from {whole}, to be replaced by figures of its own: remove the # of a line, and of the lines above it that are indented less.
"""


def run(arguments: Arguments) -> int:
    """Write the file and say how to run it.

    Raises
    ------
    UserError
        When the kind, the name or what is said of a country is wrong, there is one of this name already, or the file cannot be written.
    """
    from talentsim.config.errors import UserError
    from talentsim.config.files import Files
    from talentsim.ensemble.results import prepare_folder, write_plain

    words = arguments.words[1:]
    if len(words) != 2 or words[0] not in ("scenario", "country"):
        raise UserError("talentsim new", f"found {' '.join(words) or 'nothing'} after it",
                        "talentsim new scenario NAME, or talentsim new country CODE --from CODE --share NUMBER")
    kind, name = words
    folder = Path(arguments.config_dir or "mine")
    if arguments.config_dir is None:
        prepare_folder(folder)
    files = Files.of(str(folder))
    text, how = (_scenario if kind == "scenario" else _country)(files, name, arguments.part)
    if name in files.names(kind):
        raise UserError(f"talentsim new {kind}", f"there is a {kind} {name!r} already", "a name of its own",
                        "talentsim scenarios lists them" if kind == "scenario" else f"those there are: {', '.join(files.names(kind))}")
    file = write_plain(text, prepare_folder(folder / kind) / f"{name}.yaml")
    print(f"{file} is written. Run it, then change it into yours:\n  talentsim --config-dir {shlex.quote(str(folder))} {how}")
    if kind == "country":
        print(f"Nobody moves between {name} and the rest of {arguments.part['from']}, nor between two parts of it: what {name} offers draws nobody from there.")
    return 0


def _scenario(_: Any, name: str, __: Mapping[str, str]) -> tuple[str, str]:
    from talentsim.config.errors import UserError

    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,63}", name) is None:
        raise UserError("talentsim new scenario", f"{name!r} cannot be the name of a scenario",
                        "letters, digits, _ and -, 64 at most, beginning with a letter")
    title = name.replace("_", " ").replace("-", " ").capitalize()
    return SCENARIO.format(name=name, title=title), f"scenario={name}"


def _country(files: Any, code: str, part: Mapping[str, str]) -> tuple[str, str]:
    from talentsim.config.errors import UserError, unknown_country
    from talentsim.config.parts import slice_of

    if re.fullmatch(r"[A-Z][A-Z0-9]{1,7}", code) is None:
        raise UserError("talentsim new country", f"{code!r} cannot be the code of a country", "capitals and digits, 2 to 8, as ITA")
    missing = [name for name in ("from", "share") if name not in part]
    if missing:
        raise UserError("talentsim new country", f"--{missing[0]} is missing", "talentsim new country CODE --from CODE --share NUMBER",
                        "a country of figures all its own is a file that docs/extending.md describes")
    whole = part["from"]
    contents = {name: files.content("country", name) for name in files.names("country")}
    if whole not in contents:
        raise unknown_country("--from", "ai", whole, {name: str(each.get("name", name)) for name, each in contents.items()})
    if "split_from" in contents[whole]:
        raise UserError("--from", f"{whole} is itself split off {contents[whole]['split_from'].get('country')}", "a country that is whole",
                        f"--from {contents[whole]['split_from'].get('country')}, with the share in that")
    try:
        share = float(part["share"])
    except ValueError:
        share = 0.0
    if not 0.0 < share < 1.0:
        raise UserError("--share", f"found {part['share']!r}", "a number above 0 and below 1: what part of the country is split off")
    figures = {name: each for name, each in slice_of(contents[whole], share).items() if name not in ("name", "of_whole", "defaults")}
    text = COUNTRY.format(code=code, whole=whole, share=share, low=share / 2.0, high=min(2.0 * share, (1.0 + share) / 2.0))
    return text + "".join(f"# {line}\n" for line in _lines(figures)), f"'+country@world.countries.{code}={code}' focus={code}"


def _lines(node: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """Yield figures as a file of a country has them, one a line."""
    import yaml

    for name, each in node.items():
        if isinstance(each, dict) and each and "value" not in each:
            yield f"{indent}{name}:"
            yield from _lines(each, f"{indent}  ")
        else:
            yield f"{indent}{name}: {yaml.safe_dump(each, default_flow_style=True, width=10**6, sort_keys=False, allow_unicode=True).split(chr(10))[0]}"
