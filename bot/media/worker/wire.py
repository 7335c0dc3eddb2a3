"""What the bot and the worker say to each other.

Paths are absolute; sizes are bytes, lengths milliseconds, rates bits per second.
Standard library only: the worker pays for every import at each start.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessLimits:
    """What the worker may use, set by itself before it looks at a file. Where the platform has no such limits, none.

    Attributes:
        memory_bytes: address space.
        cpu_seconds: processor time over all threads.
        output_bytes: size of any file it writes.
    """

    memory_bytes: int
    cpu_seconds: int
    output_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeImage:
    """Read an image's header: no pixel is decoded."""

    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeAudio:
    """Read a recording's header: no sample is decoded."""

    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectVideo:
    """Read an MP4's facts."""

    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakePoster:
    """Write a frame of a video as a JPEG of at most `max_bytes` and `max_side` pixels."""

    source: str
    target: str
    max_bytes: int
    max_side: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodeVideo:
    """Write a video as H.264/AAC MP4, faststart, of this size in pixels."""

    source: str
    target: str
    width: int
    height: int
    video_rate: int
    audio_rate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemuxVideo:
    """Write the same streams with the index in front."""

    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertImage:
    """Write an image as a plain JPEG: upright, opaque, sRGB, without metadata, within bytes and pixels.

    Attributes:
        kind: the FileKind's name, told from the bytes.
        max_pixels: of the source; more is refused before decoding.
        max_side: of the outcome.
        min_side: of the outcome; scaling stops there.
        only_if_transparent: write nothing where the image turns out to be opaque.
    """

    source: str
    target: str
    kind: str
    max_bytes: int
    max_pixels: int
    max_side: int
    min_side: int
    only_if_transparent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertAudio:
    """Write a file's sound as MP3, cut at `max_ms`, filled with silence up to `min_ms`."""

    source: str
    target: str
    kind: str
    min_ms: int
    max_ms: int


Task = ProbeImage | ProbeAudio | InspectVideo | MakePoster | EncodeVideo | RemuxVideo | ConvertImage | ConvertAudio


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageProbed:
    """An image's header; `kind` is a FileKind's name, the rest as in `bot.media.probed.ProbedImage`."""

    kind: str
    size: int
    width: int | None
    height: int | None
    upright: bool
    located: bool
    may_be_transparent: bool
    common_colours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioProbed:
    """A recording's header; `kind` is a FileKind's name, the rest as in `bot.media.probed.ProbedAudio`."""

    kind: str
    size: int
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotProbed:
    """The header is broken, or not of a kind looked for; `found` is the FileKind's name it seems to be, "" for none."""

    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    """What a video is.

    Attributes:
        duration_ms: its length.
        frames_per_second: the average.
        video_codec: such as "h264"; audio_codec likewise, "" without sound.
        pixel_format: such as "yuv420p".
    """

    duration_ms: int
    width: int
    height: int
    frames_per_second: float
    has_audio: bool
    video_codec: str
    audio_codec: str
    pixel_format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoWritten:
    """A video was written to the target."""

    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageWritten:
    """An image was written, or, with `written` False, needed nothing.

    Attributes:
        source_width: of the source as seen upright, in pixels; source_height likewise.
        animated: the source moves; only its first frame was taken.
        turned: the source asked to be rotated or mirrored.
        flattened: it was transparent somewhere.
    """

    written: bool
    width: int
    height: int
    source_width: int
    source_height: int
    animated: bool
    turned: bool
    flattened: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioWritten:
    """An MP3 was written.

    Attributes:
        source_ms: length decoded from the source, at most a little over the cut.
    """

    duration_ms: int
    source_ms: int
    padded: bool
    trimmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TooManyPixels:
    """The image was not decoded: it is larger than allowed."""

    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """The file could not be read as what it is said to be; `cause` is an exception's name, for the log."""

    cause: str


Answer = (
    ImageProbed
    | AudioProbed
    | NotProbed
    | VideoFacts
    | VideoWritten
    | ImageWritten
    | AudioWritten
    | TooManyPixels
    | Unreadable
)

_TASKS: Final[dict[str, type[Task]]] = {
    kind.__name__: kind
    for kind in (
        ProbeImage,
        ProbeAudio,
        InspectVideo,
        MakePoster,
        EncodeVideo,
        RemuxVideo,
        ConvertImage,
        ConvertAudio,
    )
}
ANSWERS: Final[dict[str, type[Answer]]] = {
    kind.__name__: kind
    for kind in (
        ImageProbed,
        AudioProbed,
        NotProbed,
        VideoFacts,
        VideoWritten,
        ImageWritten,
        AudioWritten,
        TooManyPixels,
        Unreadable,
    )
}


def request_to_json(task: Task, limits: ProcessLimits) -> bytes:
    """Return the line that starts the work."""
    request = {"limits": asdict(limits), "task": type(task).__name__, **asdict(task)}
    return json.dumps(request).encode() + b"\n"


def request_from_json(line: bytes) -> tuple[Task, ProcessLimits]:
    """Read what `request_to_json` wrote; it comes from the bot itself."""
    request = json.loads(line)
    limits = ProcessLimits(**request.pop("limits"))
    task: Task = _TASKS[request.pop("task")](**request)
    return task, limits


def answer_to_json(answer: Answer) -> bytes:
    """Return the line that ends the work."""
    return json.dumps({"answer": type(answer).__name__, **asdict(answer)}).encode() + b"\n"
