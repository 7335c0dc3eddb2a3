-- name: job_by_id(id)
-- A job by its short id.
SELECT * FROM jobs WHERE id = :id;

-- name: job_by_request(request_key)
-- The job that a request made.
SELECT * FROM jobs WHERE request_key = :request_key;

-- name: job_by_task(task_id)
-- The job bound to a task of the provider's.
SELECT * FROM jobs WHERE task_id = :task_id;

-- name: job_by_message(message_id)
-- The job whose card or delivered message this is.
SELECT * FROM jobs
WHERE id IN (
    SELECT id FROM jobs WHERE card_message_id = :message_id
    UNION ALL
    SELECT job_id FROM deliveries WHERE message_id = :message_id
);

-- name: events_of_job(job_id)
-- A job's history, oldest first.
SELECT * FROM job_events WHERE job_id = :job_id ORDER BY number;

-- name: durations(kind, model, mode, seconds, running, samples)
-- How long the last such clips took at the provider, by its own clock; only a finished clip has such a time. Of those
-- that are made together the quick ones end first, so only clips tell that were begun before all that are still made.
SELECT took_ms AS duration
FROM jobs
WHERE took_ms IS NOT NULL AND kind = :kind AND model = :model AND mode = :mode AND seconds = :seconds
    AND running_since < COALESCE(
        (
            SELECT MIN(slower.running_since)
            FROM jobs AS slower
            WHERE slower.state = :running AND slower.kind = :kind AND slower.model = :model AND slower.mode = :mode
                AND slower.seconds = :seconds
        ),
        9223372036854775807
    )
ORDER BY finished_at DESC, number
LIMIT :samples;
