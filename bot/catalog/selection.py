"""Which rows satisfy the options given, and which of them is meant.

A candidate is one mode of one model at one length. An option not given leaves its dimension open, except the length:
it is five seconds, or the nearest length the mode offers, so that nobody gets a shorter clip because it is cheaper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from bot.catalog.choice import VideoAsked
from bot.catalog.model import Mode, Model, ModeRow, Price
from bot.catalog.refusals import (
    AvoidNotTaken,
    CameraNotTaken,
    EndFrameNotOffered,
    FollowNotTaken,
    ImageNotTaken,
    LengthNotOffered,
    ModeNotOffered,
    NotOffered,
    OptionsNotTogether,
    SoundNotOffered,
)

DEFAULT_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """One mode of one model at one length, with its price for the options given."""

    model: Model
    row: ModeRow
    seconds: int
    price: Price | None


def candidates(model: Model, asked: VideoAsked) -> Iterable[Candidate]:
    """Yield the ways in which `model` satisfies every option of `asked`, Standard first."""
    if not all(takes(model) for _, takes in _model_rules(asked)):
        return
    for row in model.modes:
        if asked.mode is not None and row.mode is not asked.mode:
            continue
        lengths = row.end_frame_lengths if asked.end_image else row.lengths
        seconds = _length(lengths, asked.seconds)
        if seconds is not None:
            yield Candidate(model, row, seconds, row.price(seconds, sound=asked.sound is True))


def cheapest(found: Iterable[Candidate], default_key: str) -> Candidate | None:
    """Return the cheapest priced candidate, the default model first among equals; else the first one unpriced."""
    first: Candidate | None = None
    best: tuple[int, bool] | None = None
    chosen: Candidate | None = None
    for candidate in found:
        first = first or candidate
        if candidate.price is None:
            continue
        rank = (candidate.price.microusd, candidate.model.key != default_key)
        if best is None or rank < best:
            best, chosen = rank, candidate
    return chosen or first


def refuse(model: Model, asked: VideoAsked, models: Sequence[Model], default_key: str) -> NotOffered:
    """Return why `model` cannot do what was asked, with the nearest model that can."""
    others = (found for other in models for found in candidates(other, replace(asked, model="")))
    nearest = cheapest(others, default_key)
    fault = replace(_fault(model, asked), model=model.label)
    if nearest is None:
        return fault
    return replace(
        fault,
        nearest=nearest.model.key,
        nearest_label=nearest.model.label,
        nearest_mode=nearest.row.mode.value,
        nearest_seconds=nearest.seconds,
        nearest_microusd=nearest.price.microusd if nearest.price is not None else None,
    )


def refuse_all(asked: VideoAsked, models: Sequence[Model]) -> NotOffered:
    """Return why no model can do what was asked: one option alone, or the smallest set that excludes each other."""
    given = _options(asked)
    for size in range(1, len(given) + 1):
        for names in combinations(given, size):
            part = _only(asked, names)
            if any(True for model in models for _ in candidates(model, part)):
                continue
            if size == 1:
                return _fault_of_all(models, part)
            return OptionsNotTogether(option=names[-1], options=names)
    raise AssertionError("refuse_all is called only where no model fits")


def _length(lengths: tuple[int, ...], asked: int | None) -> int | None:
    if asked is not None:
        return asked if asked in lengths else None
    return min(lengths, key=lambda seconds: (abs(seconds - DEFAULT_SECONDS), seconds), default=None)


def _model_rules(asked: VideoAsked) -> list[tuple[NotOffered, Callable[[Model], bool]]]:
    """Return what the options ask of a model as a whole, each with its refusal, in the order of the options."""
    rules: list[tuple[NotOffered, bool, Callable[[Model], bool]]] = [
        (ImageNotTaken(), asked.image, lambda model: model.start_image),
        (AvoidNotTaken(), bool(asked.avoid.strip()), lambda model: model.negative_prompt),
        (SoundNotOffered(), asked.sound is True, lambda model: model.sound),
        (FollowNotTaken(), asked.follow is not None, lambda model: model.cfg_scale),
        (CameraNotTaken(), bool(asked.camera), lambda model: model.camera),
    ]
    return [(refusal, takes) for refusal, given, takes in rules if given]


def _fault(model: Model, asked: VideoAsked) -> NotOffered:
    """Return the first option that `model` does not satisfy."""
    row = model.mode_row(asked.mode) if asked.mode is not None else None
    if asked.mode is not None and row is None:
        return ModeNotOffered(asked=asked.mode.value, offered=tuple(row.mode.value for row in model.modes))
    lengths = row.lengths if row is not None else model.lengths
    if asked.seconds is not None and asked.seconds not in lengths:
        return LengthNotOffered(asked=asked.seconds, offered=lengths)
    for refusal, takes in _model_rules(asked):
        if not takes(model):
            return refusal
    return EndFrameNotOffered(
        modes=tuple(row.mode.value for row in model.modes if row.end_frame_lengths),
        lengths=tuple(sorted({seconds for row in model.modes for seconds in row.end_frame_lengths})),
    )


def _fault_of_all(models: Sequence[Model], asked: VideoAsked) -> NotOffered:
    """Return the fault that every model has, told of all of them together."""
    fault = _fault(models[0], asked)
    if isinstance(fault, LengthNotOffered):
        return replace(fault, offered=tuple(sorted({seconds for model in models for seconds in model.lengths})))
    if isinstance(fault, ModeNotOffered):
        offered = [mode.value for mode in Mode if any(model.mode_row(mode) for model in models)]
        return replace(fault, offered=tuple(offered))
    return fault


_WITHOUT: Final[dict[str, Callable[[VideoAsked], VideoAsked]]] = {
    "image": lambda asked: replace(asked, image=False),
    "end_image": lambda asked: replace(asked, end_image=False),
    "length": lambda asked: replace(asked, seconds=None),
    "quality": lambda asked: replace(asked, mode=None),
    "avoid": lambda asked: replace(asked, avoid=""),
    "sound": lambda asked: replace(asked, sound=None),
    "follow": lambda asked: replace(asked, follow=None),
    "camera": lambda asked: replace(asked, camera=""),
}
"""Options as a person sees them, each with its removal. The shape is not here: every row takes it."""


def _options(asked: VideoAsked) -> tuple[str, ...]:
    return tuple(name for name, without in _WITHOUT.items() if without(asked) != asked)


def _only(asked: VideoAsked, names: Sequence[str]) -> VideoAsked:
    for name, without in _WITHOUT.items():
        if name not in names:
            asked = without(asked)
    return asked
