-- name: servers()
-- What is known of every server, those that were left included.
SELECT * FROM servers ORDER BY guild_id;

-- name: server_joined(guild_id, at)!
-- Notes that the bot is in a server; the first time stays, and a server that was left is one again.
INSERT INTO servers (guild_id, joined_at) VALUES (:guild_id, :at)
ON CONFLICT (guild_id) DO UPDATE SET joined_at = COALESCE(servers.joined_at, excluded.joined_at), left_at = NULL;

-- name: server_left(guild_id, at)
-- Notes that the bot is in a server no more; no row where that is known, or nothing is kept of it.
UPDATE servers SET left_at = :at WHERE guild_id = :guild_id AND left_at IS NULL RETURNING guild_id;

-- name: begin_welcome(guild_id, channel_id, at, stale)
-- Notes where a server is about to be welcomed; no row where it was, or somebody else is about to.
UPDATE servers SET welcome_channel_id = :channel_id, welcome_tried_at = :at
WHERE guild_id = :guild_id AND welcomed_at IS NULL AND (welcome_tried_at IS NULL OR welcome_tried_at < :stale)
RETURNING guild_id;

-- name: drop_welcome(guild_id)!
-- Notes that an attempt to welcome certainly posted nothing.
UPDATE servers SET welcome_channel_id = NULL, welcome_tried_at = NULL WHERE guild_id = :guild_id;

-- name: end_welcome(guild_id, at)!
-- Notes that a server is welcomed; the first time stays.
UPDATE servers SET welcomed_at = COALESCE(welcomed_at, :at) WHERE guild_id = :guild_id;

-- name: servers_left(before, limit)
-- Servers that were left before an instant, those that were left first foremost.
SELECT guild_id FROM servers WHERE left_at IS NOT NULL AND left_at < :before ORDER BY left_at, guild_id LIMIT :limit;
