"""Refusals of what only those who moderate a server may do."""

from __future__ import annotations

from typing import Final

from bot.community.moderation import NotBlockable, NotForMembers, Untouchable
from bot.ui.language import _, marked
from bot.ui.refusals.sentence import nothing_to_buy, refusal_sentence

_WHY: Final = {
    Untouchable.YOURSELF: marked("You cannot block yourself. Choose somebody else."),
    Untouchable.BOT: marked("{person} is a bot, and bots make no clips. Choose a person."),
    Untouchable.MANAGES: marked(
        "{person} manages this server and cannot be blocked. Take Manage Server from them first."
    ),
}

nothing_to_buy(NotBlockable, NotForMembers)


@refusal_sentence.register
def not_blockable(refusal: NotBlockable) -> str:
    """Somebody who cannot be blocked."""
    return _(_WHY[Untouchable(refusal.why)]).format(person=f"<@{refusal.person_id}>")


@refusal_sentence.register
def not_for_members(_refusal: NotForMembers) -> str:
    """What a member may not do."""
    return _(
        "Only those who moderate this server can do that: it needs the permission Time Out Members or Manage Server."
    )
