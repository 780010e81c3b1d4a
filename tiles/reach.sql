-- Hexagons with minutes on foot to the nearest facility of a service, now and after the plan: the mean over
-- the inhabited cells of resolution 10 in each, 60 for what is farther or out of reach. People are not told.
-- The cells below a hexagon follow each other in the order of their numbers, so one range of the key has them.

-- name: tile
WITH hexagon AS MATERIALIZED (
    SELECT s.cell, s.boundary,
           ((s.cell & ~(15::bigint << 52)) | (10::bigint << 52)) & ~(((1::bigint << 3 * (10 - s.res)) - 1) << 15) AS first,
           (s.cell & ~(15::bigint << 52)) | (10::bigint << 52) AS last
    FROM cell_shape AS s
    WHERE s.res = %(res)s AND s.boundary && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
), held AS MATERIALIZED (
    SELECT h.cell, h.boundary, m.*
    FROM hexagon AS h
    CROSS JOIN LATERAL (
        SELECT count(*)::integer AS n, bool_or(r.estimated) AS estimated,
               avg(CASE WHEN r.now_mm BETWEEN 0 AND 3600000 THEN r.now_mm ELSE 3600000 END) / 60000 AS minutes,
               avg(CASE WHEN r.plan_mm BETWEEN 0 AND 3600000 THEN r.plan_mm ELSE 3600000 END) / 60000 AS planned
        FROM reach AS r
        WHERE r.service_no = (SELECT v.no FROM service AS v WHERE v.id = {service}) AND r.cell BETWEEN h.first AND h.last
    ) AS m
    WHERE m.n > 0
)
SELECT coalesce(ST_AsMVT(t, {name}, %(extent)s, 'geom'), '') FROM (
    SELECT to_hex(cell) AS id, n, estimated, round(minutes, 2)::float8 AS minutes, round(planned, 2)::float8 AS minutes_planned,
           ST_AsMVTGeom(ST_Transform(boundary, 3857), ST_TileEnvelope(%(z)s, %(x)s, %(y)s), %(extent)s, %(buffer)s, true) AS geom
    FROM held
) AS t WHERE geom IS NOT NULL;
