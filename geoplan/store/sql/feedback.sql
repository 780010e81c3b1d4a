-- name: give
SELECT g.given, g.wait_s FROM give_feedback(%(address)s, %(layer)s, %(feature)s, %(kind)s, %(words)s, %(lon)s, %(lat)s, %(lang)s) AS g;

-- name: columns
b.id, b.layer_id AS layer, b.feature_id AS feature, b.feature_name AS name, p.name_en, b.unit, b.district, b.kind, b.words AS text,
ST_X(b.point) AS lon, ST_Y(b.point) AS lat, b.lang, b.state, b.version, b.note, b.created_at, b.decided_at,
account_name(b.decided_by) AS decided_by, ST_X(p.point) AS feature_lon, ST_Y(p.point) AS feature_lat

-- name: page
-- The newest first; `before` is the last of the page before. Where the feature lies now; nowhere when it is gone.
SELECT {columns}
FROM feedback AS b
LEFT JOIN LATERAL (
    SELECT ST_PointOnSurface(f.geom) AS point, f.name_en FROM feature AS f WHERE f.layer_id = b.layer_id AND f.id = b.feature_id) AS p ON true
WHERE (%(states)s::text[] IS NULL OR b.state = ANY (%(states)s))
  AND (%(before)s::uuid IS NULL
       OR (b.created_at, b.id) < (SELECT a.created_at, a.id FROM feedback AS a WHERE a.id = %(before)s))
ORDER BY b.created_at DESC, b.id DESC LIMIT %(limit)s;

-- name: one
SELECT {columns}
FROM feedback AS b
LEFT JOIN LATERAL (
    SELECT ST_PointOnSurface(f.geom) AS point, f.name_en FROM feature AS f WHERE f.layer_id = b.layer_id AND f.id = b.feature_id) AS p ON true
WHERE b.id = %(id)s;

-- name: events
SELECT e.feedback_id AS feedback, e.at, account_name(e.account_id) AS account, e.from_state, e.to_state, e.note
FROM feedback_event AS e WHERE e.feedback_id = ANY (%(ids)s) ORDER BY e.id;

-- name: counts
SELECT state, count(*) FROM feedback GROUP BY state;

-- name: standing
-- Read only to say why a step was refused; the step itself names the version that it follows.
SELECT b.state, b.version, b.unit FROM feedback AS b WHERE b.id = %(id)s;

-- name: settle
UPDATE feedback SET state = %(state)s, note = %(note)s, version = version + 1
WHERE id = %(id)s AND version = %(version)s;
