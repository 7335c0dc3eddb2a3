-- name: clips_page(within, viewer_id, guild_id, channel_id, requester_id, clips_only, direct, succeeded, limit, offset)
-- A page of ended jobs, newest first, with the length of the whole list, where the message of each one's end stands and
-- whether it is a favourite of the viewer's; where the page is empty, one row with the length alone. `within` says what
-- to look through: 'channel', 'person' or 'favourites'.
WITH candidates AS (
    SELECT number, guild_id, channel_id, requester_id, destination, state, removed_at, finished_at FROM jobs
    WHERE CAST(:within AS TEXT) = 'channel' AND channel_id = :channel_id AND finished_at IS NOT NULL
    UNION ALL
    SELECT number, guild_id, channel_id, requester_id, destination, state, removed_at, finished_at FROM jobs
    WHERE CAST(:within AS TEXT) = 'person' AND requester_id = :requester_id AND finished_at IS NOT NULL
    UNION ALL
    SELECT number, guild_id, channel_id, requester_id, destination, state, removed_at, finished_at FROM favourites
    JOIN jobs ON jobs.id = favourites.job_id
    WHERE CAST(:within AS TEXT) = 'favourites' AND favourites.person_id = :viewer_id AND finished_at IS NOT NULL
        AND removed_at IS NULL
),
listed AS (
    SELECT number, finished_at FROM candidates
    WHERE (guild_id = :guild_id OR (guild_id IS NULL AND CAST(:guild_id AS BIGINT) IS NULL))
        AND (CAST(:requester_id AS BIGINT) IS NULL OR requester_id = :requester_id)
        AND (
            requester_id = :viewer_id
            OR (destination <> :direct AND (channel_id = :channel_id OR CAST(:within AS TEXT) = 'favourites'))
        )
        AND (CAST(:clips_only AS BIGINT) = 0 OR (state = :succeeded AND removed_at IS NULL))
)
SELECT
    jobs.*,
    counted.total,
    told.message_channel_id AS result_channel_id,
    told.message_id AS result_message_id,
    CASE WHEN liked.job_id IS NULL THEN 0 ELSE 1 END AS favourite
FROM (SELECT COUNT(*) AS total FROM listed) AS counted
LEFT JOIN (
    SELECT number FROM listed ORDER BY finished_at DESC, number DESC LIMIT :limit OFFSET :offset
) AS page ON 1 = 1
LEFT JOIN jobs ON jobs.number = page.number
LEFT JOIN deliveries AS told ON told.number = (
    SELECT MAX(posted.number) FROM deliveries AS posted
    WHERE posted.job_id = jobs.id AND posted.message_id IS NOT NULL AND posted.purpose NOT LIKE 'repost:%'
)
LEFT JOIN favourites AS liked ON liked.person_id = :viewer_id AND liked.job_id = jobs.id
ORDER BY jobs.finished_at DESC, jobs.number DESC;
