"""Defaults: what a pick changes, and that nothing else does."""

from __future__ import annotations

import pytest

from bot.catalog import Catalogue, Mode, Ratio
from bot.jobs.model import Destination
from bot.jobs.preferences import Preferences
from bot.ui.defaults import Default, changed, render_choices, render_defaults
from bot.ui.message import CONTENT_LIMIT
from bot.ui.quoting import units

CATALOGUE = Catalogue()
ALL_SET = Preferences(
    model="3.0",
    mode=Mode.PRO,
    seconds=15,
    ratio=Ratio.TALL,
    spoiler=True,
    destination=Destination.DIRECT,
    asks_first=False,
)


@pytest.mark.parametrize(
    ("which", "value"),
    [
        (Default.MODEL, "9.9"),
        (Default.MODEL, ""),
        (Default.QUALITY, "best"),
        (Default.LENGTH, "500"),
        (Default.LENGTH, "five"),
        (Default.RATIO, "4:3"),
        (Default.RESULTS, "elsewhere"),
        (Default.SPOILER, ""),
        (Default.ASK, "set"),
    ],
)
def test_what_was_never_offered_changes_nothing(which: Default, value: str) -> None:
    assert changed(which, value, ALL_SET, CATALOGUE) is None


@pytest.mark.parametrize("which", [Default.MODEL, Default.QUALITY, Default.LENGTH, Default.RATIO, Default.RESULTS])
def test_every_list_fits_and_each_of_its_choices_can_be_picked(which: Default) -> None:
    shown = render_choices(which, ALL_SET, CATALOGUE)

    (pick,) = shown.lists
    assert 2 <= len(pick.choices) <= 25
    assert len({choice.value for choice in pick.choices}) == len(pick.choices)
    assert all(changed(which, choice.value, ALL_SET, CATALOGUE) is not None for choice in pick.choices)
    assert len([choice for choice in pick.choices if choice.picked]) == 1


def test_a_model_that_is_no_longer_on_offer_is_named_with_what_comes_of_it() -> None:
    text = render_defaults(Preferences(model="0.9"), CATALOGUE).content

    assert "Model: 0.9" in text
    assert "do not go together" in text


def test_the_longest_panel_fits() -> None:
    shown = render_defaults(Preferences(model="x" * 500, seconds=10**9), CATALOGUE, saved=True)

    assert units(shown.content) <= CONTENT_LIMIT
    assert len(shown.buttons) <= 10
    assert len({button.custom_id for button in shown.buttons}) == len(shown.buttons)
