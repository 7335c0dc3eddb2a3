"""What can be set before the start and changed while running."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Options(BaseModel):
    """The sandbox's settings.

    Attributes:
        pending_seconds: How long a task waits before it is processed; None: until it is finished by the control API.
        processing_seconds: How long processing takes (or the rendering, if longer); None as above.
        max_concurrent_task_count: Tasks processed at once per account; others stay pending.
        cancelled_status: What a cancelled task reads as; both are plausible (provider notes §1.5).
        account_shape: Field generation of `/account/info` (provider notes §1.6).
        workspace_service_mode: What an absent service mode means.
        longest_speech: Most characters of tts_text; clients send up to 1200 (provider notes §4.1).
        webhook_attempts: Sendings of one webhook until it is answered with 2xx (provider notes §5: a third party's 3).
        webhook_retry_seconds: Time between them.
        webhook_timeout_seconds: How long the receiver may take to answer, in real time.
        smallest_clip_bytes: What a shorter clip is padded to when it is made, without a change to what it shows.
        video_lifetime_seconds: How long `/videos/` addresses work (not found in the notes; upstream 30 days).
        ephemeral_lifetime_seconds: How long `/ephemeral/` addresses work (assumed 24 h in provider notes §6).
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    pending_seconds: float | None = Field(default=0.5, ge=0)
    processing_seconds: float | None = Field(default=3.0, ge=0)
    max_concurrent_task_count: int = Field(default=5, ge=1)
    cancelled_status: Literal["cancelled", "failed"] = "cancelled"
    account_shape: Literal["latest", "older"] = "latest"
    workspace_service_mode: Literal["public", "private"] = "public"
    longest_speech: int = Field(default=1200, ge=1)
    webhook_attempts: int = Field(default=3, ge=1)
    webhook_retry_seconds: float = Field(default=5.0, ge=0)
    webhook_timeout_seconds: float = Field(default=10.0, gt=0)
    smallest_clip_bytes: int = Field(default=0, ge=0)
    video_lifetime_seconds: float = Field(default=30 * 86_400.0, gt=0)
    ephemeral_lifetime_seconds: float = Field(default=86_400.0, gt=0)
