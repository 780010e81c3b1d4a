-- name: lock_layer
-- The lock that every writer of the layer takes (features.sql): what is read after it stays so.
SELECT pg_advisory_xact_lock(hashtextextended('geoplan layer ' || %(layer)s, 0));

-- name: held
SELECT id::text, source_id, key, synthetic, digest, unit, district, name_zh, name_en, status, started_on, finished_on,
       properties, amounts, ST_AsBinary(geom) AS wkb, source_row, source_crs, original, valid_from
FROM feature WHERE layer_id = %(layer)s AND id = %(id)s;

-- name: standing
SELECT unit, district, valid_from FROM feature WHERE layer_id = %(layer)s AND id = %(id)s;

-- name: same_number
-- A unit's own feature that has this project number already.
SELECT id::text FROM feature
WHERE layer_id = %(layer)s AND unit IS NOT DISTINCT FROM %(unit)s AND properties ->> 'project_no' = %(number)s
  AND id IS DISTINCT FROM %(but)s::uuid
ORDER BY id LIMIT 1;

-- name: claim_request
-- Two of the same key at once: the second waits here for the first and then finds it.
INSERT INTO edit_request (account_id, key, digest) VALUES (%(account)s, %(key)s, %(digest)s)
ON CONFLICT (account_id, key) DO NOTHING;

-- name: claimed_request
SELECT digest, answer FROM edit_request WHERE account_id = %(account)s AND key = %(key)s;

-- name: answer_request
UPDATE edit_request SET answer = %(answer)s WHERE account_id = %(account)s AND key = %(key)s;

-- name: forget_requests
DELETE FROM edit_request WHERE account_id = %(account)s AND made_at < now() - %(days)s * interval '1 day';
