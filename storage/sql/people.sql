-- name: preferences_of_person(person_id, guild_id)
-- What a person chose for a server.
SELECT name, value FROM preferences WHERE person_id = :person_id AND guild_id = :guild_id;

-- name: set_preference(person_id, guild_id, name, value)*!
-- Keeps a choice in place of an earlier one of the same name.
INSERT INTO preferences (person_id, guild_id, name, value)
VALUES (:person_id, :guild_id, :name, :value)
ON CONFLICT (person_id, guild_id, name) DO UPDATE SET value = excluded.value;

-- name: drop_preference(person_id, guild_id, name)*!
-- Takes a choice back.
DELETE FROM preferences WHERE person_id = :person_id AND guild_id = :guild_id AND name = :name;

-- name: add_favourite(person_id, job_id, now)!
-- Puts a clip among a person's favourites; the first time stays.
INSERT INTO favourites (person_id, job_id, created_at)
VALUES (:person_id, :job_id, :now)
ON CONFLICT (person_id, job_id) DO NOTHING;

-- name: is_favourite(person_id, job_id)
-- Finds a clip among a person's favourites.
SELECT job_id FROM favourites WHERE person_id = :person_id AND job_id = :job_id;

-- name: drop_favourite(person_id, job_id)!
-- Takes a clip out of a person's favourites.
DELETE FROM favourites WHERE person_id = :person_id AND job_id = :job_id;

-- name: insert_report(job_id, person_id, reason, now)
-- Keeps a person's first report of a clip; no row where there is one.
INSERT INTO reports (job_id, person_id, reason, created_at)
VALUES (:job_id, :person_id, :reason, :now)
ON CONFLICT (job_id, person_id) DO NOTHING
RETURNING job_id;
