-- name: meta_value(key)
-- A value kept for the whole database.
SELECT value FROM meta WHERE key = :key;

-- name: set_meta(key, value)!
-- Keeps a value for the whole database.
INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: keep_first_meta(key, value)
-- Keeps a value for the whole database unless there is one; gives the one that is kept.
INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = meta.value RETURNING value;

-- name: prove(key, value)!
-- Writes a little, to see whether that is possible.
INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: drop_meta(key)!
-- Forgets a value.
DELETE FROM meta WHERE key = :key;

-- name: hold_meta(key)
-- A value kept for the whole database, held until the transaction ends.
UPDATE meta SET value = value WHERE key = :key RETURNING value;

-- name: count_meta(key)
-- Counts one more under a key, from one.
INSERT INTO meta (key, value) VALUES (:key, '1')
ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(meta.value AS INTEGER) + 1 AS TEXT)
RETURNING value;
