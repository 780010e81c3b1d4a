-- name: versions
SELECT id, version FROM layer WHERE active
UNION ALL
SELECT id, version FROM dataset_version
UNION ALL
SELECT 'reach.' || id, data_version FROM service WHERE active;

-- name: layer_facts
-- What one layer holds for this role; asked once for each version of the layer.
WITH held AS (
    SELECT count(*) AS features, ST_Extent(geom)::box2d AS box, min(started_on) AS starts_on, max(finished_on) AS ends_on,
           coalesce(bool_or(synthetic), false) AS synthetic, array_agg(DISTINCT source_id) AS sources
    FROM feature WHERE layer_id = %(layer)s
)
SELECT h.features,
       CASE WHEN h.box IS NOT NULL THEN ARRAY[ST_XMin(h.box), ST_YMin(h.box), ST_XMax(h.box), ST_YMax(h.box)] END AS bbox,
       h.starts_on, h.ends_on, h.synthetic,
       coalesce((SELECT array_agg(s.title_zh ORDER BY s.id) FROM source AS s WHERE s.id = ANY (h.sources)), '{}') AS titles_zh,
       coalesce((SELECT array_agg(s.title_en ORDER BY s.id) FROM source AS s WHERE s.id = ANY (h.sources)), '{}') AS titles_en,
       coalesce((SELECT array_agg(DISTINCT s.attribution) FROM source AS s WHERE s.id = ANY (h.sources) AND s.attribution <> ''), '{}') AS attributions
FROM held AS h;

-- name: unit_facts
WITH held AS (
    SELECT count(*) AS features, ST_Extent(geom)::box2d AS box, array_agg(DISTINCT source_id) AS sources
    FROM unit WHERE geom IS NOT NULL
)
SELECT h.features,
       CASE WHEN h.box IS NOT NULL THEN ARRAY[ST_XMin(h.box), ST_YMin(h.box), ST_XMax(h.box), ST_YMax(h.box)] END AS bbox,
       NULL::date AS starts_on, NULL::date AS ends_on,
       coalesce((SELECT bool_or(s.synthetic) FROM source AS s WHERE s.id = ANY (h.sources)), false) AS synthetic,
       coalesce((SELECT array_agg(s.title_zh ORDER BY s.id) FROM source AS s WHERE s.id = ANY (h.sources)), '{}') AS titles_zh,
       coalesce((SELECT array_agg(s.title_en ORDER BY s.id) FROM source AS s WHERE s.id = ANY (h.sources)), '{}') AS titles_en,
       coalesce((SELECT array_agg(DISTINCT s.attribution) FROM source AS s WHERE s.id = ANY (h.sources) AND s.attribution <> ''), '{}') AS attributions
FROM held AS h;

-- name: base_facts
WITH held AS (
    SELECT count(*) AS features, ST_Extent(geom)::box2d AS box, array_agg(DISTINCT source_id) AS sources FROM base_feature
)
SELECT h.features,
       CASE WHEN h.box IS NOT NULL THEN ARRAY[ST_XMin(h.box), ST_YMin(h.box), ST_XMax(h.box), ST_YMax(h.box)] END AS bbox,
       NULL::date AS starts_on, NULL::date AS ends_on,
       coalesce((SELECT bool_or(s.synthetic) FROM source AS s WHERE s.id = ANY (h.sources)), false) AS synthetic,
       coalesce((SELECT array_agg(s.title_zh ORDER BY s.id) FROM source AS s WHERE s.id = ANY (h.sources)), '{}') AS titles_zh,
       coalesce((SELECT array_agg(s.title_en ORDER BY s.id) FROM source AS s WHERE s.id = ANY (h.sources)), '{}') AS titles_en,
       coalesce((SELECT array_agg(DISTINCT s.attribution) FROM source AS s WHERE s.id = ANY (h.sources) AND s.attribution <> ''), '{}') AS attributions
FROM held AS h;

-- name: features
-- A page of a layer as GeoJSON text, in the order of its ids: rows that come or go between two pages
-- neither repeat nor hide another. Absent conditions fold away when the plan is made. Chosen first and
-- written then, so that no row is written that is not shown.
SELECT f.id::text AS key, ('{{"type":"Feature","id":"' || f.id || '","geometry":' || {geometry} || ',"properties":' || p.json || '}}') AS json
FROM (
    SELECT f.* FROM {rows} AS f
    WHERE f.layer_id = %(layer)s
      AND (%(after)s::text IS NULL OR f.id > %(after)s::uuid)
      AND {conditions}
    ORDER BY f.id
    LIMIT %(limit)s
) AS f
JOIN source AS s ON s.id = f.source_id
CROSS JOIN LATERAL (
    SELECT json_object_agg(v.id, v.value ORDER BY v.part, v.n)::text AS json FROM (
        SELECT 1 AS part, k.n, k.id, CASE k.id
                   WHEN 'name' THEN to_jsonb(f.name_zh)
                   WHEN 'name_en' THEN to_jsonb(f.name_en)
                   WHEN 'unit' THEN to_jsonb(f.unit)
                   WHEN 'district' THEN to_jsonb(f.district)
                   WHEN 'status' THEN to_jsonb(f.status)
                   WHEN 'started_on' THEN to_jsonb(f.started_on)
                   WHEN 'finished_on' THEN to_jsonb(f.finished_on)
                   ELSE f.properties -> k.id END AS value
        FROM unnest(%(fields)s::text[]) WITH ORDINALITY AS k (id, n)
        UNION ALL
        SELECT 2, m.n, m.id, to_jsonb(trim_scale(round(m.amount * m.factor / 1000000000, 9)))
        FROM unnest(f.amounts, %(measures)s::text[], %(factors)s::numeric[]) WITH ORDINALITY AS m (amount, id, factor, n)
        UNION ALL
        SELECT 3, e.n, e.id, e.value FROM (VALUES
            (1, 'synthetic', to_jsonb(f.synthetic)),
            (2, 'source_title', to_jsonb(CASE WHEN %(lang)s = 'zh' THEN s.title_zh ELSE s.title_en END)),
            (3, 'source_attribution', to_jsonb(s.attribution))) AS e (n, id, value)
    ) AS v
) AS p
ORDER BY f.id;

-- name: count_features
SELECT count(*) FROM {rows} AS f WHERE f.layer_id = %(layer)s AND {conditions};

-- name: features_now
feature

-- name: features_then
-- The rows as they were at a moment: those that are so since before it, and those that ended after it.
(SELECT n.layer_id, n.id, n.source_id, n.unit, n.district, n.name_zh, n.name_en, n.status, n.started_on, n.finished_on,
        n.properties, n.amounts, n.geom, n.synthetic
 FROM feature AS n WHERE n.layer_id = %(layer)s AND n.valid_from <= %(at)s
 UNION ALL
 SELECT v.layer_id, v.id, r.source_id, r.unit, r.district, r.name_zh, r.name_en, r.status, r.started_on, r.finished_on,
        r.properties, r.amounts, v.geom, r.synthetic
 FROM feature_version AS v
 CROSS JOIN LATERAL jsonb_to_record(v.state) AS r (
     source_id text, unit text, district text, name_zh text, name_en text, status text, started_on date, finished_on date,
     properties jsonb, amounts bigint[], synthetic boolean)
 WHERE v.layer_id = %(layer)s AND v.valid_from <= %(at)s AND v.valid_to > %(at)s)

-- name: feature_conditions
(%(id)s::uuid IS NULL OR f.id = %(id)s)
AND (%(area)s::bytea IS NULL OR (f.geom && ST_GeomFromWKB(%(area)s, 4326) AND ST_Intersects(f.geom, ST_GeomFromWKB(%(area)s, 4326))))
AND (%(from)s::date IS NULL OR f.finished_on IS NULL OR f.finished_on >= %(from)s)
AND (%(until)s::date IS NULL OR f.started_on IS NULL OR f.started_on <= %(until)s)
AND (%(name)s::text IS NULL OR f.name_zh = %(name)s)
AND (%(name_en)s::text IS NULL OR f.name_en = %(name_en)s)
AND (%(unit)s::text IS NULL OR f.unit = %(unit)s)
AND (%(district)s::text IS NULL OR f.district = %(district)s)
AND (%(status)s::text IS NULL OR f.status = %(status)s)
AND (%(started_on)s::date IS NULL OR f.started_on = %(started_on)s)
AND (%(finished_on)s::date IS NULL OR f.finished_on = %(finished_on)s)
AND (%(synthetic)s::boolean IS NULL OR f.synthetic = %(synthetic)s)
AND (%(own)s::jsonb IS NULL OR f.properties @> %(own)s)

-- name: units
SELECT f.code AS key, ('{{"type":"Feature","id":"' || f.code || '","geometry":' || {geometry} || ',"properties":' || json_build_object(
           'code', f.code, 'name', f.name_zh, 'name_en', f.name_en, 'kind', f.kind, 'ring', f.ring,
           'population', f.population, 'area_km2', f.area_km2, 'parents', f.parents,
           'synthetic', coalesce(s.synthetic, false),
           'source_title', CASE WHEN %(lang)s = 'zh' THEN s.title_zh ELSE s.title_en END,
           'source_attribution', s.attribution) || '}}') AS json
FROM unit AS f LEFT JOIN source AS s ON s.id = f.source_id
WHERE f.geom IS NOT NULL
  AND (%(after)s::text IS NULL OR f.code > %(after)s)
  AND {conditions}
ORDER BY f.code
LIMIT %(limit)s;

-- name: count_units
SELECT count(*) FROM unit AS f WHERE f.geom IS NOT NULL AND {conditions};

-- name: unit_conditions
(%(id)s::text IS NULL OR f.code = %(id)s)
AND (%(area)s::bytea IS NULL OR (f.geom && ST_GeomFromWKB(%(area)s, 4326) AND ST_Intersects(f.geom, ST_GeomFromWKB(%(area)s, 4326))))
AND (%(code)s::text IS NULL OR f.code = %(code)s)
AND (%(name)s::text IS NULL OR f.name_zh = %(name)s)
AND (%(name_en)s::text IS NULL OR f.name_en = %(name_en)s)
AND (%(kind)s::text IS NULL OR f.kind = %(kind)s)
AND (%(ring)s::text IS NULL OR f.ring = %(ring)s)

-- name: geometry_lon_lat
ST_AsGeoJSON(ST_ForcePolygonCCW(f.geom), 6, 0)

-- name: geometry_flipped
-- Latitude first, as EPSG:4326 and EPSG:4490 are defined; CGCS2000 and WGS 84 differ by less than 6 decimals show.
ST_AsGeoJSON(ST_FlipCoordinates(ST_ForcePolygonCCW(f.geom)), 6, 0)

-- name: geometry_metres
-- Rounded to the public's 6 decimals of a degree first, so that a projection does not tell more.
ST_AsGeoJSON(ST_Transform(ST_GeomFromGeoJSON(ST_AsGeoJSON(ST_ForcePolygonCCW(f.geom), 6, 0)), {srid}), 4, 0)

-- name: geometry_metres_flipped
ST_AsGeoJSON(ST_FlipCoordinates(ST_Transform(ST_GeomFromGeoJSON(ST_AsGeoJSON(ST_ForcePolygonCCW(f.geom), 6, 0)), {srid})), 4, 0)

-- name: has_synthetic
SELECT EXISTS (SELECT FROM feature WHERE layer_id = %(layer)s AND synthetic);
