-- Lines: drawn in their order, so that main roads lie above side roads.

-- name: layer
coalesce((
    SELECT ST_AsMVT(t, {theme}, %(extent)s, 'geom') FROM (
        SELECT kind, kind_detail, name, "name:en", min_zoom, sort_rank,
               ST_AsMVTGeom(ST_Simplify(geom, %(tolerance)s, true), ST_TileEnvelope(%(z)s, %(x)s, %(y)s), %(extent)s, %(buffer)s, true) AS geom
        FROM shape
        WHERE theme = {theme}
        ORDER BY sort_rank
    ) AS t WHERE geom IS NOT NULL
), '')
