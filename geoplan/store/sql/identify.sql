-- name: features
-- The box finds by index, the distance on the ellipsoid decides; what holds the point has distance 0. Of areas that
-- hold it the smallest comes first: the larger one is what it lies in.
SELECT f.layer_id AS layer, f.id::text AS id, f.name_zh AS name, f.name_en, f.status, f.unit, f.district,
       f.started_on, f.finished_on, f.properties, f.amounts, f.synthetic,
       s.title_zh, s.title_en, s.attribution, d.metres, count(*) OVER () AS matched
FROM feature AS f
JOIN source AS s ON s.id = f.source_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN ST_Intersects(f.geom, p.point) THEN 0 ELSE ST_Distance(f.geom::geography, p.point::geography) END AS metres
    FROM (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) AS point) AS p
) AS d
WHERE f.layer_id = ANY (%(layers)s)
  AND f.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
  AND d.metres <= %(reach_m)s
ORDER BY ST_Dimension(f.geom), d.metres, ST_Area(f.geom), f.id
LIMIT %(limit)s;

-- name: district
SELECT code, name_zh AS name, name_en FROM unit
WHERE kind = 'district' AND ST_Intersects(geom, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326))
ORDER BY code LIMIT 1;
