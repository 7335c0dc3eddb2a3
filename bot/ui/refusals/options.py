"""Refusals of /video's options."""

from __future__ import annotations

from bot.catalog import Mode
from bot.catalog.refusals import (
    AvoidNotTaken,
    CameraNotTaken,
    CameraUnknown,
    CameraWithImage,
    EndFrameNotOffered,
    EndFrameWithoutStart,
    FollowNotTaken,
    ImageNotTaken,
    LengthNotOffered,
    ModelUnknown,
    ModeNotOffered,
    NotOffered,
    OptionsNotTogether,
    PromptMissing,
    QualityUnknown,
    SoundNotOffered,
    TextTooLong,
)
from bot.ui import figures, labels
from bot.ui.amounts import amounts_said
from bot.ui.language import _
from bot.ui.quoting import quoted
from bot.ui.refusals.sentence import refusal_sentence

_ASKED_SHOWN = 60


@refusal_sentence.register
def prompt_missing(refusal: PromptMissing) -> str:
    """Nothing to make a clip of."""
    return _("`{option}` is empty. Say in a few words what the clip should show.").format(
        option=labels.option(refusal.option)
    )


@refusal_sentence.register
def text_too_long(refusal: TextTooLong) -> str:
    """A text over its limit."""
    return _("`{option}` has {found} characters, and at most {limit} are taken. Shorten it by {over}.").format(
        option=labels.option(refusal.option),
        found=figures.number(f"{refusal.found:,}"),
        limit=figures.number(f"{refusal.limit:,}"),
        over=figures.number(f"{refusal.found - refusal.limit:,}"),
    )


@refusal_sentence.register
def model_unknown(refusal: ModelUnknown) -> str:
    """A model that is not there."""
    return _("`{option}`: there is no model called {asked}. Choose {known}, or leave it out.").format(
        option=labels.option(refusal.option),
        asked=quoted(refusal.asked, _ASKED_SHOWN),
        known=figures.either(refusal.known),
    )


@refusal_sentence.register
def quality_unknown(refusal: QualityUnknown) -> str:
    """A quality that is not there."""
    return _("`{option}`: there is no quality called {asked}. Choose {known}, or leave it out.").format(
        option=labels.option(refusal.option),
        asked=quoted(refusal.asked, _ASKED_SHOWN),
        known=figures.either([labels.quality(mode) for mode in Mode]),
    )


@refusal_sentence.register
def camera_unknown(refusal: CameraUnknown) -> str:
    """A camera move that is not there."""
    return _("`{option}`: there is no camera move called {asked}. Pick one from the list.").format(
        option=labels.option(refusal.option), asked=quoted(refusal.asked, _ASKED_SHOWN)
    )


@refusal_sentence.register
def end_frame_without_start(refusal: EndFrameWithoutStart) -> str:
    """An end image alone."""
    return _("`{option}` needs a picture to start from, too. Attach one as `image`.").format(
        option=labels.option(refusal.option)
    )


@refusal_sentence.register
def camera_with_image(refusal: CameraWithImage) -> str:
    """A camera move and an image."""
    return _("`{option}` works only without a picture. Leave out either `{option}` or `image`.").format(
        option=labels.option(refusal.option)
    )


@refusal_sentence.register
def not_offered(refusal: NotOffered) -> str:
    """A model that cannot do something."""
    return _with_nearest(
        refusal,
        _("`{option}`: {model} cannot do this."),
        _("`{option}`: no model can do this."),
    )


@refusal_sentence.register
def mode_not_offered(refusal: ModeNotOffered) -> str:
    """A quality that the model does not come in."""
    return _with_nearest(
        refusal,
        _("`{option}`: {model} does not come in {asked}, only in {offered}."),
        _("`{option}`: no model comes in {asked}; there is {offered}."),
        asked=labels.quality(Mode(refusal.asked)),
        offered=figures.both([labels.quality(Mode(mode)) for mode in refusal.offered]),
    )


@refusal_sentence.register
def length_not_offered(refusal: LengthNotOffered) -> str:
    """A length that the model does not make."""
    return _with_nearest(
        refusal,
        _("`{option}`: {model} makes clips of {offered} seconds, not of {asked}."),
        _("`{option}`: no model makes clips of {asked} seconds; there are clips of {offered} seconds."),
        asked=refusal.asked,
        offered=_lengths(refusal.offered),
    )


@refusal_sentence.register
def image_not_taken(refusal: ImageNotTaken) -> str:
    """A model that makes clips from text alone."""
    return _with_nearest(
        refusal,
        _("`{option}`: {model} makes clips from words alone and takes no picture."),
        _("`{option}`: no model takes a picture."),
    )


@refusal_sentence.register
def end_frame_not_offered(refusal: EndFrameNotOffered) -> str:
    """An end image where none is taken."""
    if not refusal.modes:
        return _with_nearest(
            refusal,
            _("`{option}`: {model} takes no picture to end with."),
            _("`{option}`: no model takes a picture to end with."),
        )
    return _with_nearest(
        refusal,
        _("`{option}`: {model} takes a picture to end with only in {modes} and for {lengths} seconds."),
        _("`{option}`: a picture to end with is taken only in {modes} and for {lengths} seconds."),
        modes=figures.either([labels.quality(Mode(mode)) for mode in refusal.modes]),
        lengths=_lengths(refusal.lengths),
    )


@refusal_sentence.register
def sound_not_offered(refusal: SoundNotOffered) -> str:
    """A model of silent clips."""
    return _with_nearest(
        refusal, _("`{option}`: {model} makes silent clips."), _("`{option}`: every model makes silent clips.")
    )


@refusal_sentence.register
def follow_not_taken(refusal: FollowNotTaken) -> str:
    """A model that decides by itself."""
    return _with_nearest(
        refusal,
        _("`{option}`: {model} decides by itself how closely to follow the prompt."),
        _("`{option}`: every model decides by itself how closely to follow the prompt."),
    )


@refusal_sentence.register
def camera_not_taken(refusal: CameraNotTaken) -> str:
    """A model without camera moves."""
    return _with_nearest(
        refusal,
        _("`{option}`: {model} takes no camera moves. You can describe the move in the prompt instead."),
        _("`{option}`: no model takes camera moves. You can describe the move in the prompt instead."),
    )


@refusal_sentence.register
def avoid_not_taken(refusal: AvoidNotTaken) -> str:
    """A model that cannot be told what not to show."""
    return _with_nearest(
        refusal,
        _("`{option}`: {model} cannot be told what not to show."),
        _("`{option}`: no model can be told what not to show."),
    )


@refusal_sentence.register
def options_not_together(refusal: OptionsNotTogether) -> str:
    """Options that exclude each other."""
    names = figures.both([f"`{labels.option(option)}`" for option in refusal.options])
    return _("No model can do all of {options} together. Leave one of them out.").format(options=names)


def _with_nearest(refusal: NotOffered, one: str, none: str, **facts: object) -> str:
    """Return the fault of one model, or of all, and the nearest model that can with its price."""
    model = f"Kling {refusal.model}"
    fault = (one if refusal.model else none).format(option=labels.option(refusal.option), model=model, **facts)
    return f"{fault} {_remedy(refusal)}"


def _remedy(refusal: NotOffered) -> str:
    if not refusal.nearest:
        return _("Leave out `{option}` or choose differently.").format(option=labels.option(refusal.option))
    facts = {
        "model": refusal.nearest_label,
        "quality": labels.quality(Mode(refusal.nearest_mode)) if refusal.nearest_mode else "",
        "length": figures.seconds(refusal.nearest_seconds),
    }
    if refusal.nearest_microusd is None or not amounts_said():
        return _("Kling {model} can ({quality}, {length}). Choose it with `model: {model}`.").format(**facts)
    remedy = _("Kling {model} can ({quality}, {length}): {price}. Choose it with `model: {model}`.")
    return remedy.format(price=figures.dollars(refusal.nearest_microusd), **facts)


def _lengths(lengths: tuple[int, ...]) -> str:
    """Return "5 or 10", or "3 to 15" where none is left out."""
    if len(lengths) > 2 and lengths == tuple(range(lengths[0], lengths[-1] + 1)):
        return _("{first} to {last}").format(first=lengths[0], last=lengths[-1])
    return figures.either([str(seconds) for seconds in lengths])
