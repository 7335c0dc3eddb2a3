-- name: insert_removal(guild_id, at, actor_id, job_id)!
-- Remembers that somebody deleted another person's clip.
INSERT INTO audit (guild_id, at, actor_id, action, subject, detail)
VALUES (:guild_id, :at, :actor_id, 'delete', :job_id, '');

-- name: claim_reports(now, until, limit)
-- Reports that nobody has been told of, oldest first; each rests until then.
UPDATE reports
SET due_at = :until, attempts = attempts + 1
WHERE told_at IS NULL
    AND due_at <= :now
    AND (job_id, person_id) IN (
        SELECT job_id, person_id
        FROM reports
        WHERE told_at IS NULL AND due_at <= :now
        ORDER BY due_at, created_at
        LIMIT :limit
    )
RETURNING *;

-- name: aim_report(job_id, person_id, channel_id, at)
-- Names the channel that a report goes to before it is posted there; the first one stays.
UPDATE reports
SET channel_id = COALESCE(channel_id, :channel_id), tried_at = COALESCE(tried_at, :at)
WHERE job_id = :job_id AND person_id = :person_id AND told_at IS NULL
RETURNING *;

-- name: put_off_report(job_id, person_id, until)!
-- Lets a report rest.
UPDATE reports SET due_at = :until WHERE job_id = :job_id AND person_id = :person_id AND told_at IS NULL;

-- name: report_told(job_id, person_id, at)!
-- Notes that somebody has been told of a report; the first time stays.
UPDATE reports SET told_at = :at WHERE job_id = :job_id AND person_id = :person_id AND told_at IS NULL;

-- name: records_of_server(guild_id, reach, limit, offset)
-- What was done and what was ordered on a server, newest first. Amounts are what was charged, else what is held for it.
SELECT *
FROM (
    SELECT *
    FROM (
        SELECT at, number, actor_id, action, subject, detail, CAST(NULL AS BIGINT) AS channel_id,
            CAST(NULL AS BIGINT) AS microusd, 0 AS charged
        FROM audit
        WHERE guild_id = :guild_id
        ORDER BY number DESC
        LIMIT :reach
    ) AS done
    UNION ALL
    SELECT *
    FROM (
        SELECT created_at AS at, number, requester_id AS actor_id, 'order' AS action, id AS subject, state AS detail,
            CASE WHEN destination = 'direct' THEN NULL ELSE channel_id END AS channel_id,
            COALESCE(consumed_microusd, price_microusd) AS microusd,
            CASE WHEN consumed_microusd IS NULL THEN 0 ELSE 1 END AS charged
        FROM jobs
        WHERE guild_id = :guild_id
        ORDER BY created_at DESC, number DESC
        LIMIT :reach
    ) AS ordered
) AS records
ORDER BY at DESC, number DESC, action
LIMIT :limit OFFSET :offset;
