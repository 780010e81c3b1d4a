-- name: reach
-- Columns as bytes in the order of cells: 300,000 rows cost copies, not Python objects. One statement,
-- so the version is that of the rows. A service without facilities has no rows: its cells are asked for apart.
SELECT (SELECT s.data_version FROM service AS s WHERE s.id = %(service)s) AS version,
       string_agg(int8send(r.cell), ''), string_agg(int4send(r.now_mm), ''), string_agg(int4send(r.plan_mm), ''),
       string_agg(int4send(r.now_facility), ''), string_agg(int4send(r.plan_facility), ''),
       string_agg(int2send(r.now_count), ''), string_agg(int2send(r.plan_count), ''),
       string_agg(int4send(r.now_straight_m), ''), string_agg(int4send(r.plan_straight_m), ''),
       string_agg(boolsend(r.estimated), '')
FROM (SELECT h.* FROM reach AS h
      WHERE h.service_no = (SELECT s.no FROM service AS s WHERE s.id = %(service)s) ORDER BY h.cell) AS r;

-- name: cells
SELECT cells FROM demand();

-- name: facilities
SELECT number, layer_id, feature_id::text, name_zh, name_en, status_now, capacity, lon, lat, access, reason
FROM facility WHERE service_no = (SELECT s.no FROM service AS s WHERE s.id = %(service)s) ORDER BY number;

-- name: held_numbers
SELECT layer_id, feature_id::text, number FROM facility WHERE service_no = %(no)s;

-- name: make_facilities
CREATE TEMPORARY TABLE incoming_facility (LIKE facility) ON COMMIT DROP;

-- name: copy_facilities
COPY incoming_facility (service_no, number, layer_id, feature_id, name_zh, name_en, status_now, capacity, lon, lat, access, reason)
FROM STDIN;

-- name: drop_facilities
DELETE FROM facility AS f WHERE f.service_no = %(no)s AND NOT EXISTS (
    SELECT FROM incoming_facility AS i WHERE i.number = f.number AND i.layer_id = f.layer_id AND i.feature_id = f.feature_id);

-- name: put_facilities
INSERT INTO facility AS f SELECT * FROM incoming_facility
ON CONFLICT (service_no, number) DO UPDATE SET
    name_zh = excluded.name_zh, name_en = excluded.name_en, status_now = excluded.status_now, capacity = excluded.capacity,
    lon = excluded.lon, lat = excluded.lat, access = excluded.access, reason = excluded.reason
WHERE (f.name_zh, f.name_en, f.status_now, f.capacity, f.lon, f.lat, f.access, f.reason)
   IS DISTINCT FROM (excluded.name_zh, excluded.name_en, excluded.status_now, excluded.capacity, excluded.lon, excluded.lat,
                     excluded.access, excluded.reason);

-- name: make_reach
CREATE TEMPORARY TABLE incoming_reach (LIKE reach) ON COMMIT DROP;

-- name: copy_reach
COPY incoming_reach (service_no, cell, now_mm, plan_mm, now_facility, plan_facility, now_count, plan_count, now_straight_m,
                     plan_straight_m, estimated) FROM STDIN (FORMAT BINARY);

-- name: drop_reach
DELETE FROM reach WHERE service_no = %(no)s AND cell = ANY (%(cells)s);

-- name: add_reach
INSERT INTO reach SELECT * FROM incoming_reach;

-- name: change_reach
UPDATE reach AS r SET
    now_mm = i.now_mm, plan_mm = i.plan_mm, now_facility = i.now_facility, plan_facility = i.plan_facility,
    now_straight_m = i.now_straight_m, plan_straight_m = i.plan_straight_m, now_count = i.now_count,
    plan_count = i.plan_count, estimated = i.estimated
FROM incoming_reach AS i WHERE r.service_no = %(no)s AND r.cell = i.cell;

-- name: empty_reach
TRUNCATE incoming_reach;

-- name: drop_incoming
DROP TABLE incoming_facility, incoming_reach;
