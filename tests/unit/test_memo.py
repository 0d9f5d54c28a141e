"""The memo gives what it gave before as long as its arguments have the same values, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from talentsim.model.memo import KEPT, Memo


@dataclass(frozen=True)
class Given:
    levers: dict[str, np.ndarray]
    strength: np.ndarray
    unseen: object = field(default=None, compare=False)


def total(given: Given, weight: float) -> list[float]:
    return [weight * float(sum(each.sum() for each in given.levers.values()) + given.strength.sum())]


def test_equal_arguments_give_the_very_same_result_and_a_changed_element_another() -> None:
    memo, given = Memo(), Given({"pay": np.ones((3, 3)), "fee": np.arange(4.0)}, np.zeros(3))
    first = memo(total, given, 2.0)
    copied = Given({name: each.copy() for name, each in given.levers.items()}, given.strength.copy(), unseen=1)
    assert memo(total, copied, 2.0) is first
    changed = copied.levers["pay"].copy()
    changed[2, 2] += 1e-12
    for other, weight in ((Given(copied.levers | {"pay": changed}, copied.strength), 2.0), (copied, 2.5),
                          (Given({"pay": np.ones((3, 3))}, given.strength), 2.0), (Given(given.levers, np.ones(3)), 2.0)):
        assert memo(total, other, weight) is not first and memo(total, other, weight) == total(other, weight)
    assert memo(total, given, 2.0) == first


def test_functions_do_not_meet_and_old_results_are_forgotten() -> None:
    memo, made = Memo(), []

    def make(x: int) -> int:
        made.append(x)
        return x

    assert memo(abs, -3) == 3 and memo(make, -3) == -3
    for x in range(KEPT):
        memo(make, x)
    assert memo(make, KEPT - 1) == KEPT - 1 and made.count(KEPT - 1) == 1
    memo(make, -3)
    assert made.count(-3) == 2
