-- name: set_card(id, channel_id, message_id, revision)!
-- Records where a job's card stands; the first one stays.
UPDATE jobs
SET card_channel_id = :channel_id, card_message_id = :message_id, card_shown = :revision
WHERE id = :id AND card_message_id IS NULL;

-- name: card_shown(id, revision)!
-- Records what a card shows, which never goes back, and lets it be drawn again.
UPDATE jobs
SET card_shown = CASE WHEN card_shown < :revision THEN CAST(:revision AS BIGINT) ELSE card_shown END, card_rests_until = 0
WHERE id = :id;

-- name: touch_card(id, at)!
-- Makes a job's card stale: what it shows beside the job has changed.
UPDATE jobs SET revision = revision + 1, changed_at = :at WHERE id = :id;

-- name: touch_queue_cards(queued, at, limit)!
-- Makes the cards of the first queued jobs stale: their positions have changed.
UPDATE jobs
SET revision = revision + 1, changed_at = :at
WHERE id IN (
    SELECT id FROM jobs
    WHERE state = :queued AND card_message_id IS NOT NULL
    ORDER BY created_at, number
    LIMIT :limit
);
