-- Labels and points of interest: the most important one (by sort) of each spot of `tiny` units.

-- name: layer
coalesce((
    SELECT ST_AsMVT(t, {theme}, %(extent)s, 'geom') FROM (
        SELECT kind, kind_detail, name, "name:en", min_zoom, sort_rank,
               ST_AsMVTGeom(geom, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), %(extent)s, %(buffer)s, true) AS geom
        FROM (
            SELECT DISTINCT ON (floor(ST_XMin(geom) / %(tiny)s), floor(ST_YMin(geom) / %(tiny)s)) *
            FROM shape WHERE theme = {theme}
            ORDER BY floor(ST_XMin(geom) / %(tiny)s), floor(ST_YMin(geom) / %(tiny)s), sort_rank, name
        ) AS kept
        ORDER BY sort_rank
    ) AS t WHERE geom IS NOT NULL
), '')
