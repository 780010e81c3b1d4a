-- Hexagons of a layer's grid with their sums; a hexagon on a tile's edge is in both tiles, by one id.

-- name: tile
WITH held AS MATERIALIZED (
    SELECT s.cell, s.boundary, sum(g.features)::integer AS n, sum(g.amount) AS amount
    FROM cell_shape AS s
    JOIN grid AS g ON g.cell = s.cell AND g.layer_id = {layer} AND g.res = s.res AND g.measure = {measure}
    WHERE s.res = %(res)s AND s.boundary && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
    GROUP BY s.cell
)
SELECT coalesce(ST_AsMVT(t, {name}, %(extent)s, 'geom'), '') FROM (
    SELECT to_hex(cell) AS id, n, (amount * {scale})::float8 AS amount,
           ST_AsMVTGeom(ST_Transform(boundary, 3857), ST_TileEnvelope(%(z)s, %(x)s, %(y)s), %(extent)s, %(buffer)s, true) AS geom
    FROM held
) AS t WHERE geom IS NOT NULL;
