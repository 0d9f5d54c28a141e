"""Where the time of a command goes: a stopwatch that its parts press."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass
class Stopwatch:
    """Seconds by phase, those on the clock and those this process computed; a phase ends where the next begins."""

    phases: dict[str, tuple[float, float]] = field(default_factory=dict)
    _now: str = ""
    _since: tuple[float, float] = (0.0, 0.0)

    def begin(self, phase: str) -> None:
        """End the present phase and begin another; one that comes again adds to what it had."""
        now = time.perf_counter(), time.process_time()
        if self._now:
            wall, cpu = self.phases.get(self._now, (0.0, 0.0))
            self.phases[self._now] = wall + now[0] - self._since[0], cpu + now[1] - self._since[1]
        self._now, self._since = phase, now

    def told(self) -> str:
        """End the last phase, return the phases as lines of text, and begin afresh."""
        self.begin("")
        rows = [*self.phases.items(), ("all", tuple(sum(each) for each in zip(*self.phases.values(), strict=True)))]
        self.phases = {}
        return "\n".join(f"{name:<28}{wall:8.2f} s{cpu:8.2f} s in this process" for name, (wall, cpu) in rows)
