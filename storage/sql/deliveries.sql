-- name: deliveries_of_job(job_id)
-- A job's deliveries, oldest first.
SELECT * FROM deliveries WHERE job_id = :job_id ORDER BY created_at, number;
