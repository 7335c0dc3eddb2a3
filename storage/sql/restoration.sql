-- name: hold_backup_mark(key)
-- The mark that a backup's copy of the database carries, held until the transaction ends: one process takes it up.
UPDATE meta SET value = value WHERE key = :key RETURNING value;

-- name: jobs_without_task(state_1, state_2, state_3)
-- Every job in these states, oldest first.
SELECT * FROM jobs WHERE state IN (:state_1, :state_2, :state_3) ORDER BY created_at, number;
