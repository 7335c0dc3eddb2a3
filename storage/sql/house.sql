-- name: house_revision(guild_id)
-- What tells whether a server's rules have changed.
SELECT revision FROM servers WHERE guild_id = :guild_id;

-- name: server_of(guild_id)
-- What is known of a server.
SELECT * FROM servers WHERE guild_id = :guild_id;

-- name: touch_server(guild_id)!
-- Lets everybody read a server's rules anew, and makes its row where it is missing.
INSERT INTO servers (guild_id, revision) VALUES (:guild_id, 1)
ON CONFLICT (guild_id) DO UPDATE SET revision = servers.revision + 1;

-- name: set_server_up(guild_id, at)
-- Notes that a server is set up; no row where it was before.
UPDATE servers SET set_up_at = :at WHERE guild_id = :guild_id AND set_up_at IS NULL RETURNING guild_id;

-- name: rules_of_server(guild_id)
-- Every setting of a server.
SELECT scope, scope_id, name, value FROM house_rules WHERE guild_id = :guild_id;

-- name: set_rule(guild_id, scope, scope_id, name, value, by, at)*!
-- Keeps a setting in place of an earlier one of the same name.
INSERT INTO house_rules (guild_id, scope, scope_id, name, value, changed_by, changed_at)
VALUES (:guild_id, :scope, :scope_id, :name, :value, :by, :at)
ON CONFLICT (guild_id, scope, scope_id, name) DO UPDATE
SET value = excluded.value, changed_by = excluded.changed_by, changed_at = excluded.changed_at;

-- name: drop_rule(guild_id, scope, scope_id, name)*!
-- Takes a setting back.
DELETE FROM house_rules WHERE guild_id = :guild_id AND scope = :scope AND scope_id = :scope_id AND name = :name;

-- name: words_of_server(guild_id)
-- What prompts may not contain on a server, oldest first.
SELECT word FROM blocked_words WHERE guild_id = :guild_id ORDER BY created_at, word;

-- name: add_word(guild_id, word, by, at)*!
-- Adds a word that prompts may not contain; the first time stays.
INSERT INTO blocked_words (guild_id, word, added_by, created_at) VALUES (:guild_id, :word, :by, :at)
ON CONFLICT (guild_id, word) DO NOTHING;

-- name: drop_word(guild_id, word)*!
-- Takes a word back.
DELETE FROM blocked_words WHERE guild_id = :guild_id AND word = :word;

-- name: blocks_of_server(guild_id)
-- Everybody who is, or was, blocked on a server.
SELECT * FROM blocks WHERE guild_id = :guild_id ORDER BY created_at, person_id;

-- name: set_block(guild_id, person_id, until, reason, by, at)!
-- Blocks a person, in place of an earlier block of theirs.
INSERT INTO blocks (guild_id, person_id, until, reason, blocked_by, created_at)
VALUES (:guild_id, :person_id, :until, :reason, :by, :at)
ON CONFLICT (guild_id, person_id) DO UPDATE
SET until = excluded.until, reason = excluded.reason, blocked_by = excluded.blocked_by, created_at = excluded.created_at;

-- name: drop_block(guild_id, person_id)
-- Lets a person in again.
DELETE FROM blocks WHERE guild_id = :guild_id AND person_id = :person_id RETURNING person_id;

-- name: insert_audit(guild_id, at, actor_id, action, subject, detail)*!
-- Remembers what somebody did; nothing changes a line.
INSERT INTO audit (guild_id, at, actor_id, action, subject, detail)
VALUES (:guild_id, :at, :actor_id, :action, :subject, :detail);

-- name: audit_of_server(guild_id, limit)
-- The newest lines of a server's audit log, or of the whole bot's (NULL), newest first.
SELECT * FROM audit
WHERE guild_id = CAST(:guild_id AS BIGINT) OR (CAST(:guild_id AS BIGINT) IS NULL AND guild_id IS NULL)
ORDER BY number DESC
LIMIT :limit;

-- name: consents_of_person(person_id)
-- What a person has said that they may use.
SELECT kind FROM consents WHERE person_id = :person_id;

-- name: give_consent(person_id, kind, at)!
-- Notes what a person said that they may use; the first time stays.
INSERT INTO consents (person_id, kind, given_at) VALUES (:person_id, :kind, :at)
ON CONFLICT (person_id, kind) DO NOTHING;

-- name: granted_on(counter)
-- What was granted on top of a counter's ceiling.
SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS amount FROM grants WHERE counter = :counter;
