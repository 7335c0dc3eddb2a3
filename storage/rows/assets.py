"""The table `assets`."""

from __future__ import annotations

from bot.jobs.model import Asset, AssetRole, NewAsset
from bot.jobs.ports import ArchivedFile
from storage.database import Row, Value
from storage.rows.columns import flag, text, whole, whole_or_none


def asset_from(row: Row) -> Asset:
    """Return a row of `assets`."""
    return Asset(
        id=text(row, "id"),
        job_id=text(row, "job_id"),
        role=AssetRole(text(row, "role")),
        source_url=text(row, "source_url"),
        filename=text(row, "filename"),
        option=text(row, "option"),
        content_type=text(row, "content_type"),
        size=whole(row, "size"),
        extension=text(row, "extension"),
        sha256=text(row, "sha256"),
        width=whole(row, "width"),
        height=whole(row, "height"),
        duration_ms=whole(row, "duration_ms"),
        converted=flag(row, "converted"),
        archived_at=whole_or_none(row, "archived_at"),
        created_at=whole(row, "created_at"),
    )


def new_asset_values(asset_id: str, job_id: str, new: NewAsset, created_at: int) -> dict[str, Value]:
    """Return what the statement `insert_asset` takes for a file that a command brought."""
    return {
        "id": asset_id,
        "job_id": job_id,
        "role": new.role.value,
        "source_url": new.url,
        "filename": new.filename,
        "option": new.option,
        "content_type": new.content_type,
        "size": new.size,
        "created_at": created_at,
    }


def file_values(file: ArchivedFile) -> dict[str, Value]:
    """Return the columns that an archived file fills."""
    return {
        "extension": file.extension,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
        "width": file.width,
        "height": file.height,
        "duration_ms": file.duration_ms,
        "converted": int(file.converted),
    }
