"""Files of figures and reports: written whole or not at all, and the same bytes for the same figure."""

from __future__ import annotations

import io
import os
import re
import uuid
from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from talentsim.report.figures.style import house_style

METADATA: dict[str, dict[str, str | None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": "talentsim"},
}
"""What a file says of itself, by format: nothing that changes from day to day."""

DOTS_PER_INCH = 150


def save_figure(figure: Figure, folder: Path, stem: str) -> list[Path]:
    """Write a figure as PNG and SVG, as `save_files` does, and return their paths."""
    return save_files({kind: drawn(figure, kind) for kind in METADATA}, folder, stem)


def save_files(files: Mapping[str, bytes], folder: Path, stem: str) -> list[Path]:
    """Write the files of a figure, each under a temporary name that is then exchanged for its own.

    Parameters
    ----------
    files
        What is written, by ending.
    folder
        Made where it does not exist.
    stem
        Name of the files without their ending; no path.

    Returns
    -------
    Their paths, in the same order.
    """
    if Path(stem).name != stem:
        raise ValueError(f"stem: {stem!r} is not a plain file name; give the folder as `folder`")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return [save_bytes(content, folder / f"{stem}.{kind}") for kind, content in files.items()]


def save_bytes(content: bytes, path: Path) -> Path:
    """Write one file beside its place and move it there; leave nothing behind when writing fails."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


@house_style()
def drawn(figure: Figure, kind: str) -> bytes:
    """Return a figure as the bytes of a PNG or SVG file."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, dpi=DOTS_PER_INCH, metadata=METADATA[kind])
    return _compact(buffer.getvalue()) if kind == "svg" else buffer.getvalue()


_COORDINATES = re.compile(rb' (?:d|x|y)="[^"]*"|translate\([^)]*\)')
_DECIMALS = re.compile(rb"(\.\d\d)\d+")


def _compact(svg: bytes) -> bytes:
    """Leave out what nobody can see: decimals below a hundredth of a point, indents and ends of lines in paths."""
    short = _COORDINATES.sub(lambda found: _DECIMALS.sub(rb"\1", found.group()).replace(b"\n", b" ").replace(b"  ", b" ").replace(b" \"", b"\""), svg)
    return re.sub(rb"\n\s+", b"\n", short)
