"""Where runs are carried out. Anything that offers `concurrent.futures.Executor` fits: results never depend on it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, ParamSpec, TypeVar

from talentsim.config import UserError
from talentsim.config.schema import ExecutorConfig

PARTS = 4
"""Parts that a worker gets of a list of equal works: what each is sent with goes once a part."""

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


_KEPT: list[dict[int, ProcessPoolExecutor]] = []


@contextmanager
def workers_kept() -> Iterator[None]:
    """Let the worker processes opened within live on from one use to the next: to start them anew takes each a second.

    Within another such block they are the same workers.
    """
    if _KEPT:
        yield
        return
    _KEPT.append({})
    try:
        yield
    finally:
        for pool in _KEPT.pop().values():
            pool.shutdown()


@contextmanager
def open_executor(config: ExecutorConfig, n_calls: int) -> Iterator[Executor]:
    """Open the configured executor for about `n_calls` calls; on an error or Ctrl-C drop what has not begun.

    Processes are spawned, not forked: a script that runs an ensemble on processes needs `if __name__ == "__main__":`.

    Raises
    ------
    UserError
        When the executor cannot be had.
    """
    workers = min(config.workers or os.cpu_count() or 1, max(n_calls, 1))
    if config.kind == "dask":
        with _dask(config, workers) as cluster:
            yield cluster
        return
    if config.kind == "processes" and workers > 1 and _KEPT:
        yield from _kept(_KEPT[-1], config.workers or os.cpu_count() or 1)
        return
    executor: Executor
    if config.kind == "serial" or (config.kind == "processes" and workers == 1):
        executor = SerialExecutor()
    elif config.kind == "threads":
        executor = ThreadPoolExecutor(workers)
    else:
        executor = _processes(workers)
    try:
        yield executor
    except BaseException:
        _stop(executor)
        raise
    executor.shutdown()


def begin_workers(config: ExecutorConfig, first: Callable[[], object]) -> None:
    """Let the worker processes that are kept begin with `first`, what they will need to have imported, while this one goes on."""
    workers = config.workers or os.cpu_count() or 1
    if config.kind == "processes" and workers > 1 and _KEPT:
        with open_executor(config, workers) as pool:
            for _ in range(workers):
                pool.submit(first)


def map_replications(work: Callable[[int], T], n: int, config: ExecutorConfig) -> list[T]:
    """Return what `work` gives for each of n replications: in worker processes where they are kept open, else in threads.

    `work` is a function of a module, or a partial of one, so that it can be sent.
    """
    if config.kind == "processes" and _KEPT and n > 1:
        with suppress(BrokenExecutor), open_executor(config, n) as pool:        # a worker ended from outside: the work is done here
            return list(pool.map(work, range(n), chunksize=-(-n // (PARTS * (config.workers or os.cpu_count() or 1)))))
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(work, range(n)))


def _processes(workers: int) -> ProcessPoolExecutor:
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        os._exit(1)         # a worker that is only reading the script: the parent tells what is wrong with it
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_leave_interrupts)


def _kept(pools: dict[int, ProcessPoolExecutor], workers: int) -> Iterator[Executor]:
    """Yield a pool that stays open, unless something goes wrong with it."""
    if workers not in pools:
        pools[workers] = _processes(workers)
    try:
        yield pools[workers]
    except BaseException:
        _stop(pools.pop(workers))
        raise


@contextmanager
def _dask(config: ExecutorConfig, workers: int) -> Iterator[Executor]:
    """Open a dask cluster of our own, one process a worker, or join the one at `address`."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise UserError("executor=dask", "dask is not installed", "processes, threads, serial", "pip install 'talentsim[dask]'") from None
    if config.address is not None:
        try:
            cluster, client = None, Client(config.address, timeout=10)
        except (OSError, ValueError) as error:
            raise UserError("executor.address", f"no dask scheduler answers at {config.address!r}: {error}",
                            "tcp://HOST:PORT of a running scheduler", "leave it out, and a cluster is started for this command") from None
    else:
        cluster = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
        client = Client(cluster)
    try:
        yield client.get_executor(pure=False)
    finally:
        client.close()
        if cluster is not None:
            cluster.close()


def _leave_interrupts() -> None:
    """Leave Ctrl-C to the parent, so that a worker dies without a traceback of its own; and end when the parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    """Wait until the parent is gone, however it went: nobody is left who would take a result."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _stop(executor: Any) -> None:
    processes = list((getattr(executor, "_processes", None) or {}).values())
    executor.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
