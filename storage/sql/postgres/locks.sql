-- name: lock_counters(counter_1, counter_2, counter_3)
-- Takes the counters of a submission in the order process, guild, person, so that two submissions never wait for each
-- other, and makes those that are missing. SQLite needs none of this: it has one transaction at a time.
WITH asked (place, counter) AS (
    VALUES (0, CAST(:counter_1 AS TEXT)), (1, CAST(:counter_2 AS TEXT)), (2, CAST(:counter_3 AS TEXT))
)
INSERT INTO counters (name, used)
SELECT counter, 0 FROM asked WHERE counter IS NOT NULL ORDER BY place
ON CONFLICT (name) DO UPDATE SET used = counters.used
RETURNING name;

-- name: lock_repeats(space, repeat_key)
-- Takes what two clicks of a kind have in common, until the transaction ends; the second then sees the first's job.
-- Before the counters, always: whoever waits here holds none of them.
SELECT pg_advisory_xact_lock(CAST(:space AS INTEGER), hashtext(:repeat_key));
