-- name: supply
-- One statement, so that all services are of one moment. Services that enter outlines and lines as a
-- whole need the feature's own geometry; all others need the facility's point.
SELECT s.id AS service, f.layer_id AS layer, f.feature_id::text AS id, f.name_zh AS name, f.name_en,
       f.status_now AS open, f.lon, f.lat,
       CASE WHEN s.id = ANY (%(whole)s) THEN ST_AsBinary(x.geom) END AS wkb
FROM service AS s
JOIN facility AS f ON f.service_no = s.no
LEFT JOIN feature AS x ON x.layer_id = f.layer_id AND x.id = f.feature_id
ORDER BY s.position, f.number;
