"""How many figures rest on what: one count for the command line, the README and the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from talentsim.config.parameter import Parameter
from talentsim.config.parts import is_from_whole
from talentsim.vocab import Evidence

NOT_COUNTED = ".position."
"""Coordinates of countries are figures that nobody doubts; counting them would flatter the rest."""


GRADES = {
    Evidence.MEASURED: "read in its source", Evidence.ESTIMATED: "read in a text that cites the source, or reckoned from published figures",
    Evidence.CALIBRATED: "set so that results meet what is observed", Evidence.ASSUMED: "recalled, or nobody knows",
}
"""What each grade of evidence means."""

UTIL = "A util is a step of the scale on which people weigh alternatives: one more makes an alternative e (2.7) times as likely against another."
"""The unit of utility, for those who meet it in a table."""


def grades_in_words() -> str:
    """Say what the grades mean, in one line."""
    return "; ".join(f"{grade.value}: {words}" for grade, words in GRADES.items())


def share_assumed(counts: dict[Evidence, int]) -> float:
    """Return which part of counted figures is assumed, in %."""
    return 100.0 * counts[Evidence.ASSUMED] / max(sum(counts.values()), 1)


def evidence_counts(figures: Iterable[tuple[str, Parameter]]) -> dict[Evidence, int]:
    """Count figures by grade of evidence; coordinates are left out, and what a part of a country has from it counts there.

    A figure is one key: a dated path counts once however many points it has.

    Parameters
    ----------
    figures
        Keys and figures, as `parameters_of` yields them.
    """
    counts = Counter(each.evidence for key, each in figures if NOT_COUNTED not in f".{key}" and not is_from_whole(each))
    return {grade: counts[grade] for grade in Evidence}


def in_words(counts: dict[Evidence, int]) -> str:
    """Return the grades that occur with their counts, as in "15 measured, 31 estimated"."""
    return ", ".join(f"{number} {grade.value}" for grade, number in counts.items() if number)


def remark(figure: Parameter) -> str:
    """Return what is noted of a figure with the published facts that set or confirm it."""
    facts = f"{'facts' if len(figure.fact) > 1 else 'fact'} {', '.join(figure.fact)}" if figure.fact else ""
    return "; ".join(each for each in (figure.note, facts) if each)
