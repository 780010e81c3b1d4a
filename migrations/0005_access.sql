-- Purpose: who may read and write which row, enforced by the database whatever the application does.

-- The account of this transaction, set by set_config('geoplan.account', id, true); none: the public.
CREATE FUNCTION account_role() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
    SELECT role FROM account
    WHERE id::text = current_setting('geoplan.account', true) AND active
$$;

CREATE FUNCTION account_units() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
    SELECT units FROM account
    WHERE id::text = current_setting('geoplan.account', true) AND active
$$;

-- The tiles role sees what is public whatever is set, so a cached tile can never hold more.
CREATE FUNCTION visibilities() RETURNS text[]
LANGUAGE sql STABLE SET search_path = geoplan, pg_temp AS $$
    SELECT CASE WHEN current_user = 'geoplan_tiles' THEN ARRAY['public']
                ELSE CASE account_role()
                         WHEN 'admin' THEN ARRAY['public', 'staff', 'city']
                         WHEN 'planner' THEN ARRAY['public', 'staff', 'city']
                         WHEN 'staff' THEN ARRAY['public', 'staff']
                         ELSE ARRAY['public']
                     END
           END
$$;

REVOKE EXECUTE ON FUNCTION raise_layer_version(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION raise_layer_version(text) TO geoplan_app;

ALTER TABLE account ENABLE ROW LEVEL SECURITY;
ALTER TABLE account FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON account TO geoplan_owner USING (true) WITH CHECK (true);

-- Named public: readable by both roles, no row-level security. They hold no unpublished feature.
GRANT SELECT ON layer, unit, source, dataset_version, cell_shape, base_feature TO geoplan_app, geoplan_tiles;
GRANT SELECT ON migration TO geoplan_app;
GRANT INSERT, UPDATE ON source TO geoplan_app;
GRANT INSERT ON cell_shape TO geoplan_app;
GRANT INSERT, DELETE ON base_feature TO geoplan_app;
GRANT UPDATE (geom, source_id) ON unit TO geoplan_app;
GRANT UPDATE ON dataset_version TO geoplan_app;

-- Subqueries in a policy are evaluated once a statement, not once a row.
DO $$
DECLARE
    protected text;
BEGIN
    FOREACH protected IN ARRAY ARRAY['feature', 'feature_version', 'feature_cell', 'grid'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', protected);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', protected);
        EXECUTE format('CREATE POLICY owner_all ON %I TO geoplan_owner USING (true) WITH CHECK (true)', protected);
        EXECUTE format(
            'CREATE POLICY read_visible ON %I FOR SELECT TO geoplan_app, geoplan_tiles USING '
            '(layer_id = ANY (ARRAY(SELECT l.id FROM layer AS l WHERE l.active AND l.visibility = ANY ((SELECT visibilities())::text[]))))',
            protected);
    END LOOP;
END
$$;
GRANT SELECT ON feature, feature_cell, grid TO geoplan_app, geoplan_tiles;
GRANT SELECT ON feature_version TO geoplan_app;
GRANT INSERT, UPDATE, DELETE ON feature, feature_cell, grid TO geoplan_app;

-- A feature is written by its reporting unit's staff, and by planners and administrators.
CREATE POLICY write_insert ON feature FOR INSERT TO geoplan_app WITH CHECK
    ((SELECT account_role()) IN ('planner', 'admin') OR unit = ANY (ARRAY(SELECT unnest(account_units()))));
CREATE POLICY write_update ON feature FOR UPDATE TO geoplan_app USING
    ((SELECT account_role()) IN ('planner', 'admin') OR unit = ANY (ARRAY(SELECT unnest(account_units()))));
CREATE POLICY write_delete ON feature FOR DELETE TO geoplan_app USING
    ((SELECT account_role()) IN ('planner', 'admin') OR unit = ANY (ARRAY(SELECT unnest(account_units()))));
-- Shares and sums follow features in the same transaction; whoever may write some feature reaches them.
DO $$
DECLARE
    derived text;
BEGIN
    FOREACH derived IN ARRAY ARRAY['feature_cell', 'grid'] LOOP
        EXECUTE format('CREATE POLICY write_insert ON %I FOR INSERT TO geoplan_app WITH CHECK ((SELECT account_role()) IS NOT NULL)', derived);
        EXECUTE format('CREATE POLICY write_update ON %I FOR UPDATE TO geoplan_app USING ((SELECT account_role()) IS NOT NULL)', derived);
        EXECUTE format('CREATE POLICY write_delete ON %I FOR DELETE TO geoplan_app USING ((SELECT account_role()) IS NOT NULL)', derived);
    END LOOP;
END
$$;

-- People by cell: staff and planners. The public never sees a cell's own number.
ALTER TABLE cell ENABLE ROW LEVEL SECURITY;
ALTER TABLE cell FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON cell TO geoplan_owner USING (true) WITH CHECK (true);
CREATE POLICY read_account ON cell FOR SELECT TO geoplan_app USING ((SELECT account_role()) IS NOT NULL);
CREATE POLICY write_admin ON cell TO geoplan_app USING
    ((SELECT account_role()) IN ('planner', 'admin')) WITH CHECK ((SELECT account_role()) IN ('planner', 'admin'));
GRANT SELECT, INSERT, UPDATE, DELETE ON cell TO geoplan_app;
