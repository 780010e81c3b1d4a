-- Purpose: the walking network's metadata, services, their facilities, and how far people walk to them (reach, circle).

-- The arrays of a network are files under $GEOPLAN_HOME/networks/<id>; here stands which of them there are.
CREATE TABLE network_version (
    id             text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{16}$'),
    source_id      text NOT NULL REFERENCES source,
    builder        integer NOT NULL,
    nodes          integer NOT NULL CHECK (nodes > 0),
    edges          integer NOT NULL CHECK (edges > 0),
    components     integer NOT NULL CHECK (components > 0),
    missing_nodes  integer NOT NULL CHECK (missing_nodes >= 0),
    bbox           float8[] NOT NULL CHECK (cardinality(bbox) = 4),
    built_at       timestamptz NOT NULL DEFAULT now(),
    active         boolean NOT NULL
);
CREATE UNIQUE INDEX network_version_active ON network_version (active) WHERE active;
COMMENT ON TABLE network_version IS 'Walking networks; id is of the extract and of the rules by which it was built. One is active.';

CREATE TABLE service (
    no             smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id             text NOT NULL UNIQUE CHECK (id ~ '^[a-z][a-z0-9_]{0,39}$'),
    position       integer NOT NULL,
    definition     jsonb NOT NULL,
    layers         text[] NOT NULL,
    visibility     text NOT NULL CHECK (visibility IN ('public', 'staff', 'city')),
    active         boolean NOT NULL DEFAULT true,
    data_version   bigint NOT NULL DEFAULT 0,
    inputs         jsonb,
    supply         text,
    computed_at    timestamptz,
    error          text
);
COMMENT ON COLUMN service.data_version IS 'Raised by every change of the service''s facilities or reach; part of each ETag and cache key.';
COMMENT ON COLUMN service.supply IS 'A digest of the facilities its reach was computed from: a layer that changed elsewhere leaves the service as it is.';
COMMENT ON COLUMN service.inputs IS 'Versions of everything its reach was computed from. It is stale when they are no longer the present ones: nothing has to be marked, and so nothing can be forgotten.';

CREATE FUNCTION tell_service_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('geoplan_layer', 'reach.' || NEW.id || ':' || NEW.data_version);
    RETURN NULL;
END
$$;
CREATE TRIGGER service_version AFTER UPDATE OF data_version ON service
    FOR EACH ROW EXECUTE FUNCTION tell_service_version();

ALTER TABLE dataset_version DROP CONSTRAINT dataset_version_id_check;
ALTER TABLE dataset_version ADD CONSTRAINT dataset_version_id_check CHECK (id IN ('units', 'base', 'cell', 'network', 'circle'));
INSERT INTO dataset_version (id) VALUES ('network'), ('circle');

-- What a service's reach depends on, as it is now.
CREATE FUNCTION service_inputs(of_layers text[], of_definition jsonb) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = geoplan, pg_temp AS $$
    SELECT jsonb_build_object(
        'layers', (SELECT jsonb_object_agg(l.id, l.version) FROM layer AS l WHERE l.id = ANY (of_layers) AND l.active),
        'cell', (SELECT version FROM dataset_version WHERE id = 'cell'),
        'units', (SELECT version FROM dataset_version WHERE id = 'units'),
        'network', (SELECT n.id FROM network_version AS n WHERE n.active),
        'definition', md5(of_definition::text))
$$;

-- The number of the advisory lock that who computes a service holds: it is free again when they die.
CREATE FUNCTION service_lock(service_no smallint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$ SELECT (1919246701::bigint << 16) + service_no $$;

CREATE VIEW service_state WITH (security_invoker = true) AS
SELECT s.no, s.id, s.position, s.layers, s.visibility, s.data_version, s.computed_at, s.error,
       (s.inputs ->> 'cell')::bigint AS demand_version, s.inputs ->> 'network' AS network_id,
       CASE
           WHEN s.inputs IS NOT DISTINCT FROM service_inputs(s.layers, s.definition) THEN 'fresh'
           WHEN EXISTS (
               SELECT FROM pg_locks AS k
               WHERE k.locktype = 'advisory' AND k.granted AND k.objsubid = 1
                 AND k.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                 AND (k.classid::bigint << 32) + k.objid::bigint = service_lock(s.no)) THEN 'computing'
           ELSE 'stale'
       END AS state
FROM service AS s WHERE s.active;

CREATE TABLE facility (
    service_no     smallint NOT NULL REFERENCES service,
    number         integer NOT NULL CHECK (number >= 0),
    layer_id       text NOT NULL,
    feature_id     uuid NOT NULL,
    name_zh        text,
    name_en        text,
    status_now     boolean NOT NULL,
    capacity       integer CHECK (capacity >= 0),
    lon            float8 NOT NULL,
    lat            float8 NOT NULL,
    access         text NOT NULL CHECK (access IN ('walk', 'estimated', 'unsnapped')),
    reason         text,
    PRIMARY KEY (service_no, number),
    UNIQUE (service_no, layer_id, feature_id)
);
COMMENT ON COLUMN facility.number IS 'A feature keeps its number as long as it is a facility of the service.';

CREATE TABLE reach (
    service_no       smallint NOT NULL,
    cell             bigint NOT NULL,
    now_mm           integer NOT NULL,
    plan_mm          integer NOT NULL,
    now_facility     integer NOT NULL,
    plan_facility    integer NOT NULL,
    now_straight_m   integer NOT NULL,
    plan_straight_m  integer NOT NULL,
    now_count        smallint NOT NULL,
    plan_count       smallint NOT NULL,
    estimated        boolean NOT NULL,
    PRIMARY KEY (service_no, cell)
) PARTITION BY LIST (service_no);
COMMENT ON TABLE reach IS 'Walks from each populated cell of resolution 10 to the nearest facility, in millimetres; -1 is none. A service without any facility has no rows.';

CREATE FUNCTION add_service_partition(new_no smallint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF reach FOR VALUES IN (%s)', 'reach_' || new_no, new_no);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', 'reach_' || new_no);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', 'reach_' || new_no);
END
$$;

-- Services of circles are public (the catalogue sees to it), so circles are.
CREATE TABLE circle (
    standard       text NOT NULL,
    cell           bigint NOT NULL,
    now_mask       bigint NOT NULL,
    plan_mask      bigint NOT NULL,
    PRIMARY KEY (standard, cell)
);
CREATE TABLE circle_standard (
    id             text PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9_]{0,39}$'),
    definition     jsonb NOT NULL,
    inputs         jsonb,
    computed_at    timestamptz
);
COMMENT ON COLUMN circle_standard.inputs IS 'The data_version of each service, the demand''s version and the definition of which the masks were made; stale when they differ from the present ones.';
COMMENT ON TABLE circle IS 'Which categories of a standard are near enough to each populated cell, now and after the plan: bit n is category n of the catalogue.';

-- The whole city's people as arrays, for sums over many cells. Who may call it answers for never
-- telling a single cell's number; row-level security still hides the rows themselves.
CREATE FUNCTION demand(OUT cells bytea, OUT people bytea, OUT aged_0_14 bytea, OUT aged_15_59 bytea, OUT aged_60_up bytea,
                       OUT districts bytea, OUT codes text[], OUT version bigint, OUT synthetic boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
    WITH held AS (SELECT array_agg(DISTINCT c.district ORDER BY c.district) AS codes FROM cell AS c),
    numbered AS (SELECT u.code, (u.n - 1)::smallint AS n FROM held AS h, unnest(h.codes) WITH ORDINALITY AS u (code, n))
    SELECT string_agg(int8send(r.cell), ''), string_agg(int4send(r.people), ''),
           string_agg(int4send(r.aged_0_14), ''), string_agg(int4send(r.aged_15_59), ''), string_agg(int4send(r.aged_60_up), ''),
           string_agg(int2send(r.n), ''), (SELECT h.codes FROM held AS h),
           (SELECT v.version FROM dataset_version AS v WHERE v.id = 'cell'),
           EXISTS (SELECT FROM source AS s WHERE s.synthetic AND s.id IN (SELECT DISTINCT c.source_id FROM cell AS c))
    FROM (SELECT c.*, d.n FROM cell AS c JOIN numbered AS d ON d.code = c.district ORDER BY c.cell) AS r
$$;
REVOKE EXECUTE ON FUNCTION demand() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION demand() TO geoplan_app;

GRANT SELECT ON network_version, circle, circle_standard TO geoplan_app, geoplan_tiles;
GRANT INSERT, UPDATE, DELETE ON network_version, circle TO geoplan_app;
GRANT UPDATE (inputs, computed_at) ON circle_standard TO geoplan_app;

ALTER TABLE service ENABLE ROW LEVEL SECURITY;
ALTER TABLE service FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON service TO geoplan_owner USING (true) WITH CHECK (true);
CREATE POLICY read_visible ON service FOR SELECT TO geoplan_app, geoplan_tiles USING
    (active AND visibility = ANY ((SELECT visibilities())::text[]));
CREATE POLICY write_computed ON service FOR UPDATE TO geoplan_app USING ((SELECT account_role()) IN ('planner', 'admin'));
GRANT SELECT ON service, service_state, facility, reach TO geoplan_app, geoplan_tiles;
GRANT UPDATE (data_version, inputs, supply, computed_at, error) ON service TO geoplan_app;
GRANT INSERT, UPDATE, DELETE ON facility, reach TO geoplan_app;

DO $$
DECLARE
    protected text;
BEGIN
    FOREACH protected IN ARRAY ARRAY['facility', 'reach'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', protected);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', protected);
        EXECUTE format('CREATE POLICY owner_all ON %I TO geoplan_owner USING (true) WITH CHECK (true)', protected);
        EXECUTE format('CREATE POLICY read_visible ON %I FOR SELECT TO geoplan_app, geoplan_tiles USING '
                       '(service_no = ANY (ARRAY(SELECT s.no FROM service AS s)))', protected);
        EXECUTE format('CREATE POLICY write_computed ON %I TO geoplan_app USING ((SELECT account_role()) IN (''planner'', ''admin'')) '
                       'WITH CHECK ((SELECT account_role()) IN (''planner'', ''admin''))', protected);
    END LOOP;
END
$$;

-- Groups of people may be small here, so the role of public tiles does not read it; the services do, and
-- what leaves is summed by unit.
CREATE TABLE capacity (
    service_no     smallint NOT NULL REFERENCES service,
    planned        boolean NOT NULL,
    district       text NOT NULL REFERENCES unit,
    zone           text NOT NULL,
    served         integer NOT NULL CHECK (served >= 0),
    no_capacity    integer NOT NULL CHECK (no_capacity >= 0),
    out_of_reach   integer NOT NULL CHECK (out_of_reach >= 0),
    untold         integer NOT NULL CHECK (untold BETWEEN 0 AND no_capacity),
    PRIMARY KEY (service_no, planned, district, zone)
);
COMMENT ON TABLE capacity IS 'What becomes of the people who ask for a service, by district and zone (empty: in none). The three parts are all of them; untold is the part of no_capacity that reaches a facility of unknown capacity.';
ALTER TABLE capacity ENABLE ROW LEVEL SECURITY;
ALTER TABLE capacity FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON capacity TO geoplan_owner USING (true) WITH CHECK (true);
CREATE POLICY read_visible ON capacity FOR SELECT TO geoplan_app USING
    (service_no = ANY (ARRAY(SELECT s.no FROM service AS s)));
CREATE POLICY write_computed ON capacity TO geoplan_app USING ((SELECT account_role()) IN ('planner', 'admin'))
    WITH CHECK ((SELECT account_role()) IN ('planner', 'admin'));
GRANT SELECT, INSERT, DELETE ON capacity TO geoplan_app;
