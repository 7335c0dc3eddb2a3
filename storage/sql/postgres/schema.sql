-- name: schema_table()
-- Tells whether the database was ever migrated.
SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL;
