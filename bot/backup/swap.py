"""Puts restored data in the place of the old by renames alone, written down first, so that a crash can be got over.

The plan is on the disk before the first rename, and all that it names is complete and checked by then: whoever finds a
plan carries it out from wherever it stopped.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.backup.errors import BackupError
from bot.exit_codes import ExitCode
from bot.media.disk import sync_directory, sync_file

STAGING: Final = ".restore"
"""Under DATA_DIR: a backup on its way in."""

_PLAN: Final = "plan.json"


class Plan(BaseModel):
    """What is to be renamed; absolute paths.

    Attributes:
        backup: the file that is restored, for people.
        aside: where the old data goes, for people.
        restoration: what a PostgreSQL database that took the backup's rows calls it; "" for SQLite.
        moves_aside: old data and its new place.
        moves_in: restored data and its place.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    backup: str
    aside: str
    restoration: str = ""
    moves_aside: list[tuple[str, str]]
    moves_in: list[tuple[str, str]]


def write_plan(staging: Path, plan: Plan) -> None:
    """Put a plan on the disk, whole or not at all."""
    draft = staging / f"{_PLAN}.part"
    draft.write_text(plan.model_dump_json(indent=1))
    sync_file(draft)
    draft.replace(staging / _PLAN)
    sync_directory(staging)


def read_plan(data_dir: Path) -> Plan | None:
    """Return the plan of a restoration that was interrupted, if one was.

    Raises:
        BackupError: there is one that cannot be read.
    """
    path = data_dir.absolute() / STAGING / _PLAN
    try:
        return Plan.model_validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValidationError) as error:
        raise BackupError(
            f"a restoration was interrupted, and its plan ({path}) cannot be read.", ExitCode.DATA_DIR
        ) from error


def carry_out(plan: Plan) -> None:
    """Make the renames of a plan that were not made yet.

    Raises:
        BackupError: one cannot be made; the plan stays, and can be carried out later.
    """
    try:
        for source, target in plan.moves_aside:
            # With its target there, a source is no longer the old data but the restored.
            if os.path.lexists(source) and not os.path.lexists(target):
                _rename(Path(source), Path(target))
        for source, target in plan.moves_in:
            if not os.path.lexists(source):
                continue
            if os.path.lexists(target):
                raise BackupError(
                    f"{target} is in the way of the restoration of {plan.backup}: move it away, and try again.",
                    ExitCode.DATA_DIR,
                )
            _rename(Path(source), Path(target))
    except OSError as error:
        raise BackupError(
            f"the restoration of {plan.backup} stopped half way ({error.strerror or error}): mend that and try again;"
            f" the old data is in {plan.aside}.",
            ExitCode.DATA_DIR,
        ) from error


def clear_staging(data_dir: Path) -> bool:
    """Delete what is left of a restoration; False if there was nothing.

    Raises:
        BackupError: it cannot be deleted.
    """
    staging = data_dir.absolute() / STAGING
    try:
        # The plan first: without it the rest means nothing.
        (staging / _PLAN).unlink(missing_ok=True)
        shutil.rmtree(staging)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise BackupError(f"{staging} cannot be deleted: {error.strerror or error}.", ExitCode.DATA_DIR) from error
    return True


def _rename(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    source.rename(target)
    for directory in {source.parent, target.parent, target.parent.parent}:
        sync_directory(directory)
