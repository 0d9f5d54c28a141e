"""Read a published file strictly: every row whole, every number a number, and each fault told by file, row and column.

A row is counted as in the file, the header being row 1, so that an editor finds it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from talentsim.config.errors import UserError

ROW = "row"
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read_source(path: Path, columns: Mapping[str, Sequence[str]], codes: Sequence[str]) -> pd.DataFrame:
    """Read some columns of a CSV or Parquet file.

    Parameters
    ----------
    columns
        The names a column may have in the file, by ours; where several are there, the first that is filled in counts.
    codes
        Those of our columns that hold codes, made upper case; all others hold whole numbers, 0 or more.

    Returns
    -------
    Our columns, and `row`, where each row stands in the file.

    Raises
    ------
    UserError
        When the file cannot be read, has no rows, lacks a column, or a cell is empty or not what it must be.
    """
    raw = _parquet(path) if path.suffix == ".parquet" else _csv(path)
    if raw.empty:
        raise UserError(str(path), "there are no rows below the header" if len(raw.columns) else "the file is empty", "one row for each country and year, or pair and year")
    table = {ROW: raw.index.to_numpy()}
    for name, candidates in columns.items():
        given = [raw[each] for each in candidates if each in raw]
        if not given:
            raise UserError(str(path), f"column {candidates[0]!r} is missing", " or ".join(candidates), f"found: {', '.join(map(str, raw.columns))}")
        cells = given[0] if len(given) == 1 else given[0].where(given[0].notna() & (given[0].astype(str).str.strip() != ""), given[1])
        title = next(each for each in candidates if each in raw)
        table[name] = _codes(path, title, cells) if name in codes else _whole_numbers(path, title, cells)
    return pd.DataFrame(table)


def refuse_repeated(path: Path, table: pd.DataFrame, key: Sequence[str]) -> None:
    """Make sure that each key stands in one row.

    Raises
    ------
    UserError
        With the two rows of the first that stands in more.
    """
    again = table.duplicated(list(key), keep=False)
    if again.any():
        first = table[again].iloc[0]
        rows = table[ROW][(table[list(key)] == first[list(key)]).all(axis=1)]
        raise UserError(f"{path}, rows {rows.iloc[0]} and {rows.iloc[1]}", f"{told(first, key)} is there {_times(len(rows))}", "one row each",
                        "take out the copies: rows are never added up")


def told(row: pd.Series, key: Sequence[str]) -> str:
    """Return a row's key in words."""
    return " ".join(str(row[name]) for name in key)


def _times(n: int) -> str:
    return "twice" if n == 2 else f"{n} times"


def _csv(path: Path) -> pd.DataFrame:
    """Return the cells as text, by header, with the row of the file as index."""
    content = path.read_bytes()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UserError(str(path), "the text is in UTF-16", "UTF-8", "save it again as CSV UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}, row {content[:error.start].count(10) + 1}", f"byte {content[error.start]:#04x} is not UTF-8", "text in UTF-8",
                        "save it again as CSV UTF-8") from None
    if "\0" in text:
        raise UserError(f"{path}, row {text[:text.index(chr(0))].count(chr(10)) + 1}", "there is a null byte", "text")
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        _check_header(path, header)
        rows, places = [], []
        for cells in reader:
            if not cells:
                continue            # a blank line, as at the end of many files
            if len(cells) != len(header):
                raise UserError(f"{path}, row {reader.line_num}", f"there are {len(cells)} cells", f"{len(header)}, as in the header",
                                "a number must not hold a comma that is not quoted")
            rows.append(cells)
            places.append(reader.line_num)
    except csv.Error as error:
        raise UserError(f"{path}, row {reader.line_num}", f"this is not CSV: {error}", "cells separated by commas") from None
    return pd.DataFrame(rows, columns=header, index=places, dtype=object)


def _check_header(path: Path, header: Sequence[str]) -> None:
    for sign, name in _OTHER_DELIMITERS.items():
        if len(header) == 1 and sign in header[0]:
            raise UserError(str(path), f"cells are separated by {name}", "commas", "save it again as CSV with commas")
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    if doubled:
        raise UserError(str(path), f"column {doubled[0]!r} is there twice", "each column name once")


def _parquet(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:      # pyarrow's errors are among them
        raise UserError(str(path), "this is not whole Parquet: " + " ".join(str(error).split())[:160], "Parquet or CSV",
                        "fetch the file again") from None
    return table.set_axis(np.arange(len(table)) + 1)


def _codes(path: Path, title: str, cells: pd.Series) -> pd.Series:
    text = cells.where(cells.notna(), "").astype(str).str.strip().str.upper()
    _refuse(path, title, cells, text == "", "a code in every row", "empty")
    return text


def _whole_numbers(path: Path, title: str, cells: pd.Series) -> pd.Series:
    """Return cells as whole numbers.

    Raises
    ------
    UserError
        For the first cell that is empty, no number, broken, below 0 or too large to be a count.
    """
    if cells.dtype == object or isinstance(cells.dtype, pd.StringDtype):
        text = cells.where(cells.notna(), "").astype(str).str.strip()
        _refuse(path, title, cells, text == "", "a number in every row, 0 included", "empty")
        _refuse(path, title, cells, ~text.str.fullmatch(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?"), "a whole number, without thousands separators or other marks")
        value = pd.to_numeric(text).astype(float)
    else:
        value = pd.to_numeric(cells, errors="coerce").astype(float)
    _refuse(path, title, cells, ~np.isfinite(value), "a number in every row, 0 included", "empty or not finite")
    _refuse(path, title, cells, value != np.rint(value), "a whole number")
    _refuse(path, title, cells, value < 0, "0 or more")
    _refuse(path, title, cells, value > 1e9, "a count of people, or a year")
    return value.astype(np.int64)


def _refuse(path: Path, title: str, cells: pd.Series, wrong: pd.Series, allowed: str, found: str = "") -> None:
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        more = int(wrong.sum()) - 1
        also = f"; so are {more} more rows" if more > 1 else "; so is 1 more row" if more else ""
        raise UserError(f"{path}, row {cells.index[place]}, column {title!r}", f"the cell is {found or repr(cells.iloc[place])}{also}", allowed)
