-- Purpose: who may act (account), what is mapped (layer), who reports (unit), where data came from (source).

CREATE TABLE account (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    username    text NOT NULL UNIQUE,
    role        text NOT NULL CHECK (role IN ('staff', 'planner', 'admin')),
    units       text[] NOT NULL DEFAULT '{}',
    active      boolean NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE account IS 'People who may act; the operator at the command line is one of them. The public needs none.';

INSERT INTO account (id, username, role)
VALUES ('00000000-0000-0000-0000-000000000001', 'operator', 'admin');

CREATE TABLE source (
    id           text PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('units', 'population', 'features', 'osm')),
    title_zh     text NOT NULL,
    title_en     text NOT NULL,
    licence      text,
    attribution  text,
    synthetic    boolean NOT NULL DEFAULT false,
    as_of        date,
    file_name    text NOT NULL,
    sha256       text NOT NULL,
    imported_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE source IS 'One data set as it was imported; every row of data names the source it came from.';

CREATE TABLE unit (
    code         text PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('district', 'zone')),
    name_zh      text NOT NULL,
    name_en      text NOT NULL,
    ring         text,
    population   integer CHECK (population >= 0),
    area_km2     numeric CHECK (area_km2 > 0),
    parents      text[] NOT NULL DEFAULT '{}',
    position     integer NOT NULL,
    geom         geometry(MultiPolygon, 4326),
    source_id    text REFERENCES source
);
CREATE INDEX unit_geom ON unit USING gist (geom);

CREATE TABLE layer (
    id           text PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9_]{0,39}$'),
    position     integer NOT NULL,
    geometry     text NOT NULL CHECK (geometry IN ('point', 'line', 'polygon', 'none')),
    visibility   text NOT NULL CHECK (visibility IN ('public', 'staff', 'city')),
    measures     text[] NOT NULL,
    definition   jsonb NOT NULL,
    active       boolean NOT NULL DEFAULT true,
    version      bigint NOT NULL DEFAULT 1,
    changed_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN layer.version IS 'Raised by every change of the layer''s features or definition; part of each ETag and cache key.';

-- The row lock taken here also puts the writers of one layer in a queue.
CREATE FUNCTION raise_layer_version(changed_layer text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
    UPDATE layer SET version = version + 1, changed_at = now() WHERE id = changed_layer RETURNING version
$$;

CREATE FUNCTION tell_layer_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('geoplan_layer', NEW.id || ':' || NEW.version);
    RETURN NULL;
END
$$;
CREATE TRIGGER layer_version AFTER INSERT OR UPDATE OF version ON layer
    FOR EACH ROW EXECUTE FUNCTION tell_layer_version();

-- Versions of what is not a layer (units, base map, population), for the same use.
CREATE TABLE dataset_version (
    id           text PRIMARY KEY CHECK (id IN ('units', 'base', 'cell')),
    version      bigint NOT NULL DEFAULT 1,
    changed_at   timestamptz NOT NULL DEFAULT now()
);
INSERT INTO dataset_version (id) VALUES ('units'), ('base'), ('cell');
CREATE TRIGGER dataset_version AFTER UPDATE OF version ON dataset_version
    FOR EACH ROW EXECUTE FUNCTION tell_layer_version();
