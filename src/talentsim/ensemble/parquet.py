"""A table as Parquet: what the store holds of a run."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


def encoded(table: pd.DataFrame) -> pa.Buffer:
    """Return a table as the bytes of a file.

    Who a row is about hardly ever repeats but comes in order: differences take half the room and time of a dictionary.
    Nothing asks for statistics of a column, which tables of persons are slow to make.
    """
    arrow = pa.Table.from_pandas(table, preserve_index=False, nthreads=1)      # threads cost more than such tables
    sink = pa.BufferOutputStream()
    in_order = {name: "DELTA_BINARY_PACKED" for name in arrow.column_names if name == "uid"}
    pq.write_table(arrow, sink, use_dictionary=[name for name in arrow.column_names if name not in in_order],
                   column_encoding=in_order or None, write_statistics=False)
    return sink.getvalue()


def decoded(content: bytes, columns: Sequence[str] | None = None) -> pa.Table:
    """Return the table in the bytes of a file, or some columns of it."""
    return pq.ParquetFile(pa.BufferReader(content)).read(columns, use_threads=False)
