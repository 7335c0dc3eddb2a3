-- name: claim_in_line(lease, lease_until, now, latest, queued, submitting, submit_unknown, running, prepared, places, limit)
-- Leases queued jobs whose inputs are (`prepared` 1) or are not (0) ready, in the order of `bot.jobs.line`: the lines of
-- servers take turns, and so do the people of a line; who was served, or came, longest ago by the queue's clock goes
-- first. A line that holds its share of the places lets others go first. What another worker has in hand still counts:
-- it is that person's turn that is being taken.
-- A few more are chosen than are asked for, so that what another process is leasing at this moment can be passed over;
-- and since it may have done so after the rows were read, they are looked at once more when they are locked.
WITH waiting AS MATERIALIZED (
    SELECT
        id, state, number, COALESCE(guild_id, 0) AS line, turn, inputs_ready,
        CASE WHEN lease IS NULL OR lease_until <= :now OR lease_until > :latest THEN 1 ELSE 0 END AS untaken,
        ROW_NUMBER() OVER own AS nth,
        GREATEST(FIRST_VALUE(turn) OVER own, COALESCE((
            SELECT MAX(started.turn) FROM jobs AS started
            WHERE COALESCE(started.guild_id, 0) = COALESCE(jobs.guild_id, 0)
                AND started.requester_id = jobs.requester_id
                AND started.attempts > 0
                AND started.turn > 0
        ), 0)) AS since
    FROM jobs
    WHERE state = :queued AND finished_at IS NULL AND due_at <= :now AND inputs_ready >= CAST(:prepared AS BIGINT)
    WINDOW own AS (PARTITION BY COALESCE(guild_id, 0), requester_id ORDER BY number)
),
ranked AS (
    SELECT
        id, state, line, number, untaken, inputs_ready,
        ROW_NUMBER() OVER (PARTITION BY line ORDER BY nth, since, number) AS nth
    FROM waiting
),
held AS MATERIALIZED (
    SELECT COALESCE(guild_id, 0) AS line, COUNT(*) AS places
    FROM jobs
    WHERE state IN (:submitting, :submit_unknown, :running) AND finished_at IS NULL
    GROUP BY COALESCE(guild_id, 0)
),
share AS (
    SELECT (CAST(:places AS BIGINT) + COUNT(*) - 1) / COUNT(*) AS places
    FROM (SELECT line FROM waiting UNION SELECT line FROM held) AS busy
),
lines AS MATERIALIZED (
    SELECT
        waiting.line AS line,
        COALESCE((SELECT held.places FROM held WHERE held.line = waiting.line), 0) AS held,
        GREATEST(MIN(waiting.turn), COALESCE((
            SELECT MAX(started.turn) FROM jobs AS started
            WHERE COALESCE(started.guild_id, 0) = waiting.line
                AND started.attempts > 0
                AND started.turn > 0
        ), 0)) AS since
    FROM waiting
    GROUP BY waiting.line
),
chosen AS MATERIALIZED (
    SELECT
        ranked.id, ranked.state,
        ROW_NUMBER() OVER (
            ORDER BY
                CASE WHEN lines.held + ranked.nth > (SELECT places FROM share) THEN 1 ELSE 0 END,
                ranked.nth, lines.since, ranked.number
        ) AS place
    FROM ranked
    JOIN lines ON lines.line = ranked.line
    WHERE ranked.untaken = 1 AND ranked.inputs_ready = :prepared
    ORDER BY place
    LIMIT CAST(:limit AS BIGINT) + 32
),
due AS MATERIALIZED (
    SELECT jobs.id
    FROM chosen
    JOIN jobs ON jobs.id = chosen.id AND jobs.state = chosen.state
    WHERE jobs.due_at <= :now AND (jobs.lease IS NULL OR jobs.lease_until <= :now OR jobs.lease_until > :latest)
    ORDER BY chosen.place
    LIMIT CAST(:limit AS BIGINT)
    FOR UPDATE OF jobs SKIP LOCKED
)
UPDATE jobs
SET lease = :lease, lease_until = :lease_until, nudged_at = NULL
WHERE id = ANY (ARRAY(SELECT id FROM due))
RETURNING jobs.*;
