-- Boundaries of districts and zones, and one label point inside each, in the tile that holds it.

-- name: tile
WITH shape AS MATERIALIZED (
    SELECT code, name_zh AS name, name_en, kind, ring, ST_Transform(geom, 3857) AS geom,
           ST_Transform(ST_PointOnSurface(geom), 3857) AS label
    FROM unit
    WHERE geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
)
SELECT coalesce((
    SELECT ST_AsMVT(t, 'units', %(extent)s, 'geom') FROM (
        SELECT code, name, name_en, kind, ring,
               ST_AsMVTGeom(ST_Simplify(geom, %(tolerance)s, true), ST_TileEnvelope(%(z)s, %(x)s, %(y)s), %(extent)s, %(buffer)s, true) AS geom
        FROM shape
    ) AS t WHERE geom IS NOT NULL
), '') || coalesce((
    SELECT ST_AsMVT(t, 'unit_labels', %(extent)s, 'geom') FROM (
        SELECT code, name, name_en, kind, ring,
               ST_AsMVTGeom(label, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), %(extent)s, %(buffer)s, true) AS geom
        FROM shape
    ) AS t WHERE geom IS NOT NULL
), '');
