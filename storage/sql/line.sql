-- name: line(queued, submitting, submit_unknown, running, overdue, places)
-- Who waits and who holds a place at the provider, with when a person and a line were last served by the queue's clock;
-- nothing where nobody waits, nobody who holds a place where there is one for each who waits, and no whole rows, for
-- there may be thousands.
SELECT
    id, state, number, COALESCE(guild_id, 0) AS line, requester_id, turn, kind, model, mode, seconds, running_since,
    post_started_at, inputs_ready, card_message_id, revision, card_shown,
    card_place, card_ready_at,
    COALESCE((
        SELECT MAX(started.turn) FROM jobs AS started
        WHERE COALESCE(started.guild_id, 0) = COALESCE(jobs.guild_id, 0)
            AND started.requester_id = jobs.requester_id
            AND started.attempts > 0
            AND started.turn > 0
    ), 0) AS person_served,
    COALESCE((
        SELECT MAX(started.turn) FROM jobs AS started
        WHERE COALESCE(started.guild_id, 0) = COALESCE(jobs.guild_id, 0)
            AND started.attempts > 0
            AND started.turn > 0
    ), 0) AS line_served
FROM jobs
WHERE state IN (:queued, :submitting, :submit_unknown, :running, :overdue) AND finished_at IS NULL
    AND EXISTS (SELECT 1 FROM jobs AS queued WHERE queued.state = :queued AND queued.finished_at IS NULL)
    AND (
        state = :queued
        OR (
            SELECT COUNT(*) FROM jobs AS counted
            WHERE counted.state IN (:queued, :submitting, :submit_unknown, :running, :overdue)
                AND counted.finished_at IS NULL
        ) > CAST(:places AS BIGINT)
    )
ORDER BY number;
