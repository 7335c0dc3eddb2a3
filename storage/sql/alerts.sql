-- name: raise_alert(key, kind, subject, detail, channel_id, at, passes)
-- Notes what somebody has to be told; a row comes back only where it was not open already. What passed and came again
-- before anybody was told that it had passed is the same alert still; afterwards it is a new one. What does not pass is
-- never said twice.
INSERT INTO alerts (key, kind, subject, detail, channel_id, raised_at)
VALUES (:key, :kind, :subject, :detail, :channel_id, :at)
ON CONFLICT (key) DO UPDATE
SET kind = excluded.kind,
    subject = excluded.subject,
    detail = excluded.detail,
    channel_id = excluded.channel_id,
    episode = alerts.episode + CASE WHEN alerts.cleared_told_at IS NULL THEN 0 ELSE 1 END,
    due_at = 0,
    raised_at = CASE
        WHEN alerts.cleared_told_at IS NULL AND alerts.told_at IS NOT NULL THEN alerts.raised_at
        ELSE excluded.raised_at
    END,
    attempted_at = CASE WHEN alerts.cleared_told_at IS NULL THEN alerts.attempted_at END,
    told_at = CASE WHEN alerts.cleared_told_at IS NULL THEN alerts.told_at END,
    message_channel_id = CASE WHEN alerts.cleared_told_at IS NULL THEN alerts.message_channel_id END,
    message_id = CASE WHEN alerts.cleared_told_at IS NULL THEN alerts.message_id END,
    cleared_at = NULL,
    cleared_told_at = NULL
WHERE alerts.cleared_at IS NOT NULL AND CAST(:passes AS BIGINT) = 1
RETURNING key;

-- name: clear_alert(key, at)
-- Notes that it has passed; no row where it was not open.
UPDATE alerts SET cleared_at = :at, due_at = 0 WHERE key = :key AND cleared_at IS NULL RETURNING key;

-- name: settle_alert(key, kind, subject, at)!
-- Notes that the owner has dealt with something, whether or not it was raised before: it is not raised for it again.
INSERT INTO alerts (key, kind, subject, detail, raised_at, cleared_at, cleared_told_at)
VALUES (:key, :kind, :subject, '', :at, :at, :at)
ON CONFLICT (key) DO UPDATE SET cleared_at = COALESCE(alerts.cleared_at, excluded.cleared_at), due_at = 0;

-- name: open_alerts()
-- What has not passed, oldest first.
SELECT * FROM alerts WHERE cleared_told_at IS NULL AND cleared_at IS NULL ORDER BY raised_at, key;

-- name: claim_alerts(now, until, owners, limit)
-- Takes what has to be said or taken back, and lets others leave it alone until then. The owner's own only where there
-- is a channel for them.
UPDATE alerts
SET due_at = :until
WHERE key IN (
    SELECT key FROM alerts
    WHERE cleared_told_at IS NULL
        AND due_at <= :now
        AND (told_at IS NULL OR cleared_at IS NOT NULL)
        AND (channel_id IS NOT NULL OR CAST(:owners AS BIGINT) = 1)
    ORDER BY raised_at, key
    LIMIT :limit
)
    AND due_at <= :now
RETURNING *;

-- name: begin_alert(key, episode, at)
-- Commits to an attempt before it is made; no row where there is nothing left to say.
UPDATE alerts
SET attempted_at = COALESCE(attempted_at, CAST(:at AS BIGINT))
WHERE key = :key AND episode = :episode AND told_at IS NULL AND cleared_at IS NULL
RETURNING key;

-- name: postpone_alert(key, episode, due_at)!
-- Lets the next attempt wait.
UPDATE alerts SET due_at = :due_at WHERE key = :key AND episode = :episode;

-- name: hand_alert_to_owner(key, episode)!
-- Lets what its own channel refused be said in the owner's, at once.
UPDATE alerts SET channel_id = NULL, attempted_at = NULL, due_at = 0
WHERE key = :key AND episode = :episode AND told_at IS NULL AND cleared_at IS NULL;

-- name: alert_told(key, episode, at, channel_id, message_id)!
-- Notes the message that tells of it; a fact, whatever has become of it since.
UPDATE alerts
SET told_at = :at, message_channel_id = :channel_id, message_id = :message_id, due_at = 0
WHERE key = :key AND episode = :episode AND told_at IS NULL;

-- name: close_alert(key, episode, at)!
-- Closes what does not pass, once it is told; what it said is in its message alone from then on.
UPDATE alerts
SET cleared_at = COALESCE(cleared_at, CAST(:at AS BIGINT)), cleared_told_at = :at, detail = ''
WHERE key = :key AND episode = :episode;

-- name: alert_taken_back(key, episode, at)
-- Notes that its message says that it has passed; no row where it has come again meanwhile.
UPDATE alerts
SET cleared_told_at = :at
WHERE key = :key AND episode = :episode AND cleared_at IS NOT NULL
RETURNING key;

-- name: forget_alerts(before)!
-- Deletes what passed long ago.
DELETE FROM alerts WHERE cleared_told_at < :before;

-- name: untold_undeliverable(since, undeliverable, removed, prefix)
-- Jobs with a message that no channel takes, of which no open alert tells.
SELECT deliveries.job_id, MIN(deliveries.reason) AS reason
FROM deliveries
WHERE deliveries.state = :undeliverable
    AND deliveries.created_at >= :since
    AND deliveries.reason <> :removed
    AND NOT EXISTS (
        SELECT 1 FROM alerts
        WHERE alerts.key = CAST(:prefix AS TEXT) || deliveries.job_id AND alerts.cleared_at IS NULL
    )
GROUP BY deliveries.job_id
ORDER BY deliveries.job_id;

-- name: untold_abandoned(since, abandoned, prefix)
-- Jobs that were given up on and of which no alert ever told.
SELECT id, COALESCE(failure_reason, '') AS reason
FROM jobs
WHERE state = :abandoned
    AND changed_at >= :since
    AND NOT EXISTS (SELECT 1 FROM alerts WHERE alerts.key = CAST(:prefix AS TEXT) || jobs.id)
ORDER BY number;

-- name: waiting_places(queued, direct)
-- Where people wait for clips that are in line, and since when, the longest wait first.
SELECT guild_id, channel_id, public_locale, MIN(created_at) AS since
FROM jobs
WHERE state = :queued AND guild_id IS NOT NULL AND destination <> :direct
GROUP BY guild_id, channel_id, public_locale
ORDER BY since, channel_id;

-- name: pauses(automatic, owners)
-- Both pauses of submissions.
SELECT key, value FROM meta WHERE key IN (:automatic, :owners);

-- name: hasten_queued(queued, now)!
-- Lets what rests in the queue be looked at now.
UPDATE jobs SET due_at = :now WHERE state = :queued AND inputs_ready = 1 AND due_at > :now AND lease IS NULL;
