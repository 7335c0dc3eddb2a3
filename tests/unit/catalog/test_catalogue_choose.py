"""Which clip a request means, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalog import (
    BUILT_IN_MODELS,
    CAMERA_MOVES,
    Catalogue,
    Follow,
    Mode,
    Note,
    Ratio,
    VideoAsked,
    VideoChoice,
)
from bot.catalog import refusals as r
from bot.errors import Refusal, Refused, refusal_from_json, refusal_to_json

CATALOGUE = Catalogue()


def choose(**options: Any) -> VideoChoice:
    return CATALOGUE.choose(VideoAsked(**{"prompt": "egrets over rice fields", **options}))


def refusal_of(**options: Any) -> Refusal:
    with pytest.raises(Refused) as refused:
        choose(**options)
    return refused.value.refusal


def test_a_bare_prompt_means_the_default_model_in_standard_for_five_seconds():
    choice = choose(prompt="  egrets  ")
    assert (choice.model.key, choice.mode, choice.seconds) == ("1.6", Mode.STD, 5)
    assert (choice.prompt, choice.ratio, choice.cfg_scale, choice.sound) == ("egrets", Ratio.WIDE, 0.5, None)
    assert choice.price is not None
    assert choice.price.microusd == 260_000


def test_another_default_model_is_what_a_bare_prompt_means():
    catalogue = Catalogue.load(default_model="2.0")
    choice = catalogue.choose(VideoAsked(prompt="egrets"))
    assert (choice.model.key, choice.mode, choice.seconds) == ("2.0", Mode.PRO, 5)


def test_among_equal_prices_the_default_model_wins():
    catalogue = Catalogue.load(default_model="2.1")
    assert catalogue.choose(VideoAsked(prompt="egrets", ratio=Ratio.TALL)).model.key == "2.1"
    assert choose(ratio=Ratio.TALL).model.key == "1.6"


@pytest.mark.parametrize(
    ("options", "key", "mode", "seconds", "microusd"),
    [
        ({"mode": Mode.PRO}, "2.5-turbo", Mode.PRO, 5, 280_000),
        ({"seconds": 10}, "3.0", Mode.STD, 10, 1_000_000),
        ({"seconds": 8}, "3.0", Mode.STD, 8, 800_000),
        ({"sound": True}, "3.0", Mode.STD, 5, 750_000),
        ({"sound": False}, "1.6", Mode.STD, 5, 260_000),
        ({"image": True}, "1.6", Mode.STD, 5, 260_000),
        ({"image": True, "end_image": True}, "3.0", Mode.STD, 5, 500_000),
        ({"avoid": "people", "mode": Mode.PRO, "seconds": 10}, "2.0", Mode.PRO, 10, 1_920_000),
        ({"camera": "zoom-in-gentle"}, "1.6", Mode.STD, 5, 260_000),
        ({"follow": Follow.STRICTLY}, "1.6", Mode.STD, 5, 260_000),
    ],
)
def test_without_a_model_the_cheapest_priced_row_that_can_do_it_all_is_chosen(
    options: dict[str, Any], key: str, mode: Mode, seconds: int, microusd: int
):
    choice = choose(**options)
    assert (choice.model.key, choice.mode, choice.seconds) == (key, mode, seconds)
    assert choice.price is not None
    assert choice.price.microusd == microusd
    assert CATALOGUE.price(choice) == choice.price


def test_where_only_unpriced_rows_can_do_it_the_first_is_chosen_without_a_price():
    choice = choose(camera="roll-left-strong", mode=Mode.PRO, seconds=10)
    assert (choice.model.key, choice.price) == ("1.6", None)
    assert choice.camera is not None
    assert choice.camera.value == -8


def test_a_named_model_moves_to_the_quality_that_takes_the_end_frame():
    choice = choose(model="1.6", image=True, end_image=True)
    assert (choice.mode, choice.seconds, choice.price) == (Mode.PRO, 5, None)


def test_an_image_decides_the_shape_and_a_ratio_is_ignored_with_a_note():
    choice = choose(image=True, ratio=Ratio.SQUARE)
    assert choice.ratio is None
    assert choice.notes == (Note.RATIO_IGNORED,)
    assert choose(image=True).notes == ()


def test_sound_is_always_decided_for_a_model_that_makes_it():
    assert choose(model="3.0").sound is False
    assert choose(model="3.0", sound=True).sound is True
    assert choose(model="1.6", sound=False).sound is None


def test_cfg_scale_is_sent_only_to_models_that_take_it():
    assert choose(model="1.5", follow=Follow.LOOSELY).cfg_scale == 0.3
    assert choose(model="2.1").cfg_scale is None


@pytest.mark.parametrize(
    ("options", "kind", "option"),
    [
        ({"prompt": "   "}, r.PromptMissing, "prompt"),
        ({"prompt": "x" * 2501}, r.TextTooLong, "prompt"),
        ({"avoid": "x" * 2501}, r.TextTooLong, "avoid"),
        ({"end_image": True}, r.EndFrameWithoutStart, "end_image"),
        ({"camera": "zoom-in-gentle", "image": True}, r.CameraWithImage, "camera"),
        ({"camera": "spin"}, r.CameraUnknown, "camera"),
        ({"model": "9.9"}, r.ModelUnknown, "model"),
        ({"model": "2.0", "mode": Mode.STD}, r.ModeNotOffered, "quality"),
        ({"model": "2.1-master", "mode": Mode.STD}, r.ModeNotOffered, "quality"),
        ({"model": "2.5-turbo", "mode": Mode.STD}, r.ModeNotOffered, "quality"),
        ({"model": "1.6", "seconds": 8}, r.LengthNotOffered, "length"),
        ({"model": "3.0", "seconds": 16}, r.LengthNotOffered, "length"),
        ({"seconds": 99}, r.LengthNotOffered, "length"),
        ({"model": "2.1", "image": True, "end_image": True}, r.EndFrameNotOffered, "end_image"),
        ({"model": "1.6", "sound": True}, r.SoundNotOffered, "sound"),
        ({"model": "3.0", "follow": Follow.STRICTLY}, r.FollowNotTaken, "follow"),
        ({"model": "3.0", "camera": "zoom-in-gentle"}, r.CameraNotTaken, "camera"),
        ({"model": "3.0", "avoid": "people"}, r.AvoidNotTaken, "avoid"),
        ({"sound": True, "camera": "zoom-in-gentle"}, r.OptionsNotTogether, "camera"),
        ({"sound": True, "avoid": "people"}, r.OptionsNotTogether, "sound"),
    ],
)
def test_what_cannot_be_is_refused_naming_the_option(options: dict[str, Any], kind: type[Refusal], option: str):
    refusal = refusal_of(**options)
    assert type(refusal) is kind
    assert refusal.option == option
    assert refusal_from_json(refusal_to_json(refusal)) == refusal


def test_texts_at_their_limit_are_taken():
    choice = choose(prompt="x" * 2500, avoid="y" * 2500)
    assert (len(choice.prompt), len(choice.negative_prompt)) == (2500, 2500)


def test_a_refused_model_names_the_nearest_that_can_and_its_price():
    refusal = refusal_of(model="1.6", seconds=8)
    assert isinstance(refusal, r.LengthNotOffered)
    assert (refusal.model, refusal.asked, refusal.offered) == ("1.6", 8, (5, 10))
    assert (refusal.nearest, refusal.nearest_mode, refusal.nearest_seconds) == ("3.0", "std", 8)
    assert refusal.nearest_microusd == 800_000


def test_a_nearest_model_without_a_known_price_is_named_without_one():
    refusal = refusal_of(model="2.1", camera="zoom-in-gentle", mode=Mode.PRO)
    assert isinstance(refusal, r.CameraNotTaken)
    assert (refusal.nearest_label, refusal.nearest_microusd) == ("1.6", None)


def test_where_no_model_can_do_it_no_nearest_is_named():
    refusal = refusal_of(model="3.0", seconds=60)
    assert isinstance(refusal, r.LengthNotOffered)
    assert refusal.nearest == ""


def test_a_length_that_only_the_other_quality_has_is_refused_for_the_quality_asked():
    three = next(model for model in BUILT_IN_MODELS if model.key == "3.0")
    std, pro = three.modes
    uneven = replace(three, modes=(replace(std, lengths=(3, 4)), pro))
    catalogue = Catalogue(models=(uneven,), default_model="3.0")
    with pytest.raises(Refused) as refused:
        catalogue.choose(VideoAsked(prompt="egrets", model="3.0", mode=Mode.STD, seconds=10))
    assert isinstance(refused.value.refusal, r.LengthNotOffered)
    assert refused.value.refusal.offered == (3, 4)
    bare = catalogue.choose(VideoAsked(prompt="egrets", model="3.0", mode=Mode.STD))
    assert bare.seconds == 4  # the nearest to five


def test_a_quality_or_an_image_that_no_row_offers_is_refused_for_all_of_them():
    turbo = replace(next(model for model in BUILT_IN_MODELS if model.key == "2.5-turbo"), start_image=False)
    catalogue = Catalogue(models=(turbo,), default_model="2.5-turbo")
    with pytest.raises(Refused) as refused:
        catalogue.choose(VideoAsked(prompt="egrets", mode=Mode.STD))
    assert refused.value.refusal == r.ModeNotOffered(asked="std", offered=("pro",))
    with pytest.raises(Refused) as refused:
        catalogue.choose(VideoAsked(prompt="egrets", image=True))
    assert refused.value.refusal == r.ImageNotTaken()


def test_models_for_shows_price_and_fit_for_the_options_so_far():
    offers = CATALOGUE.models_for(VideoAsked(prompt="", model="1.6", seconds=10, sound=True))
    assert [(offer.model.key, offer.fits) for offer in offers][:2] == [("3.0", True), ("1.6", False)]
    assert offers[0].price is not None
    assert (offers[0].mode, offers[0].price.microusd) == (Mode.STD, 1_500_000)
    assert offers[1].refusal is not None
    assert len(offers) == len(BUILT_IN_MODELS)


def test_lengths_are_those_of_the_model_and_quality_named():
    assert CATALOGUE.lengths_for("1.6") == (5, 10)
    assert CATALOGUE.lengths_for("3.0", Mode.PRO) == tuple(range(3, 16))
    assert CATALOGUE.lengths_for("2.0", Mode.STD) == ()
    assert CATALOGUE.lengths_for() == CATALOGUE.lengths_for("nonsense") == tuple(range(3, 16))


ASKED = st.builds(
    VideoAsked,
    prompt=st.just("egrets"),
    image=st.booleans(),
    end_image=st.booleans(),
    model=st.sampled_from(["", "", *(model.key for model in BUILT_IN_MODELS)]),
    mode=st.none() | st.sampled_from(Mode),
    seconds=st.none() | st.integers(1, 16),
    ratio=st.none() | st.sampled_from(Ratio),
    sound=st.none() | st.booleans(),
    follow=st.none() | st.sampled_from(Follow),
    camera=st.sampled_from(["", "", *(move.key for move in CAMERA_MOVES)]),
    avoid=st.sampled_from(["", "", "people"]),
)


def allowed(asked: VideoAsked) -> list[tuple[int | None, str, Mode, int]]:
    """Every (price, key, mode, length) that the rows allow, worked out the long way."""
    found = []
    for model in BUILT_IN_MODELS:
        if asked.model and model.key != asked.model:
            continue
        for mode in model.modes:
            for seconds in mode.lengths:
                fits = (
                    (asked.mode in (None, mode.mode))
                    and (asked.seconds in (None, seconds))
                    and (not asked.end_image or (asked.image and seconds in mode.end_frame_lengths))
                    and (asked.sound is not True or model.sound)
                    and (asked.follow is None or model.cfg_scale)
                    and (not asked.camera or (model.camera and not asked.image))
                    and (not asked.avoid or model.negative_prompt)
                )
                # With no length given, only the default one counts; every built-in row has it.
                if fits and (asked.seconds is not None or seconds == 5):
                    price = mode.price(seconds, sound=asked.sound is True)
                    found.append((price.microusd if price else None, model.key, mode.mode, seconds))
    return found


@given(asked=ASKED)
@settings(max_examples=400, deadline=None)
def test_a_choice_is_always_allowed_by_its_row_and_always_the_cheapest(asked: VideoAsked):
    ways = allowed(asked)
    try:
        choice = CATALOGUE.choose(asked)
    except Refused:
        assert ways == [], "refused although some row allows it"
        return
    price = choice.price.microusd if choice.price else None
    assert (price, choice.model.key, choice.mode, choice.seconds) in ways
    if not asked.names_nothing:
        prices = [way[0] for way in ways if way[0] is not None]
        assert price == (min(prices) if prices else None)
        if not prices:
            assert choice.model.key == ways[0][1]
    assert (choice.cfg_scale is not None) == choice.model.cfg_scale
    assert (choice.sound is not None) == choice.model.sound
    assert (choice.ratio is None) == asked.image
