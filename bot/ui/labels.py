"""What stands in lists to choose from: at most 100 characters each (platform notes §5), never formatted by Discord."""

from __future__ import annotations

from typing import Final

from bot.catalog import CameraMove, Follow, Mode, Model, ModelOffer, ModeRow, Ratio, VideoChoice, Voice
from bot.errors import Refusal
from bot.jobs.costs import PriceList
from bot.jobs.model import Job, JobKind
from bot.ui import figures
from bot.ui.language import _, marked, pgettext
from bot.ui.quoting import in_quotes, one_line, shorten, units

CHOICE_LIMIT: Final = 100

_KINDS: Final = {
    JobKind.VIDEO: marked("Video"),
    JobKind.EXTEND: marked("Extension"),
    JobKind.LIPSYNC: marked("Lip-sync"),
}
_QUALITIES: Final = {Mode.STD: marked("Standard"), Mode.PRO: marked("Pro")}
_RATIOS: Final = {
    Ratio.WIDE: marked("Wide 16:9"),
    Ratio.TALL: marked("Tall 9:16"),
    Ratio.SQUARE: marked("Square 1:1"),
}
_FOLLOWS: Final = {
    Follow.LOOSELY: marked("Loosely"),
    Follow.BALANCED: marked("Balanced"),
    Follow.STRICTLY: marked("Strictly"),
}
CATALOGUE_WORDS: Final = (
    marked("English"),
    marked("Chinese"),
    marked("can be extended"),
    marked("sharper than 1.6 at the same price"),
    marked("Pro quality for little money"),
    marked("newer motion"),
    marked("any length from 3 to 15 seconds, can have sound"),
    marked("the 2.0 look, costly"),
    marked("the finest of 2.x, costly"),
    marked("older look, can be extended"),
    marked("the first look, can be extended"),
    marked("Zoom in, gentle"),
    marked("Zoom in, strong"),
    marked("Zoom out, gentle"),
    marked("Zoom out, strong"),
    marked("Move left, gentle"),
    marked("Move left, strong"),
    marked("Move right, gentle"),
    marked("Move right, strong"),
    marked("Move up, gentle"),
    marked("Move up, strong"),
    marked("Move down, gentle"),
    marked("Move down, strong"),
    marked("Look up, gentle"),
    marked("Look up, strong"),
    marked("Look down, gentle"),
    marked("Look down, strong"),
    marked("Look left, gentle"),
    marked("Look left, strong"),
    marked("Look right, gentle"),
    marked("Look right, strong"),
    marked("Roll left, gentle"),
    marked("Roll left, strong"),
    marked("Roll right, gentle"),
    marked("Roll right, strong"),
)
"""The catalogue's own words, which it keeps in English: they are looked up when they are shown."""


def length(seconds: int) -> str:
    """Return a length."""
    return figures.seconds(seconds)


def quality(mode: Mode, row: ModeRow | None = None) -> str:
    """Return a quality: "Standard 720p", or "Standard" where no row tells the resolution."""
    word = _(_QUALITIES[mode])
    return f"{word} {row.resolution}" if row is not None and row.resolution else word


def ratio(which: Ratio) -> str:
    """Return a shape: "Wide 16:9"."""
    return _(_RATIOS[which])


def follow(which: Follow) -> str:
    """Return how closely to keep to the prompt."""
    return _(_FOLLOWS[which])


def camera(move: CameraMove) -> str:
    """Return a camera move: "Zoom in, gentle"."""
    return _(move.label)


def price(choice: VideoChoice, prices: PriceList) -> str:
    """Return what a clip costs; "" where amounts are not said."""
    cost = prices.of(JobKind.VIDEO, choice.model.key, choice.mode, choice.seconds, choice.price)
    return figures.price(cost)


def priced_quality(mode: Mode, outlook: VideoChoice | Refusal, prices: PriceList) -> str:
    """Return a quality with the price for the options filled in so far, or what it does not go with."""
    if not isinstance(outlook, VideoChoice):
        return f"{quality(mode)} — {_unfit(outlook if outlook.option != 'quality' else None)}"
    told = price(outlook, prices)
    name = quality(mode, outlook.model.mode_row(mode))
    return f"{name} — {told}" if told else name


def model(offer: ModelOffer, prices: PriceList) -> str:
    """Return a model by its use, with the price for the options filled in so far, or what it cannot do."""
    name = described_model(offer.model)
    if offer.refusal is not None or offer.mode is None or offer.seconds is None:
        tail = _unfit(offer.refusal)
    else:
        tail = figures.price(prices.of(JobKind.VIDEO, offer.model.key, offer.mode, offer.seconds, offer.price))
    if not tail:
        return shorten(name, CHOICE_LIMIT)
    tail = f" — {tail}"
    return shorten(name, CHOICE_LIMIT - units(tail)) + tail


def _unfit(refusal: Refusal | None) -> str:
    name = option(refusal.option) if refusal is not None else ""
    return _("not with {option}").format(option=name) if name else _("not with these options")


def described_model(row: Model) -> str:
    """Return a model by its use: "1.6, can be extended"."""
    return figures.listed((row.label, _(row.use))) if row.use else row.label


def option(name: str) -> str:
    """Return an option's name as the person sees it in the command: their Discord may show it in their language."""
    return pgettext("option name", name) if name else ""


def kind(which: JobKind) -> str:
    """Return what is being made: "Lip-sync"."""
    return _(_KINDS[which])


def voice(which: Voice) -> str:
    """Return a voice with its language: "Rock (English)"."""
    return shorten(f"{which.name} ({_(which.language)})", CHOICE_LIMIT)


def clip(job: Job, now: int, *, chosen: bool = False) -> str:
    """Return a clip to be picked: `#k3f9x2 · “a fox…” · 2 h ago`; `chosen` says that it was chosen for it."""
    name = f"#{job.id}"
    head = f"⭐ {_('chosen')} · {name}" if chosen else name
    tail = figures.age(max(0, now - (job.finished_at or job.created_at)))
    room = CHOICE_LIMIT - units(f"{head} · {in_quotes('')} · {tail}")
    prompt = shorten(one_line(job.prompt), room)
    return f"{head} · {in_quotes(prompt)} · {tail}" if prompt else f"{head} · {kind(job.kind)} · {tail}"
