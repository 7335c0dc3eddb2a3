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
