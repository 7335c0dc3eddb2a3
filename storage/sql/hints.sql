-- name: nudge_job(hook_token, task_id, now, queued, submitting, state_1, state_2, state_3, state_4, state_5, state_6)
-- Notes that a webhook spoke of a job that has not ended. In the queue, and while its POST is on the wire, only the
-- candidate is kept: a webhook must not bring a purchase forward.
UPDATE jobs
SET candidate_task_id = CASE
        WHEN task_id IS NULL THEN COALESCE(:task_id, candidate_task_id) ELSE candidate_task_id
    END,
    due_at = CASE WHEN state IN (:queued, :submitting) OR due_at < :now THEN due_at ELSE CAST(:now AS BIGINT) END,
    nudged_at = CASE WHEN state = :queued THEN nudged_at ELSE CAST(:now AS BIGINT) END
WHERE hook_token = :hook_token
    AND state IN (:state_1, :state_2, :state_3, :state_4, :state_5, :state_6)
RETURNING id;

-- name: token_known(hook_token)
-- Tells whether any job has this token.
SELECT id FROM jobs WHERE hook_token = :hook_token;

-- name: request_cancel(id, by, now, state_1, state_2, state_3, state_4, state_5)
-- Notes that a job which has left the queue and has not ended shall be cancelled; a second wish changes nothing shown.
UPDATE jobs
SET revision = revision + CASE WHEN cancel_requested_at IS NULL THEN 1 ELSE 0 END,
    changed_at = CASE WHEN cancel_requested_at IS NULL THEN CAST(:now AS BIGINT) ELSE changed_at END,
    cancel_requested_at = COALESCE(cancel_requested_at, :now),
    cancelled_by = COALESCE(cancelled_by, :by),
    due_at = :now,
    nudged_at = :now
WHERE id = :id
    AND state IN (:state_1, :state_2, :state_3, :state_4, :state_5)
RETURNING *;

-- name: mark_cancel_sent(id, now)!
-- Notes that the provider was asked to cancel.
UPDATE jobs SET cancel_sent_at = :now WHERE id = :id AND cancel_sent_at IS NULL;
