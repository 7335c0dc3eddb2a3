-- name: schema_revision()
-- The newest migration that the database has seen.
SELECT version_num AS revision FROM alembic_version;

-- name: answers()
-- One row, whatever the tables hold.
SELECT 1 AS alive;
