"""The workers of the page: opened once, lent to whatever is computed, and opened anew where somebody has ended them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from talentsim.config import Config, UserError
from talentsim.dashboard.pairs import PATIENCE
from talentsim.ensemble.executors import open_executor
from talentsim.ensemble.session import Cancelled


@dataclass
class Workers:
    """Executors by how they are configured; safe to be used by several threads."""

    _stack: ExitStack = field(default_factory=ExitStack)
    _pools: dict[str, Executor] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def each(self, config: Config, work: Callable[[Any], Any], items: Sequence[Any], cancelled: Callable[[], bool]) -> list[Any]:
        """Do a work on each of some items in the workers of an arm; return the results in their order.

        Raises
        ------
        Cancelled
            As soon as `cancelled` says so.
        """
        with self.lend(config) as pool:
            futures = [pool.submit(work, each) for each in items]
            waiting = set(futures)
            while waiting:
                if cancelled():
                    for future in waiting:
                        future.cancel()
                    raise Cancelled
                _, waiting = wait(waiting, timeout=PATIENCE)
            return [future.result() for future in futures]

    @contextmanager
    def lend(self, config: Config) -> Iterator[Executor]:
        """Lend the configured executor, opened once and kept; one whose workers were ended from outside is left for a new one.

        Raises
        ------
        UserError
            When that happens.
        """
        key = config.executor.model_dump_json()
        with self._lock:
            pool = self._pools.get(key) or self._open(key, config)
        try:
            yield pool
        except BrokenExecutor:
            with self._lock:
                if self._pools.get(key) is pool:
                    del self._pools[key]
            raise UserError("executor", "a worker process was ended before its work was done", "", "ask again: others are started; where memory is short, "
                            "`executor.workers=1` takes less") from None

    def _open(self, key: str, config: Config) -> Executor:
        self._pools[key] = pool = self._stack.enter_context(open_executor(config.executor, 2 * config.ensemble.replications))
        for _ in range(getattr(pool, "_max_workers", 0)):
            pool.submit(_is_here)       # a worker starts, and imports the model, while the sample runs
        return pool

    def close(self) -> None:
        """End the worker processes."""
        self._stack.close()


def _is_here() -> None:
    """Do nothing: to be sent here, this module is imported, and the model with it."""
