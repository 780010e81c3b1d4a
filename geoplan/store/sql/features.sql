-- name: act_as
SELECT set_config('geoplan.account', %(account)s, true), set_config('geoplan.reason', %(reason)s, true);

-- name: lock_layer
-- Held to the end of the transaction: the layer's writers queue here, so deltas never cross.
SELECT pg_advisory_xact_lock(hashtextextended('geoplan layer ' || %(layer)s, 0));

-- name: instant
-- Asked after the lock: the moment from which this writer's changes hold.
SELECT layer_instant(%(layer)s);

-- name: make_incoming
CREATE TEMPORARY TABLE incoming (
    id uuid PRIMARY KEY, source_id text, key text, synthetic boolean, digest bytea, unit text, district text, name_zh text, name_en text, status text,
    started_on date, finished_on date, properties jsonb, amounts bigint[], wkb bytea, source_row bigint,
    source_crs text, original jsonb
) ON COMMIT DROP;
CREATE TEMPORARY TABLE incoming_share (
    id uuid, res smallint, cell bigint, district text, amounts bigint[]
) ON COMMIT DROP;

-- name: held_digests
SELECT id::text, digest FROM feature WHERE layer_id = %(layer)s AND id = ANY (%(about)s::uuid[]);

-- name: held_digests_of_source
SELECT id::text, digest FROM feature WHERE layer_id = %(layer)s AND source_id = %(about)s;

-- name: copy_rows
COPY incoming (id, source_id, key, synthetic, digest, unit, district, name_zh, name_en, status, started_on, finished_on,
               properties, amounts, wkb, source_row, source_crs, original) FROM STDIN (FORMAT csv);

-- name: copy_shares
COPY incoming_share (id, res, cell, district, amounts) FROM STDIN;

-- name: mark_ids
INSERT INTO incoming (id) SELECT unnest(%(ids)s::uuid[]);

-- name: incoming_ids
SELECT id FROM incoming

-- name: drop_shares
DELETE FROM feature_cell AS s USING incoming AS i WHERE s.layer_id = %(layer)s AND s.feature_id = i.id;

-- name: put_features
INSERT INTO feature AS f (layer_id, id, source_id, key, digest, unit, district, name_zh, name_en, status, started_on,
                          finished_on, properties, amounts, geom, source_row, source_crs, original, synthetic, account_id,
                          valid_from, reason)
SELECT %(layer)s, id, source_id, key, digest, unit, district, name_zh, name_en, status, started_on,
       finished_on, properties, amounts, ST_GeomFromWKB(wkb, 4326), source_row, source_crs, original, synthetic,
       %(account)s, %(instant)s, nullif(current_setting('geoplan.reason', true), '')
FROM incoming
ON CONFLICT (layer_id, id) DO UPDATE SET
    digest = excluded.digest, unit = excluded.unit, district = excluded.district, name_zh = excluded.name_zh,
    name_en = excluded.name_en, status = excluded.status, started_on = excluded.started_on,
    finished_on = excluded.finished_on, properties = excluded.properties, amounts = excluded.amounts,
    geom = excluded.geom, source_row = excluded.source_row, source_crs = excluded.source_crs,
    original = excluded.original, synthetic = excluded.synthetic, account_id = excluded.account_id,
    valid_from = excluded.valid_from, reason = excluded.reason;

-- name: put_shares
INSERT INTO feature_cell (layer_id, feature_id, res, cell, district, amounts)
SELECT %(layer)s, id, res, cell, district, amounts FROM incoming_share;

-- name: say_instant
-- A deletion leaves no row that could say when it was: the history asks for it (0009).
SELECT set_config('geoplan.instant', %(instant)s::timestamptz::text, true);

-- name: drop_features
DELETE FROM feature AS f USING incoming AS i WHERE f.layer_id = %(layer)s AND f.id = i.id;

-- name: empty_incoming
TRUNCATE incoming, incoming_share;

-- name: drop_incoming
DROP TABLE incoming, incoming_share;

-- name: raise_version
SELECT raise_layer_version(%(layer)s);

-- name: count_anew
SELECT count_features_anew(%(layer)s);

-- name: held_rows
SELECT id::text, source_id, key, synthetic, digest, unit, district, name_zh, name_en, status, started_on, finished_on,
       properties, amounts, ST_AsBinary(geom) AS wkb, source_row, source_crs, original
FROM feature WHERE layer_id = %(layer)s ORDER BY source_id, source_row, key;

-- name: drop_grid
DELETE FROM grid WHERE layer_id = %(layer)s;
