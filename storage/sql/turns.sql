-- name: claim_turn(key, now, until, latest)
-- Takes a turn that is free, one whose time has passed, or one that a clock far ahead has put off; gives no row where
-- somebody has it.
INSERT INTO meta (key, value) VALUES (:key, :until)
ON CONFLICT (key) DO UPDATE SET value = excluded.value
WHERE CAST(meta.value AS BIGINT) <= :now OR CAST(meta.value AS BIGINT) > :latest
RETURNING value;

-- name: shorten_turn(key, until, free_at)!
-- Lets a turn end at another moment, unless somebody else has taken it since.
UPDATE meta SET value = :free_at WHERE key = :key AND value = :until;

-- name: end_turn(key, until)!
-- Ends a turn before its time, unless somebody else has taken it since.
DELETE FROM meta WHERE key = :key AND value = :until;
