"""The question whether a person may use what they bring, asked before the first clip from it."""

from __future__ import annotations

from dataclasses import replace

import discord

from bot.jobs.house import ConsentKind
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.language import _
from bot.ui.message import Button, Message


def ask_consent(offer: Message, kind: ConsentKind, draft_id: str) -> Message:
    """Return an offer that is taken up by saying that one may use what one brought.

    Args:
        offer: what would be made, and what it costs.
        kind: what has to be said.
        draft_id: the offer's draft.
    """
    buttons = (
        Button(custom_id(Verb.CONSENT, draft_id, kind.value), _("I may use it"), "✅", discord.ButtonStyle.primary),
        Button(custom_id(Verb.NO, draft_id), _("No"), "✖️"),
    )
    return replace(offer, content=f"{offer.content}\n{_question(kind)}", buttons=buttons)


def _question(kind: ConsentKind) -> str:
    if kind is ConsentKind.PICTURE:
        said = _(
            "This is your first clip from a picture. By **I may use it** you say that the pictures you bring are yours "
            "to use, and that whoever is seen in them agrees."
        )
    else:
        said = _(
            "This is your first clip with a recording. By **I may use it** you say that the recordings you bring are "
            "yours to use, and that whoever is heard in them agrees."
        )
    once = _("The clip is then made at once; you are asked this only once.")
    return f"{said} {once}"
