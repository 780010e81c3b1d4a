-- name: server
SELECT current_setting('server_version_num')::integer AS number, current_setting('server_version') AS version;

-- name: postgis
SELECT postgis_lib_version();

-- name: leakproof
SELECT bool_and(p.proleakproof) FROM pg_proc AS p WHERE p.oid = 'geometry_overlaps(geometry, geometry)'::regprocedure;

-- name: unprotected
-- Tables that hold rows not for everyone and would show them: no forced row-level security.
SELECT c.relname::text FROM pg_class AS c
WHERE c.relnamespace = 'geoplan'::regnamespace AND c.relkind IN ('r', 'p')
  AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
  AND NOT c.relname = ANY (%(public)s)
ORDER BY 1;

-- name: strong_roles
SELECT rolname::text FROM pg_roles
WHERE rolname IN ('geoplan_owner', 'geoplan_app', 'geoplan_tiles')
  AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
ORDER BY 1;

-- name: migrations
SELECT count(*) FROM geoplan.migration;

-- name: features
SELECT count(*) FROM geoplan.feature;
