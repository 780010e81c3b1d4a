-- name: likely
-- Files of this layer and unit that somebody may be correcting: not decided yet, or published but for a rest that is
-- still wrong; and how many of their rows the new file has by project number or name.
WITH mine AS MATERIALIZED (
    SELECT DISTINCT r."values" ->> 'project_no' AS project_no, r."values" ->> 'name' AS name
    FROM upload_row AS r WHERE r.upload_id = %(id)s AND r.verdict <> 'skipped'
), before AS (
    SELECT b.id, b.created_at, ARRAY(SELECT h ->> 'header' FROM jsonb_array_elements(b.reading -> 'headers') AS h) AS headers
    FROM upload AS b JOIN upload AS u ON u.id = %(id)s
    WHERE b.layer_id = u.layer_id AND b.unit IS NOT DISTINCT FROM u.unit AND b.id <> u.id
      AND b.created_at BETWEEN u.created_at - interval '60 days' AND u.created_at
      AND (b.state IN ('checked', 'submitted', 'returned')
           OR b.state = 'published' AND b.publish_valid_only AND (b.counts ->> 'open')::integer > 0)
    ORDER BY b.created_at DESC LIMIT 5
)
SELECT b.id, b.headers, c.rows, c.common
FROM before AS b, LATERAL (
    SELECT count(*) AS rows,
           count(*) FILTER (WHERE r."values" ->> 'project_no' IN (SELECT m.project_no FROM mine AS m)
                               OR r."values" ->> 'name' IN (SELECT m.name FROM mine AS m)) AS common
    FROM upload_row AS r WHERE r.upload_id = b.id AND r.verdict <> 'skipped'
) AS c
ORDER BY b.created_at DESC;

-- name: outlines
-- Little of each row, as files are long: what it is found again by, a digest of its cells, what is wrong with it.
SELECT r.row, r."values" ->> 'project_no' AS project_no, r."values" ->> 'name' AS name, md5(r.raw::text) AS digest,
       ARRAY(SELECT (i ->> 'code') || ' ' || coalesce(i ->> 'column', '') FROM jsonb_array_elements(r.issues) AS i
             WHERE i ->> 'severity' <> 'info' ORDER BY 1) AS issues
FROM upload_row AS r WHERE r.upload_id = %(id)s AND r.verdict <> 'skipped' ORDER BY r.row;

-- name: cells
SELECT r.row, r.raw FROM upload_row AS r WHERE r.upload_id = %(id)s AND r.row = ANY (%(rows)s);
