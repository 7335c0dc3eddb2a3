"""What a person saved on purpose with /defaults; nothing is ever remembered by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from bot.catalog import Catalogue, Mode, Model, Ratio, VideoAsked, VideoChoice
from bot.errors import Refused
from bot.jobs.model import Destination
from bot.jobs.ports import EVERYWHERE, PeopleStore

Word = TypeVar("Word", bound=StrEnum)
_HINTED: Final = "hinted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """What a house lets somebody choose among.

    Attributes:
        models: rows' keys; None for all.
        pro: whether the dearer quality can be chosen.
        max_seconds: the longest clip; None for no such limit.
    """

    models: frozenset[str] | None = None
    pro: bool = True
    max_seconds: int | None = None

    def permits(self, choice: VideoChoice) -> bool:
        """Tell whether a clip can be bought there."""
        return self.has_model(choice.model.key) and self.has_mode(choice.mode) and self.has_length(choice.seconds)

    def offers(self, row: Model) -> bool:
        """Tell whether any clip of a model can be bought there."""
        tiers = [tier for tier in row.modes if self.has_mode(tier.mode)]
        return self.has_model(row.key) and any(self.has_length(seconds) for tier in tiers for seconds in tier.lengths)

    def has_model(self, key: str) -> bool:
        """Tell whether a model can be chosen."""
        return self.models is None or key in self.models

    def has_mode(self, mode: Mode) -> bool:
        """Tell whether a quality can be chosen."""
        return self.pro or mode is not Mode.PRO

    def has_length(self, seconds: int) -> bool:
        """Tell whether a length can be chosen."""
        return self.max_seconds is None or seconds <= self.max_seconds


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
        within: what the house lets be chosen, never saved: choices beside it give way.
    """

    model: str = ""
    mode: Mode | None = None
    seconds: int | None = None
    ratio: Ratio | None = None
    spoiler: bool = False
    destination: Destination = Destination.CHANNEL
    asks_first: bool = True
    within: Within = field(default_factory=Within)

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
        """Return these choices, with what is not chosen, or cannot be, taken from the channel's or the server's."""
        within = house.within
        own_mode = self.mode is not None and within.has_mode(self.mode)
        own_length = self.seconds is not None and within.has_length(self.seconds)
        return replace(
            self,
            model=self.model if self.model and within.has_model(self.model) else house.model,
            mode=self.mode if own_mode else house.mode,
            seconds=self.seconds if own_length else house.seconds,
            ratio=self.ratio or house.ratio,
            spoiler=self.spoiler or house.spoiler,
            destination=self.destination if self.destination is not Destination.CHANNEL else house.destination,
            within=within,
        )

    def choose(self, catalogue: Catalogue, asked: VideoAsked) -> VideoChoice:
        """Return the clip to buy; choices that go badly with what was asked for give way.

        What was not asked for is chosen among what the house permits, as far as that can be; what was asked for stays,
        for the house to refuse.

        Raises:
            Refused: what was asked for cannot be had.
        """
        try:
            choice = catalogue.choose(self.fill(asked))
        except Refused:
            choice = catalogue.choose(asked)
        if self.within.permits(choice):
            return choice
        return next(self._permitted(catalogue, asked), choice)

    def _permitted(self, catalogue: Catalogue, asked: VideoAsked) -> Iterator[VideoChoice]:
        """Yield what the house permits in the place of what the catalogue or these choices would have taken."""
        for row in catalogue.models:
            for mode in (None, Mode.STD):
                for seconds in (None, self.within.max_seconds):
                    instead = replace(self, model=row.key, mode=mode, seconds=seconds)
                    try:
                        choice = catalogue.choose(instead.fill(asked))
                    except Refused:
                        continue
                    if self.within.permits(choice):
                        yield choice


class Choices(Protocol):
    """Knows what people chose."""

    async def preferences(self, person_id: int, guild_id: int) -> Mapping[str, str]:
        """Return a person's choices of a scope by their names."""
        ...


async def read_preferences(store: Choices, person_id: int) -> Preferences:
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
