-- name: columns
r.row, r.verdict, r.raw, r."values", ST_AsGeoJSON(r.geom, 7) AS geometry, ST_X(ST_PointOnSurface(r.geom)) AS lon,
ST_Y(ST_PointOnSurface(r.geom)) AS lat, r.original, r.source_crs, r.unit, r.issues, r.warnings, r.match,
CASE WHEN p.row IS NOT NULL THEN 'approved'
     WHEN u.state = 'approved' AND is_ready(r) THEN 'approved' ELSE r.decision END AS decision,
r.reason, r.accepted, is_ready(r) AND p.row IS NULL AS ready, p.feature_id, p.change

-- name: page
SELECT {columns} FROM upload_row AS r
JOIN upload AS u ON u.id = r.upload_id
LEFT JOIN published_feature AS p ON p.upload_id = r.upload_id AND p.row = r.row
WHERE r.upload_id = %(id)s AND r.row > %(after)s
  AND (%(verdict)s::text IS NULL OR r.verdict = %(verdict)s)
  AND (%(code)s::text IS NULL OR %(code)s = ANY (r.codes))
  AND (%(only)s::text IS NULL OR CASE %(only)s
           WHEN 'open' THEN p.row IS NULL AND NOT is_ready(r) AND r.decision <> 'left_out' AND r.verdict <> 'skipped'
           WHEN 'ready' THEN p.row IS NULL AND is_ready(r)
           WHEN 'published' THEN p.row IS NOT NULL
           ELSE p.row IS NULL AND r.decision = %(only)s END)
ORDER BY r.row LIMIT %(limit)s;

-- name: one
SELECT {columns} FROM upload_row AS r
JOIN upload AS u ON u.id = r.upload_id
LEFT JOIN published_feature AS p ON p.upload_id = r.upload_id AND p.row = r.row
WHERE r.upload_id = %(id)s AND r.row = %(row)s;

-- name: clear
DELETE FROM upload_row WHERE upload_id = %(id)s;

-- name: make_incoming
CREATE TEMPORARY TABLE incoming_row (
    row integer, verdict text, raw text, "values" text, wkb bytea, original text, source_crs text, unit text, issues text,
    codes text[], warnings text[], match text, reason text
) ON COMMIT DROP;

-- name: copy_rows
COPY incoming_row (row, verdict, raw, "values", wkb, original, source_crs, unit, issues, codes, warnings, match, reason) FROM STDIN;

-- name: put_rows
-- A shape that cannot be shown anywhere is an error of its row already; here it must not spoil the rest.
INSERT INTO upload_row (upload_id, row, verdict, raw, "values", geom, original, source_crs, unit, issues, codes, warnings, match, reason)
SELECT %(id)s, i.row, i.verdict, i.raw::jsonb, i."values"::jsonb, CASE WHEN is_storable(g) THEN g END, i.original::jsonb,
       i.source_crs, i.unit, i.issues::jsonb, i.codes, i.warnings, i.match::jsonb, i.reason
FROM incoming_row AS i, LATERAL (SELECT ST_GeomFromWKB(i.wkb, 4326) AS g) AS shape;

-- name: drop_incoming
DROP TABLE incoming_row;

-- name: change
UPDATE upload_row SET verdict = %(verdict)s, "values" = %(values)s, geom = ST_GeomFromWKB(%(wkb)s, 4326), original = %(original)s,
                      source_crs = %(source_crs)s, issues = %(issues)s, codes = %(codes)s, warnings = %(warnings)s,
                      accepted = %(accepted)s, match = %(match)s
WHERE upload_id = %(id)s AND row = %(row)s;

-- name: decide
UPDATE upload_row SET decision = %(decision)s, reason = %(reason)s, accepted = %(accepted)s, match = %(match)s
WHERE upload_id = %(id)s AND row = %(row)s;

-- name: accept
-- A nod at one kind of warning in all rows of the file; at the question who a row is, each needs its own.
UPDATE upload_row AS r SET accepted = ARRAY(
    SELECT DISTINCT c FROM unnest(r.accepted || ARRAY(
        SELECT w FROM unnest(r.warnings) AS w WHERE w = ANY (coalesce(%(codes)s::text[], r.warnings)) AND w <> 'may_match_held')) AS c
    ORDER BY c)
WHERE r.upload_id = %(id)s AND r.verdict = 'warning' AND NOT r.warnings <@ r.accepted
  AND NOT EXISTS (SELECT FROM published_feature AS p WHERE p.upload_id = r.upload_id AND p.row = r.row);

-- name: give_back
UPDATE upload_row AS r SET decision = 'returned', reason = g.reason
FROM unnest(%(rows)s::integer[], %(reasons)s::text[]) AS g (row, reason)
WHERE r.upload_id = %(id)s AND r.row = g.row AND r.verdict <> 'skipped'
  AND NOT EXISTS (SELECT FROM published_feature AS p WHERE p.upload_id = r.upload_id AND p.row = r.row);

-- name: settle_matches
-- The same word for every row that asks whether it is a held feature.
UPDATE upload_row AS r SET match = r.match || jsonb_build_object('confirmed', %(confirmed)s::boolean),
       accepted = ARRAY(SELECT DISTINCT c FROM unnest(r.accepted || 'may_match_held'::text) AS c ORDER BY c)
WHERE r.upload_id = %(id)s AND r.match -> 'sure' = 'false' AND NOT r.match ? 'confirmed'
  AND NOT EXISTS (SELECT FROM published_feature AS p WHERE p.upload_id = r.upload_id AND p.row = r.row);
