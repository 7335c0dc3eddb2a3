-- name: transition_job(id, source_1, source_2, source_3, target, lease, at, begins, due_at, keep_lease_until, sent, post_started_at, post_ended_at, task_id, running_since, deadline_at, output_url, consumed_microusd, failure_reason, failure_detail, finished_at)
-- Moves a job from one of a transition's sources to its target, and only if the lease still holds where one is given.
-- The row before is gone when it is returned, so the state left behind stays in previous_state.
UPDATE jobs
SET previous_state = state,
    state = :target,
    revision = revision + 1,
    changed_at = :at,
    attempts = attempts + :begins,
    due_at = :due_at,
    nudged_at = NULL,
    stalled_since = NULL,
    lease = CASE WHEN CAST(:keep_lease_until AS BIGINT) IS NULL THEN NULL ELSE lease END,
    lease_until = CASE WHEN lease IS NULL THEN NULL ELSE CAST(:keep_lease_until AS BIGINT) END,
    sent = COALESCE(:sent, sent),
    post_started_at = COALESCE(:post_started_at, post_started_at),
    post_ended_at = COALESCE(:post_ended_at, post_ended_at),
    task_id = COALESCE(:task_id, task_id),
    running_since = COALESCE(running_since, :running_since),
    deadline_at = COALESCE(:deadline_at, deadline_at),
    output_url = COALESCE(:output_url, output_url),
    consumed_microusd = COALESCE(:consumed_microusd, consumed_microusd),
    failure_reason = COALESCE(:failure_reason, failure_reason),
    failure_detail = COALESCE(:failure_detail, failure_detail),
    finished_at = COALESCE(:finished_at, finished_at)
WHERE id = :id
    AND state IN (:source_1, :source_2, :source_3)
    AND (CAST(:lease AS TEXT) IS NULL OR lease = :lease)
RETURNING *;

-- name: return_quota(id)
-- Marks a job's quota as given back; no row if it was before, or if none was taken.
UPDATE jobs SET quota_held = 0 WHERE id = :id AND quota_held = 1 RETURNING *;

-- name: give_back_holds(id)!
-- Takes a job's holds off their counters; return_quota sees to it that this happens once.
UPDATE counters
SET used = used - (SELECT amount FROM holds WHERE holds.job_id = :id AND holds.counter = counters.name)
WHERE name IN (SELECT counter FROM holds WHERE job_id = :id);

-- name: settle_charge(job_id, consumed_microusd, settled_at)
-- Writes what the provider charged into the ledger, once.
UPDATE charges
SET consumed_microusd = :consumed_microusd, settled_at = :settled_at
WHERE job_id = :job_id AND settled_at IS NULL
RETURNING counter, reserved_microusd;

-- name: insert_delivery(id, job_id, purpose, state, at)!
-- Owes the job's channel a message, once for each purpose.
INSERT INTO deliveries (id, job_id, purpose, state, channel_id, due_at, created_at)
SELECT :id, jobs.id, :purpose, :state, jobs.channel_id, :at, :at FROM jobs WHERE jobs.id = :job_id
ON CONFLICT (job_id, purpose) DO NOTHING;

-- name: transition_delivery(id, source_1, source_2, source_3, target, lease, begins, due_at, keep_lease_until, channel_id, first_attempt_at, message_channel_id, message_id, reason)
-- Moves a delivery from one of a transition's sources to its target, and only if the lease still holds where one is
-- given.
UPDATE deliveries
SET state = :target,
    attempts = attempts + :begins,
    due_at = :due_at,
    lease = CASE WHEN CAST(:keep_lease_until AS BIGINT) IS NULL THEN NULL ELSE lease END,
    lease_until = CASE WHEN lease IS NULL THEN NULL ELSE CAST(:keep_lease_until AS BIGINT) END,
    channel_id = COALESCE(:channel_id, channel_id),
    first_attempt_at = COALESCE(first_attempt_at, :first_attempt_at),
    message_channel_id = COALESCE(:message_channel_id, message_channel_id),
    message_id = COALESCE(:message_id, message_id),
    reason = COALESCE(:reason, reason)
WHERE id = :id
    AND state IN (:source_1, :source_2, :source_3)
    AND (CAST(:lease AS TEXT) IS NULL OR lease = :lease)
RETURNING *;
