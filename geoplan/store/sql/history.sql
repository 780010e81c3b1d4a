-- name: versions
-- The states of a feature that this account may see, the newest first, each with what was before it.
-- States that a transaction began and ended itself never held for anybody.
WITH state AS (
    SELECT v.version_id, v.valid_from, v.valid_to, v.account_id, v.ended_by, v.reason AS ended_why, v.state, v.geom
    FROM feature_version AS v
    WHERE v.layer_id = %(layer)s AND v.id = %(id)s AND v.valid_to > v.valid_from
    UNION ALL
    SELECT NULL, f.valid_from, NULL, f.account_id, NULL, NULL,
           to_jsonb(f) - 'geom' - 'layer_id' - 'id' - 'valid_from' - 'account_id', f.geom
    FROM feature AS f WHERE f.layer_id = %(layer)s AND f.id = %(id)s
),
chain AS (
    SELECT s.*, lag(s.state) OVER w AS before, lag(s.geom) OVER w AS geom_before, lag(s.valid_to) OVER w AS ended_before,
           lag(s.ended_why) OVER w AS why_before, lead(s.valid_from) OVER w AS followed_at
    FROM state AS s WINDOW w AS (ORDER BY s.valid_from)
)
SELECT c.version_id AS version, c.valid_from AS begins, c.valid_to AS ends,
       account_name(c.account_id) AS by, coalesce(c.state ->> 'reason', c.why_before) AS why,
       (c.followed_at IS NULL OR c.followed_at > c.valid_to) AND c.valid_to IS NOT NULL AS deleted,
       account_name(c.ended_by) AS ended_by, c.ended_why,
       c.state, CASE WHEN c.ended_before = c.valid_from THEN c.before END AS before,
       c.ended_before = c.valid_from AND ST_AsBinary(c.geom) <> ST_AsBinary(c.geom_before) AS reshaped,
       CASE WHEN c.ended_before = c.valid_from AND ST_AsBinary(c.geom) <> ST_AsBinary(c.geom_before)
            THEN round(ST_Distance(ST_Centroid(c.geom)::geography, ST_Centroid(c.geom_before)::geography)::numeric, 1)::float8
       END AS moved_m
FROM chain AS c
WHERE %(before)s::timestamptz IS NULL OR c.valid_from < %(before)s
ORDER BY c.valid_from DESC
LIMIT %(limit)s;

-- name: version
SELECT v.id::text, s.source_id, s.key, s.synthetic, s.digest, s.unit, s.district, s.name_zh, s.name_en, s.status,
       s.started_on, s.finished_on, s.properties, s.amounts, ST_AsBinary(v.geom) AS wkb, s.source_row, s.source_crs,
       s.original, v.valid_from
FROM feature_version AS v
CROSS JOIN LATERAL jsonb_to_record(v.state) AS s (
    key text, digest bytea, unit text, district text, name_zh text, name_en text, status text, started_on date,
    finished_on date, properties jsonb, amounts bigint[], source_row bigint, source_crs text, original jsonb,
    source_id text, synthetic boolean)
WHERE v.layer_id = %(layer)s AND v.id = %(id)s AND v.version_id = %(version)s;
