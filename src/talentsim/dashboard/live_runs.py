"""Runs of the page: one at a time for each tab, in a thread of its own, told as events to whoever listens."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from talentsim.config import UserError
from talentsim.dashboard import answer
from talentsim.dashboard.answer import Answer
from talentsim.dashboard.desk import Question
from talentsim.dashboard.engine import Anchor, Cancelled, Engine, Outcomes, State
from talentsim.dashboard.looked_at import groups_of, is_group, with_focus
from talentsim.dashboard.memory import give_back
from talentsim.ensemble.ensemble import RunsFailedError

MOST_KEPT = 12
"""Runs whose answers can still be asked for; the oldest are forgotten."""

MOST_TABS = 100
"""Tabs of which it is remembered what they asked last."""

HEARTBEAT = 10.0
"""Seconds after which a silent stream says that it is alive."""


@dataclass
class LiveRun:
    """One question on its way to an answer."""

    id: str
    tab: str
    question: Question
    loop: asyncio.AbstractEventLoop
    groups: list[str]
    answer: Answer | None = None
    latest: tuple[Outcomes, Outcomes] | None = None
    is_forgotten: bool = False
    is_over: bool = False
    _told: list[str] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """Ask the run to end; it does within a year of a preview, or a run of a pair."""
        self._stopped.set()

    def leave(self) -> None:
        """Ask the run to end, and whatever is asked of its answer."""
        self.is_forgotten = True
        self.stop()
        if self.answer is not None:
            self.answer.forget()

    @property
    def is_stopped(self) -> bool:
        """Whether it has been asked to end."""
        return self._stopped.is_set()

    def looks_at(self, focus: str) -> dict[str, Any] | None:
        """Return the latest numbers with a group among them, which those to come have too; None before the first."""
        if focus not in self.groups and is_group(with_focus(self.question.scenario, focus)):
            self.groups = [*self.groups, focus]
        if self.latest is None:
            return None
        return answer.numbers(self.question.baseline, self.question.scenario, self.latest, self.groups)

    def tell(self, name: str, **content: Any) -> None:
        """Add an event, from any thread."""
        event = f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False, allow_nan=False)}\n\n"

        def add() -> None:
            self._told.append(event)
            self._news.set()

        self._in_loop(add)

    def finish(self) -> None:
        """Say that no event follows."""

        def end() -> None:
            self.is_over = True
            self._news.set()

        self._in_loop(end)

    def _in_loop(self, do: Callable[[], None]) -> None:
        with suppress(RuntimeError):    # the server has ended, and nobody listens
            self.loop.call_soon_threadsafe(do)

    async def events(self) -> AsyncIterator[str]:
        """Yield every event, also those from before somebody listened; when the listener goes, the run stops."""
        try:
            while True:
                self._news.clear()
                while self._told:
                    yield self._told.pop(0)
                if self.is_over:
                    return
                try:
                    await asyncio.wait_for(self._news.wait(), HEARTBEAT)
                except TimeoutError:
                    yield ": alive\n\n"
        finally:
            self.stop()


class Runs:
    """The runs of every tab.

    Parameters
    ----------
    engine
        What answers questions.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._runs: OrderedDict[str, LiveRun] = OrderedDict()
        self._current: dict[str, LiveRun] = {}
        self._anchors: OrderedDict[str, Anchor] = OrderedDict()
        self._latest: OrderedDict[str, int] = OrderedDict()
        self._turns = 0

    def turn(self, tab: str) -> int:
        """Return the place of a question among those of all tabs; of a tab's the latest is answered, whichever is composed first."""
        self._turns += 1
        self._latest[tab] = self._turns
        self._latest.move_to_end(tab)
        while len(self._latest) > MOST_TABS:
            self._latest.popitem(last=False)
        return self._turns

    def start(self, tab: str, question: Question, turn: int) -> LiveRun:
        """Begin to answer a question; the tab's run before it ends.

        Raises
        ------
        Cancelled
            When the tab has asked another one since.
        """
        if self._latest.get(tab, turn) != turn:
            raise Cancelled
        if tab in self._current:
            self._current[tab].leave()
        run = LiveRun(secrets.token_urlsafe(9), tab, question, asyncio.get_running_loop(), groups_of(question.scenario))
        self._runs[run.id] = self._current[tab] = run
        while len(self._runs) > MOST_KEPT:
            _, forgotten = self._runs.popitem(last=False)
            forgotten.leave()
            if self._current.get(forgotten.tab) is forgotten:
                del self._current[forgotten.tab]
        threading.Thread(target=self._work, args=(run,), daemon=True, name=f"run {run.id}").start()
        return run

    def find(self, name: str) -> LiveRun | None:
        """Return a run by its id, None when there is none, or none any more."""
        return self._runs.get(name)

    def stop_all(self) -> None:
        """Ask every run to end."""
        for run in self._runs.values():
            run.leave()

    def _work(self, run: LiveRun) -> None:
        """Answer one question, and turn whatever happens into an event."""
        baseline, scenario = run.question.baseline, run.question.scenario

        def say(state: State) -> None:
            shown = None if state.preview is None else answer.preview(baseline, scenario, state.preview, run.groups)
            numbers = None if state.outcomes is None else answer.numbers(baseline, scenario, state.outcomes, run.groups)
            if state.outcomes is not None:
                one, other = ({name: each[name].copy() for name in answer.SHOWN if name in each} for each in state.outcomes)
                run.latest = one, other
            is_new = state.runs is not None and (run.answer is None or state.name == "done")
            if is_new and state.runs is not None:
                run.answer = Answer(*state.runs, lambda work, items: self.engine.workers.each(scenario, work, items, lambda: run.is_forgotten))
            run.tell("state", state=state.name, words=state.words, preview=shown, numbers=numbers, has_view=is_new)

        try:
            anchor = self.engine.answer(baseline, scenario, self._anchors.get(run.tab), say, lambda: run.is_stopped)
            if anchor is not None:
                self._remember(run.tab, anchor)
        except Cancelled:
            run.tell("state", state="stopped", words="Stopped")
        except UserError as error:
            run.tell("state", state="error", words=error.message)
        except RunsFailedError as error:
            run.tell("state", state="error", words=str(error).strip().splitlines()[-1])
        except Exception as error:      # a page that waits for ever says less than any error
            run.tell("state", state="error", words=f"{type(error).__name__}: {error}")
        finally:
            run.finish()
            give_back(baseline)

    def _remember(self, tab: str, anchor: Anchor) -> None:
        self._anchors[tab] = anchor
        while len(self._anchors) > MOST_KEPT:
            self._anchors.popitem(last=False)
