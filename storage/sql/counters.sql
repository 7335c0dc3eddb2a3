-- name: counter_used(name)
-- What a counter stands at; no row before anything was taken.
SELECT used FROM counters WHERE name = :name;
