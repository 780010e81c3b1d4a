"""GCJ-02 and BD-09: published vectors, there and back, and where nothing is shifted."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geoplan.ingest.coordinates import lonlat_of
from geoplan.ingest.webmap import bd_from_wgs, gcj_from_wgs, wgs_from_bd, wgs_from_gcj

# Longitude and latitude in WGS 84, GCJ-02 and BD-09, then east and north in EPSG:4544.
VECTORS = np.array(
    [
        [104.0633, 30.6597, 104.06580277, 30.65727564, 104.07228544, 30.66334451, 410223.123, 3393620.681],
        [103.6200, 31.0000, 103.62202993, 30.99741839, 103.62864013, 31.00311459, 368198.089, 3431791.922],
        [104.5500, 30.4100, 104.55238640, 30.40720914, 104.55890969, 30.41317352, 456760.545, 3365650.271],
        [103.1000, 30.5500, 103.10212164, 30.54754700, 103.10857751, 30.55366882, 317679.130, 3382621.711],
        [104.8500, 30.8000, 104.85270995, 30.79736184, 104.85918174, 30.80340187, 485644.542, 3408810.396],
    ]
)  # fmt: skip
WGS, GCJ, BD, PLANE = (VECTORS[:, at : at + 2].T for at in (0, 2, 4, 6))
BOX = (102.991, 30.091, 104.897, 31.438)
GEOD = pyproj.Geod(ellps="WGS84")


def _city(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    made = np.random.default_rng(20230703)
    return made.uniform(BOX[0], BOX[2], count), made.uniform(BOX[1], BOX[3], count)


def test_the_vectors_hold_to_a_ten_millionth_of_a_degree() -> None:
    assert np.abs(np.array(gcj_from_wgs(*WGS)) - GCJ).max() < 1e-7
    assert np.abs(np.array(bd_from_wgs(*WGS)) - BD).max() < 1e-7
    assert np.abs(np.array(wgs_from_gcj(*GCJ)) - WGS).max() < 1e-7
    assert np.abs(np.array(wgs_from_bd(*BD)) - WGS).max() < 1e-7


@pytest.mark.parametrize(
    ("system", "given"), [("GCJ-02", GCJ), ("BD-09", BD), ("EPSG:4544", PLANE)]
)
def test_every_system_of_the_vectors_is_read_as_the_same_place(
    system: str, given: NDArray[np.float64]
) -> None:
    assert np.abs(np.array(lonlat_of(*given, system)) - WGS).max() < 1e-7


@pytest.mark.parametrize("forward", [gcj_from_wgs, bd_from_wgs])
def test_there_and_back_ends_where_it_began_all_over_the_city(forward) -> None:  # type: ignore[no-untyped-def]
    back = wgs_from_gcj if forward is gcj_from_wgs else wgs_from_bd
    lon, lat = _city(20_000)
    assert np.abs(np.array(back(*forward(lon, lat))) - (lon, lat)).max() < 1e-11


def test_the_shifts_over_the_city_are_those_that_are_known() -> None:
    lon, lat = _city(20_000)
    for forward, metres, east, north in (
        (gcj_from_wgs, (303, 409), (167, 266), (-319, -224)),
        (bd_from_wgs, (872, 988), (500, 1000), (100, 700)),
    ):
        moved = forward(lon, lat)
        azimuth, _, away = GEOD.inv(lon, lat, *moved)
        eastward = away * np.sin(np.radians(azimuth))
        northward = away * np.cos(np.radians(azimuth))
        assert metres[0] - 1 <= away.min() <= away.max() <= metres[1] + 1
        assert east[0] - 1 <= eastward.min() <= eastward.max() <= east[1] + 1
        assert north[0] - 1 <= northward.min() <= northward.max() <= north[1] + 1


@given(st.floats(-180, 180), st.floats(-89, 89))
def test_outside_the_mainland_nothing_is_shifted_and_nowhere_is_the_inverse_wrong(
    lon: float, lat: float
) -> None:
    at = np.array([lon]), np.array([lat])
    inside = 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271
    for forward, back in ((gcj_from_wgs, wgs_from_gcj), (bd_from_wgs, wgs_from_bd)):
        moved = forward(*at)
        assert inside or np.array_equal(moved, at)
        # At the edge of the box, a shifted place may lie outside it, where nothing is shifted back.
        well_inside = 72.1 < lon < 137.7 and 0.9 < lat < 55.7
        if well_inside or not inside:
            near_box = not inside and 71.9 < lon < 138 and 0.7 < lat < 56
            assert near_box or np.allclose(back(*moved), at, rtol=0, atol=1e-9)


def test_what_is_not_finite_stays_so() -> None:
    bad = np.array([np.nan, np.inf, 104.06]), np.array([30.66, 30.66, np.inf])
    for function in (gcj_from_wgs, bd_from_wgs, wgs_from_gcj, wgs_from_bd):
        assert not np.isfinite(np.array(function(*bad))).all(axis=0).any()
