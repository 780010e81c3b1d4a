-- Purpose: what was asked of every row of a large file and said nothing, or could be asked for less.

-- The partition of a feature is its layer's, and the grid is summed from features: each row's question to the table of
-- layers was a tenth of the time that a large file takes to be published.
ALTER TABLE feature DROP CONSTRAINT feature_layer_id_fkey;
ALTER TABLE grid DROP CONSTRAINT grid_layer_id_fkey;

-- As before (0003), but names with their schema instead of a search path of its own: a function that sets one is called
-- row by row, this one becomes part of the statement that asks.
CREATE OR REPLACE FUNCTION is_storable(g public.geometry) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN g IS NULL THEN NULL ELSE coalesce(
           public.ST_CoordDim(g) = 2 AND NOT public.ST_IsEmpty(g)
       AND public.GeometryType(g) IN ('POINT', 'MULTIPOINT', 'LINESTRING', 'MULTILINESTRING', 'POLYGON', 'MULTIPOLYGON')
       AND public.ST_Length(g) + public.ST_Perimeter(g) < 'Infinity'::float8
       AND (public.ST_Dimension(g) > 0
            OR abs(public.ST_X(public.ST_Centroid(g))) + abs(public.ST_Y(public.ST_Centroid(g))) < 'Infinity'::float8)
       AND public.ST_XMin(g) >= -180 AND public.ST_XMax(g) <= 180
       AND public.ST_YMin(g) >= -85 AND public.ST_YMax(g) <= 85, false) END
$$;

-- As before (0007), but cells that become empty are removed at once, not brought to zero first.
CREATE OR REPLACE FUNCTION change_grid(of_layer text, resolutions smallint[], cells bigint[], districts text[], statuses text[],
                                       measures text[], amounts bigint[], counts integer[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
BEGIN
    IF account_role() IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'the grid is changed by accounts only';
    END IF;
    INSERT INTO grid AS g (layer_id, res, cell, district, status, measure, amount, features)
    SELECT of_layer, d.res, d.cell, d.district, d.status, d.measure, d.amount, d.n
    FROM unnest(resolutions, cells, districts, statuses, measures, amounts, counts) AS d (res, cell, district, status, measure, amount, n)
    WHERE d.n >= 0
    ON CONFLICT (layer_id, res, measure, cell, district, status)
    DO UPDATE SET amount = g.amount + excluded.amount, features = g.features + excluded.features;
    IF NOT 0 > ANY (counts) THEN
        RETURN;
    END IF;
    DELETE FROM grid AS g
    USING unnest(resolutions, cells, districts, statuses, measures, counts) AS d (res, cell, district, status, measure, n)
    WHERE d.n < 0 AND g.features + d.n = 0 AND g.layer_id = of_layer
      AND (g.res, g.measure, g.cell, g.district, g.status) = (d.res, d.measure, d.cell, d.district, d.status);
    UPDATE grid AS g SET amount = g.amount + d.amount, features = g.features + d.n
    FROM unnest(resolutions, cells, districts, statuses, measures, amounts, counts) AS d (res, cell, district, status, measure, amount, n)
    WHERE d.n < 0 AND g.layer_id = of_layer
      AND (g.res, g.measure, g.cell, g.district, g.status) = (d.res, d.measure, d.cell, d.district, d.status);
END
$$;
