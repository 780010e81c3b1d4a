-- name: known
-- What a layer holds, for whom a file is checked: of a layer that not everybody sees, their own rows alone.
SELECT f.id::text AS feature_id, f.source_id, f.key, f.layer_id AS layer, f.properties ->> 'project_no' AS project_no,
       coalesce(f.name_zh, f.name_en, '') AS name, f.unit, ST_X(c) AS lon, ST_Y(c) AS lat,
       f.properties || jsonb_strip_nulls(jsonb_build_object(
           'name', f.name_zh, 'name_en', f.name_en, 'unit', f.unit, 'status', f.status,
           'started_on', f.started_on, 'finished_on', f.finished_on)) AS properties
FROM feature AS f, LATERAL ST_Centroid(f.geom) AS c
WHERE f.layer_id = %(layer)s AND (%(unit)s::text IS NULL OR f.unit = %(unit)s)
ORDER BY f.id;

-- name: places
-- Named points by which a file's coordinate system is found.
SELECT f.id::text AS feature_id, f.source_id, f.key, f.layer_id AS layer, NULL::text AS project_no,
       f.name_zh AS name, f.unit, ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat, NULL::jsonb AS properties
FROM feature AS f JOIN layer AS l ON l.id = f.layer_id
WHERE GeometryType(f.geom) = 'POINT' AND f.name_zh IS NOT NULL AND l.active
  AND (l.visibility = 'public' OR %(unit)s::text IS NULL OR f.unit = %(unit)s)
ORDER BY f.layer_id, f.id;

-- name: outlines
SELECT code, ST_AsBinary(geom) FROM unit WHERE geom IS NOT NULL ORDER BY position;

-- name: shapes
SELECT ST_AsBinary(f.geom) FROM feature AS f WHERE f.layer_id = %(layer)s AND ST_Dimension(f.geom) = 2 ORDER BY f.id;

-- name: as_of
SELECT max(s.as_of) FROM source AS s WHERE s.id IN (SELECT DISTINCT f.source_id FROM feature AS f WHERE f.layer_id = %(layer)s);
