-- name: schema_revision()
-- The newest migration that the database has seen.
SELECT version_num AS revision FROM alembic_version;

