-- Purpose: the planner knows of many new rows at once, not when autovacuum comes by a minute later.

-- Runs as the owner, who alone may; a layer that does not exist has no partition and is refused by it.
CREATE FUNCTION count_features_anew(of_layer text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
BEGIN
    IF account_role() IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'statistics are made for accounts only';
    END IF;
    EXECUTE format('ANALYZE %I', 'feature_' || of_layer);
    ANALYZE feature_cell, grid;
END
$$;
REVOKE EXECUTE ON FUNCTION count_features_anew(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_features_anew(text) TO geoplan_app;
