"""The provider as the core sees it: the only place that turns its statuses and failure texts into ours."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
from pydantic import SecretStr, ValidationError

from bot.catalog import Catalogue, Model
from bot.clock import MINUTE
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import AssetRole, ExtendInput, JobInput, JobKind, LipsyncInput, VideoInput
from bot.jobs.ports import (
    Bound,
    CreateOutcome,
    Declined,
    GatewayUnavailable,
    Glance,
    HistoryTask,
    InputUnusable,
    NotSent,
    PreparedTask,
    RemoteStatus,
    TaskOrder,
    TaskReport,
    TaskUnknown,
    Unknowable,
)
from bot.piapi import webhook
from bot.piapi.client import PiapiClient
from bot.piapi.errors import ProviderRefused, ProviderUnavailable, TaskNotFound
from bot.piapi.failures import reason_of_text, says_cancelled
from bot.piapi.outcome import CreateRefused, NeverSent, OutcomeUnknown, RefusalKind, TaskCreated
from bot.piapi.requests import (
    CameraConfig,
    CameraControl,
    ConfigRequest,
    CreateRequest,
    ExtendVideoInput,
    LipSyncInput,
    TaskInput,
    VideoGenerationInput,
    WebhookRequest,
)
from bot.piapi.sameness import canonical, is_same_request
from bot.piapi.snapshot import TERMINAL, StatusFamily, TaskSnapshot

log = structlog.get_logger(__name__)

_KLING: Final = "kling"
_TASK_TYPES: Final = {
    JobKind.VIDEO: "video_generation",
    JobKind.EXTEND: "extend_video",
    JobKind.LIPSYNC: "lip_sync",
}
_STATUSES: Final = {
    StatusFamily.PENDING: RemoteStatus.PENDING,
    StatusFamily.PROCESSING: RemoteStatus.RUNNING,
    StatusFamily.UNKNOWN: RemoteStatus.RUNNING,
    StatusFamily.COMPLETED: RemoteStatus.COMPLETED,
    StatusFamily.FAILED: RemoteStatus.FAILED,
    StatusFamily.CANCELLED: RemoteStatus.CANCELLED,
}
_ASK_AGAIN: Final = frozenset({FailureReason.BUSY, FailureReason.PROVIDER_ERROR, FailureReason.BAD_KEY})
"""Refusals that say nothing about the task asked for."""
_URL: Final = re.compile(r"\w+://\S+")
_LOGGED_CHARACTERS: Final = 200


def key_fingerprint(key: SecretStr) -> str:
    """Return a short name for the account behind a key; the key cannot be found from it."""
    return hashlib.sha256(b"egret:" + key.get_secret_value().encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    """Where the provider may reach us.

    Attributes:
        public_url: https, without a path of ours.
        secret: what the provider has to show.
    """

    public_url: str
    secret: SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class PiapiGateway:
    """Implements `bot.jobs.ports.TaskGateway`.

    Attributes:
        client: speaks to the provider.
        catalogue: knows each model's names at the provider.
        service_mode: for new clips: "public", "private", or "" for the workspace's default.
        webhooks: None where the provider cannot reach us; polling alone then.
    """

    client: PiapiClient = field(repr=False)
    catalogue: Catalogue = field(repr=False)
    service_mode: str = ""
    webhooks: Webhooks | None = None

    @property
    def key_fingerprint(self) -> str:
        """Return what names the account in use; not a secret."""
        return key_fingerprint(self.client.access.key)

    def prepare(self, order: TaskOrder) -> PreparedTask:
        """Make the request, without sending it.

        Raises:
            InputUnusable: the model is no longer in the catalogue, the source is missing, or a value is outside what
                the provider takes.
        """
        request = self._request(order)
        return PreparedTask(sent=_kept(request), order=order)

    async def create(self, task: PreparedTask) -> CreateOutcome:
        """Send the one POST. Never raises for what the network or the provider does; never sends twice."""
        try:
            request = self._request(task.order)
        except InputUnusable as error:
            return Declined(error.failure)
        outcome = await self.client.create_task(request)
        match outcome:
            case TaskCreated(snapshot):
                return Bound(report_of(snapshot))
            case CreateRefused():
                text = self._redacted(outcome.text)
                log.warning("create_refused", reason=outcome.reason.value, code=outcome.code, provider_text=text)
                too_fast = outcome.kind is RefusalKind.RATE_LIMITED
                return Declined(Failure(outcome.reason), outcome.retry_after_ms, too_fast)
            case NeverSent(reason):
                log.warning("create_not_sent", reason=reason)
                return NotSent(reason)
            case OutcomeUnknown(reason):
                log.warning("create_outcome_unknown", reason=reason)
                return Unknowable(reason)

    async def reach(self) -> None:
        """Ask for the account, or for the latest tasks where that is not answered: either shows that it can be used.

        Raises:
            GatewayUnavailable: neither is answered, or the key is not accepted.
        """
        try:
            await self.client.account()
        except (ProviderUnavailable, ProviderRefused):
            now = self.client.now()
            try:
                async for _ in self.client.history(_KLING, now - MINUTE, now):
                    return
            except (ProviderUnavailable, ProviderRefused) as error:
                raise GatewayUnavailable(str(error)) from error

    async def report(self, task_id: str) -> TaskReport:
        """Ask for a task.

        Raises:
            GatewayUnavailable: no answer to be had now.
            TaskUnknown: the provider does not know the task.
        """
        try:
            snapshot = await self.client.get_task(task_id)
        except TaskNotFound as error:
            raise TaskUnknown(task_id) from error
        except (ProviderUnavailable, ProviderRefused) as error:
            raise GatewayUnavailable(str(error)) from error
        report = report_of(snapshot)
        if report.failure is not None:
            text = self._redacted(snapshot.error_text)
            log.info("task_failed", task_id=task_id, reason=report.failure.reason.value, provider_text=text)
        return report

    async def cancel(self, task_id: str) -> None:
        """Ask the provider to cancel a task; that it may refuse is no error.

        Raises:
            GatewayUnavailable: no answer to be had now.
        """
        try:
            await self.client.cancel_task(task_id)
        except TaskNotFound:
            return
        except ProviderRefused as error:
            if error.reason in _ASK_AGAIN:
                raise GatewayUnavailable(str(error)) from error
        except ProviderUnavailable as error:
            raise GatewayUnavailable(str(error)) from error

    async def history(self, since: int, until: int, glance: Glance | None = None) -> AsyncIterator[HistoryTask]:
        """Yield the account's Kling tasks created between two instants (UTC milliseconds), all pages.

        Args:
            since: the first instant.
            until: the last one.
            glance: read only what it asks for.

        Raises:
            GatewayUnavailable: no answer to be had now.
        """
        asked_before = 0
        for model in self._provider_models(glance):
            page, strangers = 1, 0
            try:
                listed = self.client.history(model, since, until, short_is_last=glance is not None)
                async with contextlib.aclosing(listed) as rows:
                    async for row in rows:
                        page = row.page
                        # A row without a time passed the provider's own filter.
                        created_at = since if row.created_at is None else row.created_at
                        is_over = None if row.family is StatusFamily.UNKNOWN else row.family in TERMINAL
                        yield HistoryTask(row.task_id, created_at, is_over, asked_before + page)
                        strangers = 0 if glance is None or row.task_id in glance.wanted else strangers + 1
                        if glance is not None and strangers >= glance.patience:
                            break
            except ProviderUnavailable as error:
                raise GatewayUnavailable(str(error)) from error
            except ProviderRefused as error:
                # Which models but kling the filter takes is not documented (provider notes §1.2).
                if model == _KLING or error.reason is not FailureReason.INPUT_REJECTED:
                    raise GatewayUnavailable(str(error)) from error
            asked_before += page

    def is_same(self, sent: str, report: TaskReport) -> bool:
        """Tell whether `report` is of a task made by the request `sent`: every field sent is equal."""
        return bool(sent and report.request) and is_same_request(json.loads(sent), json.loads(report.request))

    def _provider_models(self, glance: Glance | None) -> Sequence[str]:
        """Return whose lists are read, kling's first; a model that the catalogue no longer has may be in any."""
        models = _KLING, *sorted({model.provider_model for model in self.catalogue.models} - {_KLING})
        if glance is None:
            return models
        known = {model.key: model.provider_model for model in self.catalogue.models}
        wanted = {known.get(model) if kind is JobKind.VIDEO else _KLING for kind, model in glance.likes}
        return models if None in wanted else [model for model in models if model in wanted]

    def _request(self, order: TaskOrder) -> CreateRequest:
        try:
            return CreateRequest.model_validate(
                {
                    "model": self._model(order).provider_model if order.kind is JobKind.VIDEO else _KLING,
                    "task_type": _TASK_TYPES[order.kind],
                    "input": self._input(order, order.input),
                    "config": ConfigRequest.model_validate(
                        {"service_mode": order.service_mode or None, "webhook_config": self._webhook(order)}
                    ),
                }
            )
        except ValidationError as error:
            faults = [".".join(map(str, fault["loc"])) for fault in error.errors(include_input=False)]
            log.warning("request_invalid", kind=order.kind.value, fields=faults)
            raise InputUnusable(Failure(FailureReason.INPUT_REJECTED)) from None

    def _input(self, order: TaskOrder, given: JobInput) -> TaskInput:
        match given:
            case VideoInput():
                return self._video(order, given)
            case ExtendInput():
                return ExtendVideoInput(origin_task_id=_source(order), prompt=given.prompt or None)
            case LipsyncInput():
                return _lip_sync(order, given)

    def _video(self, order: TaskOrder, given: VideoInput) -> VideoGenerationInput:
        urls = order.urls or {}
        camera = None
        if given.camera_axis:
            camera = CameraControl(config=CameraConfig.model_validate({given.camera_axis: given.camera_value}))
        return VideoGenerationInput.model_validate(
            {
                "prompt": given.prompt,
                "negative_prompt": given.negative_prompt or None,
                "cfg_scale": given.cfg_scale,
                "duration": given.seconds,
                "aspect_ratio": given.ratio,
                "camera_control": camera,
                "mode": order.mode,
                "version": self._model(order).version,
                "image_url": urls.get(AssetRole.IMAGE),
                "image_tail_url": urls.get(AssetRole.END_IMAGE),
                "enable_audio": given.sound,
            }
        )

    def _model(self, order: TaskOrder) -> Model:
        model = self.catalogue.model(order.model)
        if model is None:
            raise InputUnusable(Failure(FailureReason.INPUT_REJECTED))
        return model

    def _webhook(self, order: TaskOrder) -> WebhookRequest | None:
        if self.webhooks is None:
            return None
        endpoint = webhook.endpoint_of(self.webhooks.public_url, order.hook_token)
        return WebhookRequest(endpoint=endpoint, secret=self.webhooks.secret)

    def _redacted(self, text: str) -> str:
        """Return a provider's text fit for the log: no secret, no address, not long."""
        secrets = [self.client.access.key]
        if self.webhooks is not None:
            secrets.append(self.webhooks.secret)
        for secret in secrets:
            if secret.get_secret_value():
                text = text.replace(secret.get_secret_value(), "[secret]")
        return _URL.sub("[url]", text)[:_LOGGED_CHARACTERS]


def report_of(task: TaskSnapshot) -> TaskReport:
    """Return what a task as the provider tells it means to the core."""
    status = _STATUSES[task.family]
    failure = None
    if status is RemoteStatus.FAILED:
        reason = reason_of_text(task.error_text)
        if reason is FailureReason.OTHER and says_cancelled(task.error_text):
            status = RemoteStatus.CANCELLED
        else:
            failure = Failure(reason)
    return TaskReport(
        task_id=task.task_id,
        status=status,
        output_url=task.output_url,
        # Before the end nothing is final, and what is frozen was not charged (provider notes §7).
        consumed_microusd=task.consumed_microusd if task.family in TERMINAL else None,
        created_at=task.created_at,
        started_at=task.started_at,
        ended_at=task.ended_at,
        failure=failure,
        hook_token=webhook.token_of(task.webhook_endpoint),
        request=canonical(
            {
                "model": task.model,
                "task_type": task.task_type,
                "service_mode": task.service_mode,
                "input": json.loads(task.input_json),
            }
        ),
    )


def _lip_sync(order: TaskOrder, given: LipsyncInput) -> LipSyncInput:
    audio = (order.urls or {}).get(AssetRole.AUDIO)
    if audio is not None:
        return LipSyncInput(origin_task_id=_source(order), local_dubbing_url=audio)
    return LipSyncInput(
        origin_task_id=_source(order),
        tts_text=given.text or None,
        tts_timbre=given.voice or None,
        tts_speed=given.speed,
    )


def _source(order: TaskOrder) -> str:
    if not order.source_task_id:
        raise InputUnusable(Failure(FailureReason.SOURCE_UNAVAILABLE))
    return order.source_task_id


def _kept(request: CreateRequest) -> str:
    """Return what a job keeps of its request: all that the echo is compared with, no endpoint, no secret."""
    body = request.body()
    return canonical(
        {
            "model": request.model,
            "task_type": request.task_type,
            "service_mode": request.config.service_mode or "",
            "input": body["input"],
        }
    )
