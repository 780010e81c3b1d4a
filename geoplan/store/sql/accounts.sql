-- name: act_as
SELECT set_config('geoplan.account', %(account)s, true), set_config('geoplan.reason', %(reason)s, true);

-- name: session_account
SELECT id, username, role, units FROM session_account(%(hash)s, %(idle)s);

-- name: token_account
SELECT id, username, role, units, scopes FROM token_account(%(hash)s);

-- name: login_attempt
SELECT login_attempt(%(username)s, %(address)s);

-- name: login_account
SELECT id, password_hash FROM login_account(%(username)s);

-- name: login_passed
SELECT login_passed(%(username)s, %(address)s);

-- name: subject_account
SELECT subject_account(%(subject)s);

-- name: begin_session
-- At most 20 sessions an account: the one that was not used for longest makes room.
WITH kept AS (
    SELECT id FROM session WHERE account_id = %(account)s AND expires_at > now() ORDER BY seen_at DESC LIMIT 19
), dropped AS (
    DELETE FROM session WHERE account_id = %(account)s AND id NOT IN (SELECT id FROM kept)
)
INSERT INTO session (token_hash, account_id, expires_at, user_agent)
VALUES (%(hash)s, %(account)s, now() + %(life)s, %(user_agent)s);

-- name: end_session
SELECT end_session(%(hash)s);

-- name: end_sessions
DELETE FROM session WHERE account_id = %(account)s AND (%(kept)s::bytea IS NULL OR token_hash <> %(kept)s);

-- name: drop_session
DELETE FROM session WHERE account_id = acting_account() AND id = %(id)s;

-- name: sessions
SELECT id, created_at, seen_at, expires_at, user_agent, token_hash = %(hash)s AS current
FROM session WHERE account_id = acting_account() AND expires_at > now() AND seen_at > now() - %(idle)s
ORDER BY seen_at DESC, id;

-- name: tokens
SELECT id, prefix, name, scopes, created_at, expires_at, last_used_at FROM api_token
WHERE account_id = acting_account() AND revoked_at IS NULL AND expires_at > now()
ORDER BY created_at, id;

-- name: add_token
INSERT INTO api_token (token_hash, prefix, account_id, name, scopes, expires_at)
VALUES (%(hash)s, %(prefix)s, acting_account(), %(name)s, %(scopes)s, now() + %(life)s)
RETURNING id, prefix, name, scopes, created_at, expires_at, last_used_at;

-- name: revoke_token
UPDATE api_token SET revoked_at = now() WHERE account_id = acting_account() AND id = %(id)s AND revoked_at IS NULL;

-- name: revoke_tokens
UPDATE api_token SET revoked_at = now() WHERE account_id = %(account)s AND revoked_at IS NULL;

-- name: accounts
SELECT a.id, a.username, a.display_name, a.role, a.units, a.active, a.subject, a.created_at, a.changed_at,
       (SELECT t.locked_until FROM login_throttle AS t
        WHERE t.key = throttle_key('name', a.username) AND t.locked_until > now()) AS locked_until
FROM account AS a
WHERE (%(id)s::uuid IS NULL OR a.id = %(id)s) AND (%(username)s::text IS NULL OR a.username = %(username)s)
ORDER BY a.username;

-- name: add_account
INSERT INTO account (username, role, units, password_hash, subject, display_name)
VALUES (%(username)s, %(role)s, %(units)s, %(password_hash)s, %(subject)s, %(display_name)s)
ON CONFLICT DO NOTHING RETURNING id;

-- name: change_account
UPDATE account SET role = %(role)s, units = %(units)s, active = %(active)s, subject = %(subject)s,
                   display_name = %(display_name)s, changed_at = now()
WHERE id = %(id)s;

-- name: put_password
UPDATE account SET password_hash = %(hash)s, changed_at = now() WHERE id = %(id)s;

-- name: put_own_password
SELECT put_own_password(%(hash)s);

-- name: unlock
DELETE FROM login_throttle WHERE key = throttle_key('name', %(username)s);

-- name: add_audit
INSERT INTO audit (account_id, action, subject, detail) VALUES (acting_account(), %(action)s, %(subject)s, %(detail)s);

-- name: audit
SELECT w.id, w.at, a.username, w.action, w.subject, w.detail
FROM audit AS w LEFT JOIN account AS a ON a.id = w.account_id
WHERE %(before)s::bigint IS NULL OR w.id < %(before)s
ORDER BY w.id DESC LIMIT %(limit)s;
