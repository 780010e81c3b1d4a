-- name: columns
u.id, u.layer_id AS layer, u.unit, u.account_id, account_name(u.account_id) AS account, u.state, u.version, u.file_name,
u.size, u.sha256, u.options, u.attempts, u.format, u.reading, u.crs, u.counts, u.file_issues, u.progress, u.preview,
u.corrects, u.changes, u.publish_valid_only AS valid_only, u.created_at, u.checked_at, u.submitted_at, u.decided_at,
u.published_at, u.rolled_back_at, account_name(u.decided_by) AS decided_by, u.note

-- name: one
SELECT {columns} FROM upload AS u WHERE u.id = %(id)s;

-- name: one_locked
-- Whoever changes an upload waits here for whoever is changing it.
SELECT {columns} FROM upload AS u WHERE u.id = %(id)s FOR UPDATE;

-- name: page
-- The newest first; `before` is the last of the page before.
SELECT {columns} FROM upload AS u
WHERE (%(states)s::text[] IS NULL OR u.state = ANY (%(states)s))
  AND (%(layer)s::text IS NULL OR u.layer_id = %(layer)s)
  AND (%(unit)s::text IS NULL OR u.unit = %(unit)s)
  AND (%(before)s::uuid IS NULL
       OR (u.created_at, u.id) < (SELECT b.created_at, b.id FROM upload AS b WHERE b.id = %(before)s))
ORDER BY u.created_at DESC, u.id DESC LIMIT %(limit)s;

-- name: events
SELECT e.at, account_name(e.account_id) AS account, e.from_state, e.to_state, e.note
FROM upload_event AS e WHERE e.upload_id = %(id)s ORDER BY e.id;

-- name: codes
-- How many rows have a finding of each kind: what a reader chooses from.
SELECT code, count(*) FROM upload_row AS r, unnest(r.codes) AS code WHERE r.upload_id = %(id)s GROUP BY code;

-- name: note_event
INSERT INTO upload_event (upload_id, account_id, from_state, to_state, note)
SELECT u.id, acting_account(), u.state, u.state, %(note)s FROM upload AS u WHERE u.id = %(id)s;

-- name: lock_receipt
-- One account's receipts go one after another, so that their number is what was counted.
SELECT pg_advisory_xact_lock(hashtextextended('geoplan receipt ' || %(account)s, 0));

-- name: by_key
SELECT {columns} FROM upload AS u WHERE u.account_id = %(account)s AND u.idempotency_key = %(key)s;

-- name: in_check
SELECT count(*) FROM upload AS u WHERE u.account_id = %(account)s AND u.state IN ('received', 'checking');

-- name: same_bytes
SELECT {columns} FROM upload AS u
WHERE u.sha256 = %(sha256)s AND u.layer_id = %(layer)s AND u.unit IS NOT DISTINCT FROM %(unit)s AND u.id IS DISTINCT FROM %(but)s::uuid
ORDER BY u.created_at DESC LIMIT 1;

-- name: add
INSERT INTO upload (layer_id, unit, account_id, file_name, size, sha256, options, idempotency_key, corrects)
VALUES (%(layer)s, %(unit)s, %(account)s, %(file_name)s, %(size)s, %(sha256)s, %(options)s, %(key)s, %(corrects)s)
RETURNING id;

-- name: receive_again
UPDATE upload SET state = 'received', version = version + 1, attempts = 0, options = %(options)s, progress = NULL
WHERE id = %(id)s;

-- name: to_check
SELECT u.id FROM upload AS u WHERE u.state IN ('received', 'checking') ORDER BY u.created_at;

-- name: try_lock
SELECT pg_try_advisory_lock(upload_lock(%(id)s));

-- name: unlock
SELECT pg_advisory_unlock(upload_lock(%(id)s));

-- name: begin_check
UPDATE upload SET state = 'checking', version = version + 1, attempts = attempts + 1, progress = NULL
WHERE id = %(id)s AND state IN ('received', 'checking');

-- name: put_progress
UPDATE upload SET progress = %(progress)s WHERE id = %(id)s AND state = 'checking';

-- name: put_checked
UPDATE upload SET state = 'checked', version = version + 1, format = %(format)s, reading = %(reading)s, crs = %(crs)s,
                  file_issues = %(file_issues)s, corrects = %(corrects)s, changes = %(changes)s, progress = NULL,
                  preview = NULL, checked_at = now()
WHERE id = %(id)s;

-- name: put_rejected
UPDATE upload SET state = 'rejected', version = version + 1, file_issues = %(file_issues)s, reading = NULL, crs = NULL,
                  counts = NULL, progress = NULL, checked_at = now()
WHERE id = %(id)s;

-- name: submit
UPDATE upload SET state = 'submitted', version = version + 1, publish_valid_only = %(valid_only)s, submitted_at = now(), note = NULL
WHERE id = %(id)s;

-- name: decide
UPDATE upload SET state = %(state)s, version = version + 1, decided_at = now(), decided_by = acting_account(), note = %(note)s
WHERE id = %(id)s;

-- name: put_published
UPDATE upload SET state = 'published', version = version + 1, published_at = now() WHERE id = %(id)s;

-- name: put_rolled_back
UPDATE upload SET state = 'rolled_back', version = version + 1, rolled_back_at = now(), note = %(note)s WHERE id = %(id)s;

-- name: raise_version
UPDATE upload SET version = version + 1 WHERE id = %(id)s;

-- name: recount
-- Of every row that is no title or total: its verdict, and how far it has come.
UPDATE upload AS u SET counts = (
    SELECT jsonb_build_object(
        'rows', count(*) FILTER (WHERE r.verdict <> 'skipped'),
        'ok', count(*) FILTER (WHERE r.verdict = 'ok'),
        'warning', count(*) FILTER (WHERE r.verdict = 'warning'),
        'error', count(*) FILTER (WHERE r.verdict = 'error'),
        'skipped', (u.reading -> 'skipped' ->> 'count')::integer,
        'published', count(p.row),
        'ready', count(*) FILTER (WHERE p.row IS NULL AND is_ready(r)),
        'open', count(*) FILTER (WHERE p.row IS NULL AND NOT is_ready(r) AND r.decision <> 'left_out' AND r.verdict <> 'skipped'),
        'returned', count(*) FILTER (WHERE p.row IS NULL AND r.decision = 'returned'),
        'left_out', count(*) FILTER (WHERE p.row IS NULL AND r.decision = 'left_out'),
        'codes', (SELECT coalesce(jsonb_object_agg(c.code, c.rows ORDER BY c.code), '{}') FROM (
            SELECT code, count(*) AS rows FROM upload_row AS o, unnest(o.codes) AS code WHERE o.upload_id = u.id GROUP BY code) AS c))
    FROM upload_row AS r LEFT JOIN published_feature AS p ON p.upload_id = r.upload_id AND p.row = r.row
    WHERE r.upload_id = u.id)
WHERE u.id = %(id)s;

-- name: to_preview
-- Submitted uploads whose preview is of another state of theirs, or of the services their layer feeds.
SELECT u.id FROM upload AS u
WHERE u.state = 'submitted' AND u.preview -> 'of' IS DISTINCT FROM jsonb_build_object('version', u.version, 'services', (
    SELECT jsonb_object_agg(s.id, service_inputs(s.layers, s.definition)) FROM service AS s
    WHERE s.active AND u.layer_id = ANY (s.layers)))
ORDER BY u.submitted_at;

-- name: preview_of
SELECT jsonb_build_object('version', u.version, 'services', (
    SELECT jsonb_object_agg(s.id, service_inputs(s.layers, s.definition)) FROM service AS s
    WHERE s.active AND u.layer_id = ANY (s.layers)))
FROM upload AS u WHERE u.id = %(id)s;

-- name: put_preview
UPDATE upload SET preview = %(preview)s WHERE id = %(id)s AND state = 'submitted';

-- name: memory
SELECT header, field FROM header_memory WHERE unit = %(unit)s AND layer_id = %(layer)s;

-- name: remember
INSERT INTO header_memory (unit, layer_id, header, field)
SELECT %(unit)s, %(layer)s, h.header, h.field FROM unnest(%(headers)s::text[], %(fields)s::text[]) AS h (header, field)
ON CONFLICT (unit, layer_id, header) DO UPDATE SET field = excluded.field;

-- name: held_bytes
SELECT DISTINCT sha256 FROM upload;
