"""What a person saved on purpose with /defaults; nothing is ever remembered by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeVar

from bot.catalog import Catalogue, Mode, Ratio, VideoAsked, VideoChoice
from bot.errors import Refused
from bot.jobs.model import Destination
from bot.jobs.ports import EVERYWHERE, PeopleStore

Word = TypeVar("Word", bound=StrEnum)
_HINTED: Final = "hinted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """A person's choices; None, "" and the first value of each mean "not chosen".

    Attributes:
        model: a row's key.
        mode: the quality tier.
        seconds: a clip's length.
        ratio: its shape where no picture decides it.
        spoiler: whether clips come hidden.
        destination: where results go.
        asks_first: whether buttons and replies show the price and wait for Run before they spend.
    """

    model: str = ""
    mode: Mode | None = None
    seconds: int | None = None
    ratio: Ratio | None = None
    spoiler: bool = False
    destination: Destination = Destination.CHANNEL
    asks_first: bool = True

    def fill(self, asked: VideoAsked) -> VideoAsked:
        """Return a request with what was left out taken from the choices; a picture's own shape goes first."""
        return replace(
            asked,
            model=asked.model or self.model,
            mode=asked.mode or self.mode,
            seconds=asked.seconds if asked.seconds is not None else self.seconds,
            ratio=asked.ratio or (None if asked.image else self.ratio),
        )

    def over(self, house: Preferences) -> Preferences:
        """Return these choices, with what is not chosen taken from those of the channel or the server."""
        return replace(
            self,
            model=self.model or house.model,
            mode=self.mode or house.mode,
            seconds=self.seconds if self.seconds is not None else house.seconds,
            ratio=self.ratio or house.ratio,
            spoiler=self.spoiler or house.spoiler,
            destination=self.destination if self.destination is not Destination.CHANNEL else house.destination,
        )

    def choose(self, catalogue: Catalogue, asked: VideoAsked) -> VideoChoice:
        """Return the clip to buy; choices that go badly with what was asked for give way.

        Raises:
            Refused: what was asked for cannot be had.
        """
        try:
            return catalogue.choose(self.fill(asked))
        except Refused:
            return catalogue.choose(asked)


async def read_preferences(store: PeopleStore, person_id: int) -> Preferences:
    """Return a person's choices; what is stored and no longer understood counts as not chosen."""
    kept = await store.preferences(person_id, EVERYWHERE)
    length = kept.get("length", "")
    return Preferences(
        model=kept.get("model", ""),
        mode=_word(Mode, kept.get("quality")),
        seconds=int(length) if length.isdecimal() else None,
        ratio=_word(Ratio, kept.get("ratio")),
        spoiler=kept.get("spoiler") == "yes",
        destination=_word(Destination, kept.get("results")) or Destination.CHANNEL,
        asks_first=kept.get("ask") != "no",
    )


async def write_preferences(store: PeopleStore, person_id: int, chosen: Preferences) -> None:
    """Keep a person's choices, all of them."""
    await store.set_preferences(
        person_id,
        EVERYWHERE,
        {
            "model": chosen.model or None,
            "quality": chosen.mode.value if chosen.mode else None,
            "length": str(chosen.seconds) if chosen.seconds is not None else None,
            "ratio": chosen.ratio.value if chosen.ratio else None,
            "spoiler": "yes" if chosen.spoiler else None,
            "results": chosen.destination.value if chosen.destination is not Destination.CHANNEL else None,
            "ask": None if chosen.asks_first else "no",
        },
    )


async def take_hint(store: PeopleStore, person_id: int, guild_id: int) -> bool:
    """Tell whether a person is still to be told on a server how replies are read; it is noted that they were."""
    if _HINTED in await store.preferences(person_id, guild_id):
        return False
    await store.set_preferences(person_id, guild_id, {_HINTED: "yes"})
    return True


def _word(words: type[Word], kept: str | None) -> Word | None:
    return next((word for word in words if word.value == kept), None)
