-- name: release_job(id, lease, due_at, stalled_since)
-- Gives a job's lease back. What somebody asked for while the lease was held (nudged_at) is not put off by it.
UPDATE jobs
SET lease = NULL,
    lease_until = NULL,
    nudged_at = NULL,
    stalled_since = :stalled_since,
    due_at = CASE
        WHEN nudged_at IS NULL OR CAST(:due_at AS BIGINT) < nudged_at THEN CAST(:due_at AS BIGINT)
        ELSE nudged_at
    END
WHERE id = :id AND lease = :lease
RETURNING id;

-- name: renew_job(id, lease, lease_until)
-- Keeps a lease that is still held for longer.
UPDATE jobs SET lease_until = :lease_until WHERE id = :id AND lease = :lease RETURNING id;

-- name: release_delivery(id, lease, due_at, stalled_since)
-- Gives a delivery's lease back in the state it has.
UPDATE deliveries
SET lease = NULL, lease_until = NULL, due_at = :due_at, stalled_since = :stalled_since
WHERE id = :id AND lease = :lease
RETURNING id;

-- name: submitting_without_worker(submitting, now, latest, every)
-- The jobs whose POST may be on the wire and whose worker is gone, or all that may have one on the wire.
SELECT * FROM jobs
WHERE state = :submitting AND (CAST(:every AS BIGINT) = 1 OR lease IS NULL OR lease_until <= :now OR lease_until > :latest)
ORDER BY created_at, number;

-- name: forget_job_leases()!
-- Forgets every lease of a job.
UPDATE jobs SET lease = NULL, lease_until = NULL WHERE lease IS NOT NULL;

-- name: forget_delivery_leases()!
-- Forgets every lease of a delivery.
UPDATE deliveries SET lease = NULL, lease_until = NULL WHERE lease IS NOT NULL;

-- name: hasten_jobs(state_1, state_2, state_3, now)!
-- Makes the jobs that have, or may have, a task due now.
UPDATE jobs
SET due_at = :now
WHERE state IN (:state_1, :state_2, :state_3)
    AND (due_at IS NULL OR due_at > :now);

-- name: bring_jobs_forward(state_1, state_2, state_3, state_4, state_5, state_6, state_7, now, furthest)
-- Makes jobs due now that are due further away than anything is put off: their clock has been put back since.
UPDATE jobs
SET due_at = :now
WHERE state IN (:state_1, :state_2, :state_3, :state_4, :state_5, :state_6, :state_7)
    AND due_at > :furthest
RETURNING id;

-- name: bring_deliveries_forward(pending, sending, now, furthest)
-- Likewise for messages.
UPDATE deliveries
SET due_at = :now
WHERE state IN (:pending, :sending) AND due_at > :furthest
RETURNING id;
