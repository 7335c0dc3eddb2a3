"""Choosing which server pays for what is asked for in direct messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.community.paying import PayingServer
from bot.ui import figures
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.language import _
from bot.ui.message import Button, Choice, ChoiceList, Message
from bot.ui.quoting import escaped
from bot.ui.refusals.paying import SERVER_SHOWN

CHOICE: Final = "choice"
"""In place of a draft: nothing waits for the choice."""
OPEN: Final = "open"
"""In place of a draft: show the list."""
KEPT: Final = "kept"
"""In place of a draft: nobody asked for anything but the choice."""
HERE: Final = "here"
"""In place of a draft: the server where the button stands."""
_MOST: Final = 25


def render_which(servers: Sequence[PayingServer], waiting: str = CHOICE, chosen: int | None = None) -> Message:
    """Return the list of servers that could pay.

    Args:
        servers: those of the person.
        waiting: the draft that goes on once one is picked, `CHOICE` or `KEPT`.
        chosen: the id of the one that pays now; None for none.
    """
    pick = ChoiceList(
        custom_id=custom_id(Verb.PAYS, waiting),
        placeholder=_("Which server pays?"),
        choices=tuple(
            Choice(value=str(server.id), label=server.name, picked=server.id == chosen) for server in servers[:_MOST]
        ),
    )
    asked = _("Which server pays for what you ask for in direct messages? Its rules and your limits there hold.")
    lines = [f"**{asked}**"]
    if len(servers) > _MOST:
        lines.append(_("A server that is not in the list can be chosen on that server, with `/defaults`."))
    lines.append(f"-# {_('You choose once; `/defaults` changes it.')} {figures.nothing_charged()}")
    return Message(content="\n".join(lines), lists=(pick,))


def render_none() -> Message:
    """Return that there is no server to choose."""
    return Message(content=_("None of your servers can pay in direct messages."))


def render_chosen(server: PayingServer) -> Message:
    """Return that a server pays from now on."""
    words = _("In direct messages {server} pays from now on. Use your command once more.")
    return Message(content=f"✅ {words.format(server=_name(server))}")


def render_chosen_alone(server: PayingServer) -> Message:
    """Return the same to somebody who wanted nothing else."""
    words = _("In direct messages {server} pays from now on.")
    return Message(content=f"✅ {words.format(server=_name(server))}")


def pays_line(name: str) -> str:
    """Return which server pays, for what is read in direct messages."""
    return _("In direct messages {server} pays, and its rules hold.").format(
        server=f"**{escaped(name, SERVER_SHOWN)}**"
    )


def before_offer(server: PayingServer, offer: Message) -> Message:
    """Return an offer with who would pay."""
    words = _("{server} pays.").format(server=_name(server))
    return replace(offer, content=f"{words}\n{offer.content}")


def with_payer(defaults: Message, payer: PayingServer | None, here: int | None) -> Message:
    """Return somebody's defaults with which server pays in direct messages, and the button that changes it.

    Args:
        defaults: the others.
        payer: what they chose; None for nothing.
        here: the id of the server where they look; None in direct messages.
    """
    pays = f"**{_name(payer)}**" if payer is not None else _("not chosen")
    line = f"💳 {figures.labelled(_('Pays in direct messages'), pays)}"
    buttons: tuple[Button, ...] = ()
    if here is None:
        buttons = (Button(custom_id(Verb.PAYS, OPEN), _("Which server pays?"), "💳"),)
    elif payer is None or payer.id != here:
        buttons = (Button(custom_id(Verb.PAYS, HERE), _("Let this server pay in direct messages"), "💳"),)
    return replace(defaults, content=f"{defaults.content}\n{line}", buttons=(*defaults.buttons, *buttons))


def _name(server: PayingServer) -> str:
    return escaped(server.name, SERVER_SHOWN)
