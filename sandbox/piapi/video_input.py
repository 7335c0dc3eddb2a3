"""Reads the input of `video_generation` (provider notes §2.1, §2.2, §2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sandbox.piapi.specs import VideoSpec
from sandbox.piapi.versions import DEFAULT_VERSION, VersionRule, rules_of

if TYPE_CHECKING:
    from sandbox.piapi.input_reader import InputReader

PROMPT_LIMIT: Final = 2500
RATIOS: Final = frozenset({"16:9", "9:16", "1:1"})
AXES: Final = ("horizontal", "vertical", "pan", "tilt", "roll", "zoom")
_CAMERA_RANGE: Final = 10
_MOST_ELEMENTS: Final = 4
_MOST_SHOTS, _LONGEST_SHOT, _SHOTS_SECONDS, _DEFAULT_SHOT = 6, 14, 15, 3


def read_video_input(reader: InputReader, model: str) -> tuple[VideoSpec, frozenset[str]]:
    """Read and check every field.

    Returns:
        The request's meaning (only to be used if the reader noted no refusal) and the fields to echo.
    """
    rules = rules_of(model) or {}
    version = reader.choice("version", rules)
    if version is None:
        version = DEFAULT_VERSION[model]
        if not reader.is_set("version"):
            reader.note("version", "not sent; what runs then is the provider's choice")
    rule = rules[version]
    reader.note_unknown(rule.fields)
    shots_seconds, shots_prompt = _shots(reader, rule)
    spec = VideoSpec(
        version=version,
        mode=_mode(reader, rule, version),
        seconds=shots_seconds or _seconds(reader, rule, version),
        aspect_ratio=reader.choice("aspect_ratio", RATIOS) or "16:9",
        prompt=shots_prompt or reader.text("prompt", PROMPT_LIMIT),
        image_url=reader.url("image_url"),
        image_tail_url=reader.url("image_tail_url") if "image_tail_url" in rule.fields else "",
        sound=reader.flag("enable_audio") if "enable_audio" in rule.fields else False,
    )
    reader.text("negative_prompt", PROMPT_LIMIT)
    reader.number("cfg_scale", 0, 1)
    _check_prompt(reader, spec)
    _check_end_frame(reader, rule, spec)
    _check_camera(reader, rule, spec)
    _check_motion_brush(reader, rule, spec)
    _check_elements(reader, rule)
    echoed = frozenset({"prompt", "aspect_ratio", "duration"}) if model == "kling-turbo" else rule.fields
    return spec, echoed


def _mode(reader: InputReader, rule: VersionRule, version: str) -> str:
    mode = reader.choice("mode", {"std", "pro"})
    if mode is None:
        if not reader.is_set("mode"):
            reader.note("mode", "not sent; what runs then is the provider's choice")
        return "std" if "std" in rule.modes else "pro"
    if mode not in rule.modes:
        reader.refuse("mode", f"version {version} has only {', '.join(sorted(rule.modes))}")
    return mode


def _seconds(reader: InputReader, rule: VersionRule, version: str) -> int:
    seconds = reader.whole("duration")
    if seconds is None:
        return 5
    if seconds not in rule.seconds:
        allowed = ", ".join(str(n) for n in sorted(rule.seconds))
        reader.refuse("duration", f"version {version} has only {allowed}")
    return seconds


def _shots(reader: InputReader, rule: VersionRule) -> tuple[int, str]:
    """Total seconds and joined prompts of `multi_shots`; zero and "" without any. They outrank prompt and duration."""
    reader.flag("prefer_multi_shots")
    if "multi_shots" not in rule.fields:
        return 0, ""
    rows = reader.rows("multi_shots")
    total, prompts = 0, []
    for row in rows:
        row.note_unknown({"prompt", "duration"})
        prompt = row.text("prompt", PROMPT_LIMIT)
        if not prompt:
            row.refuse("prompt", "is required")
        seconds = row.whole("duration")
        if seconds is not None and not 1 <= seconds <= _LONGEST_SHOT:
            row.refuse("duration", f"must be from 1 to {_LONGEST_SHOT}")
        total += _DEFAULT_SHOT if seconds is None else seconds
        prompts.append(prompt)
        reader.take_problems(row)
    if len(rows) > _MOST_SHOTS:
        reader.refuse("multi_shots", f"must have at most {_MOST_SHOTS} shots")
    if total > _SHOTS_SECONDS:
        reader.refuse("multi_shots", f"must last at most {_SHOTS_SECONDS} s together")
    return total, "\n".join(prompts)


def _check_prompt(reader: InputReader, spec: VideoSpec) -> None:
    if not spec.prompt and not spec.image_url:
        reader.refuse("prompt", "is required without an image")
    elif not spec.prompt and spec.version == "3.0":
        reader.refuse("prompt", "is required in version 3.0")


def _check_end_frame(reader: InputReader, rule: VersionRule, spec: VideoSpec) -> None:
    if not spec.image_tail_url:
        return
    if not spec.image_url:
        reader.refuse("image_tail_url", "requires image_url")
    if rule.end_frame is not None and (spec.mode, spec.seconds) not in rule.end_frame:
        reader.refuse("image_tail_url", f"not in version {spec.version}, mode {spec.mode}, {spec.seconds} s")


def _check_camera(reader: InputReader, rule: VersionRule, spec: VideoSpec) -> None:
    camera = reader.inner("camera_control")
    if camera is None or "camera_control" not in rule.fields:
        return
    camera.note_unknown({"type", "config"})
    if camera.text("type") != "simple":
        camera.refuse("type", 'must be "simple"')
    config = camera.inner("config")
    if config is None:
        camera.refuse("config", "is required")
    else:
        _check_axes(config)
        camera.take_problems(config)
    if spec.image_url and (spec.mode, spec.seconds) not in rule.camera_with_image:
        camera.refuse("", "not with image_url in this version, mode and length")
    if spec.image_tail_url:
        camera.refuse("", "not together with image_tail_url")
    reader.take_problems(camera)


def _check_axes(config: InputReader) -> None:
    config.note_unknown(AXES)
    moving = 0
    for axis in AXES:
        value = config.whole(axis)
        if value is None:
            config.refuse(axis, "is required")
        elif not -_CAMERA_RANGE <= value <= _CAMERA_RANGE:
            config.refuse(axis, f"must be from -{_CAMERA_RANGE} to {_CAMERA_RANGE}")
        elif value:
            moving += 1
    if moving > 1:
        config.refuse("", "exactly one axis may be other than 0")
    elif moving == 0:
        # A captured request with six zeros was carried out (provider notes §9.2), so this is not refused.
        config.note("", "no axis moves")


def _check_motion_brush(reader: InputReader, rule: VersionRule, spec: VideoSpec) -> None:
    brush = reader.inner("motion_brush")
    if brush is None or "motion_brush" not in rule.fields:
        return
    brush.note_unknown({"mask_url", "static_masks", "dynamic_masks"})
    if not brush.url("mask_url"):
        brush.refuse("mask_url", "is required")
    if not spec.image_url:
        brush.refuse("", "requires image_url")
    if spec.image_tail_url or reader.is_set("camera_control"):
        brush.refuse("", "not together with image_tail_url or camera_control")
    brush.rows("static_masks")
    brush.rows("dynamic_masks")
    reader.take_problems(brush)


def _check_elements(reader: InputReader, rule: VersionRule) -> None:
    if "elements" not in rule.fields:
        if reader.is_set("elements"):
            reader.refuse("elements", "only in version 1.6")
        return
    rows = reader.rows("elements")
    if len(rows) > _MOST_ELEMENTS:
        reader.refuse("elements", f"must have 1 to {_MOST_ELEMENTS} images")
    for row in rows:
        if not row.url("image_url"):
            row.refuse("image_url", "is required")
        reader.take_problems(row)
