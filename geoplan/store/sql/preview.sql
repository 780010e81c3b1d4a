-- name: make_would_be
CREATE TEMPORARY TABLE would_be (
    layer_id text, id uuid, source_id text, unit text, name_zh text, name_en text, status text, finished_on date,
    properties jsonb, amounts bigint[], wkb bytea, synthetic boolean
) ON COMMIT DROP;

-- name: copy_would_be
COPY would_be (layer_id, id, source_id, unit, name_zh, name_en, status, finished_on, properties, amounts, wkb, synthetic) FROM STDIN;

-- name: look_ahead
-- Stands before the table of that name until the transaction is undone: the very queries that sum progress
-- and find facilities then read the features as they would be.
CREATE TEMPORARY VIEW feature AS
SELECT f.layer_id, f.id, f.source_id, f.unit, f.name_zh, f.name_en, f.status, f.finished_on, f.properties, f.amounts, f.geom, f.synthetic
FROM geoplan.feature AS f
WHERE NOT EXISTS (SELECT FROM would_be AS w WHERE w.layer_id = f.layer_id AND w.id = f.id)
UNION ALL
SELECT w.layer_id, w.id, w.source_id, w.unit, w.name_zh, w.name_en, w.status, w.finished_on, w.properties, w.amounts,
       ST_GeomFromWKB(w.wkb, 4326), w.synthetic
FROM would_be AS w;
