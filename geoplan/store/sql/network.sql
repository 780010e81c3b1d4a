-- name: lock
SELECT pg_advisory_xact_lock(hashtextextended('geoplan network', 0));

-- name: active
SELECT id, source_id, nodes, edges, components, missing_nodes, bbox, built_at FROM network_version WHERE active;

-- name: known
SELECT id FROM network_version;

-- name: retire
UPDATE network_version SET active = false WHERE active AND id <> %(id)s;

-- name: put
INSERT INTO network_version AS n (id, source_id, builder, nodes, edges, components, missing_nodes, bbox, active)
VALUES (%(id)s, %(source)s, %(builder)s, %(nodes)s, %(edges)s, %(components)s, %(missing_nodes)s, %(bbox)s, true)
ON CONFLICT (id) DO UPDATE SET active = true, source_id = excluded.source_id, built_at = now() WHERE NOT n.active;

-- name: drop_retired
DELETE FROM network_version WHERE NOT active;

-- name: raise_version
UPDATE dataset_version SET version = version + 1, changed_at = now() WHERE id = 'network';
