"""Where the command line meets the system: closed or full outputs, a folder that is gone, signals, and faults that nobody expected."""

from __future__ import annotations

import codecs
import errno
import io
import os
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

UNEXPECTED = 70
"""Exit code of a fault in talentsim itself."""

TERMINATED = 143

SPELLED = {"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{EM DASH}": "-", "\N{RIGHTWARDS ARROW}": "->", "\N{PLUS-MINUS SIGN}": "+/-", "\N{MULTIPLICATION SIGN}": "x",
           "\N{GREATER-THAN OR EQUAL TO}": ">=", "\N{LESS-THAN OR EQUAL TO}": "<=", "\N{LEFT SINGLE QUOTATION MARK}": "'", "\N{RIGHT SINGLE QUOTATION MARK}": "'",
           "\N{LEFT DOUBLE QUOTATION MARK}": '"', "\N{RIGHT DOUBLE QUOTATION MARK}": '"'}
"""Signs for consoles that lack them, as those of Windows before its Terminal: a minus that became a question mark would be another number."""


class Terminated(BaseException):
    """The system has asked the process to end; whoever runs workers ends them and passes it on."""


def prepare_process() -> None:
    """Make sure that there is something to print to, and let this process and its workers hold little memory."""
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")        # Arrow's own keeps what it has freed, some 80 MiB a process
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:      # closed by whoever started the process: the next file would be taken for it
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDONLY if mode == "r" else os.O_WRONLY), mode))
    codecs.register_error("talentsim", _spelled)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="talentsim")


def _spelled(error: UnicodeError) -> tuple[str, int]:
    """Return what stands in plain letters for signs that an output cannot show, and where to go on."""
    import unicodedata

    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start:error.end]
    return "".join(SPELLED.get(each) or unicodedata.normalize("NFKD", each).encode("ascii", "ignore").decode() or "?" for each in signs), error.end


@contextmanager
def ends_with_its_workers() -> Iterator[None]:
    """Let a request to end come as an exception, so that whoever runs workers ends them first."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def require_folder() -> None:
    """Refuse to work in a folder that is gone.

    Raises
    ------
    UserError
        When the working directory has been deleted or may not be read.
    """
    from talentsim.config.errors import UserError

    try:
        os.getcwd()
    except OSError as error:
        raise UserError("working directory", f"it is not there any more: {error.strerror}", "a folder that exists", "cd to one") from None


def tell_how_to_stop() -> None:
    """Say on stderr how to end a job that was started so that Ctrl-C does not reach it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        print(f"talentsim: Ctrl-C is ignored here (started by nohup, or in the background of a script); to stop: kill {os.getpid()}", file=sys.stderr)


def told(error: Exception) -> int:
    """Tell of an error that no command has dealt with, and return the exit code."""
    lost = _output_lost(error) if isinstance(error, OSError) else None
    return _unexpected(error) if lost is None else lost


def _output_lost(error: OSError) -> int | None:
    """Tell that what was to be printed could not be, and return the exit code; None when the error is about something else."""
    if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EIO, errno.EBADF, errno.EFBIG, errno.EDQUOT):
        return None
    to_nowhere()
    _say(f"talentsim: the output cannot be printed: {error.strerror}; results that a command writes are in its folder all the same")
    return 1


def to_nowhere() -> None:
    """Let what is still to be printed go nowhere."""
    with suppress(OSError, ValueError):     # no file stands behind it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unexpected(error: BaseException) -> int:
    """Tell a fault in three lines, keep its traceback in a file, and return the exit code."""
    text = "".join(traceback.format_exception(error))
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" ({os.path.basename(last[0].filename)}, line {last[0].lineno})" if last else ""
    first = (str(error).splitlines() or [""])[0][:300]
    _say(f"talentsim: this should not have happened: {type(error).__name__}: {first}{where}\n"
         f"  what was computed stays in the store, and the same command goes on from there\n  {_kept(text)}")
    return UNEXPECTED


def _kept(text: str) -> str:
    """Keep a traceback and say where: in a temporary file, for the output folder may be what is at fault."""
    try:
        number, path = tempfile.mkstemp(prefix="talentsim-fault-", suffix=".txt")
        with os.fdopen(number, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except OSError:
        return "its traceback cannot be kept: " + " < ".join(line.strip() for line in reversed(text.splitlines()[-8:]))
    return f"please report it with the command and this file, its traceback: {path}"


def _say(text: str) -> None:
    with suppress(OSError):
        print(text, file=sys.stderr)


def _terminate(_: int, __: Any) -> NoReturn:
    raise Terminated
