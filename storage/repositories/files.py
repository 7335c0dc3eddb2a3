"""The files of a job: what a command brought and what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.jobs.model import Asset, AssetRole, JobNote
from bot.jobs.ports import ArchivedFile
from bot.jobs.states import JobState
from storage.database import Session
from storage.repositories.base import Repository
from storage.rows.assets import asset_from, file_values
from storage.rows.jobs import notes_to_text


class Files(Repository):
    """Records what is in the archive."""

    async def mark_inputs_ready(
        self, job_id: str, lease: str, files: Mapping[str, ArchivedFile], notes: Sequence[JobNote], now: int
    ) -> bool:
        """Record prepared inputs by asset id, add notes, release the lease and make the job due now."""

        async def work(session: Session) -> bool:
            row = await session.row(
                "mark_inputs_ready",
                id=job_id,
                lease=lease,
                queued=JobState.QUEUED.value,
                notes=notes_to_text(notes),
                now=now,
            )
            if row is None:
                return False
            await session.many(
                "archive_asset",
                [{"id": asset, "job_id": job_id, "now": now, **file_values(file)} for asset, file in files.items()],
            )
            return True

        return await self._database.transaction(work)

    async def record_result(self, job_id: str, source_url: str, asset_id: str, file: ArchivedFile, now: int) -> bool:
        """Record a SUCCEEDED job's clip in the archive; False if one was recorded before. Clears `due_at`."""

        async def work(session: Session) -> bool:
            row = await session.row("record_result", id=job_id, asset_id=asset_id, succeeded=JobState.SUCCEEDED.value)
            if row is None:
                return False
            await session.run(
                "insert_result",
                id=asset_id,
                job_id=job_id,
                role=AssetRole.RESULT.value,
                source_url=source_url,
                filename=f"{job_id}.{file.extension}",
                now=now,
                **file_values(file),
            )
            return True

        return await self._database.transaction(work)

    async def set_output_url(self, job_id: str, url: str) -> None:
        """Replace the provider's address of a clip that is not archived yet."""
        await self._database.run("set_output_url", id=job_id, url=url)

    async def assets(self, job_id: str) -> Sequence[Asset]:
        """Return a job's files, inputs first."""
        rows = await self._database.rows("assets_of_job", job_id=job_id, result=AssetRole.RESULT.value)
        return [asset_from(row) for row in rows]

    async def asset(self, asset_id: str) -> Asset | None:
        """Return one file's row."""
        row = await self._database.row("asset_by_id", id=asset_id)
        return None if row is None else asset_from(row)
