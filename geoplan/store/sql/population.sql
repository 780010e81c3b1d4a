-- name: lock
SELECT pg_advisory_xact_lock(hashtextextended('geoplan population', 0));

-- name: make_incoming
CREATE TEMPORARY TABLE incoming_cell (
    cell bigint PRIMARY KEY, district text, people integer, aged_0_14 integer, aged_15_59 integer, aged_60_up integer
) ON COMMIT DROP;

-- name: copy_rows
COPY incoming_cell (cell, district, people, aged_0_14, aged_15_59, aged_60_up) FROM STDIN;

-- name: put_cells
INSERT INTO cell AS c (cell, district, people, aged_0_14, aged_15_59, aged_60_up, source_id)
SELECT cell, district, people, aged_0_14, aged_15_59, aged_60_up, %(source)s FROM incoming_cell
ON CONFLICT (cell) DO UPDATE SET
    district = excluded.district, people = excluded.people, aged_0_14 = excluded.aged_0_14,
    aged_15_59 = excluded.aged_15_59, aged_60_up = excluded.aged_60_up, source_id = excluded.source_id
WHERE (c.district, c.people, c.aged_0_14, c.aged_15_59, c.aged_60_up, c.source_id)
   IS DISTINCT FROM (excluded.district, excluded.people, excluded.aged_0_14, excluded.aged_15_59, excluded.aged_60_up, excluded.source_id);

-- name: drop_missing
DELETE FROM cell AS c WHERE c.source_id = %(source)s AND NOT EXISTS (SELECT FROM incoming_cell AS i WHERE i.cell = c.cell);

-- name: raise_version
UPDATE dataset_version SET version = version + 1, changed_at = now() WHERE id = 'cell';

-- name: drop_incoming
DROP TABLE incoming_cell;

-- name: people_by_district
SELECT district, sum(people)::bigint FROM cell GROUP BY district ORDER BY district;
