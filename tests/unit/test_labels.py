"""Labels of a map: none on another, none outside the panel, each on its point where there is room."""

from __future__ import annotations

from matplotlib.figure import Figure

from talentsim.report.figures.labels import Label, place_labels


def placed(labels: list[Label]) -> list[tuple[float, float]]:
    """Return where labels were put on a panel of 100 by 50, six inches wide."""
    axes = Figure(figsize=(6, 3)).add_subplot()
    axes.set(xlim=(0, 100), ylim=(0, 50))
    place_labels(axes, labels, 6.0)
    return [text.get_position() for text in axes.texts]


def test_a_label_with_room_stands_on_its_point_unless_it_must_leave_it_free() -> None:
    assert placed([Label("CAN", 20.0, 25.0), Label("USA", 70.0, 25.0)]) == [(20.0, 25.0), (70.0, 25.0)]
    assert placed([Label("CAN", 20.0, 25.0, is_beside=True)]) != [(20.0, 25.0)]


def test_labels_of_one_place_are_laid_apart_and_inside() -> None:
    spots = placed([Label(f"C{each}", 50.0, 25.0) for each in range(6)])
    assert len(set(spots)) == 6 and all(0 < x < 100 and 0 < y < 50 for x, y in spots)
    assert min(max(abs(a[0] - b[0]) / 4.0, abs(a[1] - b[1]) / 1.5) for place, a in enumerate(spots) for b in spots[:place]) > 1.0


def test_a_label_at_the_edge_is_moved_in() -> None:
    (x, _), = placed([Label("Rest of the world", 99.5, 25.0)])
    assert x < 95.0
