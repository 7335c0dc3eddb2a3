-- name: transition_job(id, source_1, source_2, source_3, source_4, target, lease, at, begins, heeds, due_at, keep_lease_until, sent, post_started_at, post_ended_at, task_id, running_since, deadline_at, output_url, consumed_microusd, took_ms, failure_reason, failure_detail, finished_at)
-- Moves a job from one of a transition's sources to its target, and only if the lease still holds where one is given.
-- The row before is gone when it is returned, so the state left behind stays in previous_state. What somebody asked for
-- while the step was in hand (nudged_at) is not lost: a job that heeds it is due for it. Binding a task clears the failure
-- of a job that had been given up on, and a new POST clears the end of the one before and takes its person's turn.
UPDATE jobs
SET previous_state = state,
    state = :target,
    revision = revision + 1,
    changed_at = :at,
    attempts = attempts + CAST(:begins AS BIGINT),
    turn = CASE
        WHEN CAST(:begins AS BIGINT) = 1 THEN (SELECT COALESCE(MAX(newest.turn), 0) + 1 FROM jobs AS newest WHERE newest.turn > 0)
        ELSE turn
    END,
    due_at = CASE
        WHEN CAST(:heeds AS BIGINT) = 1 AND (CAST(:due_at AS BIGINT) IS NULL OR CAST(:due_at AS BIGINT) > nudged_at)
            THEN COALESCE(nudged_at, CAST(:due_at AS BIGINT))
        ELSE CAST(:due_at AS BIGINT)
    END,
    nudged_at = NULL,
    stalled_since = NULL,
    lease = CASE WHEN CAST(:keep_lease_until AS BIGINT) IS NULL THEN NULL ELSE lease END,
    lease_until = CASE WHEN lease IS NULL THEN NULL ELSE CAST(:keep_lease_until AS BIGINT) END,
    sent = COALESCE(:sent, sent),
    post_started_at = COALESCE(:post_started_at, post_started_at),
    post_ended_at = CASE
        WHEN CAST(:begins AS BIGINT) = 1 THEN NULL ELSE COALESCE(CAST(:post_ended_at AS BIGINT), post_ended_at)
    END,
    task_id = COALESCE(:task_id, task_id),
    running_since = COALESCE(running_since, CAST(:running_since AS BIGINT)),
    deadline_at = COALESCE(:deadline_at, deadline_at),
    output_url = COALESCE(:output_url, output_url),
    consumed_microusd = COALESCE(:consumed_microusd, consumed_microusd),
    took_ms = COALESCE(:took_ms, took_ms),
    failure_reason = CASE
        WHEN CAST(:running_since AS BIGINT) IS NULL THEN COALESCE(:failure_reason, failure_reason)
    END,
    failure_detail = CASE
        WHEN CAST(:running_since AS BIGINT) IS NULL THEN COALESCE(:failure_detail, failure_detail) ELSE ''
    END,
    finished_at = COALESCE(CAST(:finished_at AS BIGINT), finished_at)
WHERE id = :id
    AND state IN (:source_1, :source_2, :source_3, :source_4)
    AND (CAST(:lease AS TEXT) IS NULL OR lease = :lease)
RETURNING *;

-- name: return_quota(id)
-- Marks a job's quota as given back; no row if it was before, or if none was taken.
UPDATE jobs SET quota_held = 0 WHERE id = :id AND quota_held = 1 RETURNING *;

-- name: give_back_holds(id)!
-- Takes what a job without a clip had taken from a person's quota off its counters; return_quota sees to it that this
-- happens once.
UPDATE counters
SET used = used - (
    SELECT amount FROM holds
    WHERE holds.job_id = :id AND holds.counter = counters.name AND holds.kind IN ('clip', 'spend')
)
WHERE name IN (SELECT counter FROM holds WHERE job_id = :id AND kind IN ('clip', 'spend'));

-- name: leave_places(id)!
-- Takes a job that is no longer under way off its person's counter; empty_places sees to it that this happens once.
UPDATE counters
SET used = used - (
    SELECT amount FROM holds WHERE holds.job_id = :id AND holds.counter = counters.name AND holds.kind = 'place'
)
WHERE name IN (SELECT counter FROM holds WHERE job_id = :id AND kind = 'place' AND amount > 0);

-- name: empty_places(id)!
-- Notes that a job holds no place any more.
UPDATE holds SET amount = 0 WHERE job_id = :id AND kind = 'place' AND amount > 0;

-- name: settle_counters(id, consumed_microusd)!
-- Lets a server's and a person's reserve give way to what was charged; settle_holds follows. A person's quota that was
-- given back before stays given back.
UPDATE counters
SET used = used + :consumed_microusd - (
    SELECT amount FROM holds
    WHERE holds.job_id = :id AND holds.counter = counters.name AND holds.kind IN ('money', 'spend')
)
WHERE name IN (
    SELECT counter FROM holds
    JOIN jobs ON jobs.id = holds.job_id
    WHERE holds.job_id = :id AND (holds.kind = 'money' OR (holds.kind = 'spend' AND jobs.quota_held = 1))
);

-- name: settle_holds(id, consumed_microusd)!
-- Notes what a job really took from budgets.
UPDATE holds SET amount = :consumed_microusd
WHERE job_id = :id AND (
    kind = 'money'
    OR (kind = 'spend' AND (SELECT jobs.quota_held FROM jobs WHERE jobs.id = holds.job_id) = 1)
);

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

-- name: transition_delivery(id, source_1, source_2, source_3, target, lease, begins, due_at, keep_lease_until, channel_id, first_attempt_at, message_channel_id, message_id, reason, stalled_since)
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
    reason = COALESCE(:reason, reason),
    stalled_since = :stalled_since
WHERE id = :id
    AND state IN (:source_1, :source_2, :source_3)
    AND (CAST(:lease AS TEXT) IS NULL OR lease = :lease)
RETURNING *;
