-- name: claim_jobs(lease, lease_until, now, latest, state_1, state_2, state_3, state_4, state_5, state_6, limit)
-- Leases due jobs. One statement is one transaction, and there is only one at a time. A lease that ends later than any
-- drawn now could was drawn by a clock that has been put back since, and binds nobody. What somebody spoke of goes first: a
-- webhook's word means an end, and the others are only asked how they stand. Of each state the first are taken in the
-- indexes' order, and of those the first: ten thousand that are due are neither read nor sorted (the `+` keeps the
-- first part from the index by due times).
WITH wanted (state) AS (VALUES (:state_1), (:state_2), (:state_3), (:state_4), (:state_5), (:state_6))
UPDATE jobs
SET lease = :lease, lease_until = :lease_until, nudged_at = NULL
WHERE id IN (
    SELECT jobs.id FROM (SELECT DISTINCT state FROM wanted) AS each_state
    JOIN jobs ON jobs.number IN (
        SELECT number FROM (
            SELECT nudged.number FROM jobs AS nudged
            WHERE nudged.state = each_state.state
                AND nudged.nudged_at IS NOT NULL
                AND +nudged.due_at <= :now
                AND (nudged.lease IS NULL OR nudged.lease_until <= :now OR nudged.lease_until > :latest)
            ORDER BY nudged.nudged_at, nudged.number
            LIMIT :limit
        )
        UNION ALL
        SELECT number FROM (
            SELECT due.number FROM jobs AS due
            WHERE due.state = each_state.state
                AND due.due_at <= :now
                AND (due.lease IS NULL OR due.lease_until <= :now OR due.lease_until > :latest)
            ORDER BY due.due_at, due.created_at, due.number
            LIMIT :limit
        )
    )
    ORDER BY jobs.nudged_at IS NULL, jobs.nudged_at, jobs.due_at, jobs.created_at, jobs.number
    LIMIT :limit
)
RETURNING *;

-- name: claim_deliveries(lease, lease_until, now, latest, pending, sending, result, limit)
-- Leases due deliveries; a result waits for its clip to be archived, or for the archiver to give up.
UPDATE deliveries
SET lease = :lease, lease_until = :lease_until
WHERE id IN (
    SELECT deliveries.id FROM deliveries
    JOIN jobs ON jobs.id = deliveries.job_id
    WHERE deliveries.state IN (:pending, :sending)
        AND COALESCE(deliveries.due_at, deliveries.created_at) <= :now
        AND (deliveries.lease IS NULL OR deliveries.lease_until <= :now OR deliveries.lease_until > :latest)
        AND (deliveries.purpose <> :result OR jobs.result_asset_id IS NOT NULL OR jobs.due_at IS NULL)
    ORDER BY COALESCE(deliveries.due_at, deliveries.created_at), deliveries.number
    LIMIT :limit
)
RETURNING *;

-- name: claim_cards(now, rest_until, latest, settled, submitting, pending, sending, limit)
-- Takes cards that show less than their job's revision, oldest change first; nobody draws them before `rest_until`. A
-- rest that ends after `latest` is of a clock that has been put back since; what lies between is another process's,
-- which looked at its clock a moment later. What the next step is about to change again (a purchase on the wire, a task
-- that was spoken of or is asked for, a message that is owed) waits for it until it was made before `settled`.
UPDATE jobs
SET card_rests_until = :rest_until
WHERE id IN (
    SELECT id FROM jobs
    WHERE card_shown < revision
        AND card_message_id IS NOT NULL
        AND (card_rests_until <= :now OR card_rests_until > :latest)
        AND (
            changed_at <= :settled
            OR changed_at > :now
            OR NOT (
                state = :submitting
                OR nudged_at IS NOT NULL
                OR lease IS NOT NULL
                OR (task_id IS NOT NULL AND due_at IS NOT NULL AND due_at <= :now)
                OR EXISTS (
                    SELECT 1 FROM deliveries
                    WHERE deliveries.job_id = jobs.id AND deliveries.state IN (:pending, :sending)
                )
            )
        )
    ORDER BY changed_at, number
    LIMIT :limit
)
RETURNING *;
