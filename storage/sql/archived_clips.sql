-- name: hold_clip(id, succeeded)
-- A clip that is kept, held until the transaction ends, so that nobody deletes it meanwhile.
UPDATE jobs
SET changed_at = changed_at
WHERE id = :id
    AND state = :succeeded
    AND removed_at IS NULL
RETURNING hook_token;

-- name: insert_repost(id, job_id, purpose, pending, channel_id, at, spoiler)!
-- Owes a channel a clip once more, once for each request.
INSERT INTO deliveries (id, job_id, purpose, state, channel_id, due_at, created_at, spoiler)
VALUES (:id, :job_id, :purpose, :pending, :channel_id, :at, :at, :spoiler)
ON CONFLICT (job_id, purpose) DO NOTHING;

-- name: delivery_for(job_id, purpose)
-- A job's delivery for one purpose.
SELECT * FROM deliveries WHERE job_id = :job_id AND purpose = :purpose;

-- name: remove_clip(id, at)
-- Notes that an ended job's clip is deleted, once. Its card is stale then, and an archiver that is still fetching the
-- clip loses its lease.
UPDATE jobs
SET removed_at = :at,
    revision = revision + 1,
    changed_at = :at,
    due_at = NULL,
    nudged_at = NULL,
    lease = NULL,
    lease_until = NULL
WHERE id = :id
    AND finished_at IS NOT NULL
    AND removed_at IS NULL
RETURNING *;
