"""What a process that sees ever new configurations gives back: what it remembers of them, and the pages that are free."""

from __future__ import annotations

import ctypes
import sys
from functools import lru_cache
from typing import Any

from talentsim.config import Config
from talentsim.config.frozen import forget


def give_back(but: Config | None = None) -> None:
    """Forget configurations but one, and hand free memory back to the system where it can be asked to take it."""
    forget(but)
    if "pyarrow" in sys.modules:        # it has freed what tables were read into, and keeps it for the next
        sys.modules["pyarrow"].default_memory_pool().release_unused()
    if (trim := _trim()) is not None:
        trim(0)


@lru_cache(maxsize=1)
def _trim() -> Any:
    """Return glibc's `malloc_trim`, None elsewhere."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
