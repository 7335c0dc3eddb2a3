"""What the pages of /help are made from."""

from __future__ import annotations

from dataclasses import dataclass

from bot.catalog import Catalogue
from bot.community.spending import PriceLine, Quota
from bot.errors import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionHelp:
    """An option of a command, in the reader's language.

    Attributes:
        about: what it says of itself.
        choices: what can be picked; empty where anything can be typed, or Discord asks us.
    """

    name: str
    about: str
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandHelp:
    """A command, in the reader's language.

    Attributes:
        key: its name with those of the groups it is in, such as "privacy show"; in English.
        name: as it is typed: "/privacy show".
        for_staff: whether it is not for everybody.
    """

    key: str
    name: str
    about: str
    options: tuple[OptionHelp, ...] = ()
    for_staff: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HereHelp:
    """What holds for the reader on a server.

    Attributes:
        quota: their limits, the server's budgets, its prices and its rules.
        channels: where clips are made; empty for everywhere.
        owner_id: whose server it is; None where that is not known.
        payer: the server's name where it pays for what is asked for in direct messages; "" on a server.
    """

    quota: Quota
    channels: tuple[int, ...] = ()
    owner_id: int | None = None
    payer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpFacts:
    """Everything that is told.

    Attributes:
        commands: those that the reader can use, in the order in which they are shown.
        message_commands: what stands under Apps when a message is right-clicked.
        prices: what can be made, with its price.
        here: what holds on the server; or why nothing is known of one.
        retention_days: after how many days things are deleted; None for never.
    """

    commands: tuple[CommandHelp, ...]
    message_commands: tuple[str, ...]
    catalogue: Catalogue
    prices: tuple[PriceLine, ...]
    here: HereHelp | Refusal
    retention_days: int | None = None
