-- name: insert_asset(id, job_id, role, source_url, filename, option, content_type, size, created_at)*!
-- Stores a file that a command brought, not fetched yet.
INSERT INTO assets (id, job_id, role, source_url, filename, option, content_type, size, converted, created_at)
VALUES (:id, :job_id, :role, :source_url, :filename, :option, :content_type, :size, 0, :created_at);

-- name: insert_result(id, job_id, role, source_url, filename, content_type, size, extension, sha256, width, height, duration_ms, converted, now)!
-- Stores a finished clip that is in the archive.
INSERT INTO assets (
    id, job_id, role, source_url, filename, option, content_type, size, extension, sha256, width, height, duration_ms,
    converted, archived_at, created_at
)
VALUES (
    :id, :job_id, :role, :source_url, :filename, '', :content_type, :size, :extension, :sha256, :width, :height,
    :duration_ms, :converted, :now, :now
);

-- name: archive_asset(id, job_id, extension, content_type, size, sha256, width, height, duration_ms, converted, now)*!
-- Records that an input is in the archive.
UPDATE assets
SET extension = :extension,
    content_type = :content_type,
    size = :size,
    sha256 = :sha256,
    width = :width,
    height = :height,
    duration_ms = :duration_ms,
    converted = :converted,
    archived_at = :now
WHERE id = :id AND job_id = :job_id;

-- name: mark_inputs_ready(id, lease, queued, notes, now)
-- Lets a queued job be bought: its inputs are ready. Notes are words with a space between them.
UPDATE jobs
SET inputs_ready = 1,
    notes = TRIM(notes || ' ' || CAST(:notes AS TEXT)),
    revision = revision + 1,
    changed_at = :now,
    due_at = :now,
    nudged_at = NULL,
    lease = NULL,
    lease_until = NULL
WHERE id = :id
    AND state = :queued
    AND lease = :lease
RETURNING id;

-- name: record_result(id, asset_id, succeeded)
-- Names a succeeded job's clip, once, unless it was deleted meanwhile; nothing is due after that.
UPDATE jobs
SET result_asset_id = :asset_id, due_at = NULL, nudged_at = NULL, lease = NULL, lease_until = NULL
WHERE id = :id
    AND state = :succeeded
    AND result_asset_id IS NULL
    AND removed_at IS NULL
RETURNING id;

-- name: set_output_url(id, url)!
-- Replaces the provider's address of a clip that is not in the archive yet.
UPDATE jobs SET output_url = :url WHERE id = :id AND result_asset_id IS NULL;

-- name: assets_of_job(job_id, result)
-- A job's files, inputs first.
SELECT * FROM assets
WHERE job_id = :job_id
ORDER BY CASE WHEN role = :result THEN 1 ELSE 0 END, number;

-- name: asset_by_id(id)
-- One file.
SELECT * FROM assets WHERE id = :id;
