"""The status machine: which visa status may follow which, in one table."""

from __future__ import annotations

import numpy as np

from talentsim.arrays import Booleans, Integers
from talentsim.model.state.researchers import Researchers
from talentsim.vocab import VisaStatus

STEPS: dict[VisaStatus, frozenset[VisaStatus]] = {
    VisaStatus.NATIONAL: frozenset({VisaStatus.STUDENT, VisaStatus.TEMPORARY, VisaStatus.PERMANENT}),
    VisaStatus.STUDENT: frozenset({VisaStatus.NATIONAL, VisaStatus.POST_STUDY, VisaStatus.TEMPORARY, VisaStatus.PERMANENT}),
    VisaStatus.POST_STUDY: frozenset({VisaStatus.NATIONAL, VisaStatus.STUDENT, VisaStatus.TEMPORARY, VisaStatus.PERMANENT}),
    VisaStatus.TEMPORARY: frozenset({VisaStatus.NATIONAL, VisaStatus.STUDENT, VisaStatus.TEMPORARY, VisaStatus.QUEUED,
                                     VisaStatus.PERMANENT}),
    VisaStatus.QUEUED: frozenset({VisaStatus.NATIONAL, VisaStatus.STUDENT, VisaStatus.TEMPORARY, VisaStatus.PERMANENT}),
    VisaStatus.PERMANENT: frozenset({VisaStatus.NATIONAL, VisaStatus.TEMPORARY, VisaStatus.PERMANENT}),
}
"""Legal steps. A foreigner's stay begins with a student or a work visa; permanence ends only with a move.

TEMPORARY after TEMPORARY, QUEUED or PERMANENT, a right to work after STUDENT, and PERMANENT after PERMANENT, are steps into
another country or, for the first two, a right to work by another way when the work visa has ended.
"""

_LEGAL: Booleans = np.array([[after in STEPS[before] for after in VisaStatus] for before in VisaStatus])


def set_status(people: Researchers, rows: Integers, status: VisaStatus, year: int, keeps_clock: bool = False) -> None:
    """Give the rows a status from this year on; with `keeps_clock` the years under the old one go on counting.

    Raises
    ------
    ValueError
        When the step is not a legal one: a submodel is wrong.
    """
    if not len(rows):
        return
    before = people.visa_status[rows]
    if not _LEGAL[before, status].all():
        wrong = VisaStatus(int(before[~_LEGAL[before, status]][0]))
        raise ValueError(f"{status.name} cannot follow {wrong.name}; allowed: {', '.join(sorted(each.name for each in STEPS[wrong]))}")
    people.visa_status[rows] = status
    if not keeps_clock:
        people.status_since[rows] = year
