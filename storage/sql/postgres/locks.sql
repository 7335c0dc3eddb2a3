-- name: lock_counters(counter_1, counter_2, counter_3, counter_4, counter_5, counter_6, counter_7, counter_8)
-- Takes the counters of a submission in the order of their names (in_flight, process, server, person), as everybody does
-- who takes several, so that two never wait for each other; and makes those that are missing. SQLite needs none of this: it has one transaction at a time.
WITH asked (counter) AS (
    VALUES
        (CAST(:counter_1 AS TEXT)),
        (CAST(:counter_2 AS TEXT)),
        (CAST(:counter_3 AS TEXT)),
        (CAST(:counter_4 AS TEXT)),
        (CAST(:counter_5 AS TEXT)),
        (CAST(:counter_6 AS TEXT)),
        (CAST(:counter_7 AS TEXT)),
        (CAST(:counter_8 AS TEXT))
)
INSERT INTO counters (name, used)
SELECT counter, 0 FROM asked WHERE counter IS NOT NULL ORDER BY counter COLLATE "C"
ON CONFLICT (name) DO UPDATE SET used = counters.used
RETURNING name;

-- name: lock_counters_of_job(job_id)
-- Takes every counter that a job took from, in the order of their names.
SELECT name FROM counters
WHERE name IN (
    SELECT counter FROM holds WHERE job_id = :job_id UNION SELECT counter FROM charges WHERE job_id = :job_id
)
ORDER BY name COLLATE "C"
FOR UPDATE;

-- name: lock_repeats(space, repeat_key)
-- Takes what two clicks of a kind have in common, until the transaction ends; the second then sees the first's job.
-- Before the counters, always: whoever waits here holds none of them.
SELECT pg_advisory_xact_lock(CAST(:space AS INTEGER), hashtext(:repeat_key));
