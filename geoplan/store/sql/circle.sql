-- name: lock
SELECT pg_advisory_xact_lock(hashtextextended('geoplan circle', 0));

-- name: states
-- What a circle's masks were made of, and what they would be made of now.
SELECT c.id, coalesce(c.inputs, '{}') AS inputs,
       jsonb_build_object(
           'definition', md5(c.definition::text),
           'cell', (SELECT v.version FROM dataset_version AS v WHERE v.id = 'cell'),
           'services', (SELECT coalesce(jsonb_object_agg(s.id, s.data_version), '{}') FROM service AS s
                        WHERE s.active AND s.id IN (SELECT e FROM jsonb_array_elements(c.definition) AS k,
                                                                  jsonb_array_elements_text(k -> 1) AS e))) AS present
FROM circle_standard AS c ORDER BY c.id;

-- name: put_inputs
UPDATE circle_standard SET inputs = %(inputs)s, computed_at = now() WHERE id = %(standard)s;

-- name: masks
SELECT string_agg(int8send(c.cell), ''), string_agg(int8send(c.now_mask), ''), string_agg(int8send(c.plan_mask), '')
FROM (SELECT h.cell, h.now_mask, h.plan_mask FROM circle AS h WHERE h.standard = %(standard)s ORDER BY h.cell) AS c;

-- name: drop_gone
DELETE FROM circle WHERE standard = %(standard)s AND cell = ANY (%(cells)s);

-- name: make_incoming
CREATE TEMPORARY TABLE incoming_circle (cell bigint, now_mask bigint, plan_mask bigint) ON COMMIT DROP;

-- name: copy_rows
COPY incoming_circle FROM STDIN (FORMAT BINARY);

-- name: change
UPDATE circle AS c SET now_mask = i.now_mask, plan_mask = i.plan_mask
FROM incoming_circle AS i WHERE c.standard = %(standard)s AND c.cell = i.cell;

-- name: add
INSERT INTO circle SELECT %(standard)s, * FROM incoming_circle;

-- name: empty_incoming
TRUNCATE incoming_circle;

-- name: drop_incoming
DROP TABLE incoming_circle;

-- name: raise_version
UPDATE dataset_version SET version = version + 1, changed_at = now() WHERE id = 'circle';
