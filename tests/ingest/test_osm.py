"""OSM extracts: what is read of them, and what is said of those that cannot be read."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.ingest import read_osm
from geoplan.ingest.osm import OsmExtract
from geoplan.ingest.osm_ground import ground
from geoplan.ingest.osm_places import green_space, names, place
from geoplan.units import geodesic_area_m2
from tests.ingest.drawing import CITY_LAT, CITY_LON, FAR_LON, Drawing, base, features


@pytest.fixture
def opened(tmp_path: Path, city: City) -> Callable[[Drawing], OsmExtract]:
    return lambda drawing: read_osm(drawing.write(tmp_path / "drawn.osm.pbf"), city)


def test_a_node_becomes_a_place_with_both_names(opened: Callable[[Drawing], OsmExtract]) -> None:
    drawing = Drawing()
    drawing.node(1, 2, amenity="pharmacy", name="示意药店", name__en="Sample Pharmacy")
    [found] = features(opened(drawing), "place")
    assert found["key"] == "node/1"
    assert found["row"] == 1
    assert (found["category"], found["kind"]) == ("health", "pharmacy")
    assert (found["osm_type"], found["osm_id"]) == ("node", "1")
    assert found["names"] == ("示意药店", "Sample Pharmacy")
    assert found["status"] == "open"
    assert found["geometry"].equals(shapely.Point(104.061, 30.662))


def test_a_place_drawn_as_an_area_becomes_a_point_inside_it(
    opened: Callable[[Drawing], OsmExtract],
) -> None:
    drawing = Drawing()
    # An L, whose centroid lies outside.
    corners = [(0, 0), (4, 0), (4, 0.4), (0.4, 0.4), (0.4, 4), (0, 4)]
    nodes = [drawing.node(*corner) for corner in corners]
    drawing.way([*nodes, nodes[0]], amenity="school")
    [found] = features(opened(drawing), "place")
    outline = shapely.Polygon([(CITY_LON + x / 1000, CITY_LAT + y / 1000) for x, y in corners])
    assert found["key"] == "way/1"
    assert outline.contains(found["geometry"])
    assert not outline.contains(outline.centroid)


def test_a_multipolygon_keeps_its_hole(opened: Callable[[Drawing], OsmExtract]) -> None:
    drawing = Drawing()
    outer, inner = drawing.way(drawing.ring(0, 0, 10)), drawing.way(drawing.ring(4, 4, 2))
    drawing.relation([(outer, "outer"), (inner, "inner")], type="multipolygon", leisure="park")
    extract = opened(drawing)
    [park] = features(extract, "green_space")
    whole, hole = (shapely.box(0, 0, size / 1000, size / 1000) for size in (10, 2))
    shifted = [
        shapely.transform(box, lambda xy: xy + np.array([CITY_LON, CITY_LAT]))
        for box in (whole, hole)
    ]
    expected = geodesic_area_m2(np.array(shifted, dtype=object))
    assert park["key"] == "relation/1"
    assert geodesic_area_m2(np.array([park["geometry"]], dtype=object))[0] == pytest.approx(
        expected[0] - expected[1], rel=1e-4
    )
    [point] = features(extract, "place")
    assert park["geometry"].contains(point["geometry"])
    [(row, shape)] = base(extract, "landuse")
    assert row[1] == "park"
    assert len(shape.interiors) == 1


def test_a_park_without_an_outline_is_a_place_but_no_green_space(
    opened: Callable[[Drawing], OsmExtract],
) -> None:
    drawing = Drawing()
    drawing.node(0, 0, leisure="park")
    extract = opened(drawing)
    assert [found["category"] for found in features(extract, "place")] == ["park"]
    assert list(features(extract, "green_space")) == []


def test_roads_are_drawn_in_the_order_of_class_and_layer(
    opened: Callable[[Drawing], OsmExtract],
) -> None:
    drawing = Drawing()
    at = [drawing.node(step, 0) for step in range(3)]
    drawing.way(at, highway="primary", name="示意大道", name__en="Sample Avenue")
    drawing.way(at, highway="residential")
    drawing.way(at, highway="footway", bridge="yes")
    drawing.way(at, highway="motorway", tunnel="yes")
    drawing.way(at, highway="proposed")
    rows = sorted((row for row, _ in base(opened(drawing), "roads")), key=lambda row: row[6])
    assert [row[2] for row in rows] == ["motorway", "residential", "primary", "footway"]
    assert [row[1] for row in rows] == ["highway", "minor_road", "major_road", "path"]
    primary = rows[2]
    assert primary[3:5] == ("示意大道", "Sample Avenue")
    assert primary[5] < rows[1][5]


def test_a_closed_street_is_a_line_unless_it_is_a_square(
    opened: Callable[[Drawing], OsmExtract],
) -> None:
    drawing = Drawing()
    drawing.way(drawing.ring(0, 0, 1), highway="pedestrian")
    drawing.way(drawing.ring(2, 0, 1), highway="pedestrian", area="yes")
    extract = opened(drawing)
    assert [shape.geom_type for _, shape in base(extract, "roads")] == ["LineString"]
    assert [(row[1], shape.geom_type) for row, shape in base(extract, "landuse")] == [
        ("pedestrian", "Polygon")
    ]


def test_large_areas_are_shown_from_further_away(
    opened: Callable[[Drawing], OsmExtract],
) -> None:
    drawing = Drawing()
    drawing.way(drawing.ring(0, 0, 40), natural="water", water="lake", name="示意湖")
    drawing.way(drawing.ring(50, 0, 0.3), natural="water")
    drawing.way(drawing.ring(60, 0, 0.1), building="yes")
    extract = opened(drawing)
    lake, pond = (row for row, _ in base(extract, "water"))
    assert (lake[1], pond[1]) == ("lake", "water")
    assert lake[5] < 8 < pond[5]
    [(building, _)] = base(extract, "buildings")
    assert building[5] >= 13


def test_administrative_boundaries_are_left_to_the_districts(
    opened: Callable[[Drawing], OsmExtract],
) -> None:
    drawing = Drawing()
    outer = drawing.way(drawing.ring(0, 0, 10), boundary="administrative")
    drawing.relation(
        [(outer, "outer")], type="boundary", boundary="administrative", place="city", name="示意"
    )
    drawing.node(0, 0, place="town", name="示意镇")
    themes = Counter(row[0] for batch in opened(drawing).base() for row in batch)
    assert themes == {"earth": 1, "places": 1}


def test_a_way_with_missing_nodes_is_drawn_as_far_as_they_are_known_and_counted(
    opened: Callable[[Drawing], OsmExtract],
) -> None:
    drawing = Drawing()
    at = [drawing.node(step, 0) for step in range(5)]
    drawing.way([at[0], at[1], 999, at[2], at[3], at[4]], highway="primary")
    drawing.way([at[0], 998, at[1], at[2]], highway="secondary")
    drawing.way([at[0], 997], highway="tertiary")
    extract = opened(drawing)
    shapes = {row[2]: shape for row, shape in base(extract, "roads")}
    assert {kind: shape.geom_type for kind, shape in shapes.items()} == {
        "primary": "MultiLineString",
        "secondary": "LineString",
    }
    assert [len(part.coords) for part in shapes["primary"].geoms] == [2, 3]
    assert extract.left_out == {"line_cut": 2, "line_lost": 1}


def test_areas_that_cannot_be_put_together_are_counted(
    opened: Callable[[Drawing], OsmExtract],
) -> None:
    drawing = Drawing()
    a, b, c, d, _ = drawing.ring(0, 0, 5)
    drawing.way([a, b, c, 999, a], leisure="park")
    drawing.way([a, b, d, c, a], leisure="garden")  # crosses itself
    drawing.way([a, b, c], leisure="park")
    outer = drawing.way([a, b, c, d, a])
    drawing.relation([(outer, "outer"), (77, "inner")], type="multipolygon", leisure="park")
    drawing.way([a, b, c, d, a], leisure="park", area="no")
    extract = opened(drawing)
    assert list(features(extract, "green_space")) == []
    assert extract.left_out == {"area_broken": 3, "area_open": 1}


def test_what_lies_far_from_the_city_is_left_out_and_counted(
    opened: Callable[[Drawing], OsmExtract],
) -> None:
    drawing = Drawing()
    drawing.node(0, 0, amenity="school")
    drawing.node(0, 0, lon=FAR_LON, amenity="school")
    extract = opened(drawing)
    assert [found["key"] for found in features(extract, "place")] == ["node/1"]
    assert extract.left_out == {"outside": 1}


@pytest.mark.parametrize("ending", [".osm.pbf", ".pbf", ".osm", ".osm.gz", ".OSM", ".osm.bz2"])
def test_every_form_of_an_extract_is_read(ending: str, tmp_path: Path, city: City) -> None:
    drawing = Drawing()
    drawing.node(0, 0, shop="supermarket")
    path = drawing.write(tmp_path / f"drawn{ending.lower()}").rename(tmp_path / f"成都{ending}")
    assert [found["category"] for found in features(read_osm(path, city), "place")] == ["market"]


def refused(path: Path, city: City) -> GeoplanError:
    with pytest.raises(GeoplanError) as caught:
        list(read_osm(path, city).base())
    assert caught.value.remedy.zh
    assert caught.value.remedy.en
    assert caught.value.where is not None
    assert caught.value.where.file == path.name
    return caught.value


def test_an_empty_file_is_refused(tmp_path: Path, city: City) -> None:
    path = tmp_path / "empty.osm.pbf"
    path.touch()
    assert refused(path, city).code == "file_empty"


def test_an_extract_without_nodes_is_refused(tmp_path: Path, city: City) -> None:
    assert refused(Drawing().write(tmp_path / "nothing.osm.pbf"), city).code == "osm_empty"


def test_an_extract_of_another_city_is_refused(tmp_path: Path, city: City) -> None:
    drawing = Drawing()
    drawing.node(0, 0, lon=FAR_LON, amenity="school")
    error = refused(drawing.write(tmp_path / "shanghai.osm.pbf"), city)
    assert error.code == "osm_elsewhere"
    assert "104" in error.remedy.en


def test_a_file_of_another_kind_is_refused(tmp_path: Path, city: City) -> None:
    table, disguised, other = (tmp_path / name for name in ("a.csv", "b.osm.pbf", "c.osm"))
    for path in (table, disguised):
        path.write_text("name,lon,lat\n示意,104,30\n", encoding="utf-8")
    other.write_text("<kml></kml>", encoding="utf-8")
    codes = [refused(path, city).code for path in (table, disguised, other)]
    assert codes == ["osm_format_unknown", "osm_unreadable", "osm_unreadable"]


def test_a_file_cut_short_is_refused(tmp_path: Path, city: City) -> None:
    drawing = Drawing()
    for step in range(20_000):
        drawing.node(step / 1000, 0, amenity="school", name=f"示意小学第{step}")
    drawing.way(list(range(1, 300)), highway="primary")
    path = drawing.write(tmp_path / "whole.osm.pbf")
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(path.read_bytes()[:-40])
    error = refused(cut, city)
    assert error.code == "osm_unreadable"
    assert "EOF" in error.detail.en
    text = tmp_path / "whole.osm"
    drawing.write(text)
    cut = tmp_path / "cut.osm.gz"
    cut.write_bytes(gzip.compress(text.read_bytes())[:-2000])
    assert refused(cut, city).code == "osm_unreadable"


def test_tags_that_are_no_text_are_refused(tmp_path: Path, city: City) -> None:
    drawing = Drawing()
    drawing.node(0, 0, amenity="school", name="ABCDEFGH")
    path = drawing.write(tmp_path / "plain.osm")
    path.write_bytes(path.read_bytes().replace(b"ABCDEFGH", b"ABC\xff\xfeFGH"))
    assert refused(path, city).code == "osm_unreadable"


@given(
    st.sampled_from(["amenity", "shop", "tourism", "leisure", "railway", "highway", "healthcare"]),
    st.text(max_size=12),
)
def test_any_tag_has_a_category_of_the_catalogue_or_none(city: City, key: str, value: str) -> None:
    [field] = [field for field in city.layer("place").fields if field.id == "category"]
    found = place("point", {key: value})
    assert found is None or found.category in {known.id for known in field.values}
    assert place("line", {key: value}) is None


def test_every_key_that_a_rule_knows_is_looked_for(opened: Callable[[Drawing], OsmExtract]) -> None:
    drawing = Drawing()
    tags = [
        ("amenity", "school"), ("shop", "florist"), ("tourism", "hotel"), ("leisure", "pitch"),
        ("railway", "station"), ("highway", "bus_stop"), ("public_transport", "station"),
        ("healthcare", "midwife"),
    ]  # fmt: skip
    for key, value in tags:
        drawing.node(0, 0, **{key: value})
    found = [(row["category"], row["kind"]) for row in features(opened(drawing), "place")]
    assert found == [
        ("school", "school"), ("shop_other", "florist"), ("tourism", "hotel"), ("sport", "pitch"),
        ("transit", "station"), ("transit", "bus_stop"), ("transit", "station"),
        ("health", "midwife"),
    ]  # fmt: skip


def test_what_is_gone_or_of_no_use_is_no_place() -> None:
    assert place("point", {"shop": "vacant"}) is None
    assert place("point", {"amenity": "no"}) is None
    assert place("point", {"railway": "switch"}) is None
    assert place("point", {"leisure": "marina"}) is None
    assert green_space("area", {"leisure": "pitch"}) is None
    assert ground("area", {"building": "no"}) is None


def test_the_chinese_name_goes_before_the_plain_one() -> None:
    assert names({"name": "Starbucks", "name:zh": "星巴克"}) == ("星巴克", None)
    assert names({"name": "人民公园", "name:en": "People's Park"}) == ("人民公园", "People's Park")
    assert names({}) == (None, None)
