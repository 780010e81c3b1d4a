-- name: made_by
SELECT obj_description(to_regnamespace('procrastinate'), 'pg_namespace');

-- name: drop_schema
DROP SCHEMA IF EXISTS procrastinate CASCADE;

-- name: make_schema
CREATE SCHEMA procrastinate AUTHORIZATION geoplan_owner;

-- name: become_owner
SET LOCAL ROLE geoplan_owner;

-- name: search_there
SET LOCAL search_path = procrastinate;

-- name: grant
GRANT USAGE ON SCHEMA procrastinate TO geoplan_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA procrastinate TO geoplan_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA procrastinate TO geoplan_app;

-- name: drop_orphans
-- A worker that was killed leaves its jobs as being done for ever; who it was may be forgotten already.
DELETE FROM procrastinate_jobs AS j
WHERE j.status = 'doing' AND NOT EXISTS (
    SELECT FROM procrastinate_workers AS w
    WHERE w.id = j.worker_id AND w.last_heartbeat > now() - interval '30 seconds');

-- name: listen
LISTEN geoplan_layer;
LISTEN geoplan_upload;
