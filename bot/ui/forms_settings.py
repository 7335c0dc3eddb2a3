"""The list in a form that stands for quality, length, shape and model, each choice with its price."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from bot.catalog import Catalogue, Mode, Ratio, VideoAsked, VideoChoice
from bot.errors import Refused
from bot.jobs.costs import PriceList
from bot.jobs.preferences import Preferences
from bot.ui import figures, labels
from bot.ui.forms_parts import MOST_CHOICES, VALUE_LIMIT
from bot.ui.language import _
from bot.ui.message import Choice
from bot.ui.quoting import units

AS_IT_STANDS: Final = "as-it-stands"
_USUAL_LENGTHS: Final = frozenset({5, 10})
_ANY_PROMPT: Final = "…"
"""The catalogue judges no request without words, and no words change what a clip costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What one choice of the list sets; "" and None leave it as it stands."""

    model: str = ""
    mode: Mode | None = None
    seconds: int | None = None
    ratio: Ratio | None = None

    @property
    def value(self) -> str:
        """Return it as the value of a choice."""
        seconds = "" if self.seconds is None else str(self.seconds)
        return "|".join((self.mode or "", seconds, self.ratio or "", self.model))

    def applied(self, asked: VideoAsked) -> VideoAsked:
        """Return a request with this in it."""
        return replace(
            asked,
            model=self.model or asked.model,
            mode=self.mode or asked.mode,
            seconds=self.seconds if self.seconds is not None else asked.seconds,
            ratio=self.ratio or asked.ratio,
        )


def read_setting(value: str) -> Setting:
    """Return what a choice sets; a value that is none of ours changes nothing."""
    parts = value.split("|", 3)
    if len(parts) != 4:
        return Setting()
    mode, seconds, ratio, model = parts
    return Setting(
        model=model,
        mode=next((known for known in Mode if known.value == mode), None),
        seconds=int(seconds) if seconds.isascii() and seconds.isdecimal() and len(seconds) < 5 else None,
        ratio=next((known for known in Ratio if known.value == ratio), None),
    )


def worded(asked: VideoAsked) -> VideoAsked:
    """Return a request that can be priced before anything has been typed."""
    return asked if asked.prompt.strip() else replace(asked, prompt=_ANY_PROMPT)


def settings_choices(
    catalogue: Catalogue, defaults: Preferences, asked: VideoAsked, picked: str, prices: PriceList
) -> tuple[Choice, ...]:
    """Return what the list offers: as it stands, then other qualities, lengths and shapes, then other models.

    What the house does not permit is left out.

    Args:
        catalogue: the rows and prices.
        defaults: the person's choices, which fill what is left out, and what the house lets be chosen.
        asked: the request as it stands.
        picked: the value of the choice that was picked; "" for none.
        prices: what clips cost.
    """
    asked = worded(asked)
    wanted = read_setting(picked)
    if asked.image:
        wanted = replace(wanted, ratio=None)
    stands = _choice(catalogue, defaults, asked)
    offered = [Choice(value=AS_IT_STANDS, label=_described(stands), description=_costs(stands, prices), picked=False)]
    seen = {stands} if stands is not None else set()
    for setting in (wanted, *_variations(catalogue, asked, stands)):
        choice = _choice(catalogue, defaults, setting.applied(asked))
        if choice is None or choice in seen or not defaults.within.permits(choice):
            continue
        # The model is named, so that what is typed later buys no other than the one that was described.
        value = replace(setting, model=choice.model.key, mode=choice.mode, seconds=choice.seconds).value
        if units(value) > VALUE_LIMIT:
            continue
        seen.add(choice)
        offered.append(
            Choice(value=value, label=_described(choice), description=_costs(choice, prices), picked=setting is wanted)
        )
    if stands is not None and not defaults.within.permits(stands) and len(offered) > 1:
        # As it stands it would only be refused.
        offered = offered[1:]
    if not any(choice.picked for choice in offered):
        offered[0] = replace(offered[0], picked=True)
    return tuple(offered[:MOST_CHOICES])


def _choice(catalogue: Catalogue, defaults: Preferences, asked: VideoAsked) -> VideoChoice | None:
    try:
        return defaults.choose(catalogue, asked)
    except Refused:
        return None


def _variations(catalogue: Catalogue, asked: VideoAsked, stands: VideoChoice | None) -> Iterator[Setting]:
    if stands is not None:
        shapes: tuple[Ratio | None, ...] = (None,) if asked.image else tuple(Ratio)
        for row in stands.model.modes:
            lengths = row.end_frame_lengths if asked.end_image else row.lengths
            usual = [seconds for seconds in lengths if seconds in _USUAL_LENGTHS or seconds == stands.seconds]
            for seconds in usual or lengths[:2]:
                yield from (Setting(mode=row.mode, seconds=seconds, ratio=ratio) for ratio in shapes)
    for offer in catalogue.models_for(replace(asked, mode=None, seconds=None)):
        if offer.fits:
            yield Setting(model=offer.model.key, mode=offer.mode, seconds=offer.seconds)


def _described(choice: VideoChoice | None) -> str:
    if choice is None:
        return _("As it stands")
    row = choice.model.mode_row(choice.mode)
    parts = [labels.quality(choice.mode, row), figures.seconds(choice.seconds)]
    if choice.ratio is not None:
        parts.append(labels.ratio(choice.ratio))
    return " · ".join(parts)


def _costs(choice: VideoChoice | None, prices: PriceList) -> str:
    if choice is None:
        return ""
    return figures.joined((labels.price(choice, prices), f"Kling {labels.described_model(choice.model)}"))
