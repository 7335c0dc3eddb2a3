-- name: put_draft(id, kind, person_id, guild_id, payload, files, created_at, expires_at)!
-- Keeps a draft in place of an earlier one of the same id.
INSERT INTO drafts (id, kind, person_id, guild_id, payload, files, created_at, expires_at)
VALUES (:id, :kind, :person_id, :guild_id, :payload, :files, :created_at, :expires_at)
ON CONFLICT (id) DO UPDATE
SET kind = excluded.kind,
    person_id = excluded.person_id,
    guild_id = excluded.guild_id,
    payload = excluded.payload,
    files = excluded.files,
    created_at = excluded.created_at,
    expires_at = excluded.expires_at;

-- name: draft_by_id(id, now)
-- A draft that has not expired.
SELECT * FROM drafts WHERE id = :id AND expires_at > :now;

-- name: files_of_drafts(person_id)
-- The files that a person's drafts keep.
SELECT files FROM drafts WHERE person_id = :person_id AND files <> '[]';

-- name: drop_draft(id)!
-- Forgets a draft.
DELETE FROM drafts WHERE id = :id;

-- name: expired_drafts(now, limit)
-- Drafts that have expired, oldest first.
SELECT * FROM drafts WHERE expires_at <= :now ORDER BY expires_at, id LIMIT :limit;
