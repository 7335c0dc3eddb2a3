-- name: counter_used(name)
-- What a counter stands at; no row before anything was taken.
SELECT used FROM counters WHERE name = :name;

-- name: take_from_counter(name, amount, ceiling)
-- Adds to a counter unless it would pass the ceiling (NULL: none): then no row comes back.
INSERT INTO counters (name, used)
SELECT CAST(:name AS TEXT), CAST(:amount AS BIGINT)
WHERE CAST(:ceiling AS BIGINT) IS NULL OR CAST(:amount AS BIGINT) <= CAST(:ceiling AS BIGINT)
ON CONFLICT (name) DO UPDATE SET used = counters.used + excluded.used
WHERE CAST(:ceiling AS BIGINT) IS NULL OR counters.used + excluded.used <= CAST(:ceiling AS BIGINT)
RETURNING used;

-- name: shift_counter(name, difference)!
-- Moves a counter up or down, whatever its ceiling: a fact, not a request.
UPDATE counters SET used = used + :difference WHERE name = :name;
