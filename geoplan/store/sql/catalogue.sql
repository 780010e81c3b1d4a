-- name: put_unit
INSERT INTO unit (code, kind, name_zh, name_en, ring, population, area_km2, parents, position)
VALUES (%(code)s, %(kind)s, %(name_zh)s, %(name_en)s, %(ring)s, %(population)s, %(area_km2)s, %(parents)s, %(position)s)
ON CONFLICT (code) DO UPDATE SET
    kind = excluded.kind, name_zh = excluded.name_zh, name_en = excluded.name_en, ring = excluded.ring,
    population = excluded.population, area_km2 = excluded.area_km2, parents = excluded.parents,
    position = excluded.position;

-- name: layer_measures
SELECT definition -> 'measures' FROM layer WHERE id = %(id)s;

-- name: put_layer
-- The version is raised only when something changed, so that caches survive a restart.
INSERT INTO layer AS l (id, position, geometry, visibility, measures, definition)
VALUES (%(id)s, %(position)s, %(geometry)s, %(visibility)s, %(measures)s, %(definition)s)
ON CONFLICT (id) DO UPDATE SET
    position = excluded.position, geometry = excluded.geometry, visibility = excluded.visibility,
    measures = excluded.measures, definition = excluded.definition, active = true,
    version = l.version + 1, changed_at = now()
WHERE (l.position, l.geometry, l.visibility, l.measures, l.definition, l.active)
   IS DISTINCT FROM (excluded.position, excluded.geometry, excluded.visibility, excluded.measures, excluded.definition, true);

-- name: add_partition
SELECT add_layer_partition(%(id)s);

-- name: retire_layers
UPDATE layer SET active = false, version = version + 1, changed_at = now()
WHERE active AND NOT id = ANY (%(kept)s);
