-- name: job_by_id(id)
-- A job by its short id.
SELECT * FROM jobs WHERE id = :id;

-- name: job_by_request(request_key)
-- The job that a request made.
SELECT * FROM jobs WHERE request_key = :request_key;
