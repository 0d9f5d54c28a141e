"""Run the commands of a README with the Python that runs this, small, in the working directory; used by release_check.sh.

    python tests/readme_commands.py README.md
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

SMALL = ["world=toy", "population.scale=0.5", "ensemble.replications=2", "executor=serial"]
SERVES = ("dashboard",)
"""Commands that go on until they are stopped."""

LOOKS_UP = ("scenarios", "show")


def commands(text: str) -> list[list[str]]:
    """Return the arguments of each command of talentsim within the blocks of shell."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    found = [re.fullmatch(r"(?:python -m )?talentsim (.+)", line) for line in lines]
    return [given for each in found if each and (given := shlex.split(each[1], comments=True))]


def small(given: list[str]) -> list[str]:
    """Return what makes a command quick, but for what it says itself."""
    said = {each.partition("=")[0] for each in given}
    return [each for each in SMALL if each.partition("=")[0] not in said]


def main() -> int:
    """Run them all, and the README's Python; return how many failed."""
    text, n_failed = Path(sys.argv[1]).read_text(encoding="utf-8"), 0
    python = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    asked = [["-m", "talentsim", *each, *([] if each[0] in LOOKS_UP else small(each))] for each in commands(text) if each[0] not in SERVES]
    for arguments in [*asked, ["-m", "talentsim", "doctor", "world=toy"], *([["-c", python[1]]] if python else [])]:
        done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True)
        n_failed += done.returncode != 0
        print(f"{'ok    ' if done.returncode == 0 else 'FAILED'}  python {shlex.join(arguments).splitlines()[0][:120]}")
        if done.returncode:
            print(done.stdout[-2000:], done.stderr[-2000:])
    return n_failed


if __name__ == "__main__":
    sys.exit(main())
