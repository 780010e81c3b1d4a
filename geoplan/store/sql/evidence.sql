-- name: lock_feature
-- Counting and adding are one: two photos at once are not the 20th both.
SELECT pg_advisory_xact_lock(hashtextextended('geoplan evidence ' || %(layer)s || '/' || %(feature)s::text, 0));

-- name: lock_bytes
-- Whoever adds a row for these bytes and whoever removes them wait for each other.
SELECT pg_advisory_xact_lock(hashtextextended('geoplan evidence ' || %(sha256)s, 0));

-- name: add
INSERT INTO evidence (layer_id, feature_id, media_type, file_name, sha256, bytes, width, height, note, account_id)
VALUES (%(layer)s, %(feature)s, %(media_type)s, %(file_name)s, %(sha256)s, %(bytes)s, %(width)s, %(height)s, %(note)s, %(account)s)
RETURNING id;

-- name: all
SELECT e.id, e.media_type, e.file_name, e.sha256, e.bytes, e.width, e.height, e.note, e.added_at, account_name(e.account_id) AS by
FROM evidence AS e
WHERE e.layer_id = %(layer)s AND e.feature_id = %(feature)s AND e.removed_at IS NULL
ORDER BY e.added_at, e.id;

-- name: remove
UPDATE evidence SET removed_by = %(account)s, removed_at = clock_timestamp()
WHERE layer_id = %(layer)s AND feature_id = %(feature)s AND id = %(id)s AND removed_at IS NULL;

-- name: is_kept
SELECT evidence_is_kept(%(sha256)s);
