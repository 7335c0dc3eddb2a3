"""What a restoration that was interrupted leads to: the restored data where it was all checked, else the old."""

from __future__ import annotations

from bot.backup.errors import BackupError
from bot.backup.stopping import in_thread
from bot.backup.swap import carry_out, clear_staging, read_plan
from bot.exit_codes import ExitCode
from bot.jobs.ports import StoreUnavailable
from bot.settings import Settings
from storage.copying import is_loaded
from storage.errors import DatabaseInUse, StorageError
from storage.location import PostgresServer, locate
from storage.lock import own


async def finish_interrupted(settings: Settings) -> str:
    """Finish what an interrupted restoration began; to be called before the database is opened.

    Returns:
        What was done, in a sentence; "" where there was nothing to do.

    Raises:
        BackupError: it cannot be finished now.
    """
    if read_plan(settings.data_dir) is None:
        return ""
    try:
        location = locate(settings.database, settings.data_dir)
        if isinstance(location, PostgresServer):
            return await _finish(settings, location)
        lock = own(location.path)
        try:
            return await _finish(settings, None)
        finally:
            lock.release()
    except DatabaseInUse as error:
        raise BackupError(f"{error}.", ExitCode.ALREADY_RUNNING) from error
    except (StorageError, StoreUnavailable) as error:
        raise BackupError(f"a restoration was interrupted: {error}.", ExitCode.DATABASE) from error


async def _finish(settings: Settings, server: PostgresServer | None) -> str:
    plan = read_plan(settings.data_dir)
    if plan is None:  # another process was faster
        return ""
    if server is not None and not await is_loaded(server, plan.restoration):
        await in_thread(lambda _: clear_staging(settings.data_dir))
        return f"The restoration of {plan.backup} was interrupted before it changed anything: the old data is in place."
    await in_thread(lambda _: carry_out(plan))
    await in_thread(lambda _: clear_staging(settings.data_dir))
    return f"The restoration of {plan.backup} was interrupted and is now finished; the old data is in {plan.aside}."
