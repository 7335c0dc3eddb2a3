"""Why a backup or a restoration did not come about, in one sentence for whoever runs the bot."""

from __future__ import annotations

from bot.errors import EgretError
from bot.exit_codes import ExitCode


class BackupError(EgretError):
    """It did not come about; what was there before is there still, unless the message says otherwise.

    Attributes:
        code: how the process ends.
    """

    def __init__(self, sentence: str, code: ExitCode) -> None:
        """Keep the exit code."""
        super().__init__(sentence)
        self.code = code


class NotUsable(BackupError):
    """The file is no backup of Egret's, is damaged, or is of a version or an engine that does not fit."""

    def __init__(self, sentence: str) -> None:
        """End with the code for a backup that cannot be used."""
        super().__init__(sentence, ExitCode.BACKUP)
