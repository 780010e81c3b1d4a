-- Purpose: demand (cell), the shares of features in cells, their sums (grid), the shapes of shown cells, the base map.

CREATE TABLE cell (
    cell         bigint PRIMARY KEY,
    district     text NOT NULL REFERENCES unit,
    people       integer NOT NULL CHECK (people >= 0),
    aged_0_14    integer CHECK (aged_0_14 >= 0),
    aged_15_59   integer CHECK (aged_15_59 >= 0),
    aged_60_up   integer CHECK (aged_60_up >= 0),
    source_id    text NOT NULL REFERENCES source,
    CHECK (aged_0_14 + aged_15_59 + aged_60_up = people)
);
CREATE INDEX cell_district ON cell (district);
COMMENT ON TABLE cell IS 'Demand: people in each H3 cell of resolution 10, by the district that holds its centre.';

CREATE TABLE feature_cell (
    layer_id     text NOT NULL,
    feature_id   uuid NOT NULL,
    res          smallint NOT NULL,
    cell         bigint NOT NULL,
    district     text NOT NULL,
    amounts      bigint[] NOT NULL,
    PRIMARY KEY (layer_id, feature_id, res, cell, district)
);
COMMENT ON TABLE feature_cell IS 'The exact part of a feature in each cell of each shown resolution and each district; district '''' lies outside all. At every resolution the amounts sum to the feature''s.';

CREATE TABLE grid (
    layer_id     text NOT NULL REFERENCES layer,
    res          smallint NOT NULL,
    cell         bigint NOT NULL,
    district     text NOT NULL,
    status       text NOT NULL,
    measure      text NOT NULL,
    amount       bigint NOT NULL,
    features     integer NOT NULL CHECK (features >= 0),
    PRIMARY KEY (layer_id, res, measure, cell, district, status)
);
COMMENT ON TABLE grid IS 'Sums of feature_cell by layer, resolution, cell, district, status and measure; kept by deltas in the transaction that changes a feature.';

CREATE TABLE cell_shape (
    cell         bigint PRIMARY KEY,
    res          smallint NOT NULL,
    center       geometry(Point, 4326) NOT NULL,
    boundary     geometry(Polygon, 4326) NOT NULL
);
CREATE INDEX cell_shape_center ON cell_shape USING gist (center);
CREATE INDEX cell_shape_boundary ON cell_shape USING gist (boundary);
COMMENT ON TABLE cell_shape IS 'Shapes of the cells of resolution 6 to 9 that the grid has ever used, for tiles and GeoJSON.';

CREATE TABLE base_feature (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id    text NOT NULL REFERENCES source,
    theme        text NOT NULL CHECK (theme IN ('earth', 'landuse', 'water', 'roads', 'buildings', 'boundaries', 'places', 'pois', 'transit')),
    kind         text NOT NULL,
    kind_detail  text,
    name         text,
    name_en      text,
    min_zoom     smallint NOT NULL,
    sort         integer NOT NULL DEFAULT 0,
    geom         geometry(Geometry, 4326) NOT NULL CHECK (is_storable(geom))
);
CREATE INDEX base_feature_geom ON base_feature USING gist (geom);
CREATE INDEX base_feature_source ON base_feature (source_id);
COMMENT ON TABLE base_feature IS 'The base map in the terms of the Protomaps base-map schema, version 4; theme is its layer.';
