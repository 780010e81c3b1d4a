"""Small networks solved on paper; every answer is exact to the millimetre."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geoplan.network import (
    Graph,
    Snapper,
    SnapState,
    facilities_within,
    nearest_facility,
    walks_from,
)
from tests.network.made import GEOD, LonLat, Way, at, beyond, draw

MM = 1  # rounding of one part of a walk


def walk(graph: Graph, people: LonLat, *facilities: LonLat) -> tuple[int, int]:
    """Millimetres from where people are to the nearest facility, and its number; both ways."""
    snapper = Snapper(graph)
    home = snapper.snap(np.array([people])).positions
    goals = snapper.snap(np.array(facilities)).positions
    (walked,), (facility,) = nearest_facility(graph, home, goals, count=1)
    single = walks_from(graph, home, goals, 2**31 - 2, count=len(facilities))
    reached = single[single >= 0]
    assert walked == (reached.min() if len(reached) else -1)
    assert facilities_within(graph, home, goals, 2**31 - 2, count=1) == len(reached)
    if walked > 0:
        assert facilities_within(graph, home, goals, int(walked) - 1, count=1) == 0
        assert facilities_within(graph, home, goals, int(walked), count=1) >= 1
    return int(walked), int(facility)


def test_a_one_way_footway_is_walked_from_people_to_facility_and_not_against_its_direction() -> (
    None
):
    # A square of 100 m sides; A to B is one way, so from B to A three sides remain.
    a, b, c, d = at(0, 0), at(100, 0), at(100, 100), at(0, 100)
    graph = draw({"a": a, "b": b, "c": c, "d": d}, Way("a b", direction=1), "b c d a")

    there, _ = walk(graph, a, b)
    back, _ = walk(graph, b, a)

    assert there == 100_000
    around = 1000 * (_metres(b, c) + _metres(c, d) + _metres(d, a))
    assert back == pytest.approx(around, abs=MM)


def test_a_one_way_footway_drawn_against_its_direction_is_the_same_the_other_way_round() -> None:
    a, b = at(0, 0), at(100, 0)
    graph = draw({"a": a, "b": b}, Way("b a", direction=-1))

    assert walk(graph, a, b) == (100_000, 0)
    assert walk(graph, b, a) == (-1, -1)


def test_a_street_and_the_bridge_over_it_are_apart_where_they_cross() -> None:
    # The bridge w-e passes over the street s-n at their common middle, without a shared node.
    south, north, west, east = at(0, -100), at(0, 100), at(-100, 0), at(100, 0)
    middle = at(0, 0)
    graph = draw(
        {"s": south, "n": north, "w": west, "e": east},
        "s n",
        Way("w e", bridge=True, layer=1),
    )
    assert graph.components == 2
    assert walk(graph, middle, north) == (pytest.approx(100_000, abs=MM), 0)

    # Steps from the street up to the bridge's end: 100 m along the street, then them, then over.
    graph = draw(
        {"s": south, "n": north, "w": west, "e": east},
        "s n",
        Way("w e", bridge=True, layer=1),
        Way("n e", steps=True),
        "w far",
    )
    steps = round(1000 * _metres(north, east))
    assert walk(graph, middle, east) == (pytest.approx(100_000 + steps, abs=MM), 0)
    assert walk(graph, middle, west)[0] == pytest.approx(
        100_000 + steps + 1000 * _metres(east, west), abs=2 * MM
    )


def test_a_river_with_one_bridge_is_crossed_there_and_nowhere_else() -> None:
    # Two banks 60 m apart, 400 m long, joined by a bridge at their eastern end.
    places = {
        "a": at(0, 0), "b": at(400, 0), "c": at(0, 60), "d": at(400, 60),
    }  # fmt: skip
    graph = draw(places, "a b", "c d", Way("b d", bridge=True))
    people, school = beyond(places["a"], places["b"], 50), beyond(places["c"], places["d"], 50)

    walked, _ = walk(graph, people, school)

    north_bank = 1000 * _metres(places["c"], places["d"]) - 50_000
    assert walked == pytest.approx(350_000 + 60_000 + north_bank, abs=2 * MM)


def test_an_island_is_not_reached_and_reaches_nothing() -> None:
    main, island = at(0, 0), at(0, 300)
    graph = draw({"a": main, "b": at(100, 0), "c": island, "d": at(100, 300)}, "a b", "c d")

    assert walk(graph, main, island) == (-1, -1)
    assert walk(graph, island, main) == (-1, -1)


def test_a_facility_in_the_middle_of_an_edge_is_reached_from_both_ends_with_its_leg() -> None:
    a, b = at(0, 0), at(100, 0)
    graph = draw({"a": a, "b": b}, "a b")
    shop = beyond(a, b, 30, aside_m=12)

    assert walk(graph, a, shop) == (pytest.approx(42_000, abs=MM), 0)
    assert walk(graph, b, shop) == (pytest.approx(82_000, abs=MM), 0)


def test_people_and_facility_on_one_edge_walk_straight_along_it() -> None:
    a, b = at(0, 0), at(100, 0)
    graph = draw({"a": a, "b": b}, "a b")
    home, shop = beyond(a, b, 20, aside_m=5), beyond(a, b, 70, aside_m=-8)

    assert walk(graph, home, shop) == (pytest.approx(63_000, abs=2 * MM), 0)
    assert walk(graph, shop, home) == (pytest.approx(63_000, abs=2 * MM), 0)


def test_on_one_edge_of_one_direction_who_is_past_the_facility_walks_all_around() -> None:
    a, b, c = at(0, 0), at(100, 0), at(50, 80)
    graph = draw({"a": a, "b": b, "c": c}, Way("a b", direction=1), "b c a")
    home, shop = beyond(a, b, 20), beyond(a, b, 70)

    assert walk(graph, home, shop) == (pytest.approx(50_000, abs=MM), 0)
    around = 30_000 + 1000 * (_metres(b, c) + _metres(c, a)) + 20_000
    assert walk(graph, shop, home) == (pytest.approx(around, abs=3 * MM), 0)


def test_around_a_loop_the_shorter_side_is_taken() -> None:
    # A street a-b and a ring of 400 m that begins and ends at b.
    a, b, c, d, e = at(0, 0), at(100, 0), at(200, 0), at(200, 100), at(100, 100)
    graph = draw({"a": a, "b": b, "c": c, "d": d, "e": e}, "a b", "b c d e b")
    assert graph.edges == 2
    near_end = beyond(b, e, 40)
    assert walk(graph, a, near_end) == (pytest.approx(140_000, abs=MM), 0)
    # Both on the ring, 30 m before and behind b: over b, not around.
    assert walk(graph, beyond(b, c, 30), beyond(b, e, 30)) == (pytest.approx(60_000, abs=2 * MM), 0)
    # Both on the far side: along the ring.
    assert walk(graph, beyond(c, d, 30), beyond(c, d, 80)) == (pytest.approx(50_000, abs=2 * MM), 0)


def test_of_two_parallel_edges_the_shorter_is_walked_and_each_is_its_own_place() -> None:
    a, b, bend = at(0, 0), at(100, 0), at(50, 40)
    graph = draw({"a": a, "b": b, "m": bend}, "a b", "a m b")
    assert graph.edges == 2

    assert walk(graph, a, b) == (100_000, 0)
    assert walk(graph, a, bend)[0] == pytest.approx(1000 * _metres(a, bend), abs=MM)


def test_of_two_facilities_equally_far_the_lower_number_is_named() -> None:
    west, middle, east = at(-100, 0), at(0, 0), at(100, 0)
    graph = draw({"w": west, "m": middle, "e": east}, "w m", "m e")
    cost = {graph.edge_cost_uv[edge] for edge in range(graph.edges)}
    assert cost == {100_000}

    assert walk(graph, middle, west, east) == (100_000, 0)
    assert walk(graph, middle, east, west) == (100_000, 0)
    assert walk(graph, middle, east, west, west, middle) == (0, 3)


def test_two_facilities_at_one_place_are_told_apart_by_their_numbers_everywhere() -> None:
    a, b = at(0, 0), at(1000, 0)
    graph = draw({"a": a, "b": b}, "a b")
    snapper = Snapper(graph)
    people = snapper.snap(np.array([beyond(a, b, metres) for metres in range(0, 1001, 50)]))
    goals = snapper.snap(np.array([beyond(a, b, 500), beyond(a, b, 500)]))

    walked, facility = nearest_facility(
        graph, people.positions, goals.positions, count=len(people.state)
    )

    assert (facility == 0).all()
    assert walked.tolist() == [
        pytest.approx(abs(500 - m) * 1000, abs=2) for m in range(0, 1001, 50)
    ]
    assert (
        facilities_within(graph, people.positions, goals.positions, 250_002, count=len(walked))
        == np.where(walked <= 250_002, 2, 0)
    ).all()


def test_an_edge_without_length_costs_a_millimetre_and_is_walked() -> None:
    a, b = at(0, 0), at(100, 0)
    graph = draw({"a": a, "b": b, "twin": b, "c": at(200, 0)}, "a b", "b twin", "twin c")

    assert graph.edges == 3
    assert sorted(graph.edge_cost_uv.tolist())[0] == 1
    assert walk(graph, a, at(200, 0)) == (pytest.approx(200_001, abs=MM), 0)


def test_a_park_is_entered_where_ways_cross_its_boundary_and_from_inside_at_once() -> None:
    # A street of 400 m into a park whose boundary it crosses after 250 m.
    a, b = at(0, 0), at(400, 0)
    graph = draw({"a": a, "b": b}, "a b")
    park = shapely.Polygon([at(250, -80), at(600, -80), at(600, 80), at(250, 80)])
    snapper = Snapper(graph, entry_distance_m=0.5)
    entered = snapper.enter(np.array([park]))
    people = snapper.snap(np.array([a, beyond(a, b, 100), beyond(a, b, 300)]))

    walked, _ = nearest_facility(graph, people.positions, entered.positions, count=3)

    assert entered.state.tolist() == [SnapState.SNAPPED]
    assert walked[:2].tolist() == pytest.approx([250_000, 150_000], abs=2)
    # Inside: at most half the spacing of entries, never back to the boundary.
    assert walked[2] <= 25_000


def _metres(start: LonLat, end: LonLat) -> float:
    return float(GEOD.inv(*start, *end)[2])
