-- name: features
-- A layer's named features with a point inside each; `category` is the field that tells its kinds apart, if it has one.
COPY (
    SELECT 'feature' AS kind, f.layer_id AS layer, f.id, coalesce(f.district, f.unit) AS unit, f.name_zh AS name, f.name_en,
           f.properties ->> %(category)s AS category, f.synthetic, ST_X(p.point) AS lon, ST_Y(p.point) AS lat,
           p.west, p.south, p.east, p.north
    FROM feature AS f
    CROSS JOIN LATERAL (
        SELECT CASE WHEN GeometryType(f.geom) = 'POINT' THEN f.geom ELSE ST_PointOnSurface(f.geom) END AS point,
               CASE WHEN ST_Dimension(f.geom) > 0 THEN ST_XMin(f.geom) END AS west,
               CASE WHEN ST_Dimension(f.geom) > 0 THEN ST_YMin(f.geom) END AS south,
               CASE WHEN ST_Dimension(f.geom) > 0 THEN ST_XMax(f.geom) END AS east,
               CASE WHEN ST_Dimension(f.geom) > 0 THEN ST_YMax(f.geom) END AS north) AS p
    WHERE f.layer_id = %(layer)s AND coalesce(f.name_zh, f.name_en) IS NOT NULL
    ORDER BY f.id
) TO STDOUT (FORMAT csv, HEADER true);

-- name: units
-- A zone without a boundary lies where its districts lie.
COPY (
    SELECT u.kind, 'units' AS layer, u.code AS id, u.code AS unit, u.name_zh AS name, u.name_en, NULL AS category, false AS synthetic,
           ST_X(p.point) AS lon, ST_Y(p.point) AS lat,
           ST_XMin(g.geom) AS west, ST_YMin(g.geom) AS south, ST_XMax(g.geom) AS east, ST_YMax(g.geom) AS north
    FROM unit AS u
    CROSS JOIN LATERAL (
        SELECT coalesce(u.geom, (SELECT ST_Collect(o.geom) FROM unit AS o WHERE o.code = ANY (u.parents))) AS geom) AS g
    CROSS JOIN LATERAL (SELECT ST_PointOnSurface(g.geom) AS point) AS p
    WHERE g.geom IS NOT NULL
    ORDER BY u.position
) TO STDOUT (FORMAT csv, HEADER true);

-- name: base
-- Streets, metro lines, waters and localities of the base map, all pieces of a name in a district as one. Landmarks are
-- left out: they are features of the layers of OpenStreetMap's places.
COPY (
    WITH piece AS (
        SELECT b.name, b.name_en, b.source_id, b.geom, ST_PointOnSurface(b.geom) AS point,
               CASE WHEN b.theme = 'roads' AND b.kind_detail IN ('subway', 'light_rail', 'monorail', 'tram') THEN 'metro'
                    WHEN b.theme = 'roads' AND b.kind = 'rail' THEN 'railway'
                    WHEN b.theme = 'roads' THEN 'street'
                    WHEN b.theme = 'transit' THEN 'metro'
                    WHEN b.theme = 'water' THEN 'water'
                    ELSE 'locality' END AS kind
        FROM base_feature AS b
        WHERE b.name IS NOT NULL AND b.theme IN ('roads', 'transit', 'water', 'places')
          AND NOT (b.theme = 'places' AND coalesce(b.kind_detail, '') IN ('country', 'state', 'province', 'region', 'city'))
    ), placed AS (
        SELECT p.*, d.code AS unit,
               row_number() OVER (PARTITION BY p.kind, p.name, d.code ORDER BY ST_Length(p.geom) + ST_Area(p.geom) DESC) AS size
        FROM piece AS p
        LEFT JOIN LATERAL (
            SELECT u.code FROM unit AS u WHERE u.kind = 'district' AND ST_Intersects(u.geom, p.point) ORDER BY u.position LIMIT 1) AS d ON true
    )
    SELECT p.kind, 'base' AS layer, NULL AS id, p.unit, p.name, min(p.name_en) AS name_en, NULL AS category, bool_or(s.synthetic) AS synthetic,
           min(ST_X(p.point)) FILTER (WHERE p.size = 1) AS lon, min(ST_Y(p.point)) FILTER (WHERE p.size = 1) AS lat,
           CASE WHEN max(ST_Dimension(p.geom)) > 0 THEN min(ST_XMin(p.geom)) END AS west,
           CASE WHEN max(ST_Dimension(p.geom)) > 0 THEN min(ST_YMin(p.geom)) END AS south,
           CASE WHEN max(ST_Dimension(p.geom)) > 0 THEN max(ST_XMax(p.geom)) END AS east,
           CASE WHEN max(ST_Dimension(p.geom)) > 0 THEN max(ST_YMax(p.geom)) END AS north
    FROM placed AS p JOIN source AS s ON s.id = p.source_id
    GROUP BY p.kind, p.name, p.unit
    ORDER BY p.kind, p.name, p.unit
) TO STDOUT (FORMAT csv, HEADER true);
