-- name: kept_of_person(person_id, asked_at, after, limit)
-- A person's jobs that were ordered until an instant and still say whose they are, oldest first.
SELECT number, id, 0 AS since FROM jobs
WHERE requester_id = :person_id AND created_at <= :asked_at AND forgotten_at IS NULL AND number > :after
ORDER BY number
LIMIT :limit;

-- name: kept_of_server(guild_id, before, after, limit)
-- A server's jobs that ended, or were given up on, before an instant and still say whose they are, oldest first.
SELECT number, id, 0 AS since FROM jobs
WHERE guild_id = :guild_id AND COALESCE(finished_at, changed_at) < :before AND forgotten_at IS NULL AND number > :after
ORDER BY number
LIMIT :limit;

-- name: kept_before(before, since, after, limit)
-- The same of every server, and of direct messages; those that ended first foremost.
SELECT number, id, since
FROM (
    SELECT number, id, since
    FROM (
        SELECT number, id, finished_at AS since FROM jobs
        WHERE forgotten_at IS NULL AND finished_at >= :since AND finished_at < :before
            AND (finished_at > :since OR number > :after)
        ORDER BY finished_at, number
        LIMIT :limit
    ) AS ended
    UNION ALL
    SELECT number, id, since
    FROM (
        SELECT number, id, changed_at AS since FROM jobs
        WHERE state = 'abandoned' AND forgotten_at IS NULL AND changed_at >= :since AND changed_at < :before
            AND (changed_at > :since OR number > :after)
        ORDER BY changed_at, number
        LIMIT :limit
    ) AS given_up
) AS kept
ORDER BY since, number
LIMIT :limit;

-- name: hide_job(id, at, given_up_before)
-- Takes a job's clip away from everybody before its files go, once nothing is left to do about it: it has ended, or was
-- given up on long ago; every message is settled, its clip is not being fetched, and whoever reads reports was told. Its
-- card stays as it is.
UPDATE jobs
SET removed_at = COALESCE(removed_at, CAST(:at AS BIGINT)),
    card_shown = revision,
    due_at = NULL,
    nudged_at = NULL,
    lease = NULL,
    lease_until = NULL
WHERE id = :id
    AND forgotten_at IS NULL
    AND (finished_at IS NOT NULL OR (state IN ('abandoned') AND changed_at < :given_up_before))
    AND (state <> 'succeeded' OR result_asset_id IS NOT NULL OR due_at IS NULL)
    AND NOT EXISTS (
        SELECT 1 FROM deliveries WHERE deliveries.job_id = jobs.id AND deliveries.state IN ('pending', 'sending')
    )
    AND NOT EXISTS (SELECT 1 FROM reports WHERE reports.job_id = jobs.id AND reports.told_at IS NULL)
RETURNING *;

-- name: forget_job(id, at, request_key, input, hook_token)
-- Empties the row of a hidden job of who asked for what; kind, model, length, times and money stay for the ledger.
UPDATE jobs
SET forgotten_at = :at,
    requester_id = 0,
    cancelled_by = NULL,
    channel_id = 0,
    locale = 'en-US',
    public_locale = 'en-US',
    request_key = :request_key,
    repeat_key = '',
    input = :input,
    sent = '',
    hook_token = :hook_token,
    source_id = NULL,
    made_from = NULL,
    notes = '',
    candidate_task_id = NULL,
    output_url = NULL,
    failure_detail = '',
    card_channel_id = NULL,
    card_message_id = NULL,
    result_asset_id = NULL
WHERE id = :id
    AND forgotten_at IS NULL
    AND removed_at IS NOT NULL
    AND (finished_at IS NOT NULL OR state IN ('abandoned'))
RETURNING id;

-- name: blank_events(job_id)!
-- Takes the causes out of a job's history: they may tell what somebody did.
UPDATE job_events SET cause = '' WHERE job_id = :job_id;

-- name: blank_deliveries(job_id)!
-- Takes out of a job's messages where they stand and who asked for them; a message that was posted stays one.
UPDATE deliveries
SET purpose = CASE WHEN purpose LIKE 'repost:%' THEN 'repost:' || id ELSE purpose END,
    channel_id = 0,
    message_channel_id = CASE WHEN message_id IS NULL THEN NULL ELSE 0 END,
    message_id = CASE WHEN message_id IS NULL THEN NULL ELSE 0 END
WHERE job_id = :job_id;

-- name: drop_assets(job_id)!
-- Deletes what is known of a job's files; the files are gone.
DELETE FROM assets WHERE job_id = :job_id;

-- name: drop_likes(job_id)!
-- Takes a job out of everybody's favourites.
DELETE FROM favourites WHERE job_id = :job_id;

-- name: drop_reports_of_job(job_id)!
-- Deletes what was reported of a job.
DELETE FROM reports WHERE job_id = :job_id;

-- name: drop_alerts_of_job(job_id)!
-- Deletes what somebody wrote of a job and the owner was told.
DELETE FROM alerts WHERE subject = :job_id AND kind = 'reported';

-- name: drop_personal_holds(job_id)!
-- Deletes what a job took from counters that are named by its person; what it took from budgets stays. Before servers had
-- counters of their own, a person's name came first.
DELETE FROM holds WHERE job_id = :job_id AND (counter LIKE '%:person:%' OR counter LIKE 'person:%');

-- name: count_erased(person_id, deleted, standing)!
-- Counts a job that was forgotten because its person asked for it, and what became of its messages.
UPDATE erasures
SET clips = clips + 1, deleted = deleted + CAST(:deleted AS BIGINT), standing = standing + CAST(:standing AS BIGINT)
WHERE person_id = :person_id;

-- name: ask_erasure(person_id, messages, at)!
-- Keeps a person's wish that everything about them is deleted, until that is done; asked again, it reaches up to now.
INSERT INTO erasures (person_id, messages, asked_at) VALUES (:person_id, :messages, :at)
ON CONFLICT (person_id) DO UPDATE
SET messages = CASE WHEN erasures.ended_at IS NULL AND erasures.messages = 1 THEN 1 ELSE excluded.messages END,
    asked_at = excluded.asked_at,
    ended_at = NULL,
    clips = CASE WHEN erasures.ended_at IS NULL THEN erasures.clips ELSE 0 END,
    deleted = CASE WHEN erasures.ended_at IS NULL THEN erasures.deleted ELSE 0 END,
    standing = CASE WHEN erasures.ended_at IS NULL THEN erasures.standing ELSE 0 END;

-- name: erasure_of(person_id)
-- What a person wished to have deleted, and how far that has come.
SELECT * FROM erasures WHERE person_id = :person_id;

-- name: erasures_under_way()
-- Wishes that are not fulfilled yet, oldest first.
SELECT * FROM erasures WHERE ended_at IS NULL ORDER BY asked_at, person_id;

-- name: end_erasure(person_id, asked_at, at)
-- Notes that nothing is left to delete, unless the person has asked anew.
UPDATE erasures SET ended_at = :at
WHERE person_id = :person_id AND asked_at = :asked_at AND ended_at IS NULL
RETURNING person_id;

-- name: forget_erasures(before)!
-- Forgets who asked, some time after it was done.
DELETE FROM erasures WHERE ended_at < :before;

-- name: drop_choices(person_id)!
-- Deletes a person's choices.
DELETE FROM preferences WHERE person_id = :person_id;

-- name: drop_favourites(person_id)!
-- Deletes a person's favourites.
DELETE FROM favourites WHERE person_id = :person_id;

-- name: drop_consents(person_id)!
-- Deletes what a person said that they may use.
DELETE FROM consents WHERE person_id = :person_id;

-- name: drop_grants(person_id)!
-- Deletes what a person was granted.
DELETE FROM grants WHERE person_id = :person_id;

-- name: drop_told_reports(person_id, asked_at)!
-- Deletes what a person reported until an instant, where somebody has been told of it.
DELETE FROM reports WHERE person_id = :person_id AND created_at <= :asked_at AND told_at IS NOT NULL;

-- name: blank_cancellations(person_id, asked_at)!
-- Takes a person's name off jobs that they cancelled and that have ended, or were given up on: those may never end.
UPDATE jobs SET cancelled_by = 0
WHERE cancelled_by = :person_id AND created_at <= :asked_at
    AND (finished_at IS NOT NULL OR state IN ('abandoned'));

-- name: stock_of_person(person_id)
-- How much is stored about a person.
SELECT
    (SELECT COUNT(*) FROM jobs WHERE requester_id = :person_id) AS clips,
    (SELECT COUNT(*) FROM jobs WHERE requester_id = :person_id AND finished_at IS NULL) AS under_way,
    (
        SELECT COUNT(*) FROM assets JOIN jobs ON jobs.id = assets.job_id
        WHERE jobs.requester_id = :person_id AND assets.extension <> '' AND jobs.removed_at IS NULL
    ) AS files,
    (SELECT COUNT(*) FROM reports WHERE person_id = :person_id) AS reports,
    (SELECT COUNT(*) FROM favourites WHERE person_id = :person_id) AS favourites,
    (SELECT COUNT(*) FROM preferences WHERE person_id = :person_id) AS choices,
    (SELECT COUNT(*) FROM drafts WHERE person_id = :person_id) AS drafts,
    (SELECT COUNT(*) FROM grants WHERE person_id = :person_id) AS grants,
    (SELECT COUNT(*) FROM blocks WHERE person_id = :person_id) AS blocks;

-- name: left_of_person(person_id, asked_at)
-- What still keeps a wish from being fulfilled: clips that are made yet, other clips, drafts,
-- reports, and others' clips that the person cancelled.
SELECT
    (
        SELECT COUNT(*) FROM jobs
        WHERE requester_id = :person_id AND created_at <= :asked_at AND forgotten_at IS NULL AND finished_at IS NULL
    ) AS under_way,
    (
        SELECT COUNT(*) FROM jobs
        WHERE requester_id = :person_id AND created_at <= :asked_at AND forgotten_at IS NULL AND finished_at IS NOT NULL
    ) AS ended,
    (SELECT COUNT(*) FROM drafts WHERE person_id = :person_id AND created_at <= :asked_at) AS drafts,
    (SELECT COUNT(*) FROM reports WHERE person_id = :person_id AND created_at <= :asked_at) AS reports,
    (SELECT COUNT(*) FROM jobs WHERE cancelled_by = :person_id AND created_at <= :asked_at) AS cancelled;

-- name: drafts_of_person(person_id, until)
-- What a person began until an instant, but none while a job of theirs may still need the files of one.
SELECT * FROM drafts
WHERE person_id = :person_id AND created_at <= :until
    AND NOT EXISTS (
        SELECT 1 FROM jobs WHERE requester_id = :person_id AND finished_at IS NULL AND inputs_ready = 0
    );

-- name: drafts_of_server(guild_id)
-- What was begun on a server.
SELECT * FROM drafts WHERE guild_id = :guild_id;

-- name: clips_of_person(person_id, after, limit)
-- A person's jobs, oldest first.
SELECT * FROM jobs WHERE requester_id = :person_id AND number > :after ORDER BY number LIMIT :limit;

-- name: choices_of_person(person_id)
-- Everything that a person chose.
SELECT guild_id, name, value FROM preferences WHERE person_id = :person_id ORDER BY guild_id, name;

-- name: favourites_of_person(person_id)
-- What a person likes.
SELECT job_id, created_at FROM favourites WHERE person_id = :person_id ORDER BY created_at, job_id;

-- name: reports_of_person(person_id)
-- What a person reported.
SELECT job_id, reason, created_at FROM reports WHERE person_id = :person_id ORDER BY created_at, job_id;

-- name: dated_consents_of_person(person_id)
-- What a person said that they may use, and when.
SELECT kind, given_at FROM consents WHERE person_id = :person_id ORDER BY kind;

-- name: grants_of_person(person_id)
-- What a person was granted.
SELECT guild_id, counter, amount, created_at FROM grants WHERE person_id = :person_id ORDER BY number;

-- name: blocks_of_person(person_id)
-- Where a person is, or was, blocked.
SELECT guild_id, until, reason, created_at FROM blocks WHERE person_id = :person_id ORDER BY guild_id;

-- name: counters_of_person(middle)
-- What a person has used of their limits; `middle` is between a server's id and a period in a counter's name.
SELECT name, used FROM counters WHERE name LIKE 'server:%' AND name LIKE '%' || CAST(:middle AS TEXT) || '%' ORDER BY name;

-- name: drop_old_counters(day, month, state_1, state_2, state_3, state_4, state_5, state_6)!
-- Deletes what people used of limits in days and months that are over, but for what a job that has not ended may still
-- give back: were it counted anew, as after a clock that was ahead, it would be taken off what others hold.
DELETE FROM counters
WHERE (name LIKE 'server:%:person:%' OR name LIKE 'person:%')
    AND name NOT IN (
        SELECT holds.counter FROM holds
        JOIN jobs ON jobs.id = holds.job_id
        WHERE jobs.state IN (:state_1, :state_2, :state_3, :state_4, :state_5, :state_6)
    )
    AND (
        (name LIKE '%:____-__-__' AND SUBSTR(name, LENGTH(name) - 9) < :day)
        OR (name LIKE '%:____-__' AND SUBSTR(name, LENGTH(name) - 6) < :month)
        OR (name LIKE '%:running' AND used = 0)
    );

-- name: retentions()
-- For how many days servers wish things to be kept.
SELECT guild_id, value FROM house_rules WHERE scope = 'server' AND name = 'retention_days' ORDER BY guild_id;

-- name: left_server_is_kept(guild_id, before)
-- A server that was left before an instant, and is still.
SELECT guild_id FROM servers WHERE guild_id = :guild_id AND left_at < :before;

-- name: drop_rules_of_server(guild_id)!
-- Deletes a server's settings.
DELETE FROM house_rules WHERE guild_id = :guild_id;

-- name: drop_words_of_server(guild_id)!
-- Deletes what prompts may not contain on a server.
DELETE FROM blocked_words WHERE guild_id = :guild_id;

-- name: drop_blocks_of_server(guild_id)!
-- Deletes whom a server blocked.
DELETE FROM blocks WHERE guild_id = :guild_id;

-- name: drop_grants_of_server(guild_id)!
-- Deletes what a server granted.
DELETE FROM grants WHERE guild_id = :guild_id;

-- name: drop_choices_of_server(guild_id)!
-- Deletes what people chose for a server.
DELETE FROM preferences WHERE guild_id = :guild_id;

-- name: drop_audit_of_server(guild_id)!
-- Deletes what was done on a server.
DELETE FROM audit WHERE guild_id = :guild_id;

-- name: drop_warnings_of_server(guild_id)!
-- Deletes the warnings about a server's budgets.
DELETE FROM budget_warnings WHERE guild_id = :guild_id;

-- name: drop_counters_of_server(pattern, month)!
-- Deletes what a server used of its budgets in months that are over.
DELETE FROM counters WHERE name LIKE :pattern AND name LIKE '%:____-__' AND SUBSTR(name, LENGTH(name) - 6) < :month;

-- name: forget_server(guild_id, before)
-- Forgets a server that was left before an instant, once no job of it says any more who asked for what.
DELETE FROM servers
WHERE guild_id = :guild_id
    AND left_at < :before
    AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.guild_id = servers.guild_id AND jobs.forgotten_at IS NULL)
RETURNING guild_id;

-- name: asset_ids(after, limit)
-- The names of files that jobs have, in their order.
SELECT id FROM assets WHERE id > :after ORDER BY id LIMIT :limit;

-- name: held_files()
-- The files that drafts have.
SELECT files FROM drafts;

-- name: first_job_at()
-- When the first job was stored; NULL where there is none.
SELECT (SELECT created_at FROM jobs WHERE number = (SELECT MIN(number) FROM jobs)) AS at;
