-- name: running_clips(requester_id, guild_id, limit)
-- A person's jobs here that have not ended, oldest first.
SELECT * FROM jobs
WHERE requester_id = :requester_id
    AND (guild_id = :guild_id OR (guild_id IS NULL AND CAST(:guild_id AS BIGINT) IS NULL))
    AND finished_at IS NULL
ORDER BY created_at, number
LIMIT :limit;

-- name: source_clips(requester_id, guild_id, channel_id, since, succeeded, direct, limit)
-- Clips that may be followed up: the person's in this server first, then the channel's; newest first. None that is
-- deleted, and none of another person's private ones.
SELECT jobs.* FROM jobs
WHERE state = :succeeded
    AND finished_at >= :since
    AND removed_at IS NULL
    AND (requester_id = :requester_id OR destination <> :direct)
    AND (channel_id = :channel_id OR requester_id = :requester_id)
    AND (guild_id = :guild_id OR (guild_id IS NULL AND CAST(:guild_id AS BIGINT) IS NULL))
ORDER BY CASE WHEN requester_id = :requester_id THEN 0 ELSE 1 END, finished_at DESC, number DESC
LIMIT :limit;

-- name: children_of_job(id, limit)
-- The jobs that go on from one or repeat it, newest first.
SELECT * FROM jobs
WHERE source_id = :id OR made_from = :id
ORDER BY created_at DESC, number DESC
LIMIT :limit;

-- name: failures_since(requester_id, reason, since, failed)
-- When a person's jobs failed for a reason, newest first.
SELECT finished_at FROM jobs
WHERE requester_id = :requester_id
    AND finished_at >= :since
    AND failure_reason = :reason
    AND state = :failed
ORDER BY finished_at DESC;
