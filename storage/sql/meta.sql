-- name: meta_value(key)
-- A value kept for the whole database.
SELECT value FROM meta WHERE key = :key;

-- name: set_meta(key, value)!
-- Keeps a value for the whole database.
INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: drop_meta(key)!
-- Forgets a value.
DELETE FROM meta WHERE key = :key;
