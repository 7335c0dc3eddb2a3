"""What is sent to buy a task (provider notes §1.3, §2.1, §2.2, §2.4, §3, §4.1), checked before it leaves.

Fields that are not set are not sent: the provider takes "" for "not set", but what is absent cannot be misread.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_serializer, model_validator

WebAddress = Annotated[str, Field(min_length=8, pattern=r"^https?://")]
AxisValue = Annotated[int, Field(ge=-10, le=10)]


class Request(BaseModel):
    """Frozen and strict; errors do not show what was put in."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class CameraConfig(Request):
    """The six axes, all sent, exactly one of them not zero."""

    horizontal: AxisValue = 0
    vertical: AxisValue = 0
    pan: AxisValue = 0
    tilt: AxisValue = 0
    roll: AxisValue = 0
    zoom: AxisValue = 0

    @model_validator(mode="after")
    def _one_move(self) -> Self:
        values = (self.horizontal, self.vertical, self.pan, self.tilt, self.roll, self.zoom)
        if sum(value != 0 for value in values) != 1:
            raise ValueError("exactly one axis must differ from zero")
        return self


class CameraControl(Request):
    """A camera move."""

    type: Literal["simple"] = "simple"
    config: CameraConfig


class VideoGenerationInput(Request):
    """`video_generation`, all versions and kling-turbo."""

    prompt: Annotated[str, Field(min_length=1)]
    negative_prompt: Annotated[str, Field(min_length=1)] | None = None
    cfg_scale: Annotated[float, Field(ge=0, le=1)] | None = None
    duration: Annotated[int, Field(ge=1, le=60)]
    aspect_ratio: Literal["16:9", "9:16", "1:1"] | None = None
    camera_control: CameraControl | None = None
    mode: Literal["std", "pro"]
    version: Annotated[str, Field(min_length=1)]
    image_url: WebAddress | None = None
    image_tail_url: WebAddress | None = None
    enable_audio: bool | None = None

    @model_validator(mode="after")
    def _end_needs_start(self) -> Self:
        if self.image_tail_url is not None and self.image_url is None:
            raise ValueError("image_tail_url needs image_url")
        return self


class ExtendVideoInput(Request):
    """`extend_video`: nothing but the source and what happens next can be chosen."""

    origin_task_id: Annotated[str, Field(min_length=1)]
    prompt: Annotated[str, Field(min_length=1)] | None = None


class LipSyncInput(Request):
    """`lip_sync`: text with a voice, or a recording."""

    origin_task_id: Annotated[str, Field(min_length=1)]
    tts_text: Annotated[str, Field(min_length=1)] | None = None
    tts_timbre: Annotated[str, Field(min_length=1)] | None = None
    tts_speed: Annotated[float, Field(ge=0.8, le=2)] | None = None
    local_dubbing_url: WebAddress | None = None

    @model_validator(mode="after")
    def _text_or_recording(self) -> Self:
        spoken = (self.tts_text, self.tts_timbre, self.tts_speed)
        if self.local_dubbing_url is not None and any(part is not None for part in spoken):
            raise ValueError("a recording excludes text, voice and speed")
        if self.local_dubbing_url is None and (self.tts_text is None or self.tts_timbre is None):
            raise ValueError("text with a voice, or a recording, is needed")
        return self


TaskInput = VideoGenerationInput | ExtendVideoInput | LipSyncInput


class WebhookRequest(Request):
    """Where the provider reports; the secret comes back verbatim in a header (provider notes §5)."""

    endpoint: WebAddress
    secret: SecretStr

    @field_serializer("secret", when_used="json")
    def _in_clear(self, secret: SecretStr) -> str:
        return secret.get_secret_value()


class ConfigRequest(Request):
    """How the task is run and reported; an absent service mode means the workspace's default."""

    service_mode: Literal["public", "private"] | None = None
    webhook_config: WebhookRequest | None = None


class CreateRequest(Request):
    """The body of a create."""

    model: Annotated[str, Field(min_length=1)]
    task_type: Literal["video_generation", "extend_video", "lip_sync"]
    input: TaskInput
    config: ConfigRequest = ConfigRequest()

    def body(self) -> dict[str, object]:
        """Return the JSON object to send; it holds the webhook's secret in clear."""
        return self.model_dump(mode="json", exclude_none=True)
