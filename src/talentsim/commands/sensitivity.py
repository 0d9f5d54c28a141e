"""`talentsim sensitivity [KEY ...] scenario=NAME`: the comparison, and its headline with single figures at the ends of their ranges."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from talentsim.commands.arguments import Arguments

if TYPE_CHECKING:
    from talentsim.comparison.pair import Pair
    from talentsim.comparison.sides import Side
    from talentsim.config.arms import Composer


def run(arguments: Arguments) -> int:
    """Run the comparison beside every end, as one job: the same folder, tables, checks and report, and what it depends on."""
    from talentsim.commands.compare import one_job, structures_of
    from talentsim.commands.launch import checked, composer_of
    from talentsim.commands.timing import Stopwatch
    from talentsim.comparison.pair import Pair
    from talentsim.config.errors import UserError

    if arguments.multirun:
        raise UserError("talentsim sensitivity", "-m asks for a sweep", "one scenario", "leave -m out, or sweep over KEY.value=1,2,3")
    watch = Stopwatch()
    watch.begin("compose")
    composer, own = composer_of(arguments)
    pair = checked(Pair(*composer.arms(own)))
    if not pair.differing:
        raise UserError("talentsim sensitivity", f"no policy of {pair.scenario.scenario.name} differs from those of {pair.baseline.scenario.name}",
                        "a scenario that changes something: talentsim scenarios lists them", "scenario=visa_tightening, for instance")
    sides = [*structures_of(composer, own, pair.scenario), *ends_of(composer, own, pair, arguments.words[1:])]
    return one_job(arguments, pair, sides, f"{pair.scenario.scenario.name}-sensitivity", watch)


def ends_of(composer: Composer, overrides: list[str], pair: Pair, beginnings: list[str]) -> list[Side]:
    """Compose the pair at both ends of the range of every figure that is to be varied; an end that cannot be is told.

    Raises
    ------
    UserError
        When nothing is left to vary.
    """
    from talentsim.comparison.pair import Pair
    from talentsim.config.errors import UserError
    from talentsim.decide.sensitivity import acting_countries, end_side, variations

    sides: list[Side] = []
    for each in variations(pair.scenario, beginnings, acting_countries(pair)):
        for end, changes in each.ends():
            try:
                sides.append(end_side(each, end, Pair(*composer.arms([*overrides, *changes]))))
            except UserError as error:
                print(f"talentsim: the {end} end of {each.name} is left out: {error.message}", file=sys.stderr)
    if not sides:
        raise UserError("talentsim sensitivity", "no figure is left to vary", "keys of figures whose range has more than one value, as "
                        "`talentsim parameters` lists them", "name some after the command, or in compare.sensitivity")
    return sides
