"""The worker's program: one request, one answer."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from typing import TYPE_CHECKING, Final, assert_never

from bot.media.worker import confinement, wire

if TYPE_CHECKING:
    from bot.media.worker.wire import Answer, Task

_ORPHANED: Final = 3


def main() -> int:
    """Do one piece of work; returns the exit code."""
    task, limits = wire.request_from_json(sys.stdin.buffer.readline())
    # Before there is another thread, which would keep what this one gives up.
    confinement.limit(limits)
    confinement.confine(task.source, getattr(task, "target", None))
    _end_with_parent()
    sys.stdout.buffer.write(wire.answer_to_json(_answer(task)))
    sys.stdout.buffer.flush()
    return 0


def _answer(task: Task) -> Answer:
    try:
        return _perform(task)
    except Exception as error:  # noqa: BLE001 - a stranger's file may fail in any way; every way means "unreadable"
        traceback.print_exc()
        return wire.Unreadable(cause=type(error).__name__)


def _perform(task: Task) -> Answer:
    # Each kind of work imports only its own libraries: an image never pays for FFmpeg.
    if isinstance(task, (wire.ProbeImage, wire.ProbeAudio)):
        from bot.media.worker import header

        return header.image(task) if isinstance(task, wire.ProbeImage) else header.audio(task)
    if isinstance(task, wire.ConvertImage):
        from bot.media.worker import image

        return image.convert(task)
    if isinstance(task, wire.ConvertAudio):
        from bot.media.worker import audio

        return audio.convert(task)
    from bot.media.worker import video

    match task:
        case wire.InspectVideo():
            return video.inspect(task)
        case wire.MakePoster():
            return video.make_poster(task)
        case wire.EncodeVideo():
            return video.encode(task)
        case wire.RemuxVideo():
            return video.remux(task)
        case _:
            assert_never(task)


def _end_with_parent() -> None:
    """End as soon as stdin does: the bot keeps it open for as long as it wants the answer."""
    stdin = sys.stdin.fileno()

    def watch() -> None:
        # Not through sys.stdin, whose lock the interpreter would find taken when it ends.
        while os.read(stdin, 1):
            pass
        os._exit(_ORPHANED)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
