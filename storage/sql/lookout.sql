-- name: tasks_under_way(running, overdue)
-- What is needed to watch tasks that have not ended, oldest first; no whole rows, for there may be ten thousand.
SELECT id, task_id, kind, model, mode, seconds, running_since, due_at, post_started_at, created_at
FROM jobs
WHERE state IN (:running, :overdue)
ORDER BY created_at, number;

-- name: make_task_due(id, running, overdue, due_at)*!
-- Lets a task be asked for at once and before others; what is being asked for now is asked for once more.
UPDATE jobs
SET due_at = CASE WHEN due_at < :due_at THEN due_at ELSE :due_at END,
    nudged_at = :due_at
WHERE id = :id AND state IN (:running, :overdue);

-- name: put_off_task(id, running, overdue, due_at)*!
-- Lets a task that was seen under way be asked for later, unless somebody spoke of it meanwhile or has it in hand.
UPDATE jobs
SET due_at = :due_at
WHERE id = :id AND state IN (:running, :overdue) AND lease IS NULL AND nudged_at IS NULL AND due_at < :due_at;
