-- name: put_boundary
UPDATE unit SET geom = ST_Multi(ST_GeomFromWKB(%(wkb)s, 4326)), source_id = %(source)s
WHERE code = %(code)s
  AND (geom IS NULL OR source_id IS DISTINCT FROM %(source)s OR ST_AsBinary(geom) <> ST_AsBinary(ST_Multi(ST_GeomFromWKB(%(wkb)s, 4326))));

-- name: raise_version
UPDATE dataset_version SET version = version + 1, changed_at = now() WHERE id = 'units';

-- name: districts
SELECT code, ST_AsBinary(geom) FROM unit WHERE kind = 'district' AND geom IS NOT NULL ORDER BY position;

-- name: zones
SELECT code, ST_AsBinary(geom) FROM unit WHERE kind = 'zone' AND geom IS NOT NULL ORDER BY position;
