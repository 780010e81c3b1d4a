-- name: labels
-- What people call where they live: not the names of the city or the province, which are everywhere.
SELECT ST_X(p.point) AS lon, ST_Y(p.point) AS lat, b.name, b.name_en
FROM base_feature AS b CROSS JOIN LATERAL (SELECT ST_PointOnSurface(b.geom) AS point) AS p
WHERE b.theme = 'places' AND b.name IS NOT NULL AND b.kind NOT IN ('country', 'region')
  AND coalesce(b.kind_detail, '') NOT IN ('country', 'state', 'province', 'region', 'city')
ORDER BY b.id;
