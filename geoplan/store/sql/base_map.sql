-- name: lock
SELECT pg_advisory_xact_lock(hashtextextended('geoplan base map', 0));

-- name: make_incoming
CREATE TEMPORARY TABLE incoming_base (
    theme text, kind text, kind_detail text, name text, name_en text, min_zoom smallint, sort integer, wkb bytea
) ON COMMIT DROP;

-- name: copy_rows
COPY incoming_base (theme, kind, kind_detail, name, name_en, min_zoom, sort, wkb) FROM STDIN;

-- name: drop_missing
DELETE FROM base_feature AS b
WHERE b.source_id = %(source)s AND NOT EXISTS (
    SELECT FROM incoming_base AS i
    WHERE md5(i.wkb) = md5(ST_AsBinary(b.geom)) AND (i.theme, i.kind, i.min_zoom, i.sort) = (b.theme, b.kind, b.min_zoom, b.sort)
      AND (i.kind_detail, i.name, i.name_en) IS NOT DISTINCT FROM (b.kind_detail, b.name, b.name_en)
);

-- name: put_new
INSERT INTO base_feature (source_id, theme, kind, kind_detail, name, name_en, min_zoom, sort, geom)
SELECT %(source)s, theme, kind, kind_detail, name, name_en, min_zoom, sort, ST_GeomFromWKB(wkb, 4326)
FROM incoming_base AS i
WHERE NOT EXISTS (
    SELECT FROM base_feature AS b
    WHERE b.source_id = %(source)s AND md5(i.wkb) = md5(ST_AsBinary(b.geom))
      AND (i.theme, i.kind, i.min_zoom, i.sort) = (b.theme, b.kind, b.min_zoom, b.sort)
      AND (i.kind_detail, i.name, i.name_en) IS NOT DISTINCT FROM (b.kind_detail, b.name, b.name_en)
);

-- name: raise_version
UPDATE dataset_version SET version = version + 1, changed_at = now() WHERE id = 'base';

-- name: drop_incoming
DROP TABLE incoming_base;
