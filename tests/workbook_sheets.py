"""Workbooks read by their own format, for tests."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree

SPACE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def sheets(path: Path) -> dict[str, list[list[str | float]]]:
    """Read a workbook by its own format: sheet -> rows of texts and numbers; a formula fails."""
    with zipfile.ZipFile(path) as book:
        names = [each.attrib["name"] for each in ElementTree.fromstring(book.read("xl/workbook.xml")).iterfind("m:sheets/m:sheet", SPACE)]
        shared = ["".join(part.text or "" for part in each.iter(f"{{{SPACE['m']}}}t"))
                  for each in ElementTree.fromstring(book.read("xl/sharedStrings.xml")).iterfind("m:si", SPACE)]
        found: dict[str, list[list[str | float]]] = {}
        for place, name in enumerate(names, start=1):
            rows = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{place}.xml")).iterfind("m:sheetData/m:row", SPACE)
            found[name] = []
            for row in rows:
                cells: list[str | float] = []
                for cell in row.iterfind("m:c", SPACE):
                    assert cell.find("m:f", SPACE) is None, "a text has become a formula"
                    text = cell.findtext("m:v", "", SPACE)
                    cells.append(shared[int(text)] if cell.attrib.get("t") == "s" else float(text))
                found[name].append(cells)
    return found
