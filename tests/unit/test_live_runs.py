"""Runs of the page: of each tab the latest question, told whole to whoever listens, and few kept."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable

import pytest

from talentsim.config import Config, UserError
from talentsim.dashboard.chosen import Choice
from talentsim.dashboard.desk import Question
from talentsim.dashboard.engine import State
from talentsim.dashboard.live_runs import MOST_KEPT, LiveRun, Runs
from talentsim.ensemble.session import Cancelled


class Waiting:
    """An engine that says one word, then waits until it is stopped, or fails with what it was given."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault, self.ended = fault, threading.Semaphore(0)

    def answer(self, _: Config, __: Config, ___: object, say: Callable[[State], None], is_stopped: Callable[[], bool]) -> None:
        """Answer as the engine does, without simulating."""
        say(State("running", "at work"))
        if self.fault:
            raise self.fault
        while not is_stopped():
            threading.Event().wait(0.005)
        self.ended.release()
        raise Cancelled


def asked(toy: Config) -> Question:
    return Question(Choice(), (), "", toy, toy)


async def told(run: LiveRun) -> list[tuple[str, str]]:
    """Return state and words of every event until the last."""
    states = [json.loads(each.partition("data: ")[2]) async for each in run.events()]
    return [(each["state"], each["words"]) for each in states]


def test_a_tabs_next_question_ends_the_one_before(toy: Config) -> None:
    async def ask() -> None:
        engine, question = Waiting(), asked(toy)
        runs = Runs(engine)  # type: ignore[arg-type]
        first = runs.start("a", question, runs.turn("a"))
        other = runs.start("b", question, runs.turn("b"))
        second = runs.start("a", question, runs.turn("a"))
        assert first.is_stopped and first.is_forgotten and not other.is_stopped and not second.is_stopped
        assert await told(first) == [("running", "at work"), ("stopped", "Stopped")]       # also what was said before anybody listened
        runs.stop_all()
        assert (await told(other))[-1] == (await told(second))[-1] == ("stopped", "Stopped") and second.is_over
        assert all(engine.ended.acquire(timeout=5.0) for _ in range(3))

    asyncio.run(ask())


def test_a_question_composed_late_gives_way_to_a_later_one(toy: Config) -> None:
    async def ask() -> None:
        runs = Runs(Waiting())  # type: ignore[arg-type]
        slow, quick = runs.turn("a"), runs.turn("a")
        run = runs.start("a", asked(toy), quick)
        with pytest.raises(Cancelled):
            runs.start("a", asked(toy), slow)
        assert runs.find(run.id) is run and not run.is_stopped
        runs.stop_all()

    asyncio.run(ask())


def test_the_oldest_runs_are_stopped_and_forgotten(toy: Config) -> None:
    async def ask() -> None:
        runs = Runs(Waiting())  # type: ignore[arg-type]
        begun = [runs.start(f"tab {number}", asked(toy), runs.turn(f"tab {number}")) for number in range(MOST_KEPT + 2)]
        assert [runs.find(each.id) is None for each in begun] == [each.is_stopped for each in begun] == [True, True, *[False] * MOST_KEPT]
        runs.stop_all()

    asyncio.run(ask())


@pytest.mark.parametrize(("fault", "words"), [(UserError("world", "found x", "toy"), "world: found x"), (RuntimeError("lost"), "RuntimeError: lost")])
def test_whatever_happens_is_told_and_the_stream_ends(toy: Config, fault: Exception, words: str) -> None:
    async def ask() -> list[tuple[str, str]]:
        runs = Runs(Waiting(fault))  # type: ignore[arg-type]
        return await told(runs.start("a", asked(toy), runs.turn("a")))

    (_, last) = asyncio.run(ask())
    assert last[0] == "error" and words in last[1]
