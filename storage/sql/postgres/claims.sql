-- name: claim_jobs(lease, lease_until, now, latest, state_1, state_2, state_3, state_4, state_5, state_6, limit)
-- Leases due jobs, passing over those that another process is leasing at this moment. The rows are chosen first and
-- once (MATERIALIZED): a plan that chose them again for each row would lock more than the limit. A lease that ends later
-- than any drawn now could was drawn by a clock that has been put back since, and binds nobody. What somebody spoke of
-- goes first: a webhook's word means an end, and the others are only asked how they stand. The chosen are one ARRAY,
-- which is made once: a row that has changed since the statement began is looked at anew by the UPDATE, and that would
-- choose anew what is joined to it, so that more were leased than the limit, and what is left of it was negative.
WITH nudged AS MATERIALIZED (
    SELECT id FROM jobs
    WHERE state IN (:state_1, :state_2, :state_3, :state_4, :state_5, :state_6)
        AND nudged_at IS NOT NULL
        AND due_at <= :now
        AND (lease IS NULL OR lease_until <= :now OR lease_until > :latest)
    ORDER BY nudged_at, number
    LIMIT CAST(:limit AS BIGINT)
    FOR UPDATE SKIP LOCKED
),
due AS MATERIALIZED (
    SELECT id FROM jobs
    WHERE state IN (:state_1, :state_2, :state_3, :state_4, :state_5, :state_6)
        AND nudged_at IS NULL
        AND due_at <= :now
        AND (lease IS NULL OR lease_until <= :now OR lease_until > :latest)
    ORDER BY due_at, created_at, number
    LIMIT GREATEST(0, CAST(:limit AS BIGINT) - (SELECT COUNT(*) FROM nudged))
    FOR UPDATE SKIP LOCKED
)
UPDATE jobs
SET lease = :lease, lease_until = :lease_until, nudged_at = NULL
WHERE id = ANY (ARRAY(SELECT id FROM nudged UNION ALL SELECT id FROM due))
RETURNING jobs.*;

-- name: claim_deliveries(lease, lease_until, now, latest, pending, sending, result, limit)
-- Leases due deliveries, chosen as jobs are, passing over those that another process is leasing; a result waits for its
-- clip to be archived, or for the archiver to give up.
WITH due AS MATERIALIZED (
    SELECT deliveries.id FROM deliveries
    JOIN jobs ON jobs.id = deliveries.job_id
    WHERE deliveries.state IN (:pending, :sending)
        AND COALESCE(deliveries.due_at, deliveries.created_at) <= :now
        AND (deliveries.lease IS NULL OR deliveries.lease_until <= :now OR deliveries.lease_until > :latest)
        AND (deliveries.purpose <> :result OR jobs.result_asset_id IS NOT NULL OR jobs.due_at IS NULL)
    ORDER BY COALESCE(deliveries.due_at, deliveries.created_at), deliveries.number
    LIMIT :limit
    FOR UPDATE OF deliveries SKIP LOCKED
)
UPDATE deliveries
SET lease = :lease, lease_until = :lease_until
WHERE id = ANY (ARRAY(SELECT id FROM due))
RETURNING deliveries.*;

-- name: claim_cards(now, rest_until, latest, settled, submitting, pending, sending, limit)
-- Takes cards that show less than their job's revision, oldest change first; nobody draws them before `rest_until`. A
-- rest that ends after `latest` is of a clock that has been put back since; what lies between is another process's,
-- which looked at its clock a moment later. What the next step is about to change again (a purchase on the wire, a task
-- that was spoken of or is asked for, a message that is owed) waits for it until it was made before `settled`.
WITH stale AS MATERIALIZED (
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
    FOR UPDATE SKIP LOCKED
)
UPDATE jobs
SET card_rests_until = :rest_until
WHERE id = ANY (ARRAY(SELECT id FROM stale))
RETURNING jobs.*;
