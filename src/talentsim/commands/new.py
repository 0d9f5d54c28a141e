"""`talentsim new scenario NAME`: write a commented scenario that runs, to be changed into your own.

The file goes to FOLDER/scenario/NAME.yaml, where FOLDER is that of --config-dir, or `mine`; nothing that is there is overwritten.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from talentsim.commands.arguments import Arguments

TEMPLATE = """\
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


def run(arguments: Arguments) -> int:
    """Write the file and say how to run it.

    Raises
    ------
    UserError
        When the kind or the name is wrong, there is such a scenario already, or the file cannot be written.
    """
    from talentsim.config.errors import UserError
    from talentsim.config.files import names_in_group
    from talentsim.ensemble.results import prepare_folder, write_plain

    words = arguments.words[1:]
    if len(words) != 2 or words[0] != "scenario":
        raise UserError("talentsim new", f"found {' '.join(words) or 'nothing'} behind it", "talentsim new scenario NAME",
                        "a country of your own is a file that docs/extending.md describes")
    name = words[1]
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,63}", name) is None:
        raise UserError("talentsim new scenario", f"{name!r} cannot be the name of a scenario",
                        "letters, digits, _ and -, 64 at most, beginning with a letter")
    folder = Path(arguments.config_dir or "mine")
    if arguments.config_dir is None:
        prepare_folder(folder)
    if name in names_in_group("scenario", str(folder)):
        raise UserError("talentsim new scenario", f"there is a scenario {name!r} already", "a name of its own", "talentsim scenarios lists them")
    title = name.replace("_", " ").replace("-", " ").capitalize()
    file = write_plain(TEMPLATE.format(name=name, title=title), prepare_folder(folder / "scenario") / f"{name}.yaml")
    print(f"{file} is written. Run it, then change it into yours:\n  talentsim --config-dir {shlex.quote(str(folder))} scenario={name}")
    return 0
