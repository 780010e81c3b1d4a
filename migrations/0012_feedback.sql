-- Purpose: what people without an account say of a feature; seen and settled by its unit and planners, never public.

CREATE TABLE feedback (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    layer_id      text NOT NULL REFERENCES layer,
    feature_id    uuid NOT NULL,
    feature_name  text,
    unit          text REFERENCES unit,
    district      text REFERENCES unit,
    kind          text NOT NULL CHECK (kind IN ('place', 'closed', 'data', 'other')),
    words         text CHECK (length(words) BETWEEN 1 AND 500),
    point         geometry(Point, 4326) CHECK (is_storable(point)),
    lang          text NOT NULL CHECK (lang IN ('zh', 'en')),
    state         text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'accepted', 'declined', 'done')),
    version       integer NOT NULL DEFAULT 1,
    note          text CHECK (length(note) BETWEEN 1 AND 500),
    created_at    timestamptz NOT NULL DEFAULT now(),
    decided_at    timestamptz,
    decided_by    uuid REFERENCES account,
    CHECK (words IS NOT NULL OR point IS NOT NULL OR kind = 'closed')
);
CREATE INDEX feedback_created ON feedback (created_at DESC, id DESC);
CREATE INDEX feedback_open ON feedback (created_at) WHERE state IN ('pending', 'accepted');
COMMENT ON TABLE feedback IS 'Remarks of people without an account; nothing of who made them is kept.';
COMMENT ON COLUMN feedback.unit IS 'Reporting unit and district of the feature when the remark was made.';

CREATE TABLE feedback_event (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    feedback_id  uuid NOT NULL REFERENCES feedback,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    account_id   uuid REFERENCES account,
    from_state   text,
    to_state     text NOT NULL,
    note         text
);
CREATE INDEX feedback_event_of ON feedback_event (feedback_id, id);
COMMENT ON TABLE feedback_event IS 'What happened to a remark, in order; nothing is ever changed or removed here. No account: its author.';

-- How many remarks came from an address today. The salt is made anew each day and the old one forgotten: after that
-- nobody can tell any more from which address they came.
CREATE TABLE feedback_salt (
    day   date PRIMARY KEY,
    salt  bytea NOT NULL
);
CREATE TABLE feedback_sender (
    day         date NOT NULL,
    key         bytea NOT NULL CHECK (length(key) = 32),
    sent        integer NOT NULL DEFAULT 0,
    paid_until  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (day, key)
);

-- Takes a remark in. Returns its id, null where there is no such public feature; or seconds to wait: an address may
-- send five at once, one in two minutes from then on and thirty a day, all addresses together 2,000 a day.
CREATE FUNCTION give_feedback(from_address text, of_layer text, of_feature uuid, of_kind text, said text,
                              lon float8, lat float8, in_lang text, OUT given uuid, OUT wait_s float8)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = geoplan, public, pg_temp AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    tomorrow timestamptz := (today + 1)::timestamp AT TIME ZONE 'UTC';
    sender feedback_sender;
    found_feature record;
BEGIN
    wait_s := 0;
    DELETE FROM feedback_sender WHERE day < today;
    DELETE FROM feedback_salt WHERE day < today;
    INSERT INTO feedback_salt (day, salt) VALUES (today, sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')))
    ON CONFLICT DO NOTHING;
    INSERT INTO feedback_sender AS s (day, key)
    SELECT today, sha256(t.salt || convert_to(from_address, 'UTF8')) FROM feedback_salt AS t WHERE t.day = today
    ON CONFLICT (day, key) DO UPDATE SET sent = s.sent
    RETURNING * INTO sender;
    IF sender.paid_until > now() + interval '480 s' THEN
        wait_s := extract(epoch FROM sender.paid_until - now() - interval '480 s');
        RETURN;
    END IF;
    IF sender.sent >= 30 OR (SELECT count(*) FROM feedback WHERE created_at > now() - interval '1 day') >= 2000 THEN
        wait_s := extract(epoch FROM tomorrow - now());
        RETURN;
    END IF;
    UPDATE feedback_sender SET sent = sent + 1, paid_until = greatest(paid_until, now()) + interval '120 s'
    WHERE day = sender.day AND key = sender.key;
    SELECT f.unit, f.district, coalesce(f.name_zh, f.name_en) AS name INTO found_feature
    FROM feature AS f JOIN layer AS l ON l.id = f.layer_id
    WHERE f.layer_id = of_layer AND f.id = of_feature AND l.active AND l.visibility = 'public';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO feedback (layer_id, feature_id, feature_name, unit, district, kind, words, point, lang)
    VALUES (of_layer, of_feature, found_feature.name, found_feature.unit, found_feature.district, of_kind, said,
            ST_SetSRID(ST_MakePoint(lon, lat), 4326), in_lang)
    RETURNING id INTO given;
    INSERT INTO feedback_event (feedback_id, to_state) VALUES (given, 'pending');
END
$$;

-- The steps a remark may take, whatever the application does; each is noted with who took it.
CREATE FUNCTION judge_feedback_step() RETURNS trigger
LANGUAGE plpgsql SET search_path = geoplan, pg_temp AS $$
BEGIN
    IF OLD.state || ' ' || NEW.state NOT IN (
        'pending accepted', 'pending declined', 'pending done', 'accepted declined', 'accepted done', 'declined accepted')
       OR NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'a remark does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    NEW.decided_at := clock_timestamp();
    NEW.decided_by := acting_account();
    INSERT INTO feedback_event (feedback_id, account_id, from_state, to_state, note)
    VALUES (NEW.id, NEW.decided_by, OLD.state, NEW.state, NEW.note);
    RETURN NEW;
END
$$;
CREATE TRIGGER feedback_step BEFORE UPDATE ON feedback FOR EACH ROW EXECUTE FUNCTION judge_feedback_step();

DO $$
DECLARE
    protected text;
BEGIN
    FOREACH protected IN ARRAY ARRAY['feedback', 'feedback_event', 'feedback_salt', 'feedback_sender'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', protected);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', protected);
        EXECUTE format('CREATE POLICY owner_all ON %I TO geoplan_owner USING (true) WITH CHECK (true)', protected);
    END LOOP;
END
$$;

-- Read by the unit that reports the feature and by that of the district it lies in; settled by the first.
CREATE POLICY read_unit ON feedback FOR SELECT TO geoplan_app USING (
    (SELECT account_role()) IN ('planner', 'admin')
    OR unit = ANY ((SELECT account_units())::text[]) OR district = ANY ((SELECT account_units())::text[]));
CREATE POLICY settle_unit ON feedback FOR UPDATE TO geoplan_app USING (
    (SELECT account_role()) IN ('planner', 'admin') OR unit = ANY ((SELECT account_units())::text[]));
GRANT SELECT ON feedback TO geoplan_app;
GRANT UPDATE (state, version, note) ON feedback TO geoplan_app;

CREATE POLICY read_with_feedback ON feedback_event FOR SELECT TO geoplan_app USING (feedback_id IN (SELECT f.id FROM feedback AS f));
CREATE POLICY write_own ON feedback_event FOR INSERT TO geoplan_app WITH CHECK (
    account_id = (SELECT acting_account()) AND feedback_id IN (SELECT f.id FROM feedback AS f));
GRANT SELECT, INSERT ON feedback_event TO geoplan_app;

REVOKE EXECUTE ON FUNCTION give_feedback(text, text, uuid, text, text, float8, float8, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION give_feedback(text, text, uuid, text, text, float8, float8, text) TO geoplan_app;
