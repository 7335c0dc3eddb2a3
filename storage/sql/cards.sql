-- name: set_card(id, channel_id, message_id, revision, place, ready_at)!
-- Records where a job's card stands, and what it shows; the first one stays.
UPDATE jobs
SET card_channel_id = :channel_id,
    card_message_id = :message_id,
    card_shown = :revision,
    card_place = :place,
    card_ready_at = :ready_at
WHERE id = :id AND card_message_id IS NULL;

-- name: card_shown(id, revision, place, ready_at)!
-- Records what a card shows, which never goes back, and lets it be drawn again.
UPDATE jobs
SET card_shown = CASE WHEN card_shown < :revision THEN CAST(:revision AS BIGINT) ELSE card_shown END,
    card_rests_until = 0,
    card_place = :place,
    card_ready_at = :ready_at
WHERE id = :id;

-- name: touch_card(id, at)!
-- Makes a job's card stale: what it shows beside the job has changed.
UPDATE jobs SET revision = revision + 1, changed_at = :at WHERE id = :id;

-- name: touch_queue_card(id, queued, at)*!
-- Makes a queued job's card stale: what it shows of the line has changed. One that is stale already is drawn anyway, as
-- it is then; another process may have touched it a moment ago.
UPDATE jobs SET revision = revision + 1, changed_at = :at
WHERE id = :id AND state = :queued AND card_shown >= revision;
