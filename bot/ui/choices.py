"""What Discord offers while a command is filled in: at most 25 choices of at most 100 characters each."""

from __future__ import annotations

from functools import partial
from typing import Final

from discord.app_commands import Choice

from bot.catalog import CAMERA_MOVES, Follow, Mode, ModelOffer, Ratio, VideoChoice, Voice
from bot.errors import Refusal
from bot.jobs.costs import PriceList
from bot.jobs.model import Job
from bot.ui import labels
from bot.ui.translator import said

RATIOS: Final = [Choice(name=said(partial(labels.ratio, ratio)), value=ratio.value) for ratio in Ratio]
FOLLOWS: Final = [Choice(name=said(partial(labels.follow, follow)), value=follow.value) for follow in Follow]
CAMERAS: Final = [Choice(name=said(partial(labels.camera, move)), value=move.key) for move in CAMERA_MOVES]


def length(seconds: int) -> Choice[int]:
    """Return a length: "5 seconds"."""
    return Choice(name=labels.length(seconds), value=seconds)


def quality(mode: Mode, outlook: VideoChoice | Refusal, prices: PriceList) -> Choice[str]:
    """Return a quality with what it costs: "Pro 1080p — up to $0.46 so far"."""
    return Choice(name=labels.priced_quality(mode, outlook, prices), value=mode.value)


def model(offer: ModelOffer, prices: PriceList) -> Choice[str]:
    """Return a model by its use and price: "1.6, can be extended — $0.26"."""
    return Choice(name=labels.model(offer, prices), value=offer.model.key)


def voice(which: Voice) -> Choice[str]:
    """Return a voice: "Rock (English)"."""
    return Choice(name=labels.voice(which), value=which.name)


def clip(job: Job, now: int) -> Choice[str]:
    """Return a clip to go on from: `#k3f9x2 · “a fox…” · 2 h ago`."""
    return Choice(name=labels.clip(job, now), value=job.id)


def chosen_clip(job: Job, now: int) -> Choice[str]:
    """Return the clip that was chosen with "Use as source", marked."""
    return Choice(name=labels.clip(job, now, chosen=True), value=job.id)
