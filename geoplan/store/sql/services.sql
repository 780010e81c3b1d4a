-- name: put
INSERT INTO service AS s (id, position, definition, layers, visibility)
VALUES (%(id)s, %(position)s, %(definition)s, %(layers)s, %(visibility)s)
ON CONFLICT (id) DO UPDATE SET
    position = excluded.position, definition = excluded.definition, layers = excluded.layers,
    visibility = excluded.visibility, active = true, data_version = s.data_version + 1
WHERE (s.position, s.definition, s.layers, s.visibility, s.active)
   IS DISTINCT FROM (excluded.position, excluded.definition, excluded.layers, excluded.visibility, true);

-- name: add_partition
SELECT add_service_partition(no) FROM service WHERE id = %(id)s;

-- name: retire
UPDATE service SET active = false WHERE active AND NOT id = ANY (%(kept)s);

-- name: put_circle
INSERT INTO circle_standard AS c (id, definition) VALUES (%(id)s, %(definition)s)
ON CONFLICT (id) DO UPDATE SET definition = excluded.definition WHERE c.definition <> excluded.definition;

-- name: drop_circles
WITH gone AS (DELETE FROM circle_standard WHERE NOT id = ANY (%(kept)s) RETURNING id)
DELETE FROM circle WHERE standard IN (SELECT id FROM gone);

-- name: states
SELECT no, id, visibility, layers, state, data_version, computed_at, demand_version, network_id, error
FROM service_state ORDER BY position;

-- name: stale
SELECT id FROM service_state WHERE state <> 'fresh' ORDER BY position;

-- name: snapshot
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;

-- name: lock
SELECT pg_advisory_lock(service_lock(%(no)s::smallint));

-- name: unlock
SELECT pg_advisory_unlock(service_lock(%(no)s::smallint));

-- name: number
SELECT no FROM service WHERE id = %(id)s;

-- name: inputs
SELECT service_inputs(layers, definition) FROM service WHERE no = %(no)s;

-- name: computed_from
SELECT inputs, supply FROM service WHERE no = %(no)s;

-- name: put_computed
UPDATE service SET inputs = %(inputs)s, supply = %(supply)s, computed_at = now(), error = NULL, data_version = data_version + %(raise)s
WHERE no = %(no)s;

-- name: put_error
UPDATE service SET error = %(error)s WHERE no = %(no)s;

-- name: supply
-- Candidates of one layer; names and areas are judged by the caller.
SELECT f.id::text, f.name_zh, f.name_en, f.status, f.properties, ST_AsBinary(f.geom) AS wkb
FROM feature AS f
WHERE f.layer_id = %(layer)s AND f.status <> 'stopped'
  AND NOT EXISTS (
      SELECT FROM unnest(%(fields)s::text[], %(values)s::jsonb[]) AS w (field, allowed)
      WHERE NOT w.allowed ? CASE w.field WHEN 'unit' THEN f.unit WHEN 'status' THEN f.status
                                         ELSE coalesce(f.properties ->> w.field, '') END)
ORDER BY f.id;
