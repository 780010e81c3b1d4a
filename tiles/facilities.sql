-- Where a service's facilities are walked to: those that are open, and those that the plan adds. Shown as points.sql
-- shows the single points of a layer, at every zoom; too many are summed in bins of the tile's own.

-- name: items
SELECT f.feature_id::text AS id, f.name_zh AS name, f.name_en, CASE WHEN f.status_now THEN 'open' ELSE 'planned' END AS status,
       1::numeric AS amount, NULL::boolean AS synthetic, NULL::boolean AS agg, 1::bigint AS n,
       ST_Transform(ST_SetSRID(ST_MakePoint(f.lon, f.lat), 4326), 3857) AS geom,
       ST_Transform(ST_SetSRID(ST_MakePoint(f.lon, f.lat), 4326), 3857) AS spot
FROM facility AS f
WHERE f.service_no = (SELECT v.no FROM service AS v WHERE v.id = {service})
  AND f.lon BETWEEN %(west)s AND %(east)s AND f.lat BETWEEN %(south)s AND %(north)s
