"""The rules of the house, as they bind one person at one place: what the core obeys before it spends.

Where they come from (a server's settings, a channel's, a role's, the operator's) is decided in `bot.community`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from bot.catalog import ClipKind, Mode
from bot.errors import Refusal, Refused
from bot.jobs.limits import Allowance
from bot.jobs.model import AssetRole, LipsyncInput, VideoInput
from bot.jobs.preferences import Preferences, Within

if TYPE_CHECKING:
    from bot.jobs.purchasing import Purchase
    from bot.jobs.requests import Origin

_PICTURES: Final = frozenset({AssetRole.IMAGE, AssetRole.END_IMAGE})


class ConsentKind(StrEnum):
    """What a person says once that they may use."""

    PICTURE = "picture"
    VOICE = "voice"


class SeesDollars(StrEnum):
    """Who on a server is shown amounts of money."""

    EVERYONE = "everyone"
    MANAGERS = "managers"
    NOBODY = "nobody"

    def includes(self, *, manages: bool) -> bool:
        """Tell whether somebody is shown them who has Manage Server, or who has not."""
        return self is SeesDollars.EVERYONE or (self is SeesDollars.MANAGERS and manages)


class WordFilter(Protocol):
    """Knows which words a server does not want."""

    def found_in(self, text: str) -> str | None:
        """Return the first unwanted word of a text, as the server wrote it down; None where there is none."""
        ...


class NoWords:
    """Wants every word."""

    def found_in(self, text: str) -> str | None:  # noqa: ARG002 - the protocol's name
        """Return None."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRules:
    """What holds for one person at one place.

    Attributes:
        allowance: how much they may take.
        defaults: what the channel or the server chose for whoever chose nothing, within what they allow; `asks_first`
            is not theirs to choose.
        lipsync: whether clips may be made to speak at all.
        pictures: whether a clip may start from a picture.
        own_audio: whether a clip may be made to speak with a recording.
        lacks_consent: what the person has not yet said that they may use.
        forces_spoiler: whether every clip comes hidden.
        words: what a prompt may not contain.
        manages: whether the person has Manage Server.
        sees_dollars: who is shown amounts.
        free_text: whether a reply without a verb is offered as a continuation.
    """

    allowance: Allowance = field(default_factory=Allowance)
    defaults: Preferences = field(default_factory=Preferences)
    lipsync: bool = True
    pictures: bool = True
    own_audio: bool = True
    lacks_consent: frozenset[ConsentKind] = frozenset()
    forces_spoiler: bool = False
    words: WordFilter = field(default_factory=NoWords)
    manages: bool = False
    sees_dollars: SeesDollars = SeesDollars.EVERYONE
    free_text: bool = True

    @property
    def within(self) -> Within:
        """Return what models, qualities and lengths may be used."""
        return self.defaults.within

    def check(self, purchase: Purchase) -> Purchase:
        """Return a purchase as the house allows it.

        Raises:
            Refused: the house forbids it, or the person has not said yet that they may use what they brought.
        """
        for refusal in self._forbidden(purchase):
            raise Refused(refusal)
        return replace(purchase, spoiler=True) if self.forces_spoiler else purchase

    def consented(self) -> HouseRules:
        """Return the rules as they will be once the person has said that they may use what they brought."""
        return replace(self, lacks_consent=frozenset())

    def consent_for(self, purchase: Purchase) -> ConsentKind | None:
        """Return what the person still has to say that they may use; None for nothing."""
        roles = {asset.role for asset in purchase.files}
        if roles & _PICTURES and ConsentKind.PICTURE in self.lacks_consent:
            return ConsentKind.PICTURE
        if AssetRole.AUDIO in roles and ConsentKind.VOICE in self.lacks_consent:
            return ConsentKind.VOICE
        return None

    def _forbidden(self, purchase: Purchase) -> Iterator[Refusal]:
        """Yield every reason not to buy, the cheapest to find out first."""
        roles = {asset.role for asset in purchase.files}
        if purchase.kind is ClipKind.LIPSYNC and not self.lipsync:
            yield LipsyncNotAllowed()
        if purchase.kind is not ClipKind.LIPSYNC and not self.within.has_mode(Mode(purchase.mode)):
            yield QualityNotAllowed()
        if purchase.kind is ClipKind.VIDEO and not self.within.has_model(purchase.model):
            yield ModelNotAllowed(asked=purchase.model, allowed=tuple(sorted(self.within.models or ())))
        seconds = purchase.input.seconds if isinstance(purchase.input, VideoInput) else 0
        limit = self.within.max_seconds
        if limit is not None and seconds > limit:
            yield LongerThanAllowed(asked=seconds, limit=limit)
        if roles & _PICTURES and not self.pictures:
            yield PicturesNotAllowed()
        if AssetRole.AUDIO in roles and not self.own_audio:
            yield OwnAudioNotAllowed()
        yield from self._unwanted(purchase)
        consent = self.consent_for(purchase)
        if consent is not None:
            yield ConsentNeeded(what=consent)

    def _unwanted(self, purchase: Purchase) -> Iterator[Refusal]:
        texts = (
            {"say": purchase.input.text}
            if isinstance(purchase.input, LipsyncInput)
            else {"prompt": purchase.input.prompt}
        )
        if isinstance(purchase.input, VideoInput):
            texts["avoid"] = purchase.input.negative_prompt
        for option, text in texts.items():
            word = self.words.found_in(text)
            if word is not None:
                yield WordNotAllowed(option=option, word=word)


class House(Protocol):
    """Knows the rules of every house."""

    async def language(self, guild_id: int) -> str:
        """Return the language that a server wants what everybody sees to be in, by Discord's tag; "" for its own."""
        ...

    async def takes_free_text(self, origin: Origin) -> bool:
        """Tell whether a reply that begins with no command word is for the bot there."""
        ...

    async def rules_for(self, origin: Origin) -> HouseRules:
        """Return what holds for whoever asks, where they ask.

        Raises:
            Refused: they may not spend there at all: blocked, not set up yet, too new, or the wrong channel or role.
        """
        ...

    async def sees_dollars(self, guild_id: int) -> SeesDollars:
        """Return who on a server is shown amounts of money."""
        ...


class NoRules:
    """A house where only the operator's ceilings hold."""

    def __init__(self, allowance: Allowance | None = None) -> None:
        """Keep what everybody may take; without it, anything."""
        self._rules = HouseRules(allowance=allowance or Allowance())

    async def language(self, guild_id: int) -> str:  # noqa: ARG002 - the protocol's name
        """Return "": every server's is its own."""
        return ""

    async def takes_free_text(self, origin: Origin) -> bool:  # noqa: ARG002 - the protocol's name
        """Return True."""
        return True

    async def rules_for(self, origin: Origin) -> HouseRules:  # noqa: ARG002 - the protocol's name
        """Return the same rules for everybody."""
        return self._rules

    async def sees_dollars(self, guild_id: int) -> SeesDollars:  # noqa: ARG002 - the protocol's name
        """Return everybody."""
        return self._rules.sees_dollars


@dataclass(frozen=True, kw_only=True)
class PersonBlocked(Refusal):
    """Somebody who manages the server has blocked the person.

    Attributes:
        until: UTC milliseconds when that ends; None for no end.
        reason: what they gave as the reason; may be "".
    """

    until: int | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class NotSetUp(Refusal):
    """Until the server is set up, only who manages it may spend."""


@dataclass(frozen=True, kw_only=True)
class ChannelNotAllowed(Refusal):
    """Clips are made in other channels.

    Attributes:
        channels: the ids of those.
    """

    channels: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class RoleNotAllowed(Refusal):
    """The person's roles do not let them make clips.

    Attributes:
        needed: ids of roles of which one is needed; empty where a role of theirs forbids it.
        denied: the id of the role that forbids it; None where one is missing.
    """

    needed: tuple[int, ...]
    denied: int | None = None


@dataclass(frozen=True, kw_only=True)
class MemberTooNew(Refusal):
    """The person joined the server too recently.

    Attributes:
        days: how many days one has to be a member.
        free_at: UTC milliseconds when they have been one long enough; None where it is not known when they joined.
    """

    days: int
    free_at: int | None


@dataclass(frozen=True, kw_only=True)
class NotAMember(Refusal):
    """The person is not a member of the server that would pay."""


@dataclass(frozen=True, kw_only=True)
class MembershipUnknown(Refusal):
    """Discord does not say whether the person is a member of the server that would pay: it does not answer."""


@dataclass(frozen=True, kw_only=True)
class DirectNotAllowed(Refusal):
    """The server pays for nothing that is asked for in direct messages."""


@dataclass(frozen=True, kw_only=True)
class LipsyncNotAllowed(Refusal):
    """The server has switched lip-sync off here."""


@dataclass(frozen=True, kw_only=True)
class QualityNotAllowed(Refusal):
    """The server has switched the dearer quality off here."""

    option: str = "quality"


@dataclass(frozen=True, kw_only=True)
class ModelNotAllowed(Refusal):
    """The server uses other models.

    Attributes:
        asked: the row's key.
        allowed: the keys that may be used.
    """

    option: str = "model"
    asked: str
    allowed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LongerThanAllowed(Refusal):
    """The server wants shorter clips; seconds."""

    option: str = "length"
    asked: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class PicturesNotAllowed(Refusal):
    """The server takes no pictures from this person or here."""

    option: str = "image"


@dataclass(frozen=True, kw_only=True)
class OwnAudioNotAllowed(Refusal):
    """The server takes no recordings from this person or here."""

    option: str = "audio"


@dataclass(frozen=True, kw_only=True)
class WordNotAllowed(Refusal):
    """A text contains a word that the server does not want.

    Attributes:
        option: where it stands.
        word: as the server wrote it down.
    """

    option: str
    word: str


@dataclass(frozen=True, kw_only=True)
class ConsentNeeded(Refusal):
    """The person has not said yet that they may use what they brought."""

    what: ConsentKind
