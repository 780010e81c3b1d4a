-- Purpose: staff files from receipt to publication: the upload, its rows, what happened to it, what it published.

CREATE TABLE upload (
    id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    layer_id            text NOT NULL REFERENCES layer,
    unit                text REFERENCES unit,
    account_id          uuid NOT NULL REFERENCES account,
    state               text NOT NULL DEFAULT 'received' CHECK (state IN (
                            'received', 'checking', 'checked', 'submitted', 'returned', 'approved', 'published',
                            'rolled_back', 'rejected')),
    version             integer NOT NULL DEFAULT 1,
    file_name           text NOT NULL,
    size                bigint NOT NULL CHECK (size > 0),
    sha256              text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    options             jsonb NOT NULL DEFAULT '{}',
    attempts            integer NOT NULL DEFAULT 0,
    format              text,
    reading             jsonb,
    crs                 jsonb,
    counts              jsonb,
    file_issues         jsonb NOT NULL DEFAULT '[]',
    progress            jsonb,
    preview             jsonb,
    idempotency_key     text,
    corrects            uuid REFERENCES upload,
    changes             jsonb,
    publish_valid_only  boolean NOT NULL DEFAULT false,
    created_at          timestamptz NOT NULL DEFAULT now(),
    checked_at          timestamptz,
    submitted_at        timestamptz,
    decided_at          timestamptz,
    published_at        timestamptz,
    rolled_back_at      timestamptz,
    decided_by          uuid REFERENCES account,
    note                text,
    UNIQUE (account_id, idempotency_key)
);
CREATE INDEX upload_created ON upload (created_at DESC, id);
CREATE INDEX upload_bytes ON upload (sha256);
CREATE INDEX upload_to_check ON upload (created_at) WHERE state IN ('received', 'checking', 'submitted');
COMMENT ON TABLE upload IS 'A staff file: its bytes lie under $GEOPLAN_HOME/uploads by their SHA-256.';
COMMENT ON COLUMN upload.unit IS 'The reporting unit whose file it is; null: of the whole city.';
COMMENT ON COLUMN upload.version IS 'Raised by every step; who acts on an older one is refused.';
COMMENT ON COLUMN upload.attempts IS 'Checks begun since it was received or its options changed: a file that ends its reader''s process is not read for ever.';
COMMENT ON COLUMN upload.preview IS 'What publishing would change for people, and what it was computed from.';

CREATE TABLE upload_row (
    upload_id    uuid NOT NULL REFERENCES upload,
    row          integer NOT NULL,
    verdict      text NOT NULL CHECK (verdict IN ('ok', 'warning', 'error', 'skipped')),
    raw          jsonb NOT NULL,
    "values"     jsonb NOT NULL,
    geom         geometry(Geometry, 4326) CHECK (is_storable(geom)),
    original     jsonb,
    source_crs   text NOT NULL,
    unit         text REFERENCES unit,
    issues       jsonb NOT NULL,
    codes        text[] NOT NULL,
    warnings     text[] NOT NULL,
    match        jsonb,
    decision     text NOT NULL DEFAULT 'pending' CHECK (decision IN ('pending', 'returned', 'left_out')),
    reason       text,
    accepted     text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (upload_id, row)
);
COMMENT ON COLUMN upload_row.row IS 'Its number as a person counts the file''s rows.';
COMMENT ON COLUMN upload_row.codes IS 'Codes of its issues; warnings those that need a nod, accepted those that got one.';
COMMENT ON COLUMN upload_row.decision IS 'What people said of it; a row that is ready and pending goes with its upload.';
COMMENT ON COLUMN upload_row.match IS 'The held feature that it is, and, where that is not sure, what a person said (confirmed).';

-- Whether a row can be published as it stands: nothing wrong, every warning nodded at, nobody against it.
CREATE FUNCTION is_ready(r upload_row) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT r.verdict IN ('ok', 'warning') AND r.decision = 'pending' AND r.geom IS NOT NULL AND r.warnings <@ r.accepted
       AND (r.match IS NULL OR r.match -> 'sure' = 'true' OR r.match ? 'confirmed')
$$;

CREATE TABLE upload_event (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    upload_id    uuid NOT NULL REFERENCES upload,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    account_id   uuid NOT NULL REFERENCES account,
    from_state   text,
    to_state     text NOT NULL,
    note         text
);
CREATE INDEX upload_event_of ON upload_event (upload_id, id);
COMMENT ON TABLE upload_event IS 'What happened to an upload, in order; nothing is ever changed or removed here.';

CREATE TABLE published_feature (
    upload_id       uuid NOT NULL REFERENCES upload,
    row             integer NOT NULL,
    layer_id        text NOT NULL,
    feature_id      uuid NOT NULL,
    change          text NOT NULL CHECK (change IN ('inserted', 'updated', 'unchanged')),
    before_version  bigint CHECK ((before_version IS NULL) = (change <> 'updated')),
    valid_from      timestamptz NOT NULL,
    digest          bytea NOT NULL,
    PRIMARY KEY (upload_id, row)
);
CREATE INDEX published_feature_of ON published_feature (layer_id, feature_id, valid_from);
COMMENT ON COLUMN published_feature.before_version IS 'The feature_version that holds the state before.';
COMMENT ON COLUMN published_feature.digest IS 'Of the state that the row became: a feature that has another one now was edited later.';

CREATE TABLE header_memory (
    unit         text NOT NULL,
    layer_id     text NOT NULL REFERENCES layer,
    header       text NOT NULL,
    field        text,
    PRIMARY KEY (unit, layer_id, header)
);
COMMENT ON TABLE header_memory IS 'What a unit''s people said a column header means (field null: leave it out); unit '''' is the whole city.';

-- The steps an upload may take, and who may take them: whatever the application does.
CREATE FUNCTION judge_upload_step() RETURNS trigger
LANGUAGE plpgsql SET search_path = geoplan, pg_temp AS $$
DECLARE
    step text := OLD.state || ' ' || NEW.state;
BEGIN
    IF step NOT IN (
        'received checking', 'checking checked', 'checking rejected',
        'checking received', 'checked received', 'returned received', 'rejected received',
        'checked submitted', 'returned submitted', 'published submitted',
        'submitted returned', 'submitted approved', 'approved returned', 'approved published',
        'published rolled_back', 'returned rolled_back'
    ) OR (NEW.state = 'received' AND OLD.published_at IS NOT NULL)
      OR (step = 'returned rolled_back' AND OLD.published_at IS NULL) THEN
        RAISE EXCEPTION 'an upload does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state NOT IN ('received', 'submitted') AND account_role() IS DISTINCT FROM 'planner'
       AND account_role() IS DISTINCT FROM 'admin' AND current_user = 'geoplan_app' THEN
        RAISE EXCEPTION 'this account may not bring an upload to %', NEW.state USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO upload_event (upload_id, account_id, from_state, to_state, note)
    VALUES (NEW.id, current_setting('geoplan.account')::uuid, OLD.state, NEW.state,
            nullif(current_setting('geoplan.reason', true), ''));
    PERFORM pg_notify('geoplan_upload', NEW.id::text);
    RETURN NEW;
END
$$;
CREATE TRIGGER upload_step BEFORE UPDATE OF state ON upload
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION judge_upload_step();

CREATE FUNCTION note_upload_receipt() RETURNS trigger
LANGUAGE plpgsql SET search_path = geoplan, pg_temp AS $$
BEGIN
    INSERT INTO upload_event (upload_id, account_id, to_state) VALUES (NEW.id, NEW.account_id, NEW.state);
    PERFORM pg_notify('geoplan_upload', NEW.id::text);
    RETURN NULL;
END
$$;
CREATE TRIGGER upload_received AFTER INSERT ON upload FOR EACH ROW EXECUTE FUNCTION note_upload_receipt();

-- The number of the advisory lock that who checks an upload holds: it is free again when they die.
CREATE FUNCTION upload_lock(upload_id uuid) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$ SELECT hashtextextended('geoplan upload ' || upload_id, 0) $$;

DO $$
DECLARE
    protected text;
BEGIN
    FOREACH protected IN ARRAY ARRAY['upload', 'upload_row', 'upload_event', 'published_feature', 'header_memory'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', protected);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', protected);
        EXECUTE format('CREATE POLICY owner_all ON %I TO geoplan_owner USING (true) WITH CHECK (true)', protected);
    END LOOP;
END
$$;

-- An upload is its unit's; planners and administrators have all.
CREATE POLICY own_unit ON upload TO geoplan_app USING
    ((SELECT account_role()) IN ('planner', 'admin') OR unit = ANY ((SELECT account_units())::text[]));
CREATE POLICY own_name ON upload AS RESTRICTIVE FOR INSERT TO geoplan_app WITH CHECK
    (account_id = (SELECT acting_account()));
GRANT SELECT, INSERT ON upload TO geoplan_app;
GRANT UPDATE (state, version, options, attempts, format, reading, crs, counts, file_issues, progress, preview, corrects,
              changes, publish_valid_only, checked_at, submitted_at, decided_at, published_at, rolled_back_at,
              decided_by, note) ON upload TO geoplan_app;

-- What belongs to an upload is seen with it. Rows are made and removed by the worker alone.
DO $$
DECLARE
    part text;
BEGIN
    FOREACH part IN ARRAY ARRAY['upload_row', 'upload_event', 'published_feature'] LOOP
        EXECUTE format('CREATE POLICY read_with_upload ON %I FOR SELECT TO geoplan_app USING (upload_id IN (SELECT u.id FROM upload AS u))', part);
    END LOOP;
    FOREACH part IN ARRAY ARRAY['upload_row', 'published_feature'] LOOP
        EXECUTE format('CREATE POLICY make ON %I FOR INSERT TO geoplan_app WITH CHECK ((SELECT account_role()) IN (''planner'', ''admin''))', part);
    END LOOP;
END
$$;
CREATE POLICY work_on ON upload_row FOR UPDATE TO geoplan_app USING (upload_id IN (SELECT u.id FROM upload AS u));
CREATE POLICY remove ON upload_row FOR DELETE TO geoplan_app USING ((SELECT account_role()) IN ('planner', 'admin'));
CREATE POLICY write_own ON upload_event FOR INSERT TO geoplan_app WITH CHECK
    (account_id = (SELECT acting_account()) AND upload_id IN (SELECT u.id FROM upload AS u));
GRANT SELECT, INSERT, DELETE ON upload_row TO geoplan_app;
GRANT UPDATE (verdict, "values", geom, original, source_crs, issues, codes, warnings, match, decision, reason, accepted)
    ON upload_row TO geoplan_app;
GRANT SELECT, INSERT ON upload_event, published_feature TO geoplan_app;

CREATE POLICY own_unit ON header_memory TO geoplan_app USING
    ((SELECT account_role()) IN ('planner', 'admin') OR unit = ANY ((SELECT account_units())::text[]));
GRANT SELECT, INSERT ON header_memory TO geoplan_app;
GRANT UPDATE (field) ON header_memory TO geoplan_app;
