-- name: make_delta
CREATE TEMPORARY TABLE grid_delta (
    res smallint, cell bigint, district text, status text, measure text, amount bigint, features integer
) ON COMMIT DROP;

-- name: measures
SELECT measures FROM layer WHERE id = %(layer)s;

-- name: copy_delta
COPY grid_delta (res, cell, district, status, measure, amount, features) FROM STDIN;

-- name: note_leaving
-- One feature after the other, by its key. Row-level security hides from the planner how many rows there are:
-- left to itself it joins all shares of the layer with all its features, row by row.
INSERT INTO grid_delta
SELECT s.res, s.cell, s.district, f.status, m.measure, -m.amount, -1
FROM ({ids}) AS i
CROSS JOIN LATERAL (SELECT o.status FROM feature AS o WHERE o.layer_id = %(layer)s AND o.id = i.id OFFSET 0) AS f
CROSS JOIN LATERAL (SELECT c.res, c.cell, c.district, c.amounts FROM feature_cell AS c
                    WHERE c.layer_id = %(layer)s AND c.feature_id = i.id OFFSET 0) AS s
CROSS JOIN layer AS l
CROSS JOIN LATERAL unnest(l.measures, s.amounts) AS m (measure, amount)
WHERE l.id = %(layer)s;

-- name: sum_delta
CREATE TEMPORARY TABLE grid_sum ON COMMIT DROP AS
SELECT res, cell, district, status, measure, sum(amount)::bigint AS amount, sum(features)::integer AS features
FROM grid_delta GROUP BY res, cell, district, status, measure
HAVING sum(amount) <> 0 OR sum(features) <> 0;

-- name: change_sums
-- A function of the owner's: the sums of the next district are changed too, which the writer may not see.
SELECT change_grid(%(layer)s, array_agg(res), array_agg(cell), array_agg(district), array_agg(status), array_agg(measure),
                   array_agg(amount), array_agg(features))
FROM grid_sum;

-- name: drop_delta
DROP TABLE grid_delta, grid_sum;

-- name: missing_shapes
SELECT c FROM unnest(%(cells)s::bigint[]) AS c WHERE NOT EXISTS (SELECT FROM cell_shape AS s WHERE s.cell = c);

-- name: put_shapes
INSERT INTO cell_shape (cell, res, center, boundary)
SELECT n.cell, n.res, ST_GeomFromWKB(n.center, 4326), ST_GeomFromWKB(n.boundary, 4326)
FROM unnest(%(cell)s::bigint[], %(res)s::smallint[], %(center)s::bytea[], %(boundary)s::bytea[]) AS n (cell, res, center, boundary)
ON CONFLICT (cell) DO NOTHING;

-- name: drift
-- What a recount of all shares finds different from the kept sums; nothing, when all is well.
WITH recount AS (
    SELECT s.layer_id, s.res, s.cell, s.district, f.status, m.measure,
           sum(m.amount)::bigint AS amount, count(*)::integer AS features
    FROM feature_cell AS s
    JOIN feature AS f ON f.layer_id = s.layer_id AND f.id = s.feature_id
    JOIN layer AS l ON l.id = s.layer_id
    CROSS JOIN LATERAL unnest(l.measures, s.amounts) AS m (measure, amount)
    GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT coalesce(r.layer_id, g.layer_id), coalesce(r.res, g.res), coalesce(r.cell, g.cell), r.amount, g.amount
FROM recount AS r FULL JOIN grid AS g USING (layer_id, res, cell, district, status, measure)
WHERE (r.amount, r.features) IS DISTINCT FROM (g.amount, g.features);
