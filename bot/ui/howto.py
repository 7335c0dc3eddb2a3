"""What members are told about the bot, for a channel's pins: in the server's language, and without pings."""

from __future__ import annotations

from dataclasses import dataclass

from bot.jobs.costs import Cost
from bot.ui import figures
from bot.ui.language import _
from bot.ui.message import Message
from bot.ui.settings_names import shortened


@dataclass(frozen=True, slots=True, kw_only=True)
class HowtoFacts:
    """What holds on the server.

    Attributes:
        cost: of an ordinary clip; None where members are not told, or it is not known.
        channels: where clips are made; empty for everywhere.
        clips_per_day: how many one member can order; None for no such limit.
    """

    cost: Cost | None = None
    channels: tuple[int, ...] = ()
    clips_per_day: int | None = None


def render_howto(facts: HowtoFacts) -> Message:
    """Return the message to pin."""
    lines = [
        f"**🎬 {_('How to make video clips here')}**",
        "• " + _("Type `/video` and say what the clip should show. Attach a picture to start from it."),
        "• " + _("Reply to a clip with `extend` and what happens next, and it goes on."),
        "• " + _("Reply to a clip with `say` and a sentence, or with a voice message, and it speaks."),
        "• " + _("`/clips` lists what you made; `/defaults` keeps what you always want."),
        *_rules(facts),
        f"-# {_('Clips are AI-generated. Use only pictures and voices that you may use.')}",
    ]
    return Message(content="\n".join(lines))


def posted(channel_id: int, address: str) -> str:
    """Return what whoever asked for it is told: where it stands, and how to pin it."""
    words = _("📌 The how-to stands in {channel}: [go there]({link}). Right-click on it and choose Pin Message.")
    return words.format(channel=f"<#{channel_id}>", link=address)


def _rules(facts: HowtoFacts) -> list[str]:
    lines = []
    price = figures.price(facts.cost) if facts.cost is not None else ""
    if price:
        lines.append("• " + _("An ordinary clip of five seconds: {price}.").format(price=price))
    if facts.clips_per_day is not None:
        words = _("You can make {clips} a day.")
        lines.append("• " + words.format(clips=figures.clips(facts.clips_per_day)))
    if facts.channels:
        channels = shortened([f"<#{channel}>" for channel in facts.channels])
        lines.append("• " + _("Clips are made in {channels}.").format(channels=channels))
    return lines
