"""What a task was asked to do, after its body has been read."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from pydantic import JsonValue

JsonObject: TypeAlias = dict[str, JsonValue]


class TaskType(StrEnum):
    """The task types this sandbox runs (provider notes §2)."""

    VIDEO_GENERATION = "video_generation"
    EXTEND_VIDEO = "extend_video"
    LIP_SYNC = "lip_sync"


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoSpec:
    """A new clip.

    Attributes:
        version: "1.0" … "3.0", or "2.5-turbo".
        mode: "std" (720p) or "pro" (1080p).
        seconds: Length asked for.
        aspect_ratio: "16:9", "9:16" or "1:1"; without meaning when there is an image.
        prompt: What is shown.
        image_url: Start frame, "" for text-to-video.
        image_tail_url: End frame, "" for none.
        sound: Whether an audio track was asked for.
    """

    version: str
    mode: str
    seconds: int
    aspect_ratio: str
    prompt: str
    image_url: str = ""
    image_tail_url: str = ""
    sound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendSpec:
    """Four to five seconds more of an earlier clip."""

    origin_task_id: str
    prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LipSyncSpec:
    """Speech for a clip: either `recording_url`, or `text` spoken by `voice`."""

    origin_task_id: str = ""
    video_url: str = ""
    recording_url: str = ""
    text: str = ""
    voice: str = ""
    speed: float = 1.0


Spec: TypeAlias = VideoSpec | ExtendSpec | LipSyncSpec


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a careful client would not have sent.

    Attributes:
        field: Path of the field in the body, "" for the body as a whole.
        text: What is wrong with it.
        refused: Whether the request was refused for it; otherwise it was let pass, as the provider would.
    """

    field: str
    text: str
    refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRequest:
    """A create request that can be carried out.

    Attributes:
        model: "kling" or "kling-turbo".
        task_type: What is to be done.
        service_mode: "public" or "private", the workspace's default filled in.
        endpoint: Webhook address, "" for none.
        secret: Webhook secret, "" for none.
        echo: The `input` that answers show: supplied and recognised fields in alphabetical order.
        received: The `input` as it came.
        spec: Its meaning.
    """

    model: str
    task_type: TaskType
    service_mode: str
    endpoint: str
    secret: str = field(repr=False)
    echo: JsonObject
    received: JsonObject
    spec: Spec

    @property
    def words(self) -> str:
        """What moderation reads: the prompt, or the text to be spoken."""
        return self.spec.text if isinstance(self.spec, LipSyncSpec) else self.spec.prompt
