-- Purpose: history without gaps (who, when, why), evidence of features, requests that may be repeated.

ALTER TABLE feature ADD COLUMN reason text;
COMMENT ON COLUMN feature.reason IS 'Why this state began, as whoever made it said.';

-- A layer's changes follow one another: each transaction takes its moment after the layer's lock, and
-- later than every change before it. The start of a transaction would not do: two that wait for the
-- same lock may get it in the other order, and a state would end before it began.
CREATE FUNCTION layer_instant(of_layer text) RETURNS timestamptz
LANGUAGE sql VOLATILE SET search_path = geoplan, pg_temp AS $$
    SELECT greatest(clock_timestamp(), changed_at + interval '1 microsecond') FROM layer WHERE id = of_layer
$$;

CREATE OR REPLACE FUNCTION raise_layer_version(changed_layer text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
    UPDATE layer SET version = version + 1, changed_at = greatest(clock_timestamp(), changed_at + interval '1 microsecond')
    WHERE id = changed_layer RETURNING version
$$;

-- A change by hand (psql) that forgets valid_from has a history too.
CREATE FUNCTION begin_feature_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.valid_from := greatest(clock_timestamp(), OLD.valid_from + interval '1 microsecond');
    RETURN NEW;
END
$$;
CREATE TRIGGER feature_state BEFORE UPDATE ON feature
    FOR EACH ROW WHEN (NEW.valid_from <= OLD.valid_from) EXECUTE FUNCTION begin_feature_state();

-- A state ends where its successor begins.
CREATE FUNCTION keep_changed_features() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = geoplan, public, pg_temp AS $$
BEGIN
    INSERT INTO feature_version (layer_id, id, valid_from, valid_to, account_id, ended_by, reason, state, geom)
    SELECT o.layer_id, o.id, o.valid_from, n.valid_from, o.account_id,
           nullif(current_setting('geoplan.account', true), '')::uuid,
           nullif(current_setting('geoplan.reason', true), ''),
           to_jsonb(o) - 'geom' - 'layer_id' - 'id' - 'valid_from' - 'account_id', o.geom
    FROM old_rows AS o JOIN new_rows AS n ON n.layer_id = o.layer_id AND n.id = o.id;
    RETURN NULL;
END
$$;
DROP TRIGGER feature_updated ON feature;
CREATE TRIGGER feature_updated AFTER UPDATE ON feature
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_changed_features();

CREATE OR REPLACE FUNCTION keep_feature_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = geoplan, public, pg_temp AS $$
BEGIN
    INSERT INTO feature_version (layer_id, id, valid_from, valid_to, account_id, ended_by, reason, state, geom)
    SELECT o.layer_id, o.id, o.valid_from,
           greatest(o.valid_from, coalesce(nullif(current_setting('geoplan.instant', true), '')::timestamptz, clock_timestamp())),
           o.account_id,
           nullif(current_setting('geoplan.account', true), '')::uuid,
           nullif(current_setting('geoplan.reason', true), ''),
           to_jsonb(o) - 'geom' - 'layer_id' - 'id' - 'valid_from' - 'account_id', o.geom
    FROM old_rows AS o;
    RETURN NULL;
END
$$;
CREATE INDEX feature_version_until ON feature_version (layer_id, valid_to);

CREATE TABLE evidence (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    layer_id     text NOT NULL REFERENCES layer,
    feature_id   uuid NOT NULL,
    media_type   text NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'application/pdf')),
    file_name    text NOT NULL CHECK (file_name <> ''),
    sha256       text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    bytes        integer NOT NULL CHECK (bytes > 0),
    width        integer CHECK (width > 0),
    height       integer CHECK (height > 0),
    note         text,
    account_id   uuid NOT NULL REFERENCES account,
    added_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    removed_by   uuid REFERENCES account,
    removed_at   timestamptz,
    CHECK ((removed_by IS NULL) = (removed_at IS NULL))
);
-- A deleted feature may be restored: its evidence waits for it, unseen, as nobody sees the feature.
COMMENT ON TABLE evidence IS 'Photos and documents of features; the bytes lie in $GEOPLAN_HOME/evidence under their hash. A removed row stays as a note of who removed it, its bytes do not.';
CREATE UNIQUE INDEX evidence_once ON evidence (layer_id, feature_id, sha256) WHERE removed_at IS NULL;
CREATE INDEX evidence_bytes ON evidence (sha256) WHERE removed_at IS NULL;

-- Photos may show people: never public. Who may see them: planners, and the staff of the unit that reports
-- the feature or of the district it lies in; who may add and remove them: who may write the feature.
ALTER TABLE evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE evidence FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON evidence TO geoplan_owner USING (true) WITH CHECK (true);
CREATE POLICY read_own ON evidence FOR SELECT TO geoplan_app USING (EXISTS (
    SELECT FROM feature AS f WHERE f.layer_id = evidence.layer_id AND f.id = evidence.feature_id
       AND ((SELECT account_role()) IN ('planner', 'admin')
            OR f.unit = ANY ((SELECT account_units())::text[]) OR f.district = ANY ((SELECT account_units())::text[]))));
CREATE POLICY add_own ON evidence FOR INSERT TO geoplan_app WITH CHECK (account_id = (SELECT acting_account()) AND EXISTS (
    SELECT FROM feature AS f WHERE f.layer_id = evidence.layer_id AND f.id = evidence.feature_id
       AND ((SELECT account_role()) IN ('planner', 'admin') OR f.unit = ANY ((SELECT account_units())::text[]))));
CREATE POLICY remove_own ON evidence FOR UPDATE TO geoplan_app USING (removed_at IS NULL AND EXISTS (
    SELECT FROM feature AS f WHERE f.layer_id = evidence.layer_id AND f.id = evidence.feature_id
       AND ((SELECT account_role()) IN ('planner', 'admin') OR f.unit = ANY ((SELECT account_units())::text[]))))
    WITH CHECK (removed_by = (SELECT acting_account()));
GRANT SELECT, INSERT ON evidence TO geoplan_app;
GRANT UPDATE (removed_by, removed_at) ON evidence TO geoplan_app;

-- Bytes that no row names any more may be removed; which rows there are is not for every account to see.
CREATE FUNCTION evidence_is_kept(of_sha256 text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = geoplan, pg_temp AS $$
    SELECT EXISTS (SELECT FROM evidence WHERE sha256 = of_sha256 AND removed_at IS NULL)
$$;
REVOKE EXECUTE ON FUNCTION evidence_is_kept(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION evidence_is_kept(text) TO geoplan_app;

-- A request that is sent twice (Idempotency-Key) is answered twice and done once.
CREATE TABLE edit_request (
    account_id   uuid NOT NULL REFERENCES account,
    key          text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    digest       bytea NOT NULL,
    answer       jsonb,
    made_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, key)
);
COMMENT ON COLUMN edit_request.digest IS 'SHA-256 of what was asked: the same key for something else is an error.';
CREATE INDEX edit_request_made ON edit_request (made_at);
ALTER TABLE edit_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE edit_request FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON edit_request TO geoplan_owner USING (true) WITH CHECK (true);
CREATE POLICY own ON edit_request TO geoplan_app
    USING (account_id = (SELECT acting_account())) WITH CHECK (account_id = (SELECT acting_account()));
GRANT SELECT, INSERT, UPDATE, DELETE ON edit_request TO geoplan_app;
