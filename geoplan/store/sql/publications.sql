-- name: ready
SELECT r.row, r."values", r.unit, ST_AsBinary(r.geom) AS wkb, r.source_crs, r.original, r.match,
       'unchanged' = ANY (r.codes) AS unchanged
FROM upload_row AS r
WHERE r.upload_id = %(id)s AND is_ready(r)
  AND NOT EXISTS (SELECT FROM published_feature AS p WHERE p.upload_id = r.upload_id AND p.row = r.row)
ORDER BY r.row;

-- name: held
-- Features that rows may be: those that were matched, and those of the units that have their project numbers.
SELECT f.id::text AS feature_id, f.source_id, f.key, f.synthetic, f.unit, f.properties ->> 'project_no' AS project_no,
       f.name_zh, f.name_en, f.status, f.started_on, f.finished_on, f.properties, f.valid_from, f.digest
FROM feature AS f
WHERE f.layer_id = %(layer)s
  AND (f.id = ANY (%(ids)s::uuid[]) OR f.unit = ANY (%(units)s) AND f.properties ->> 'project_no' = ANY (%(numbers)s))
ORDER BY f.id;

-- name: taken
SELECT f.key FROM feature AS f WHERE f.layer_id = %(layer)s AND f.source_id = %(source)s AND f.key = ANY (%(keys)s);

-- name: make_noted
CREATE TEMPORARY TABLE noted (row integer, feature uuid, change text) ON COMMIT DROP;

-- name: copy_noted
COPY noted (row, feature, change) FROM STDIN;

-- name: drop_noted
DROP TABLE noted;

-- name: note
-- Read back from the features just written: since when each state is, what it is, and which one it ended.
INSERT INTO published_feature (upload_id, row, layer_id, feature_id, change, before_version, valid_from, digest)
SELECT %(id)s, n.row, f.layer_id, f.id, n.change, b.version_id, f.valid_from, f.digest
FROM noted AS n
JOIN feature AS f ON f.layer_id = %(layer)s AND f.id = n.feature
LEFT JOIN LATERAL (
    SELECT v.version_id FROM feature_version AS v
    WHERE n.change = 'updated' AND v.layer_id = f.layer_id AND v.id = f.id AND v.valid_to = f.valid_from) AS b ON true;

-- name: standing
-- What an upload published, one line a feature: how it was before the first of its rows, and whether what
-- stands now is what the last of them made it.
WITH mine AS (
    SELECT p.layer_id, p.feature_id, (array_agg(p.change ORDER BY p.valid_from, p.row))[1] AS change,
           (array_agg(p.before_version ORDER BY p.valid_from, p.row))[1] AS before_version,
           (array_agg(p.digest ORDER BY p.valid_from DESC, p.row DESC))[1] AS digest, min(p.row) AS row
    FROM published_feature AS p WHERE p.upload_id = %(id)s AND p.change <> 'unchanged'
    GROUP BY p.layer_id, p.feature_id
)
SELECT m.row, m.feature_id::text, m.change, m.before_version,
       f.id IS NOT NULL AND f.digest = m.digest AS stands,
       coalesce(f.name_zh, f.name_en, l.state ->> 'name_zh') AS name,
       coalesce(f.valid_from, l.valid_to) AS since,
       account_name(coalesce(f.account_id, l.ended_by)) AS account, f.id IS NULL AS removed,
       (SELECT o.upload_id::text FROM published_feature AS o
        WHERE o.layer_id = m.layer_id AND o.feature_id = m.feature_id AND o.valid_from = f.valid_from
          AND o.change <> 'unchanged' LIMIT 1) AS upload_id
FROM mine AS m
LEFT JOIN feature AS f ON f.layer_id = m.layer_id AND f.id = m.feature_id
LEFT JOIN LATERAL (
    SELECT v.state, v.valid_to, v.ended_by FROM feature_version AS v
    WHERE f.id IS NULL AND v.layer_id = m.layer_id AND v.id = m.feature_id
    ORDER BY v.valid_from DESC LIMIT 1) AS l ON true
ORDER BY m.row;

-- name: earlier
-- States of features as they were, in the form in which they are written.
SELECT v.id::text, v.state ->> 'source_id' AS source_id, (v.state ->> 'synthetic')::boolean AS synthetic, v.state ->> 'key' AS key,
       decode(substr(v.state ->> 'digest', 3), 'hex') AS digest, v.state ->> 'unit' AS unit, v.state ->> 'district' AS district,
       v.state ->> 'name_zh' AS name_zh, v.state ->> 'name_en' AS name_en, v.state ->> 'status' AS status,
       (v.state ->> 'started_on')::date AS started_on, (v.state ->> 'finished_on')::date AS finished_on,
       v.state -> 'properties' AS properties,
       ARRAY(SELECT jsonb_array_elements_text(v.state -> 'amounts')::bigint) AS amounts,
       ST_AsBinary(v.geom) AS wkb, (v.state ->> 'source_row')::bigint AS source_row, v.state ->> 'source_crs' AS source_crs,
       nullif(v.state -> 'original', 'null') AS original
FROM feature_version AS v WHERE v.version_id = ANY (%(versions)s) ORDER BY v.version_id;

-- name: long_work
-- Cutting and writing 60,000 features takes its time, and another writer of the layer may have to be waited for.
SELECT set_config('statement_timeout', '120s', true), set_config('lock_timeout', '30s', true),
       set_config('idle_in_transaction_session_timeout', '120s', true);
