-- name: put_source
INSERT INTO source AS s (id, kind, title_zh, title_en, licence, attribution, synthetic, as_of, file_name, sha256)
VALUES (%(id)s, %(kind)s, %(title_zh)s, %(title_en)s, %(licence)s, %(attribution)s, %(synthetic)s, %(as_of)s, %(file_name)s, %(sha256)s)
ON CONFLICT (id) DO UPDATE SET
    kind = excluded.kind, title_zh = excluded.title_zh, title_en = excluded.title_en, licence = excluded.licence,
    attribution = excluded.attribution, synthetic = excluded.synthetic, as_of = excluded.as_of,
    file_name = excluded.file_name, sha256 = excluded.sha256, imported_at = now()
WHERE (s.kind, s.title_zh, s.title_en, s.licence, s.attribution, s.synthetic, s.as_of, s.file_name, s.sha256)
   IS DISTINCT FROM (excluded.kind, excluded.title_zh, excluded.title_en, excluded.licence, excluded.attribution,
                     excluded.synthetic, excluded.as_of, excluded.file_name, excluded.sha256);

-- name: held_sources
SELECT id, kind, title_zh, title_en, licence, attribution, synthetic, as_of, file_name, sha256 FROM source ORDER BY id;
