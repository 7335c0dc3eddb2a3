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
