-- name: sums
-- Cells as bytes in their order: 20,000 of them cost a copy, not 20,000 rows of Python objects.
SELECT string_agg(int8send(c.cell), '' ORDER BY c.cell) AS cells,
       string_agg(int8send(c.amount), '' ORDER BY c.cell) AS amounts
FROM (
    SELECT g.cell, sum(g.amount)::bigint AS amount
    FROM grid AS g
    WHERE g.layer_id = %(layer)s AND g.res = %(res)s AND g.measure = %(measure)s
      AND (%(statuses)s::text[] IS NULL OR g.status = ANY (%(statuses)s))
      AND (%(district)s::text IS NULL OR g.district = %(district)s)
      AND (%(cells)s::bigint[] IS NULL OR g.cell = ANY (%(cells)s))
      AND (%(west)s::float8 IS NULL OR EXISTS (
          SELECT FROM cell_shape AS s WHERE s.cell = g.cell
             AND s.boundary && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)))
    GROUP BY g.cell
) AS c;

-- name: zone_sums
-- What a reporting zone (not a district) answers for: its own features, wherever they lie.
SELECT string_agg(int8send(c.cell), '' ORDER BY c.cell) AS cells,
       string_agg(int8send(c.amount), '' ORDER BY c.cell) AS amounts
FROM (
    SELECT s.cell, sum(s.amounts[%(position)s])::bigint AS amount
    FROM feature AS f
    JOIN feature_cell AS s ON s.layer_id = f.layer_id AND s.feature_id = f.id AND s.res = %(res)s
    WHERE f.layer_id = %(layer)s AND f.unit = %(unit)s
      AND (%(statuses)s::text[] IS NULL OR f.status = ANY (%(statuses)s))
      AND (%(cells)s::bigint[] IS NULL OR s.cell = ANY (%(cells)s))
      AND (%(west)s::float8 IS NULL OR EXISTS (
          SELECT FROM cell_shape AS c WHERE c.cell = s.cell
             AND c.boundary && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)))
    GROUP BY s.cell
) AS c;
