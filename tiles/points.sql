-- Point layers: sums by H3 cell at low zooms, single points at high ones, and bins of the tile's own
-- when either is too many. Each point is counted in exactly one tile of a zoom: the bin that holds it
-- is found from the whole map's corner, by one expression for all tiles. What a tile draws for its
-- neighbour (in the buffer) says copy = true and is not to be counted again.

-- name: sums
-- Half a tile is the index's work on cell_shape.center; the grid is then read by its primary key.
SELECT to_hex(s.cell) AS id, NULL::text AS name, NULL::text AS name_en, NULL::text AS status,
       sum(g.amount) AS amount, NULL::boolean AS synthetic, true AS agg, sum(g.features) AS n,
       ST_Transform(s.center, 3857) AS geom, ST_Transform(s.center, 3857) AS spot
FROM cell_shape AS s
JOIN grid AS g ON g.cell = s.cell AND g.layer_id = {layer} AND g.res = s.res AND g.measure = {measure}
WHERE s.res = %(res)s AND s.center && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
GROUP BY s.cell

-- name: singles
-- Only && is leakproof: the GiST index serves before row-level security is asked.
SELECT f.id::text AS id, f.name_zh AS name, f.name_en, f.status,
       f.amounts[1]::numeric AS amount, f.synthetic, NULL::boolean AS agg, 1::bigint AS n,
       ST_Transform(f.geom, 3857) AS geom, ST_Transform(ST_GeometryN(f.geom, 1), 3857) AS spot
FROM feature AS f
WHERE f.layer_id = {layer} AND f.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)

-- name: tile
WITH item AS MATERIALIZED ({items}),
place AS MATERIALIZED (
    SELECT i.*,
           floor((ST_X(i.spot) + 20037508.342789244) / %(bin)s)::bigint AS bx,
           floor((20037508.342789244 - ST_Y(i.spot)) / %(bin)s)::bigint AS by
    FROM item AS i
),
judged AS MATERIALIZED (
    SELECT p.*, nullif(p.bx / %(bins)s <> %(x)s OR p.by / %(bins)s <> %(y)s OR p.bx < 0 OR p.by < 0, false) AS copy
    FROM place AS p
),
dense AS MATERIALIZED (SELECT count(*) > %(most)s AS yes FROM judged),
shown AS (
    SELECT id, name, name_en, status, amount, synthetic, agg, n, copy, geom
    FROM judged WHERE NOT (SELECT yes FROM dense)
    UNION ALL
    SELECT concat_ws('/', %(z)s, bx, by), NULL, NULL, NULL, sum(amount), bool_or(synthetic), true, sum(n), copy,
           ST_SetSRID(ST_MakePoint(avg(ST_X(spot)), avg(ST_Y(spot))), 3857)
    FROM judged
    WHERE (SELECT yes FROM dense)
      AND bx BETWEEN %(x)s::bigint * %(bins)s - 1 AND (%(x)s::bigint + 1) * %(bins)s
      AND by BETWEEN %(y)s::bigint * %(bins)s - 1 AND (%(y)s::bigint + 1) * %(bins)s
    GROUP BY bx, by, copy
)
SELECT coalesce(ST_AsMVT(t, {name}, %(extent)s, 'geom'), '') FROM (
    SELECT id, name, name_en, status, (amount * {scale})::float8 AS amount, synthetic, agg,
           CASE WHEN agg THEN n::integer END AS n, copy,
           ST_AsMVTGeom(geom, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), %(extent)s, %(buffer)s, true) AS geom
    FROM shown
) AS t WHERE geom IS NOT NULL;
