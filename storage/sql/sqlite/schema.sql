-- name: schema_table()
-- Tells whether the database was ever migrated.
SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version';
