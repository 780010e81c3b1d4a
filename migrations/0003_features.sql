-- Purpose: features, one partition a layer, and every earlier state of each.

-- A sum over all segments is NaN or infinite as soon as one vertex is; points have no segments, so
-- their centroid speaks for them. PostgreSQL sorts NaN above infinity, so one comparison rejects both.
CREATE FUNCTION is_storable(g geometry) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN g IS NULL THEN NULL ELSE coalesce(
           ST_CoordDim(g) = 2 AND NOT ST_IsEmpty(g)
       AND GeometryType(g) IN ('POINT', 'MULTIPOINT', 'LINESTRING', 'MULTILINESTRING', 'POLYGON', 'MULTIPOLYGON')
       AND ST_Length(g) + ST_Perimeter(g) < 'Infinity'::float8
       AND (ST_Dimension(g) > 0 OR abs(ST_X(ST_Centroid(g))) + abs(ST_Y(ST_Centroid(g))) < 'Infinity'::float8)
       AND ST_XMin(g) >= -180 AND ST_XMax(g) <= 180
       AND ST_YMin(g) >= -85 AND ST_YMax(g) <= 85, false) END
$$;
COMMENT ON FUNCTION is_storable IS 'Finite, two-dimensional, not empty, inside the range that Web Mercator tiles can show.';

ALTER TABLE unit ADD CONSTRAINT unit_geom_storable CHECK (is_storable(geom));

CREATE TABLE feature (
    layer_id     text NOT NULL REFERENCES layer,
    id           uuid NOT NULL,
    source_id    text NOT NULL REFERENCES source,
    key          text NOT NULL,
    unit         text REFERENCES unit,
    district     text REFERENCES unit,
    name_zh      text,
    name_en      text,
    status       text NOT NULL CHECK (status IN ('planned', 'building', 'finished', 'open', 'stopped')),
    started_on   date,
    finished_on  date,
    properties   jsonb NOT NULL DEFAULT '{}',
    amounts      bigint[] NOT NULL,
    geom         geometry(Geometry, 4326) NOT NULL CHECK (is_storable(geom)),
    source_row   bigint,
    source_crs   text NOT NULL,
    original     jsonb,
    synthetic    boolean NOT NULL DEFAULT false,
    digest       bytea NOT NULL,
    valid_from   timestamptz NOT NULL DEFAULT now(),
    account_id   uuid NOT NULL REFERENCES account,
    PRIMARY KEY (layer_id, id),
    UNIQUE (layer_id, source_id, key)
) PARTITION BY LIST (layer_id);
COMMENT ON COLUMN feature.key IS 'What identifies the row in its source: the bureau''s own number, an OSM id, or a hash of name and geometry.';
COMMENT ON COLUMN feature.amounts IS 'The layer''s measures in its own order, in units of 1e-9 m, m2, piece or attribute unit.';
COMMENT ON COLUMN feature.digest IS 'SHA-256 of everything that was read; an import skips rows whose digest is unchanged.';
CREATE INDEX feature_geom ON feature USING gist (geom);
CREATE INDEX feature_district ON feature (layer_id, district);
CREATE INDEX feature_finished ON feature (layer_id, finished_on);
CREATE INDEX feature_source ON feature (source_id);

CREATE FUNCTION add_layer_partition(new_layer text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF feature FOR VALUES IN (%L)',
                   'feature_' || new_layer, new_layer);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', 'feature_' || new_layer);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', 'feature_' || new_layer);
END
$$;

CREATE TABLE feature_version (
    version_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    layer_id     text NOT NULL,
    id           uuid NOT NULL,
    valid_from   timestamptz NOT NULL,
    valid_to     timestamptz NOT NULL DEFAULT now(),
    account_id   uuid NOT NULL,
    ended_by     uuid,
    reason       text,
    state        jsonb NOT NULL,
    geom         geometry(Geometry, 4326) NOT NULL
);
CREATE INDEX feature_version_of ON feature_version (layer_id, id, valid_from);
COMMENT ON TABLE feature_version IS 'Every earlier state: a row is written by trigger whenever a feature is changed or deleted.';

CREATE FUNCTION keep_feature_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = geoplan, public, pg_temp AS $$
BEGIN
    INSERT INTO feature_version (layer_id, id, valid_from, account_id, ended_by, reason, state, geom)
    SELECT o.layer_id, o.id, o.valid_from, o.account_id,
           nullif(current_setting('geoplan.account', true), '')::uuid,
           nullif(current_setting('geoplan.reason', true), ''),
           to_jsonb(o) - 'geom' - 'layer_id' - 'id' - 'valid_from' - 'account_id', o.geom
    FROM old_rows AS o;
    RETURN NULL;
END
$$;
CREATE TRIGGER feature_updated AFTER UPDATE ON feature
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_feature_version();
CREATE TRIGGER feature_deleted AFTER DELETE ON feature
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_feature_version();
