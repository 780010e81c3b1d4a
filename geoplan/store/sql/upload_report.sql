-- name: found
-- Rows of which a report has something to say.
SELECT r.row, r.verdict, r.issues, CASE WHEN r.decision = 'returned' THEN coalesce(r.reason, '') END AS returned
FROM upload_row AS r
WHERE r.upload_id = %(id)s AND (r.codes <> '{}' OR r.decision = 'returned') ORDER BY r.row;

-- name: cells
-- Rows as they stood in the file, for a workbook of them; shapes that no cell can hold are left out.
SELECT r.row, r.raw, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat,
       CASE WHEN p.geom IS NULL THEN (SELECT t.wkt FROM ST_AsText(r.geom, 8) AS t (wkt) WHERE length(t.wkt) <= %(longest)s) END AS wkt
FROM upload_row AS r, LATERAL (SELECT CASE WHEN GeometryType(r.geom) = 'POINT' THEN r.geom END AS geom) AS p
WHERE r.upload_id = %(id)s AND r.verdict <> 'skipped' ORDER BY r.row;
