"""Why two numbers differ, for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from talentsim.ensemble.reasons import Reason, Told

MOST = 40


def reason_lines(one: Told, other: Told, found: Sequence[Reason]) -> list[str]:
    """Return what differs, a line each with both values; that nothing does is said as well."""
    lines = [f"A  {one.name}", *([f"   {one.number}"] if one.number else []), f"B  {other.name}", *([f"   {other.number}"] if other.number else []), ""]
    if not found:
        return [*lines, "Nothing that a result depends on differs: both are the same to the last bit."]
    lines.append(f"{len(found)} {'thing differs' if len(found) == 1 else 'things differ'}:")
    lines += [f"  {each.kind}: {each.what}: A {each.one}, B {each.other}" for each in found[:MOST]]
    if len(found) > MOST:
        lines.append(f"  ... and {len(found) - MOST} more")
    if any(each.kind == "version" for each in found):
        lines.append("CHANGELOG.md says for each release which numbers moved, and why.")
    return lines
