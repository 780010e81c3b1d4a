-- Purpose: passwords, sessions, tokens and the record of what accounts did; staff see the rows of their own units only.

ALTER TABLE account
    ADD COLUMN password_hash text,
    ADD COLUMN subject text UNIQUE,
    ADD COLUMN display_name text,
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now(),
    ADD CONSTRAINT account_username_plain CHECK (username ~ '^[a-z0-9][a-z0-9._-]{1,59}$');
COMMENT ON COLUMN account.password_hash IS 'Argon2id; null: nobody logs in with a password (the operator, accounts of single sign-on).';
COMMENT ON COLUMN account.subject IS 'Whom the identity provider of single sign-on means by this account.';

CREATE TABLE session (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hash   bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    account_id   uuid NOT NULL REFERENCES account,
    created_at   timestamptz NOT NULL DEFAULT now(),
    seen_at      timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    user_agent   text CHECK (length(user_agent) <= 200)
);
CREATE INDEX session_account ON session (account_id);
COMMENT ON TABLE session IS 'Who is logged in on a page. The cookie holds the token, here stands its SHA-256; a row that is gone is a session that is over.';

CREATE TABLE api_token (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hash    bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    prefix        text NOT NULL CHECK (length(prefix) BETWEEN 4 AND 12),
    account_id    uuid NOT NULL REFERENCES account,
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    scopes        text[] NOT NULL CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['read', 'upload', 'review', 'admin']),
    created_at    timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL,
    last_used_at  timestamptz,
    revoked_at    timestamptz
);
CREATE INDEX api_token_account ON api_token (account_id);
COMMENT ON TABLE api_token IS 'Bearer tokens of programs. Only the SHA-256 is kept; prefix is what a person recognises one by.';

CREATE TABLE audit (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL DEFAULT now(),
    account_id   uuid REFERENCES account,
    action       text NOT NULL CHECK (action ~ '^[a-z][a-z_]{1,39}$'),
    subject      text CHECK (length(subject) <= 200),
    detail       jsonb NOT NULL DEFAULT '{}' CHECK (length(detail::text) <= 4000)
);
CREATE INDEX audit_at ON audit (at);
COMMENT ON TABLE audit IS 'What accounts did. The application may add rows and change none.';

-- Keys are hashes: people type passwords into the field of the name.
CREATE TABLE login_throttle (
    key           bytea PRIMARY KEY,
    failures      integer NOT NULL DEFAULT 0,
    locked_until  timestamptz,
    paid_until    timestamptz,
    last_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX login_throttle_last ON login_throttle (last_at);
COMMENT ON TABLE login_throttle IS 'Wrong passwords by name (whether there is such an account or not) and by address; forgotten after a day.';

CREATE FUNCTION throttle_key(kind text, value text) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$ SELECT sha256(convert_to(kind || ' ' || value, 'UTF8')) $$;

-- One attempt to log in; seconds to wait before the next, 0: go on. The attempt counts as failed until
-- login_passed says otherwise, so that a hundred at once are five. An address may fail a hundred times at
-- once and once in 3 seconds from then on; the fifth failure of a name locks it for 30 seconds, each
-- further one for twice as long, up to 15 minutes.
CREATE FUNCTION login_attempt(for_username text, from_address text) RETURNS float8
LANGUAGE plpgsql SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
DECLARE
    seen login_throttle;
BEGIN
    DELETE FROM login_throttle WHERE key IN (
        SELECT o.key FROM login_throttle AS o WHERE o.last_at < now() - interval '1 day' LIMIT 100 FOR UPDATE SKIP LOCKED);
    INSERT INTO login_throttle AS t (key) VALUES (throttle_key('address', from_address))
    ON CONFLICT (key) DO UPDATE SET last_at = now()
    RETURNING * INTO seen;
    IF seen.paid_until > now() + interval '300 s' THEN
        RETURN extract(epoch FROM seen.paid_until - now() - interval '300 s');
    END IF;
    UPDATE login_throttle SET paid_until = greatest(paid_until, now()) + interval '3 s' WHERE key = seen.key;
    INSERT INTO login_throttle AS t (key, failures) VALUES (throttle_key('name', for_username), 1)
    ON CONFLICT (key) DO UPDATE SET last_at = now(),
        failures = t.failures + CASE WHEN t.locked_until > now() THEN 0 ELSE 1 END
    RETURNING * INTO seen;
    IF seen.locked_until > now() THEN
        RETURN extract(epoch FROM seen.locked_until - now());
    END IF;
    IF seen.failures >= 5 THEN
        UPDATE login_throttle SET locked_until = now() + least(interval '30 s' * 2 ^ least(seen.failures - 5, 10), interval '15 min')
        WHERE key = seen.key;
        INSERT INTO audit (action, subject, detail)
        SELECT 'login_locked', a.username, jsonb_build_object('failures', seen.failures) FROM account AS a WHERE a.username = for_username;
    END IF;
    RETURN 0;
END
$$;

CREATE FUNCTION login_passed(for_username text, from_address text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
    DELETE FROM login_throttle WHERE key = throttle_key('name', for_username);
    UPDATE login_throttle SET paid_until = paid_until - interval '3 s' WHERE key = throttle_key('address', from_address);
$$;

-- What a login is judged by. No other way leads the application to a password's hash.
CREATE FUNCTION login_account(for_username text) RETURNS TABLE (id uuid, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
    SELECT a.id, a.password_hash FROM account AS a
    WHERE a.username = for_username AND a.active AND a.password_hash IS NOT NULL
$$;

CREATE FUNCTION subject_account(for_subject text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
    SELECT a.id FROM account AS a WHERE a.subject = for_subject AND a.active
$$;

-- Whose session it is; seen_at is written once a minute at most, so that reads stay reads.
CREATE FUNCTION session_account(of_token bytea, idle interval) RETURNS TABLE (id uuid, username text, role text, units text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
#variable_conflict use_column
BEGIN
    UPDATE session AS s SET seen_at = now()
    WHERE s.token_hash = of_token AND s.expires_at > now() AND s.seen_at > now() - idle AND s.seen_at < now() - interval '1 min';
    RETURN QUERY
        SELECT a.id, a.username, a.role, a.units FROM session AS s JOIN account AS a ON a.id = s.account_id
        WHERE s.token_hash = of_token AND s.expires_at > now() AND s.seen_at > now() - idle AND a.active;
END
$$;

CREATE FUNCTION token_account(of_token bytea) RETURNS TABLE (id uuid, username text, role text, units text[], scopes text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
#variable_conflict use_column
BEGIN
    UPDATE api_token AS t SET last_used_at = now()
    WHERE t.token_hash = of_token AND t.revoked_at IS NULL AND t.expires_at > now()
      AND (t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 min');
    RETURN QUERY
        SELECT a.id, a.username, a.role, a.units, t.scopes FROM api_token AS t JOIN account AS a ON a.id = t.account_id
        WHERE t.token_hash = of_token AND t.revoked_at IS NULL AND t.expires_at > now() AND a.active;
END
$$;

-- Whoever holds a session's token may end it. Returns whose it was.
CREATE FUNCTION end_session(of_token bytea) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
    DELETE FROM session WHERE token_hash = of_token RETURNING account_id
$$;

-- The account of this transaction, when it may act.
CREATE FUNCTION acting_account() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
    SELECT id FROM account WHERE id::text = current_setting('geoplan.account', true) AND active
$$;

-- What a colleague is called, for histories; who asks must know the id.
CREATE FUNCTION account_name(of_account uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
    SELECT coalesce(a.display_name, a.username) FROM account AS a
    WHERE a.id = of_account AND EXISTS (SELECT FROM account AS me WHERE me.id::text = current_setting('geoplan.account', true) AND me.active)
$$;

CREATE FUNCTION put_own_password(hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
    UPDATE account SET password_hash = hash, changed_at = now()
    WHERE id::text = current_setting('geoplan.account', true) AND active
$$;

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY[
        'login_attempt(text, text)', 'login_passed(text, text)', 'login_account(text)', 'subject_account(text)',
        'session_account(bytea, interval)', 'token_account(bytea)', 'end_session(bytea)', 'acting_account()', 'account_name(uuid)',
        'put_own_password(text)'
    ] LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', guarded);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO geoplan_app', guarded);
    END LOOP;
    FOREACH guarded IN ARRAY ARRAY['session', 'api_token', 'audit', 'login_throttle'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY owner_all ON %I TO geoplan_owner USING (true) WITH CHECK (true)', guarded);
    END LOOP;
    -- One's own. An administrator sees and ends those of others, and makes none for them.
    FOREACH guarded IN ARRAY ARRAY['session', 'api_token'] LOOP
        EXECUTE format('CREATE POLICY own ON %I TO geoplan_app USING (account_id = (SELECT acting_account())) '
                       'WITH CHECK (account_id = (SELECT acting_account()))', guarded);
        EXECUTE format('CREATE POLICY read_admin ON %I FOR SELECT TO geoplan_app USING ((SELECT account_role()) = ''admin'')', guarded);
    END LOOP;
END
$$;
CREATE POLICY end_admin ON session FOR DELETE TO geoplan_app USING ((SELECT account_role()) = 'admin');
CREATE POLICY end_admin ON api_token FOR UPDATE TO geoplan_app USING ((SELECT account_role()) = 'admin');
GRANT SELECT, INSERT, DELETE ON session TO geoplan_app;
GRANT SELECT, INSERT ON api_token TO geoplan_app;
GRANT UPDATE (revoked_at) ON api_token TO geoplan_app;

GRANT SELECT, INSERT ON audit TO geoplan_app;
CREATE POLICY read_admin ON audit FOR SELECT TO geoplan_app USING ((SELECT account_role()) = 'admin');
CREATE POLICY add_own ON audit FOR INSERT TO geoplan_app WITH CHECK (account_id = (SELECT acting_account()));

GRANT SELECT, DELETE ON login_throttle TO geoplan_app;
CREATE POLICY admin_all ON login_throttle TO geoplan_app USING ((SELECT account_role()) = 'admin');

-- Accounts: one's own, all for administrators; never the hash.
GRANT SELECT (id, username, role, units, active, created_at, subject, display_name, changed_at) ON account TO geoplan_app;
GRANT INSERT (username, role, units, password_hash, subject, display_name) ON account TO geoplan_app;
GRANT UPDATE (role, units, active, password_hash, subject, display_name, changed_at) ON account TO geoplan_app;
CREATE POLICY read_own ON account FOR SELECT TO geoplan_app USING (id = (SELECT acting_account()));
CREATE POLICY admin_all ON account TO geoplan_app USING ((SELECT account_role()) = 'admin') WITH CHECK ((SELECT account_role()) = 'admin');

-- Layers an account sees as a whole. Staff see public layers so, and of layers of staff the rows of
-- their units (unit_layers); services over such layers tell of all units, so they are not for staff.
CREATE OR REPLACE FUNCTION visibilities() RETURNS text[]
LANGUAGE sql STABLE SET search_path = geoplan, pg_temp AS $$
    SELECT CASE WHEN current_user = 'geoplan_tiles' THEN ARRAY['public']
                WHEN account_role() IN ('admin', 'planner') THEN ARRAY['public', 'staff', 'city']
                ELSE ARRAY['public']
           END
$$;

CREATE FUNCTION whole_layers() RETURNS text[]
LANGUAGE sql STABLE SET search_path = geoplan, pg_temp AS $$
    SELECT array_agg(l.id) FROM layer AS l WHERE l.active AND l.visibility = ANY ((SELECT visibilities())::text[])
$$;

CREATE FUNCTION unit_layers() RETURNS text[]
LANGUAGE sql STABLE SET search_path = geoplan, pg_temp AS $$
    SELECT array_agg(l.id) FROM layer AS l WHERE l.active AND l.visibility = 'staff' AND (SELECT account_role()) = 'staff'
$$;

-- The role of public tiles keeps the policy it has, without a word about units.
ALTER POLICY read_visible ON feature TO geoplan_tiles;
ALTER POLICY read_visible ON feature_cell TO geoplan_tiles;
ALTER POLICY read_visible ON grid TO geoplan_tiles;
DROP POLICY read_visible ON feature_version;

-- A feature is its reporting unit's and that of the district it lies in.
CREATE POLICY read_unit ON feature FOR SELECT TO geoplan_app USING (
    layer_id = ANY ((SELECT whole_layers())::text[])
    OR layer_id = ANY ((SELECT unit_layers())::text[])
       AND (unit = ANY ((SELECT account_units())::text[]) OR district = ANY ((SELECT account_units())::text[])));

-- Earlier states are for accounts: what was taken back is not public any more.
CREATE POLICY read_unit ON feature_version FOR SELECT TO geoplan_app USING (
    (SELECT account_role()) IS NOT NULL
    AND (layer_id = ANY ((SELECT whole_layers())::text[])
         OR layer_id = ANY ((SELECT unit_layers())::text[])
            AND (state ->> 'unit' = ANY ((SELECT account_units())::text[])
                 OR state ->> 'district' = ANY ((SELECT account_units())::text[]))));

-- Asked row by row, and only of staff: a subquery in the policy would weigh on the plans of everybody.
CREATE FUNCTION is_seen(of_layer text, of_feature uuid) RETURNS boolean
LANGUAGE plpgsql STABLE COST 10 SET search_path = geoplan, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM feature AS f WHERE f.layer_id = of_layer AND f.id = of_feature);
END
$$;
CREATE FUNCTION is_own(of_layer text, of_feature uuid) RETURNS boolean
LANGUAGE plpgsql STABLE COST 10 SET search_path = geoplan, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM feature AS f WHERE f.layer_id = of_layer AND f.id = of_feature AND f.unit = ANY (account_units()));
END
$$;

-- All shares of a feature one sees, also those in the next district.
CREATE POLICY read_unit ON feature_cell FOR SELECT TO geoplan_app USING (
    layer_id = ANY ((SELECT whole_layers())::text[])
    OR layer_id = ANY ((SELECT unit_layers())::text[]) AND is_seen(layer_id, feature_id));
ALTER POLICY write_insert ON feature_cell WITH CHECK ((SELECT account_role()) IN ('planner', 'admin') OR is_own(layer_id, feature_id));
DROP POLICY write_update ON feature_cell;
REVOKE UPDATE ON feature_cell FROM geoplan_app;
ALTER POLICY write_delete ON feature_cell USING ((SELECT account_role()) IN ('planner', 'admin') OR is_own(layer_id, feature_id));

CREATE POLICY read_unit ON grid FOR SELECT TO geoplan_app USING (
    layer_id = ANY ((SELECT whole_layers())::text[])
    OR layer_id = ANY ((SELECT unit_layers())::text[]) AND district = ANY ((SELECT account_units())::text[]));
DROP POLICY write_insert ON grid;
DROP POLICY write_update ON grid;
ALTER POLICY write_delete ON grid USING ((SELECT account_role()) IN ('planner', 'admin'));
REVOKE INSERT, UPDATE ON grid FROM geoplan_app;

-- Adds to a layer's sums what a transaction changed. A feature of one's own may reach into the next
-- district, whose sums one does not see: so this runs as the owner. Arrays of one length, a cell's
-- sum each.
CREATE FUNCTION change_grid(of_layer text, resolutions smallint[], cells bigint[], districts text[], statuses text[],
                            measures text[], amounts bigint[], counts integer[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
BEGIN
    IF account_role() IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'the grid is changed by accounts only';
    END IF;
    -- What only grows, or stays as many, in one pass; a row that a check would refuse never gets that far.
    INSERT INTO grid AS g (layer_id, res, cell, district, status, measure, amount, features)
    SELECT of_layer, d.res, d.cell, d.district, d.status, d.measure, d.amount, d.n
    FROM unnest(resolutions, cells, districts, statuses, measures, amounts, counts) AS d (res, cell, district, status, measure, amount, n)
    WHERE d.n >= 0
    ON CONFLICT (layer_id, res, measure, cell, district, status)
    DO UPDATE SET amount = g.amount + excluded.amount, features = g.features + excluded.features;
    UPDATE grid AS g SET amount = g.amount + d.amount, features = g.features + d.n
    FROM unnest(resolutions, cells, districts, statuses, measures, amounts, counts) AS d (res, cell, district, status, measure, amount, n)
    WHERE d.n < 0 AND g.layer_id = of_layer
      AND (g.res, g.measure, g.cell, g.district, g.status) = (d.res, d.measure, d.cell, d.district, d.status);
    DELETE FROM grid AS g
    USING unnest(resolutions, cells, districts, statuses, measures, amounts, counts) AS d (res, cell, district, status, measure, amount, n)
    WHERE d.n < 0 AND g.features = 0 AND g.layer_id = of_layer
      AND (g.res, g.measure, g.cell, g.district, g.status) = (d.res, d.measure, d.cell, d.district, d.status);
END
$$;
REVOKE EXECUTE ON FUNCTION change_grid(text, smallint[], bigint[], text[], text[], text[], bigint[], integer[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION change_grid(text, smallint[], bigint[], text[], text[], text[], bigint[], integer[]) TO geoplan_app;
