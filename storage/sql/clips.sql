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
-- deleted, and none of another person's private ones. Either part is read from its newest on, and no further than it is
-- shown: people ask with every letter they type.
WITH chosen (number, others) AS (
    SELECT own.number, 0 FROM (
        SELECT jobs.number FROM jobs
        WHERE requester_id = :requester_id
            AND finished_at >= :since
            AND state = :succeeded
            AND removed_at IS NULL
            AND (guild_id = :guild_id OR (guild_id IS NULL AND CAST(:guild_id AS BIGINT) IS NULL))
        ORDER BY finished_at DESC, number DESC
        LIMIT :limit
    ) AS own
    UNION ALL
    SELECT here.number, 1 FROM (
        SELECT jobs.number FROM jobs
        WHERE channel_id = :channel_id
            AND requester_id <> :requester_id
            AND destination <> :direct
            AND finished_at >= :since
            AND state = :succeeded
            AND removed_at IS NULL
            AND (guild_id = :guild_id OR (guild_id IS NULL AND CAST(:guild_id AS BIGINT) IS NULL))
        ORDER BY finished_at DESC, number DESC
        LIMIT :limit
    ) AS here
)
SELECT jobs.* FROM chosen
JOIN jobs ON jobs.number = chosen.number
ORDER BY chosen.others, jobs.finished_at DESC, jobs.number DESC
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
