-- name: open_jobs(state_1, state_2, state_3, state_4, state_5, state_6)
-- How many jobs have not ended, by state and kind, and when the oldest was stored. Ended ones are never read, so that
-- the cost does not grow with a bot's years.
SELECT state, kind, COUNT(*) AS number, MIN(created_at) AS oldest
FROM jobs
WHERE state IN (:state_1, :state_2, :state_3, :state_4, :state_5, :state_6)
GROUP BY state, kind
ORDER BY state, kind;

-- name: open_messages(pending, sending)
-- How many messages channels are owed, by state, and since when.
SELECT state, COUNT(*) AS number, MIN(created_at) AS oldest
FROM deliveries
WHERE state IN (:pending, :sending)
GROUP BY state
ORDER BY state;

-- name: overdue_since(now, state_1, state_2, state_3, state_4, pending, sending, result)
-- Since when the longest due step is due that nobody has in hand; NULL where there is none. What waits in line has no
-- time of its own, and a result waits for its clip to be archived.
SELECT MIN(due) AS since
FROM (
    SELECT MIN(due_at) AS due FROM jobs
    WHERE state IN (:state_1, :state_2, :state_3, :state_4)
        AND due_at <= :now
        AND (lease IS NULL OR lease_until <= :now)
    UNION ALL
    SELECT MIN(COALESCE(deliveries.due_at, deliveries.created_at)) AS due FROM deliveries
    JOIN jobs ON jobs.id = deliveries.job_id
    WHERE deliveries.state IN (:pending, :sending)
        AND COALESCE(deliveries.due_at, deliveries.created_at) <= :now
        AND (deliveries.lease IS NULL OR deliveries.lease_until <= :now)
        AND (deliveries.purpose <> :result OR jobs.result_asset_id IS NOT NULL OR jobs.due_at IS NULL)
) AS owed;
