"""What each quality and each model would come to, with the options that somebody has filled in so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.catalog import Catalogue, Mode, ModelOffer, VideoAsked, VideoChoice
from bot.errors import Refusal, Refused
from bot.jobs.preferences import Preferences

_ANY_PROMPT = "…"
"""The catalogue judges no request without words, and no words change what a clip costs."""


def qualities(
    catalogue: Catalogue, defaults: Preferences, asked: VideoAsked
) -> Iterator[tuple[Mode, VideoChoice | Refusal]]:
    """Yield each quality that the house permits with the clip that it would make, or with why it would make none.

    Args:
        catalogue: the rows and prices.
        defaults: what fills what is left out.
        asked: the options given so far.
    """
    for mode in filter(defaults.within.has_mode, Mode):
        try:
            yield mode, defaults.choose(catalogue, _worded(replace(asked, mode=mode)))
        except Refused as error:
            yield mode, error.refusal


def models(catalogue: Catalogue, defaults: Preferences, asked: VideoAsked) -> Iterator[ModelOffer]:
    """Yield the models that the house permits as `Catalogue.models_for` does, filled as the order will have them."""
    for offer in catalogue.models_for(asked):
        if not defaults.within.offers(offer.model):
            continue
        if not offer.fits:
            yield offer
            continue
        try:
            choice = defaults.choose(catalogue, _worded(replace(asked, model=offer.model.key)))
        except Refused:
            yield offer
            continue
        yield replace(offer, mode=choice.mode, seconds=choice.seconds, price=choice.price)


def _worded(asked: VideoAsked) -> VideoAsked:
    return asked if asked.prompt.strip() else replace(asked, prompt=_ANY_PROMPT)
