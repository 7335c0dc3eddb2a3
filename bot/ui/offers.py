"""Offers: what would be made, what it costs and what is left, with Run and No."""

from __future__ import annotations

from dataclasses import replace

import discord

from bot.catalog import LipsyncAsked, VideoAsked
from bot.jobs.costs import Cost
from bot.jobs.requests import ExtendRequest, LipsyncRequest, Quote, Request, RerunRequest, VideoRequest
from bot.ui import figures, labels
from bot.ui.amounts import amounts_said
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.language import _
from bot.ui.message import Button, Message
from bot.ui.quoting import escaped, quoted

_PROMPT_SHOWN = 200
_AVOID_SHOWN = 80
_VOICE_SHOWN = 40


def render_offer(request: Request, quote: Quote, draft_id: str) -> Message:
    """Return the offer of a request.

    Args:
        request: what Run buys.
        quote: what it costs now, and how much the person has left.
        draft_id: the draft that keeps the request.
    """
    price = figures.price(quote.cost)
    lines = [f"{_what(request)} — **{price}**" if price else _what(request)]
    settings = _settings(request)
    if settings:
        lines.append(f"-# {' · '.join(settings)}")
    if quote.left_today is not None:
        left = _("{clips} left for you today, this one included.").format(clips=figures.clips(quote.left_today))
        lines.append(f"-# {left}")
    return Message(content="\n".join(lines), buttons=_buttons(draft_id))


def dearer(offer: Message, shown: Cost) -> Message:
    """Return an offer that was taken up at a lower price, so that nothing was bought.

    Args:
        offer: the same at the price of now.
        shown: what it was said to cost before.
    """
    if amounts_said():
        lead = _("It was offered for {price}. It costs more now, so nothing was bought yet:")
        lead = lead.format(price=figures.amount(shown))
    else:
        lead = _("It costs more now than when it was offered, so nothing was bought yet:")
    return replace(offer, content=f"{lead}\n{offer.content}")


def _what(request: Request) -> str:
    match request:
        case VideoRequest(asked=asked, made_from=made_from):
            if made_from is not None:
                return _with_words(_("Make {name} once more").format(name=f"`#{made_from}`"), asked.prompt)
            head = _("Make a new clip from your picture") if asked.image else _("Make a new clip")
            return _with_words(head, asked.prompt)
        case ExtendRequest(source_id=source, prompt=prompt):
            return _with_words(_("Extend {name}").format(name=f"`#{source}`"), prompt)
        case LipsyncRequest(source_id=source, asked=asked, audio=audio):
            name = f"`#{source}`"
            if audio is not None:
                return _("Make {name} speak with your recording").format(name=name)
            return _with_words(_("Make {name} say").format(name=name), asked.say)
        case RerunRequest(job_id=job_id):
            return _("Make {name} once more").format(name=f"`#{job_id}`")


def _settings(request: Request) -> list[str]:
    """Return what was asked for besides the words, so that nobody agrees to less than they see."""
    match request:
        case VideoRequest(asked=asked, spoiler=spoiler):
            return [*_video_settings(asked), *_spoiler(spoiler)]
        case LipsyncRequest(asked=asked, spoiler=spoiler):
            return [*_speech_settings(asked), *_spoiler(spoiler)]
        case ExtendRequest(spoiler=spoiler):
            return _spoiler(spoiler)
        case RerunRequest():
            return []


def _video_settings(asked: VideoAsked) -> list[str]:
    words = []
    if asked.model:
        words.append(f"Kling {asked.model}")
    if asked.mode is not None:
        words.append(labels.quality(asked.mode))
    if asked.seconds is not None:
        words.append(labels.length(asked.seconds))
    if asked.ratio is not None and not asked.image:
        words.append(labels.ratio(asked.ratio))
    if asked.sound:
        words.append(_("with sound"))
    if asked.avoid:
        words.append(_("avoids {words}").format(words=quoted(asked.avoid, _AVOID_SHOWN)))
    return words


def _speech_settings(asked: LipsyncAsked) -> list[str]:
    words = []
    if asked.voice:
        words.append(_("voice {name}").format(name=escaped(asked.voice, _VOICE_SHOWN)))
    if asked.speed is not None and asked.speed != 1:
        words.append(_("speed {number}×").format(number=figures.number(f"{asked.speed:g}")))
    return words


def _spoiler(spoiler: bool | None) -> list[str]:
    return [_("spoiler")] if spoiler else []


def _with_words(head: str, prompt: str) -> str:
    return figures.labelled(head, quoted(prompt, _PROMPT_SHOWN)) if prompt.strip() else head


def _buttons(draft_id: str) -> tuple[Button, ...]:
    return (
        Button(custom_id(Verb.RUN, draft_id), _("Run"), "▶️", discord.ButtonStyle.primary),
        Button(custom_id(Verb.NO, draft_id), _("No"), "✖️"),
        Button(custom_id(Verb.ALWAYS, draft_id), _("Run, and don't ask again"), "⏩"),
    )
