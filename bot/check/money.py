"""What the default clip costs, and how many of them an amount of money buys."""

from __future__ import annotations

from dataclasses import dataclass

from bot.catalog import MICRO, Catalogue, VideoAsked


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultClip:
    """What a bare /video makes.

    Attributes:
        name: the model and the length, such as "Kling 1.6, 5 s".
        microusd: its price by the catalogue, or None where that is not known.
    """

    name: str
    microusd: int | None


def default_clip(catalogue: Catalogue) -> DefaultClip:
    """Return what a /video with a prompt and nothing else makes, and costs."""
    choice = catalogue.choose(VideoAsked(prompt="anything"))
    price = catalogue.price(choice)
    return DefaultClip(
        name=f"Kling {choice.model.label}, {choice.seconds} s", microusd=None if price is None else price.microusd
    )


def dollars(microusd: int) -> str:
    """Return an amount of money in dollars and cents, rounded towards nothing."""
    sign = "-" if microusd < 0 else ""
    return f"{sign}${abs(microusd) // (MICRO // 100) / 100:,.2f}"
