-- Hexagons with how many categories of each life circle are missing, now and after the plan: the mean over the
-- inhabited cells of resolution 10 in each (see reach.sql). Properties are named by the standard.

-- name: tile
WITH hexagon AS MATERIALIZED (
    SELECT s.cell, s.boundary,
           ((s.cell & ~(15::bigint << 52)) | (10::bigint << 52)) & ~(((1::bigint << 3 * (10 - s.res)) - 1) << 15) AS first,
           (s.cell & ~(15::bigint << 52)) | (10::bigint << 52) AS last
    FROM cell_shape AS s
    WHERE s.res = %(res)s AND s.boundary && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
), lacking AS MATERIALIZED (
    SELECT h.cell, w.standard, m.n, round(w.categories - m.now, 2) AS now, round(w.categories - m.planned, 2) AS planned
    FROM hexagon AS h
    CROSS JOIN unnest({circles}::text[], {categories}::integer[]) AS w (standard, categories)
    CROSS JOIN LATERAL (
        SELECT count(*)::integer AS n, avg(bit_count(c.now_mask::bit(64))) AS now, avg(bit_count(c.plan_mask::bit(64))) AS planned
        FROM circle AS c WHERE c.standard = w.standard AND c.cell BETWEEN h.first AND h.last
    ) AS m
    WHERE m.n > 0
), held AS (
    SELECT cell, max(n) AS n, jsonb_object_agg(standard, now) || jsonb_object_agg(standard || '_planned', planned) AS missing
    FROM lacking GROUP BY cell
)
SELECT coalesce(ST_AsMVT(t, 'circle', %(extent)s, 'geom'), '') FROM (
    SELECT to_hex(h.cell) AS id, d.n, d.missing,
           ST_AsMVTGeom(ST_Transform(h.boundary, 3857), ST_TileEnvelope(%(z)s, %(x)s, %(y)s), %(extent)s, %(buffer)s, true) AS geom
    FROM held AS d JOIN hexagon AS h USING (cell)
) AS t WHERE geom IS NOT NULL;
