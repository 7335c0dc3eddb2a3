-- name: running_clips(requester_id, guild_id, limit)
-- A person's jobs here that have not ended, oldest first.
SELECT * FROM jobs
WHERE requester_id = :requester_id
    AND (guild_id = :guild_id OR (guild_id IS NULL AND CAST(:guild_id AS BIGINT) IS NULL))
    AND finished_at IS NULL
ORDER BY created_at, number
LIMIT :limit;

-- name: past_clips(requester_id, guild_id, result, failure, abandoned, limit)
-- A person's ended jobs here, newest first, with where the message that told of the end stands.
SELECT jobs.*, deliveries.message_channel_id AS result_channel_id, deliveries.message_id AS result_message_id
FROM jobs
LEFT JOIN deliveries ON deliveries.number = (
    SELECT MAX(told.number) FROM deliveries AS told
    WHERE told.job_id = jobs.id AND told.message_id IS NOT NULL AND told.purpose IN (:result, :failure, :abandoned)
)
WHERE jobs.requester_id = :requester_id
    AND (jobs.guild_id = :guild_id OR (jobs.guild_id IS NULL AND CAST(:guild_id AS BIGINT) IS NULL))
    AND jobs.finished_at IS NOT NULL
ORDER BY jobs.finished_at DESC, jobs.number DESC
LIMIT :limit;

-- name: source_clips(requester_id, guild_id, channel_id, since, succeeded, direct, limit)
-- Clips that may be followed up: the person's in this server first, then the channel's; newest first. None that is
-- deleted, and none of another person's private ones.
SELECT jobs.* FROM jobs
WHERE state = :succeeded
    AND finished_at >= :since
    AND removed_at IS NULL
    AND (requester_id = :requester_id OR destination <> :direct)
    AND (
        channel_id = :channel_id
        OR (
            requester_id = :requester_id
            AND (guild_id = :guild_id OR (guild_id IS NULL AND CAST(:guild_id AS BIGINT) IS NULL))
        )
    )
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
