"""Offers: what would be made, what it costs and what is left, with Run and No."""

from __future__ import annotations

import discord

from bot.jobs.requests import ExtendRequest, LipsyncRequest, Quote, Request, RerunRequest, VideoRequest
from bot.ui import figures
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.language import _
from bot.ui.message import Button, Message
from bot.ui.quoting import quoted

_PROMPT_SHOWN = 200


def render_offer(request: Request, quote: Quote, draft_id: str) -> Message:
    """Return the offer of a request.

    Args:
        request: what Run buys.
        quote: what it costs now, and how much the person has left.
        draft_id: the draft that keeps the request.
    """
    price = figures.price(quote.price.microusd if quote.price is not None else None)
    lines = [f"{_what(request)} — **{price}**"]
    if quote.left_today is not None:
        left = _("{clips} left for you today, this one included.").format(clips=figures.clips(quote.left_today))
        lines.append(f"-# {left}")
    return Message(content="\n".join(lines), buttons=_buttons(draft_id))


def _what(request: Request) -> str:
    match request:
        case VideoRequest(asked=asked):
            return _with_words(_("Make a new clip"), asked.prompt)
        case ExtendRequest(source_id=source, prompt=prompt):
            return _with_words(_("Extend {name}").format(name=f"`#{source}`"), prompt)
        case LipsyncRequest(source_id=source, asked=asked, audio=audio):
            name = f"`#{source}`"
            if audio is not None:
                return _("Make {name} speak with your recording").format(name=name)
            return _with_words(_("Make {name} say").format(name=name), asked.say)
        case RerunRequest(job_id=job_id):
            return _("Make {name} once more").format(name=f"`#{job_id}`")


def _with_words(head: str, prompt: str) -> str:
    return f"{head}: {quoted(prompt, _PROMPT_SHOWN)}" if prompt.strip() else head


def _buttons(draft_id: str) -> tuple[Button, ...]:
    return (
        Button(custom_id(Verb.RUN, draft_id), _("Run"), "▶️", discord.ButtonStyle.primary),
        Button(custom_id(Verb.NO, draft_id), _("No"), "✖️"),
        Button(custom_id(Verb.ALWAYS, draft_id), _("Run, and don't ask again"), "⏩"),
    )
