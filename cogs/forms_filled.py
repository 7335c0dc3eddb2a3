"""From a request to what stands in its form, and from a form that was sent to the request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.catalog import LipsyncAsked, VideoAsked
from bot.errors import Refused
from bot.jobs.model import AssetRole, NewAsset
from bot.jobs.requests import ExtendRequest, LipsyncRequest, VideoRequest
from bot.media.declared import check_declared_audio, check_declared_image
from bot.media.limits import MediaLimits
from bot.ui.forms import Box, Field, Filled, FormRequest
from bot.ui.forms_settings import AS_IT_STANDS, read_setting
from cogs.attachments import declared, new_asset
from cogs.modal_submits import SentForm, Uploaded

_PICTURE_ROLES: Final = (AssetRole.IMAGE, AssetRole.END_IMAGE)


def filled_with(request: FormRequest, *, spoiler: bool, private: bool) -> Filled:
    """Return what stands in the fields of a form that begins from a request.

    Args:
        request: what it begins from.
        spoiler: whether the clip comes hidden unless the box is emptied.
        private: whether it comes by direct message unless the box is emptied.
    """
    ticked = (*((Box.SPOILER.value,) if spoiler else ()), *((Box.PRIVATE.value,) if private else ()))
    boxes: dict[str, tuple[str, ...]] = {Field.OPTIONS.value: ticked}
    match request:
        case VideoRequest(asked=asked):
            texts = {Field.PROMPT.value: asked.prompt, Field.AVOID.value: asked.avoid}
            return Filled(texts=texts, picks={**boxes, Field.SETTINGS.value: (AS_IT_STANDS,)})
        case ExtendRequest(prompt=prompt):
            return Filled(texts={Field.PROMPT.value: prompt}, picks=boxes)
        case LipsyncRequest(asked=asked):
            voice = (asked.voice,) if asked.voice else ()
            speed = (_speed(asked.speed),) if asked.speed is not None else ()
            picks = {**boxes, Field.VOICE.value: voice, Field.SPEED.value: speed}
            return Filled(texts={Field.SAY.value: asked.say}, picks=picks)


def filled_in(form: SentForm, began_from: FormRequest) -> Filled:
    """Return what a person put into the fields, apart from files; words that a recording replaced are no longer there.

    Args:
        form: what was sent.
        began_from: what the form began from.
    """
    filled = Filled(texts=dict(form.texts), picks=dict(form.choices))
    if not isinstance(began_from, LipsyncRequest) or not form.uploads(Field.RECORDING):
        return filled
    return _without_words(filled) if _is_untouched(began_from, _said(filled)) else filled


def request_of(began_from: FormRequest, filled: Filled) -> FormRequest:
    """Return what a form asks for as it is filled in, without files that were attached to it.

    Args:
        began_from: what the form began from: what it has no field for stays as it is there.
        filled: what stands in the fields.
    """
    spoiler = filled.ticked(Box.SPOILER)
    match began_from:
        case VideoRequest(files=files):
            kept = () if filled.ticked(Box.NO_PICTURES) else files
            return _with_pictures(replace(began_from, asked=_video_asked(began_from, filled), spoiler=spoiler), kept)
        case ExtendRequest():
            return replace(began_from, prompt=filled.text(Field.PROMPT), spoiler=spoiler)
        case LipsyncRequest():
            return replace(_lipsync(began_from, filled), spoiler=spoiler)


def with_attached(request: FormRequest, form: SentForm, limits: MediaLimits) -> FormRequest:
    """Return a request with what was attached to its form in the place of the files that were kept.

    Raises:
        Refused: a file is known to be of no use.
    """
    match request:
        case VideoRequest() if form.uploads(Field.PICTURES):
            return _with_pictures(request, _attached(form, limits))
        case LipsyncRequest(asked=asked) if form.uploads(Field.RECORDING):
            (recording,) = form.uploads(Field.RECORDING)[:1]
            facts = check_declared_audio(declared(recording), AssetRole.AUDIO.value, limits)
            return replace(request, asked=replace(asked, audio=facts), audio=new_asset(recording, AssetRole.AUDIO))
        case _:
            return request


def worth_keeping(began_from: FormRequest, form: SentForm, limits: MediaLimits) -> FormRequest:
    """Return what a form begins from when it is opened again: with the new files, as far as they are of use."""
    match began_from:
        case VideoRequest():
            files = _of_use(form.uploads(Field.PICTURES), limits)
            return _pictured(began_from, files) if files else began_from
        case LipsyncRequest(asked=asked) if form.uploads(Field.RECORDING):
            (recording,) = form.uploads(Field.RECORDING)[:1]
            try:
                facts = check_declared_audio(declared(recording), AssetRole.AUDIO.value, limits)
            except Refused:
                return began_from
            audio = new_asset(recording, AssetRole.AUDIO)
            return replace(began_from, audio=audio, asked=replace(asked, audio=facts))
        case _:
            return began_from


def _attached(form: SentForm, limits: MediaLimits) -> tuple[NewAsset, ...]:
    files = []
    for role, upload in zip(_PICTURE_ROLES, form.uploads(Field.PICTURES), strict=False):
        check_declared_image(declared(upload), role.value, limits)
        files.append(new_asset(upload, role))
    return tuple(files)


def _of_use(uploads: Sequence[Uploaded], limits: MediaLimits) -> tuple[NewAsset, ...]:
    files: list[NewAsset] = []
    for upload in uploads:
        role = _PICTURE_ROLES[len(files)]
        try:
            check_declared_image(declared(upload), role.value, limits)
        except Refused:
            continue
        files.append(new_asset(upload, role))
        if len(files) == len(_PICTURE_ROLES):
            break
    return tuple(files)


def _video_asked(began_from: VideoRequest, filled: Filled) -> VideoAsked:
    asked = read_setting(filled.pick(Field.SETTINGS)).applied(began_from.asked)
    return replace(asked, prompt=filled.text(Field.PROMPT), avoid=filled.text(Field.AVOID))


def _with_pictures(request: VideoRequest, files: tuple[NewAsset, ...]) -> VideoRequest:
    """Return a request with these pictures; with one, nobody asked for another shape than its own."""
    made = _pictured(request, files)
    return replace(made, asked=replace(made.asked, ratio=None)) if made.asked.image else made


def _pictured(request: VideoRequest, files: tuple[NewAsset, ...]) -> VideoRequest:
    roles = {file.role for file in files}
    asked = replace(request.asked, image=AssetRole.IMAGE in roles, end_image=AssetRole.END_IMAGE in roles)
    return replace(request, files=files, asked=asked)


def _lipsync(began_from: LipsyncRequest, filled: Filled) -> LipsyncRequest:
    """Return the lip-sync; a recording that is kept is used where nothing is typed."""
    said = _said(filled)
    if said.say.strip() or began_from.audio is None:
        return replace(began_from, asked=said, audio=None)
    return replace(began_from, asked=replace(said, audio=began_from.asked.audio))


def _said(filled: Filled) -> LipsyncAsked:
    speed = filled.pick(Field.SPEED)
    return LipsyncAsked(
        say=filled.text(Field.SAY),
        voice=filled.pick(Field.VOICE),
        speed=float(speed) if _is_number(speed) else None,
    )


def _is_untouched(began_from: LipsyncRequest, said: LipsyncAsked) -> bool:
    """Tell whether words stand as the form began with them, so that a recording may go before them."""
    return bool(said.say) and said == replace(began_from.asked, audio=None)


def _without_words(filled: Filled) -> Filled:
    words = {Field.SAY, Field.VOICE, Field.SPEED}
    return Filled(
        texts={name: text for name, text in filled.texts.items() if name not in words},
        picks={name: picked for name, picked in filled.picks.items() if name not in words},
    )


def _speed(speed: float) -> str:
    return f"{speed:.1f}"


def _is_number(text: str) -> bool:
    whole, _, tenths = text.partition(".")
    return text.isascii() and whole.isdecimal() and tenths.isdecimal()
