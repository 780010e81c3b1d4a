"""The compact binary: read back byte by byte as docs/grid.md says it is written."""

from __future__ import annotations

import json
import struct

import h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.grid import RESOLUTIONS, cells_in_bbox, encode

DOCUMENT = {"layer": "greenway", "unit": {"zh": "公里", "en": "km"}, "total": 453.0}


def decode(data: bytes) -> tuple[int, dict[str, object], list[int], list[float]]:
    """Resolution, document, cells and values of a grid of version 1."""
    assert data[:4] == b"GPG1"
    assert data[5:8] == b"\0\0\0"
    count, json_bytes = struct.unpack("<II", data[8:16])
    document = json.loads(data[16 : 16 + json_bytes])
    shift = 3 * (15 - data[4])
    at, current, cells = 16 + json_bytes, 0, []
    for _ in range(count):
        bits = 0
        while True:
            byte = data[at]
            at += 1
            current += (byte & 0x7F) << bits
            bits += 7
            if byte < 0x80:
                break
        cells.append(current << shift | (1 << shift) - 1)
    assert len(data) == at + 4 * count
    return data[4], document, cells, list(struct.unpack(f"<{count}f", data[at:]))


@settings(max_examples=100, derandomize=True, deadline=None)
@given(
    st.integers(0, 15),
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=40),
    st.data(),
)
def test_any_cells_come_back_as_they_were(res, spots, data) -> None:
    cells = sorted({h3.str_to_int(h3.latlng_to_cell(lat, lon, res)) for lon, lat in spots})
    values = [data.draw(st.floats(width=32, allow_nan=False)) for _ in cells]
    coded = encode(res, DOCUMENT, np.array(cells, dtype=np.int64), np.array(values))
    assert decode(coded) == (res, DOCUMENT, cells, values)


@pytest.mark.parametrize("res", RESOLUTIONS)
def test_a_city_of_neighbouring_cells_takes_few_bytes(res: int) -> None:
    cells = cells_in_bbox(104.0, 30.6, 104.1, 30.7, res)
    values = np.linspace(0, 1000, len(cells))
    coded = encode(res, DOCUMENT, cells, values)
    found = decode(coded)
    assert found[2] == cells.tolist()
    assert found[3] == pytest.approx(values, rel=1e-7)
    assert len(coded) < 100 + 20 + 5.6 * len(cells)


@pytest.mark.parametrize("res", RESOLUTIONS)
def test_cells_far_apart_come_back(res: int) -> None:
    base = sorted(h3.get_res0_cells())
    ends = [h3.cell_to_center_child(cell, res) for cell in (base[0], base[-1])]
    cells = sorted({h3.str_to_int(cell) for cell in [*h3.get_pentagons(res), *ends]})
    assert decode(encode(res, {}, np.array(cells), np.zeros(len(cells))))[2] == cells


def test_no_cells_are_a_header_and_the_document() -> None:
    coded = encode(8, DOCUMENT, np.zeros(0, dtype=np.int64), np.zeros(0))
    assert decode(coded) == (8, DOCUMENT, [], [])


def test_cells_in_disorder_or_of_another_resolution_are_refused() -> None:
    cells = cells_in_bbox(104.0, 30.6, 104.1, 30.7, 8)
    values = np.zeros(len(cells))
    with pytest.raises(ValueError, match="ascend"):
        encode(8, {}, cells[::-1], values)
    with pytest.raises(ValueError, match="ascend"):
        encode(8, {}, np.repeat(cells, 2), np.repeat(values, 2))
    with pytest.raises(ValueError, match="resolution"):
        encode(9, {}, cells, values)
