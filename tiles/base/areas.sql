-- Areas (and the lines of rivers): what is smaller than `tiny` in both directions is not seen and is left out.

-- name: layer
coalesce((
    SELECT ST_AsMVT(t, {theme}, %(extent)s, 'geom') FROM (
        SELECT kind, kind_detail, name, "name:en", min_zoom, sort_rank,
               ST_AsMVTGeom(ST_Simplify(geom, %(tolerance)s, true), ST_TileEnvelope(%(z)s, %(x)s, %(y)s), %(extent)s, %(buffer)s, true) AS geom
        FROM shape
        WHERE theme = {theme}
          AND (ST_Dimension(geom) = 0 OR greatest(ST_XMax(geom) - ST_XMin(geom), ST_YMax(geom) - ST_YMin(geom)) >= %(tiny)s)
        ORDER BY sort_rank
    ) AS t WHERE geom IS NOT NULL
), '')
