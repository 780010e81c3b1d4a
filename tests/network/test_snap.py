"""Points, lines and polygons on the network."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geoplan.network import Entrances, Graph, Snapper, SnapState, nearest_facility
from tests.network.made import GEOD, LonLat, Way, at, beyond, draw

A, B, C = at(0, 0), at(400, 0), at(800, 0)


def street() -> Graph:
    return draw({"a": A, "b": B, "c": C}, "a b", "b c")


def snapped(graph: Graph, *lonlat: LonLat, **options: float) -> list[tuple[float, float]]:
    """Fraction and leg of each point."""
    found = Snapper(graph, **options).snap(np.array(lonlat))  # type: ignore[arg-type]
    assert found.positions.point.tolist() == list(range(len(lonlat)))
    return list(zip(found.positions.fraction, found.positions.leg_mm.tolist(), strict=True))


def test_a_point_is_put_on_the_nearest_edge_not_the_nearest_node() -> None:
    ((fraction, leg_mm),) = snapped(street(), beyond(A, B, 100, aside_m=20))
    assert fraction == pytest.approx(0.25, abs=1e-6)
    assert leg_mm == pytest.approx(20_000, abs=1)


def test_a_point_beyond_the_end_is_put_exactly_on_the_node() -> None:
    assert snapped(street(), at(-30, 0)) == [(0.0, 30_000)]
    graph = draw({"a": A, "b": B}, "b a")
    assert snapped(graph, at(-30, 0)) == [(1.0, 30_000)]


def test_the_leg_is_as_long_far_from_the_planes_meridian() -> None:
    # 103.0 E lies 190 km from the meridian of the plane, which stretches by 0.4 per mille there.
    west = (103.0, 30.5)
    graph = draw({"a": at(0, 0, west), "b": at(400, 0, west)}, "a b")
    ((fraction, leg_mm),) = snapped(graph, beyond(at(0, 0, west), at(400, 0, west), 300, 400))
    assert fraction == pytest.approx(0.75, abs=1e-5)
    assert leg_mm == pytest.approx(400_000, abs=2)


def test_what_is_too_far_or_nowhere_is_reported_and_has_no_place() -> None:
    snapper = Snapper(street())
    points = np.array([at(200, 499), at(200, 502), (np.nan, 30.6), (104.0, np.inf), at(0, 0)])
    found = snapper.snap(points)
    assert found.state.tolist() == [
        SnapState.SNAPPED, SnapState.TOO_FAR, SnapState.TOO_FAR, SnapState.TOO_FAR,
        SnapState.SNAPPED,
    ]  # fmt: skip
    assert found.unsnapped.tolist() == [1, 2, 3]
    assert found.positions.point.tolist() == [0, 4]


def large_with_island() -> Graph:
    """A street of 310 nodes and, 100 m north of its beginning, two nodes of their own."""
    places = {f"n{i}": at(20 * i, 0) for i in range(310)}
    places |= {"x": at(0, 100), "y": at(50, 100)}
    return draw(places, *(f"n{i} n{i + 1}" for i in range(309)), "x y")


def test_islands_are_no_place_to_enter_and_who_stands_on_one_is_told() -> None:
    snapper = Snapper(large_with_island(), max_distance_m=150)
    found = snapper.snap(np.array([at(10, 90), at(10, 30), at(10, 240), at(10, 400)]))
    assert found.state.tolist() == [
        SnapState.BESIDE_ISLAND, SnapState.SNAPPED, SnapState.ISLAND_ONLY, SnapState.TOO_FAR,
    ]  # fmt: skip
    assert found.positions.leg_mm.tolist() == pytest.approx([90_000, 30_000], abs=20)
    assert found.unsnapped.tolist() == [2, 3]


def test_in_a_small_network_small_parts_count() -> None:
    graph = draw({"a": A, "b": B, "x": at(0, 100), "y": at(50, 100)}, "a b", "x y")
    found = Snapper(graph).snap(np.array([at(10, 90)]))
    assert found.state.tolist() == [SnapState.SNAPPED]
    assert found.positions.leg_mm[0] == pytest.approx(10_000, abs=10)


def test_who_stands_under_a_bridge_is_put_on_the_street_and_not_on_it() -> None:
    graph = draw(
        {"w": at(-100, 0), "e": at(100, 0), "s": at(20, -100), "n": at(20, 100)},
        Way("w e", bridge=True, layer=1),
        "s n",
        "w s",
        "e s",
    )
    found = Snapper(graph).snap(np.array([at(5, 1)]))
    assert not graph.edge_flags[found.positions.edge[0]]
    assert found.positions.leg_mm[0] == pytest.approx(15_000, abs=5)


def test_a_bridge_without_a_way_at_its_end_is_entered_there() -> None:
    graph = draw(
        {"w": at(-100, 0), "e": at(100, 0), "s": at(100, -100)},
        Way("w e", bridge=True),
        "e s",
    )
    end, middle = (
        Snapper(graph).snap(np.array([at(-110, 0), at(-20, 5)])).positions.of(np.array([0, 1]))[1:3]
    )
    assert graph.edge_flags[end].tolist() == [1, 1]
    assert set(middle.tolist()) <= {0.0, 1.0}


def test_the_place_does_not_depend_on_who_else_is_put_on_the_network() -> None:
    graph = large_with_island()
    rng = np.random.default_rng(2)
    points = np.array([at(*xy) for xy in rng.uniform((-100, -300), (3100, 300), (400, 2))])
    together = Snapper(graph).snap(points)
    order = rng.permutation(400)
    shuffled = Snapper(graph).snap(points[order])
    assert np.array_equal(together.state[order], shuffled.state)
    place = {
        int(order[point]): row
        for point, row in zip(
            shuffled.positions.point,
            zip(*(column.tolist() for column in shuffled.positions[1:]), strict=True),
            strict=True,
        )
    }
    rows = zip(*(column.tolist() for column in together.positions[1:]), strict=True)
    assert place == dict(zip(together.positions.point.tolist(), rows, strict=True))


def test_a_polygon_is_entered_at_crossings_nodes_nearby_and_along_edges_beside_it() -> None:
    graph = street()
    # Its southern side runs 10 m north of the street, from 100 m before b to 60 m past it.
    park = shapely.Polygon([at(300, 10), at(460, 10), at(460, 200), at(300, 200)])
    found = Snapper(graph).enter(np.array([park]))
    assert found.state.tolist() == [SnapState.SNAPPED]
    rows = found.positions
    metres = np.where(rows.edge == rows.edge.min(), 0, 400) + rows.fraction * 400
    assert (metres > 271).all()  # 30 m around the corner at 300
    assert (metres < 489).all()
    inside = (metres >= 300) & (metres <= 460)
    assert rows.leg_mm[inside].tolist() == pytest.approx([10_000] * inside.sum(), abs=10)
    assert 400 in np.round(metres, 6).tolist()
    assert np.diff(np.sort(metres)).max() <= 50
    # The node b is there once, although two edges end in it.
    assert np.count_nonzero((rows.fraction <= 0) | (rows.fraction >= 1)) == 1


def test_a_line_that_crosses_a_street_is_entered_at_the_crossing() -> None:
    greenway = shapely.LineString([at(130, -300), at(130, 300)])
    found = Snapper(street(), entry_distance_m=1).enter(np.array([greenway]))
    assert found.positions.fraction.tolist() == [pytest.approx(130 / 400, abs=1e-5)]
    assert found.positions.leg_mm.tolist() == [0]


def test_a_line_along_a_street_is_entered_all_along() -> None:
    graph = street()
    greenway = shapely.LineString([A, C])
    snapper = Snapper(graph)
    found = snapper.enter(np.array([greenway]))
    people = snapper.snap(np.array([at(x, 0) for x in range(0, 801, 10)]))
    walked, _ = nearest_facility(graph, people.positions, found.positions, count=81)
    assert walked.max() <= 25_050
    assert (walked >= 0).all()


def test_a_shape_beside_no_way_is_entered_once_from_the_nearest() -> None:
    park = shapely.Polygon([at(100, 200), at(180, 200), at(180, 300), at(100, 300)])
    far = shapely.LineString([at(0, 900), at(400, 900)])
    found = Snapper(street()).enter(np.array([park, far, shapely.Polygon()]))
    assert found.state.tolist() == [SnapState.SNAPPED, SnapState.TOO_FAR, SnapState.TOO_FAR]
    assert found.positions.point.tolist() == [0]
    assert found.positions.leg_mm[0] == pytest.approx(200_000, abs=10)
    assert 100 <= 400 * found.positions.fraction[0] <= 180


def test_a_shape_with_only_an_island_near_it_is_told() -> None:
    park = shapely.Polygon([at(0, 400), at(30, 400), at(30, 450), at(0, 450)])
    found = Snapper(large_with_island(), max_distance_m=350).enter(np.array([park]))
    assert found.state.tolist() == [SnapState.ISLAND_ONLY]
    assert len(found.positions.point) == 0


def test_bridges_over_a_shape_do_not_let_anyone_into_it() -> None:
    graph = draw(
        {"a": A, "b": at(300, 0), "c": at(500, 0), "d": C},
        "a b",
        Way("b c", bridge=True),
        "c d",
    )
    riverside = shapely.LineString([at(400, -300), at(400, 300)])
    found = Snapper(graph, max_distance_m=120).enter(np.array([riverside]))
    flags = graph.edge_flags[found.positions.edge]
    assert found.state.tolist() == [SnapState.SNAPPED]
    assert not flags.any()
    assert found.positions.leg_mm.min() == pytest.approx(100_000, abs=10)


def test_known_entrances_are_used_and_nothing_else_of_the_feature() -> None:
    park = shapely.Polygon([at(300, 10), at(460, 10), at(460, 200), at(300, 200)])
    shop = shapely.Point(at(50, 0))
    entrances = Entrances(np.array([0, 0]), np.array([at(310, 0), at(450, 5)]))
    found = Snapper(street()).enter(np.array([park, shop]), entrances)
    assert found.positions.point.tolist() == [0, 0, 1]
    assert found.positions.leg_mm.tolist() == pytest.approx([0, 5_000, 0], abs=3)
    assert found.state.tolist() == [SnapState.SNAPPED, SnapState.SNAPPED]


def test_many_points_of_one_facility_are_as_many_entries() -> None:
    station = shapely.MultiPoint([at(10, 0), at(790, 3)])
    found = Snapper(street()).enter(np.array([station, shapely.Point()]))
    assert found.positions.point.tolist() == [0, 0]
    assert found.state.tolist() == [SnapState.SNAPPED, SnapState.TOO_FAR]


def test_points_may_have_a_height() -> None:
    found = Snapper(street()).enter(shapely.from_wkt(["POINT Z (104.0640 30.6600 500)"]))
    assert len(found.positions.point) == 1


def test_an_empty_network_snaps_nothing() -> None:
    graph = draw({})
    snapper = Snapper(graph)
    assert snapper.snap(np.array([A])).state.tolist() == [SnapState.TOO_FAR]
    found = snapper.enter(np.array([shapely.Point(A), shapely.LineString([A, B])]))
    assert found.state.tolist() == [SnapState.TOO_FAR, SnapState.TOO_FAR]


@pytest.mark.parametrize("distance", [np.inf, np.nan])
def test_a_distance_without_end_is_refused(distance: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Snapper(street(), max_distance_m=distance)


def test_a_leg_equals_the_geodesic_to_the_place() -> None:
    graph = street()
    point = beyond(A, B, 123, aside_m=77)
    place = beyond(A, B, 123)
    ((_, leg_mm),) = snapped(graph, point)
    assert leg_mm == pytest.approx(1000 * GEOD.inv(*point, *place)[2], abs=1)
