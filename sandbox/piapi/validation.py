"""From a create body to a request that can be carried out, or a list of what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sandbox.piapi.input_reader import InputReader
from sandbox.piapi.specs import ExtendSpec, JsonObject, LipSyncSpec, Problem, Spec, TaskRequest, TaskType
from sandbox.piapi.versions import rules_of
from sandbox.piapi.video_input import PROMPT_LIMIT, read_video_input
from sandbox.piapi.voices import is_voice

_SERVICE_MODES: Final = frozenset({"public", "private"})
_LIP_SYNC_FIELDS: Final = frozenset(
    {"origin_task_id", "video_url", "tts_text", "tts_timbre", "tts_speed", "local_dubbing_url"}
)
_EXTEND_FIELDS: Final = frozenset({"origin_task_id", "prompt"})
SLOWEST_SPEECH: Final = 0.8
FASTEST_SPEECH: Final = 2.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a body.

    Attributes:
        request: The request, or None where it is refused.
        problems: Everything a careful client would not have sent.
    """

    request: TaskRequest | None
    problems: tuple[Problem, ...]

    @property
    def refusal(self) -> str:
        """One sentence for the answer."""
        faults = [f"{p.field}: {p.text}" if p.field else p.text for p in self.problems if p.refused]
        return "invalid request parameters: " + "; ".join(faults)


def read_body(body: JsonObject, *, default_service_mode: str, longest_speech: int) -> Reading:
    """Read a create body.

    Args:
        body: The JSON object received.
        default_service_mode: What an absent or empty `config.service_mode` means.
        longest_speech: Most characters of `tts_text`.
    """
    top = InputReader(body, "")
    top.note_unknown({"model", "task_type", "input", "config"})
    model = top.text("model")
    if rules_of(model) is None:
        top.refuse("model", "unknown model")
    task_type = _task_type(top, model)
    given = body.get("input")
    if not isinstance(given, dict):
        top.refuse("input", "must be an object")
        given = {}
    service_mode, endpoint, secret = _config(top)
    fields = InputReader(given)
    spec: Spec | None = None
    echoed: frozenset[str] = frozenset()
    if task_type is not None and not any(problem.refused for problem in top.problems):
        spec, echoed = _read_input(fields, model, task_type, longest_speech)
    problems = (*top.problems, *fields.problems)
    if spec is None or task_type is None or any(problem.refused for problem in problems):
        return Reading(None, problems)
    request = TaskRequest(
        model=model,
        task_type=task_type,
        service_mode=service_mode or default_service_mode,
        endpoint=endpoint,
        secret=secret,
        echo=fields.echo(echoed),
        received=given,
        spec=spec,
    )
    return Reading(request, problems)


def _task_type(top: InputReader, model: str) -> TaskType | None:
    value = top.text("task_type")
    if value not in set(TaskType):
        top.refuse("task_type", "unknown, or not run by this sandbox")
        return None
    if model == "kling-turbo" and value != TaskType.VIDEO_GENERATION:
        top.refuse("task_type", "kling-turbo has only video_generation")
        return None
    return TaskType(value)


def _config(top: InputReader) -> tuple[str, str, str]:
    config = top.inner("config")
    if config is None:
        return "", "", ""
    config.note_unknown({"service_mode", "webhook_config"})
    service_mode = config.choice("service_mode", _SERVICE_MODES) or ""
    endpoint = secret = ""
    webhook = config.inner("webhook_config")
    if webhook is not None:
        webhook.note_unknown({"endpoint", "secret"})
        endpoint, secret = webhook.url("endpoint"), webhook.text("secret")
        config.take_problems(webhook)
    top.take_problems(config)
    return service_mode, endpoint, secret


def _read_input(
    fields: InputReader, model: str, task_type: TaskType, longest_speech: int
) -> tuple[Spec, frozenset[str]]:
    if task_type is TaskType.VIDEO_GENERATION:
        return read_video_input(fields, model)
    if task_type is TaskType.EXTEND_VIDEO:
        return _read_extend(fields), _EXTEND_FIELDS
    return _read_lip_sync(fields, longest_speech), _LIP_SYNC_FIELDS


def _read_extend(fields: InputReader) -> ExtendSpec:
    """Provider notes §3: only origin_task_id and prompt; everything else is inherited from the source."""
    fields.note_unknown(_EXTEND_FIELDS)
    origin = fields.text("origin_task_id")
    if not origin:
        fields.refuse("origin_task_id", "is required")
    return ExtendSpec(origin_task_id=origin, prompt=fields.text("prompt", PROMPT_LIMIT))


def _read_lip_sync(fields: InputReader, longest_speech: int) -> LipSyncSpec:
    """Provider notes §4.1: one source; a recording outranks all tts fields."""
    fields.note_unknown(_LIP_SYNC_FIELDS)
    origin, video = fields.text("origin_task_id"), fields.url("video_url")
    if bool(origin) == bool(video):
        fields.refuse("origin_task_id", "exactly one of origin_task_id and video_url is required")
    recording = fields.url("local_dubbing_url")
    speed = fields.number("tts_speed", SLOWEST_SPEECH, FASTEST_SPEECH)
    if recording:
        if fields.is_set("tts_text") or fields.is_set("tts_timbre"):
            fields.note("tts_text", "ignored, since local_dubbing_url is set")
        return LipSyncSpec(origin_task_id=origin, video_url=video, recording_url=recording)
    text, voice = fields.text("tts_text", longest_speech), fields.text("tts_timbre")
    if not text.strip():
        fields.refuse("tts_text", "tts_text or local_dubbing_url is required")
    if not voice:
        fields.refuse("tts_timbre", "is required with tts_text")
    elif not is_voice(voice):
        fields.refuse("tts_timbre", "Voice id not found")
    return LipSyncSpec(
        origin_task_id=origin, video_url=video, text=text, voice=voice, speed=1.0 if speed is None else speed
    )
