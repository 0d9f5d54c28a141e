"""Where runs are carried out. Anything that offers `concurrent.futures.Executor` fits: results never depend on it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from talentsim.config.schema import ExecutorConfig

P = ParamSpec("P")
T = TypeVar("T")


class SerialExecutor(Executor):
    """Runs each call at once, in the caller's own thread."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run the call and return its finished future."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:     # the future carries it, as every executor's does
            future.set_exception(error)
        return future


@contextmanager
def open_executor(config: ExecutorConfig, n_calls: int) -> Iterator[Executor]:
    """Open the configured executor for about `n_calls` calls; on an error or Ctrl-C drop what has not begun.

    Processes are spawned, not forked: a script that runs an ensemble on processes needs `if __name__ == "__main__":`.
    """
    workers = min(config.workers or os.cpu_count() or 1, n_calls)
    executor: Executor
    if config.kind == "serial" or (config.kind == "processes" and workers == 1):
        executor = SerialExecutor()
    elif config.kind == "threads":
        executor = ThreadPoolExecutor(workers)
    else:
        executor = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_leave_interrupts)
    try:
        yield executor
    except BaseException:
        _stop(executor)
        raise
    executor.shutdown()


def _leave_interrupts() -> None:
    """Leave Ctrl-C to the parent, so that a worker dies without a traceback of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _stop(executor: Any) -> None:
    processes = list((getattr(executor, "_processes", None) or {}).values())
    executor.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
