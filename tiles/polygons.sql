-- Polygon layers (and single points in them, where a boundary is not known): simplified to a fraction
-- of a pixel. Polygons smaller than `tiny` become squares of that size, so that none vanishes; one
-- square stands for all of the same status at the same spot.

-- name: tile
WITH shape AS MATERIALIZED (
    SELECT f.id::text AS id, f.name_zh AS name, f.name_en, f.status, (f.amounts[1] * {scale})::float8 AS amount,
           f.synthetic, ST_Transform(f.geom, 3857) AS geom
    FROM feature AS f
    WHERE f.layer_id = {layer} AND f.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
),
sized AS (
    SELECT s.*, greatest(ST_XMax(geom) - ST_XMin(geom), ST_YMax(geom) - ST_YMin(geom)) < %(tiny)s
                AND ST_Dimension(geom) > 0 AS is_tiny
    FROM shape AS s
),
shown AS (
    SELECT id, name, name_en, status, amount, synthetic, ST_Simplify(geom, %(tolerance)s, true) AS geom
    FROM sized WHERE NOT is_tiny
    UNION ALL
    (SELECT DISTINCT ON (floor(ST_XMin(geom) / %(tiny)s), floor(ST_YMin(geom) / %(tiny)s), status)
            id, name, name_en, status, amount, synthetic,
            ST_Expand(ST_Centroid(ST_Envelope(geom)), %(tiny)s / 2)
     FROM sized WHERE is_tiny
     ORDER BY floor(ST_XMin(geom) / %(tiny)s), floor(ST_YMin(geom) / %(tiny)s), status, amount DESC, id)
)
SELECT coalesce(ST_AsMVT(t, {name}, %(extent)s, 'geom'), '') FROM (
    SELECT id, name, name_en, status, amount, synthetic,
           ST_AsMVTGeom(geom, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), %(extent)s, %(buffer)s, true) AS geom
    FROM shown
) AS t WHERE geom IS NOT NULL;
