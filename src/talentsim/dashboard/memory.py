"""What a process that sees ever new configurations gives back: what it remembers of them, and the pages that are free."""

from __future__ import annotations

import ctypes
import sys
from functools import lru_cache
from typing import Any

from talentsim.config import Config
from talentsim.config.frozen import forget

M_ARENA_MAX = -8
"""glibc's number for how many parts memory is handed out from; each thread has one of its own unless that is bounded, and none gives back what another could use."""


def give_back(but: Config | None = None) -> None:
    """Forget configurations but one, and hand free memory back to the system where it can be asked to take it."""
    hold_little()
    forget(but)
    if "pyarrow" in sys.modules:        # it has freed what tables were read into, and keeps it for the next
        sys.modules["pyarrow"].default_memory_pool().release_unused()
    _libc("malloc_trim", 0)


@lru_cache(maxsize=1)
def hold_little() -> None:
    """Let tables be read into memory of the system's own allocator, which hands all of it out from one place: what is freed can then go back."""
    _libc("mallopt", M_ARENA_MAX, 1)
    if "pyarrow" in sys.modules:
        sys.modules["pyarrow"].set_memory_pool(sys.modules["pyarrow"].system_memory_pool())


def _libc(name: str, *numbers: int) -> None:
    """Call a function of glibc, where there is one."""
    function = _function(name)
    if function is not None:
        function(*numbers)


@lru_cache(maxsize=2)
def _function(name: str) -> Any:
    try:
        return getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError, TypeError):
        return None
