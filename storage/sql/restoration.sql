-- name: hold_backup_mark(key)
-- The mark that a backup's copy of the database carries, held until the transaction ends: one process takes it up.
UPDATE meta SET value = value WHERE key = :key RETURNING value;

-- name: unended_jobs()
-- Every job that has not ended, oldest first.
SELECT * FROM jobs WHERE finished_at IS NULL ORDER BY created_at, number;
