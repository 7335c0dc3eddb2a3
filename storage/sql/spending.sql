-- name: highest_charge(kind, model, mode, seconds, service_mode)
-- The most that such a clip was charged.
SELECT consumed_microusd AS charge FROM jobs
WHERE kind = :kind AND model = :model AND mode = :mode AND seconds = :seconds AND service_mode = :service_mode
    AND consumed_microusd > 0
ORDER BY consumed_microusd DESC
LIMIT 1;

-- name: highest_charges()
-- The most that each kind of clip was charged. From each the index leads to the next, which differs in its last column,
-- or else in the one before, and so on; and to its own last entry: a few looks for a kind, however many clips there are.
WITH RECURSIVE kinds (number) AS (
    SELECT (
        SELECT charged.number FROM jobs AS charged
        WHERE charged.consumed_microusd > 0
        ORDER BY charged.kind, charged.model, charged.mode, charged.seconds, charged.service_mode
        LIMIT 1
    )
    UNION ALL
    SELECT COALESCE(
        (
            SELECT charged.number FROM jobs AS charged
            WHERE charged.consumed_microusd > 0 AND charged.kind = earlier.kind AND charged.model = earlier.model
                AND charged.mode = earlier.mode AND charged.seconds = earlier.seconds
                AND charged.service_mode > earlier.service_mode
            ORDER BY charged.service_mode
            LIMIT 1
        ),
        (
            SELECT charged.number FROM jobs AS charged
            WHERE charged.consumed_microusd > 0 AND charged.kind = earlier.kind AND charged.model = earlier.model
                AND charged.mode = earlier.mode AND charged.seconds > earlier.seconds
            ORDER BY charged.seconds, charged.service_mode
            LIMIT 1
        ),
        (
            SELECT charged.number FROM jobs AS charged
            WHERE charged.consumed_microusd > 0 AND charged.kind = earlier.kind AND charged.model = earlier.model
                AND charged.mode > earlier.mode
            ORDER BY charged.mode, charged.seconds, charged.service_mode
            LIMIT 1
        ),
        (
            SELECT charged.number FROM jobs AS charged
            WHERE charged.consumed_microusd > 0 AND charged.kind = earlier.kind AND charged.model > earlier.model
            ORDER BY charged.model, charged.mode, charged.seconds, charged.service_mode
            LIMIT 1
        ),
        (
            SELECT charged.number FROM jobs AS charged
            WHERE charged.consumed_microusd > 0 AND charged.kind > earlier.kind
            ORDER BY charged.kind, charged.model, charged.mode, charged.seconds, charged.service_mode
            LIMIT 1
        )
    )
    FROM kinds
    JOIN jobs AS earlier ON earlier.number = kinds.number
)
SELECT
    jobs.kind,
    jobs.model,
    jobs.mode,
    jobs.seconds,
    jobs.service_mode,
    (
        SELECT MAX(alike.consumed_microusd) FROM jobs AS alike
        WHERE alike.kind = jobs.kind AND alike.model = jobs.model AND alike.mode = jobs.mode
            AND alike.seconds = jobs.seconds AND alike.service_mode = jobs.service_mode
            AND alike.consumed_microusd > 0
    ) AS charge
FROM kinds
JOIN jobs ON jobs.number = kinds.number;

-- name: insert_grant(guild_id, person_id, counter, amount, by, at)!
-- Adds to what a person may take from a counter.
INSERT INTO grants (guild_id, person_id, counter, amount, granted_by, created_at)
VALUES (:guild_id, :person_id, :counter, :amount, :by, :at);

-- name: usage_of_server(guild_id, since, until, part, limit, offset)
-- What a server ordered, got and was charged in a time: in one row (part 'all'), by whoever ordered ('member'), by day
-- of the calendar (UTC, as a number of days), by kind, quality and model, or by what went wrong ('failure').
WITH lines AS (
    SELECT
        CASE CAST(:part AS TEXT)
            WHEN 'member' THEN CAST(jobs.requester_id AS TEXT)
            WHEN 'day' THEN CAST(jobs.created_at / 86400000 AS TEXT)
            WHEN 'model' THEN jobs.kind || ' ' || jobs.mode || ' ' || jobs.model
            WHEN 'failure' THEN COALESCE(jobs.failure_reason, '')
            ELSE ''
        END AS what,
        CASE WHEN jobs.state = 'succeeded' THEN 1 ELSE 0 END AS made,
        CASE WHEN jobs.state IN ('failed', 'abandoned') THEN 1 ELSE 0 END AS failed,
        COALESCE(charges.consumed_microusd, 0) AS charged,
        CASE WHEN charges.settled_at IS NULL THEN COALESCE(charges.reserved_microusd, 0) ELSE 0 END AS reserved
    FROM jobs
    LEFT JOIN charges ON charges.job_id = jobs.id
    WHERE jobs.guild_id = :guild_id AND jobs.created_at >= :since AND jobs.created_at < :until
        AND (CAST(:part AS TEXT) <> 'failure' OR jobs.state IN ('failed', 'abandoned'))
)
SELECT
    what,
    COUNT(*) AS ordered,
    CAST(SUM(made) AS BIGINT) AS made,
    CAST(SUM(failed) AS BIGINT) AS failed,
    CAST(SUM(charged) AS BIGINT) AS charged,
    CAST(SUM(reserved) AS BIGINT) AS reserved
FROM lines
GROUP BY what
ORDER BY
    CASE WHEN CAST(:part AS TEXT) = 'day' THEN what END DESC,
    SUM(charged) DESC,
    COUNT(*) DESC,
    what
LIMIT :limit OFFSET :offset;

-- name: note_budget(counter, ceiling, guild_id, part, at)*!
-- Notes, once for each budget and its height, that `part` hundredths of it are taken or reserved.
INSERT INTO budget_warnings (counter, ceiling, guild_id, noted_at)
SELECT name, CAST(:ceiling AS BIGINT), CAST(:guild_id AS BIGINT), CAST(:at AS BIGINT)
FROM counters
WHERE name = :counter AND used * 100 >= CAST(:ceiling AS BIGINT) * CAST(:part AS BIGINT)
ON CONFLICT (counter, ceiling) DO NOTHING;

-- name: budget_warnings_owed(limit)
-- Budgets whose warning nobody was given yet, oldest first.
SELECT budget_warnings.*, counters.used AS used
FROM budget_warnings
JOIN counters ON counters.name = budget_warnings.counter
WHERE told_at IS NULL
ORDER BY noted_at, budget_warnings.counter
LIMIT :limit;

-- name: budget_warning_told(counter, ceiling, at)
-- Notes that somebody will be told; no row where that was noted before.
UPDATE budget_warnings SET told_at = :at
WHERE counter = :counter AND ceiling = :ceiling AND told_at IS NULL
RETURNING counter;

-- name: ledger_lines(since, until)
-- The ledger of a time, added up by month, server and kind; a month is named by its counter.
SELECT
    charges.counter AS counter,
    COALESCE(jobs.guild_id, 0) AS guild_id,
    jobs.kind AS kind,
    COUNT(*) AS jobs,
    CAST(SUM(charges.reserved_microusd) AS BIGINT) AS reserved,
    CAST(COALESCE(SUM(charges.consumed_microusd), 0) AS BIGINT) AS consumed,
    CAST(SUM(CASE WHEN charges.settled_at IS NULL THEN charges.reserved_microusd ELSE 0 END) AS BIGINT)
        AS open_microusd,
    CAST(SUM(CASE WHEN charges.settled_at IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS open_jobs
FROM charges
JOIN jobs ON jobs.id = charges.job_id
WHERE charges.opened_at >= :since AND charges.opened_at < :until
GROUP BY charges.counter, COALESCE(jobs.guild_id, 0), jobs.kind
ORDER BY charges.counter, COALESCE(jobs.guild_id, 0), jobs.kind;

-- name: ledger_tasks(since, until)
-- Every job of a time that has a task at the provider, or may have one, with what the ledger says of it.
SELECT
    jobs.id AS id,
    jobs.task_id AS task_id,
    jobs.model AS model,
    jobs.state AS state,
    charges.consumed_microusd AS consumed,
    charges.opened_at AS opened_at
FROM charges
JOIN jobs ON jobs.id = charges.job_id
WHERE charges.opened_at >= :since AND charges.opened_at < :until
    AND (jobs.task_id IS NOT NULL OR jobs.state IN ('submitting', 'submit_unknown', 'abandoned'))
ORDER BY charges.opened_at, jobs.number;
