"""Rows as PostgreSQL's binary COPY has them, made from arrays at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

# Signature, flags and length of the extension; then rows of a count of columns and for each
# column its length and bytes; then the end. Without nulls every row has one size.
_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_END = b"\xff\xff"


def copy_bytes(columns: Mapping[str, NDArray[np.generic]]) -> bytes:
    """Rows (n,) of columns without nulls: integers of 2, 4 and 8 bytes, and booleans."""
    rows = len(next(iter(columns.values())))
    fields: list[tuple[str, str]] = [("columns", ">i2")]
    for name, column in columns.items():
        fields += [(f"{name} size", ">i4"), (name, f">i{column.dtype.itemsize}")]
    records = np.zeros(rows, dtype=np.dtype(fields))
    records["columns"] = len(columns)
    for name, column in columns.items():
        records[f"{name} size"] = column.dtype.itemsize
        records[name] = column
    return _HEADER + records.tobytes() + _END


def integers(data: bytes | None, dtype: type[np.signedinteger]) -> NDArray[np.signedinteger]:
    """What `string_agg` of `int2send`, `int4send` or `int8send` gives, as an array."""
    stored = np.dtype(dtype).newbyteorder(">")
    return np.frombuffer(data or b"", dtype=stored).astype(dtype)
