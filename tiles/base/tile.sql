-- The base map: one MVT layer for each theme of the Protomaps schema, version 4. What appears from
-- which zoom on is each feature's own min_zoom, set where it was read.

-- name: tile
WITH shape AS MATERIALIZED (
    SELECT theme, kind, kind_detail, name, name_en AS "name:en", min_zoom, sort AS sort_rank,
           ST_Transform(geom, 3857) AS geom
    FROM base_feature
    WHERE min_zoom <= %(z)s AND geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
)
SELECT {layers};
