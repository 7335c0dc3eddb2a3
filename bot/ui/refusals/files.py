"""Refusals of attached files."""

from __future__ import annotations

from bot.catalog.refusals import (
    AudioFormatNotTaken,
    AudioTooLarge,
    AudioTooLong,
    ImageTooLarge,
    ImageTooNarrow,
    ImageTooSmall,
)
from bot.media.refusals import FileUnreadable, ImageFormatNotTaken, ImageTooManyPixels
from bot.ui import figures, labels
from bot.ui.language import _
from bot.ui.quoting import escaped
from bot.ui.refusals.sentence import refusal_sentence

_FORMAT_SHOWN = 40


@refusal_sentence.register
def audio_format_not_taken(refusal: AudioFormatNotTaken) -> str:
    """A recording in another format."""
    return _format_not_taken(labels.option(refusal.option), refusal.found, refusal.taken)


@refusal_sentence.register
def image_format_not_taken(refusal: ImageFormatNotTaken) -> str:
    """An image in another format."""
    return _format_not_taken(labels.option(refusal.option), refusal.found, refusal.taken)


def _format_not_taken(option: str, found: str, taken: tuple[str, ...]) -> str:
    formats = figures.either([name.upper() for name in taken])
    if not found:
        return _("`{option}`: this kind of file is not taken. Attach {formats}.").format(option=option, formats=formats)
    return _("`{option}`: {found} files are not taken. Attach {formats}.").format(
        option=option, found=escaped(found.upper(), _FORMAT_SHOWN), formats=formats
    )


@refusal_sentence.register
def audio_too_large(refusal: AudioTooLarge) -> str:
    """A heavy recording."""
    return _("`{option}`: the recording is {found}, and must be under {limit}. Shorten or compress it.").format(
        option=labels.option(refusal.option),
        found=figures.size(refusal.found_bytes),
        limit=figures.size(refusal.limit_bytes),
    )


@refusal_sentence.register
def audio_too_long(refusal: AudioTooLong) -> str:
    """A long recording."""
    return _("`{option}`: the recording lasts {found}, and must be shorter than {limit}. Cut it.").format(
        option=labels.option(refusal.option),
        found=figures.seconds(refusal.found_seconds),
        limit=figures.seconds(refusal.limit_seconds),
    )


@refusal_sentence.register
def image_too_large(refusal: ImageTooLarge) -> str:
    """A heavy image."""
    return _("`{option}`: the picture is {found}, and at most {limit} is taken. Make it smaller.").format(
        option=labels.option(refusal.option),
        found=figures.size(refusal.found_bytes),
        limit=figures.size(refusal.limit_bytes),
    )


@refusal_sentence.register
def image_too_small(refusal: ImageTooSmall) -> str:
    """A small image."""
    return _(
        "`{option}`: the picture has {width} × {height} pixels, and each side must be longer than {limit}. "
        "Use a larger one."
    ).format(
        option=labels.option(refusal.option), width=refusal.width, height=refusal.height, limit=refusal.longer_than_px
    )


@refusal_sentence.register
def image_too_narrow(refusal: ImageTooNarrow) -> str:
    """A narrow image."""
    return _(
        "`{option}`: the picture has {width} × {height} pixels, and its long side may be at most {limit} times "
        "its short one. Crop it."
    ).format(
        option=labels.option(refusal.option),
        width=refusal.width,
        height=refusal.height,
        limit=figures.number(f"{refusal.max_aspect:g}"),
    )


@refusal_sentence.register
def image_too_many_pixels(refusal: ImageTooManyPixels) -> str:
    """A huge image."""
    return _(
        "`{option}`: the picture has {width} × {height} pixels, which is over {limit} megapixels. Make it smaller."
    ).format(
        option=labels.option(refusal.option),
        width=refusal.width,
        height=refusal.height,
        limit=figures.number(f"{refusal.limit_pixels / 1_000_000:g}"),
    )


@refusal_sentence.register
def file_unreadable(refusal: FileUnreadable) -> str:
    """A damaged file."""
    if refusal.expected == "image":
        fault = _("`{option}`: the picture cannot be read: the file is empty, damaged, or not what its name says.")
    else:
        fault = _("`{option}`: the recording cannot be read: the file is empty, damaged, or not what its name says.")
    return f"{fault.format(option=labels.option(refusal.option))} {_('Attach another file.')}"
