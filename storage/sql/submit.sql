-- name: insert_job(id, request_key, kind, state, requester_id, guild_id, channel_id, upload_limit, locale, public_locale, destination, input, seconds, model, mode, spoiler, source_id, made_from, repeat_key, service_mode, key_fingerprint, hook_token, price_microusd, price_basis, reserved_microusd, notes, inputs_ready, due_at, queue_expires_at, quota_held, created_at, age_restricted, counter_1, amount_1, ceiling_1, counter_2, amount_2, ceiling_2, counter_3, amount_3, ceiling_3, counter_4, amount_4, ceiling_4, counter_5, amount_5, ceiling_5, counter_6, amount_6, ceiling_6, counter_7, amount_7, ceiling_7, counter_8, amount_8, ceiling_8)
-- Stores a job unless a ceiling would be passed, or its id, request or webhook token is in use: then no row comes back.
-- A counter of NULL asks for nothing, a ceiling of NULL allows everything. The queue's clock, `turn`, moves on by one.
WITH asked (counter, amount, ceiling) AS (
    VALUES
        (CAST(:counter_1 AS TEXT), CAST(:amount_1 AS BIGINT), CAST(:ceiling_1 AS BIGINT)),
        (CAST(:counter_2 AS TEXT), CAST(:amount_2 AS BIGINT), CAST(:ceiling_2 AS BIGINT)),
        (CAST(:counter_3 AS TEXT), CAST(:amount_3 AS BIGINT), CAST(:ceiling_3 AS BIGINT)),
        (CAST(:counter_4 AS TEXT), CAST(:amount_4 AS BIGINT), CAST(:ceiling_4 AS BIGINT)),
        (CAST(:counter_5 AS TEXT), CAST(:amount_5 AS BIGINT), CAST(:ceiling_5 AS BIGINT)),
        (CAST(:counter_6 AS TEXT), CAST(:amount_6 AS BIGINT), CAST(:ceiling_6 AS BIGINT)),
        (CAST(:counter_7 AS TEXT), CAST(:amount_7 AS BIGINT), CAST(:ceiling_7 AS BIGINT)),
        (CAST(:counter_8 AS TEXT), CAST(:amount_8 AS BIGINT), CAST(:ceiling_8 AS BIGINT))
)
INSERT INTO jobs (
    id, request_key, kind, state, revision, changed_at, requester_id, guild_id, channel_id, upload_limit, locale,
    public_locale, destination, input, seconds, model, mode, spoiler, source_id, made_from, repeat_key, service_mode, key_fingerprint,
    hook_token, price_microusd, price_basis, reserved_microusd, notes, inputs_ready, due_at, queue_expires_at,
    quota_held, created_at, age_restricted, turn
)
SELECT
    :id, :request_key, :kind, :state, 1, :created_at, :requester_id, :guild_id, :channel_id, :upload_limit, :locale,
    :public_locale, :destination, :input, :seconds, :model, :mode, :spoiler, :source_id, :made_from, :repeat_key, :service_mode,
    :key_fingerprint, :hook_token, :price_microusd, :price_basis, :reserved_microusd, :notes, :inputs_ready, :due_at,
    :queue_expires_at, :quota_held, :created_at, :age_restricted,
    (SELECT COALESCE(MAX(newest.turn), 0) + 1 FROM jobs AS newest WHERE newest.turn > 0)
WHERE NOT EXISTS (
    SELECT 1
    FROM asked
    LEFT JOIN counters ON counters.name = asked.counter
    WHERE COALESCE(counters.used, 0) + asked.amount > asked.ceiling
)
ON CONFLICT DO NOTHING
RETURNING *;

-- name: take_holds(counter_1, amount_1, counter_2, amount_2, counter_3, amount_3, counter_4, amount_4, counter_5, amount_5, counter_6, amount_6, counter_7, amount_7, counter_8, amount_8)
-- Takes what an accepted job holds; the ceilings were checked by insert_job in the same transaction.
WITH asked (counter, amount) AS (
    VALUES
        (CAST(:counter_1 AS TEXT), CAST(:amount_1 AS BIGINT)),
        (CAST(:counter_2 AS TEXT), CAST(:amount_2 AS BIGINT)),
        (CAST(:counter_3 AS TEXT), CAST(:amount_3 AS BIGINT)),
        (CAST(:counter_4 AS TEXT), CAST(:amount_4 AS BIGINT)),
        (CAST(:counter_5 AS TEXT), CAST(:amount_5 AS BIGINT)),
        (CAST(:counter_6 AS TEXT), CAST(:amount_6 AS BIGINT)),
        (CAST(:counter_7 AS TEXT), CAST(:amount_7 AS BIGINT)),
        (CAST(:counter_8 AS TEXT), CAST(:amount_8 AS BIGINT))
)
INSERT INTO counters (name, used)
SELECT counter, amount FROM asked WHERE counter IS NOT NULL
ON CONFLICT (name) DO UPDATE SET used = counters.used + excluded.used
RETURNING used;

-- name: full_counters(counter_1, amount_1, ceiling_1, counter_2, amount_2, ceiling_2, counter_3, amount_3, ceiling_3, counter_4, amount_4, ceiling_4, counter_5, amount_5, ceiling_5, counter_6, amount_6, ceiling_6, counter_7, amount_7, ceiling_7, counter_8, amount_8, ceiling_8)
-- Says which ceilings a submission would pass, by the place of their holds, with what their counters stand at.
WITH asked (place, counter, amount, ceiling) AS (
    VALUES
        (0, CAST(:counter_1 AS TEXT), CAST(:amount_1 AS BIGINT), CAST(:ceiling_1 AS BIGINT)),
        (1, CAST(:counter_2 AS TEXT), CAST(:amount_2 AS BIGINT), CAST(:ceiling_2 AS BIGINT)),
        (2, CAST(:counter_3 AS TEXT), CAST(:amount_3 AS BIGINT), CAST(:ceiling_3 AS BIGINT)),
        (3, CAST(:counter_4 AS TEXT), CAST(:amount_4 AS BIGINT), CAST(:ceiling_4 AS BIGINT)),
        (4, CAST(:counter_5 AS TEXT), CAST(:amount_5 AS BIGINT), CAST(:ceiling_5 AS BIGINT)),
        (5, CAST(:counter_6 AS TEXT), CAST(:amount_6 AS BIGINT), CAST(:ceiling_6 AS BIGINT)),
        (6, CAST(:counter_7 AS TEXT), CAST(:amount_7 AS BIGINT), CAST(:ceiling_7 AS BIGINT)),
        (7, CAST(:counter_8 AS TEXT), CAST(:amount_8 AS BIGINT), CAST(:ceiling_8 AS BIGINT))
)
SELECT asked.place AS place, COALESCE(counters.used, 0) AS used
FROM asked
LEFT JOIN counters ON counters.name = asked.counter
WHERE COALESCE(counters.used, 0) + asked.amount > asked.ceiling
ORDER BY asked.place;

-- name: recent_repeat(repeat_key, since, until)
-- The job that the same click made moments before, or after, the newest one.
SELECT * FROM jobs
WHERE repeat_key = :repeat_key AND repeat_key <> '' AND created_at BETWEEN :since AND :until
ORDER BY created_at DESC, number DESC
LIMIT 1;

-- name: insert_event(job_id, at, from_state, to_state, cause)*!
-- Adds a line to a job's history; nothing changes or deletes one.
INSERT INTO job_events (job_id, at, from_state, to_state, cause)
VALUES (:job_id, :at, :from_state, :to_state, :cause);

-- name: insert_hold(job_id, counter, amount, kind)*!
-- Remembers what a job took from a counter; its kind tells when that is given back.
INSERT INTO holds (job_id, counter, amount, kind) VALUES (:job_id, :counter, :amount, :kind);

-- name: open_charge(job_id, counter, reserved_microusd, opened_at)*!
-- Opens a job's line in the ledger, which is settled later and never deleted.
INSERT INTO charges (job_id, counter, reserved_microusd, opened_at)
VALUES (:job_id, :counter, :reserved_microusd, :opened_at);
