"""Refusals of clips to go on from, and of what they should say."""

from __future__ import annotations

from bot.catalog.refusals import (
    ExtensionTooLong,
    NotExtendable,
    NotLipsyncable,
    SayAndAudio,
    SayOrAudioMissing,
    SourceLengthNotLipsyncable,
    SourceOfOtherAccount,
    SourceTooOld,
    SpeedOutOfRange,
    VoiceUnknown,
    VoiceWithAudio,
)
from bot.jobs.requests import ClipForgotten, InputsGone, SourceRemoved, SourceUnfinished, SourceUnknown
from bot.jobs.states import JobState
from bot.ui import figures, labels
from bot.ui.language import _, marked
from bot.ui.quoting import quoted
from bot.ui.refusals.sentence import refusal_sentence

_ASKED_SHOWN = 60
_UNFINISHED = {
    JobState.FAILED: marked("`{option}`: clip {clip} failed, so there is nothing to go on from. Choose another one."),
    JobState.CANCELLED: marked(
        "`{option}`: clip {clip} was cancelled, so there is nothing to go on from. Choose another one."
    ),
    JobState.ABANDONED: marked("`{option}`: clip {clip} was lost on the way. Choose another one."),
}


@refusal_sentence.register
def source_unknown(refusal: SourceUnknown) -> str:
    """No such clip here."""
    remedy = _("Pick one from the list, or paste the link of a message with a clip made here.")
    if not refusal.asked:
        return " ".join([_("`{option}`: no clip was named.").format(option=labels.option(refusal.option)), remedy])
    fault = _("`{option}`: there is no clip {asked} here.")
    return " ".join(
        [fault.format(option=labels.option(refusal.option), asked=quoted(refusal.asked, _ASKED_SHOWN)), remedy]
    )


@refusal_sentence.register
def source_unfinished(refusal: SourceUnfinished) -> str:
    """A clip that is not ready."""
    known = {state.value for state in JobState}
    state = JobState(refusal.state) if refusal.state in known else JobState.RUNNING
    waiting = marked("`{option}`: clip {clip} is not finished yet. Try again when it has been posted.")
    return _(_UNFINISHED.get(state, waiting)).format(option=labels.option(refusal.option), clip=f"#{refusal.job_id}")


@refusal_sentence.register
def source_removed(refusal: SourceRemoved) -> str:
    """A clip that was deleted."""
    return _("`{option}`: clip {clip} was deleted. Choose another one.").format(
        option=labels.option(refusal.option), clip=f"#{refusal.job_id}"
    )


@refusal_sentence.register
def clip_forgotten(refusal: ClipForgotten) -> str:
    """A clip of which nothing is kept."""
    return _(
        "Nothing is kept of clip {clip} any more: its time is over, or its maker had their data deleted. The message"
        " that you see is all that is left; whoever moderates this channel can delete it."
    ).format(clip=f"#{refusal.job_id}")


@refusal_sentence.register
def inputs_gone(refusal: InputsGone) -> str:
    """A clip whose files are no longer kept."""
    return _("The files that {clip} was made from are no longer kept. Attach them again with `/video`.").format(
        clip=f"#{refusal.job_id}"
    )


@refusal_sentence.register
def not_extendable(refusal: NotExtendable) -> str:
    """A clip that cannot grow."""
    if refusal.after_lipsync:
        return _(
            "`{option}`: a clip that was made to speak cannot be extended. "
            "Extend the clip from before the lip-sync instead."
        ).format(option=labels.option(refusal.option))
    fault = _("`{option}`: clips of Kling {model} cannot be extended.").format(
        option=labels.option(refusal.option), model=refusal.model
    )
    if not refusal.extendable:
        return f"{fault} {_('No model on offer makes clips that can.')}"
    remedy = _("Clips of Kling {models} can: make one with `/video` first.")
    return f"{fault} {remedy.format(models=figures.both(refusal.extendable))}"


@refusal_sentence.register
def not_lipsyncable(refusal: NotLipsyncable) -> str:
    """A clip that cannot speak."""
    fault = _("`{option}`: clips of Kling {model} cannot be made to speak.").format(
        option=labels.option(refusal.option), model=refusal.model
    )
    if not refusal.lip_syncable:
        return f"{fault} {_('No model on offer makes clips that can.')}"
    remedy = _("Clips of Kling {models} can: make one with `/video` first.")
    return f"{fault} {remedy.format(models=figures.both(refusal.lip_syncable))}"


@refusal_sentence.register
def source_too_old(refusal: SourceTooOld) -> str:
    """A clip the provider has forgotten."""
    return _(
        "`{option}`: this clip is {age} old, and the provider keeps clips for {limit}. "
        "Choose a newer one, or make it again with `/video`."
    ).format(
        option=labels.option(refusal.option), age=figures.days(refusal.age_days), limit=figures.days(refusal.limit_days)
    )


@refusal_sentence.register
def source_of_other_account(refusal: SourceOfOtherAccount) -> str:
    """A clip of another account."""
    return _(
        "`{option}`: this clip was made with another account at the provider, which cannot be used now. "
        "Choose a newer one, or make it again with `/video`."
    ).format(option=labels.option(refusal.option))


@refusal_sentence.register
def extension_too_long(refusal: ExtensionTooLong) -> str:
    """A clip at its longest."""
    return _(
        "`{option}`: this clip is {found} long already, and an extended clip may have at most {limit}. "
        "Choose a shorter one."
    ).format(
        option=labels.option(refusal.option),
        found=figures.seconds(refusal.source_seconds),
        limit=figures.seconds(refusal.limit_seconds),
    )


@refusal_sentence.register
def source_length_not_lipsyncable(refusal: SourceLengthNotLipsyncable) -> str:
    """A clip too short or too long to speak."""
    return _(
        "`{option}`: this clip is {found} long, and only clips of {shortest} to {longest} can be made to speak. "
        "Choose another one."
    ).format(
        option=labels.option(refusal.option),
        found=figures.seconds(refusal.source_seconds),
        shortest=refusal.shortest,
        longest=figures.seconds(refusal.longest),
    )


@refusal_sentence.register
def say_and_audio(_refusal: SayAndAudio) -> str:
    """Text and a recording."""
    return _("`say` and `audio` do not go together. Leave one of them out.")


@refusal_sentence.register
def say_or_audio_missing(_refusal: SayOrAudioMissing) -> str:
    """Neither text nor a recording."""
    return _("There is nothing to say. Type what is to be said, or attach a recording.")


@refusal_sentence.register
def voice_with_audio(refusal: VoiceWithAudio) -> str:
    """A voice for a recording."""
    return _("`{option}` goes with `say` only: a recording has its own voice and speed. Leave it out.").format(
        option=labels.option(refusal.option)
    )


@refusal_sentence.register
def voice_unknown(refusal: VoiceUnknown) -> str:
    """A voice that is not there."""
    fault = _("`{option}`: there is no voice called {asked}.").format(
        option=labels.option(refusal.option), asked=quoted(refusal.asked, _ASKED_SHOWN)
    )
    if not refusal.similar:
        return f"{fault} {_('The list of `voice` in `/lipsync` has them all.')}"
    return f"{fault} {_('Did you mean {similar}?').format(similar=figures.either(refusal.similar))}"


@refusal_sentence.register
def speed_out_of_range(refusal: SpeedOutOfRange) -> str:
    """A speed that is not taken."""
    return _("`{option}` is {asked}, and must be from {slowest} to {fastest}; 1 is the ordinary speed.").format(
        option=labels.option(refusal.option),
        asked=figures.number(f"{refusal.asked:g}"),
        slowest=figures.number(f"{refusal.slowest:g}"),
        fastest=figures.number(f"{refusal.fastest:g}"),
    )
