"""A job in words: its kind, its state, its settings, its notes."""

from __future__ import annotations

from typing import Final

from bot.catalog import CAMERA_MOVES, Catalogue, Follow, Mode, Ratio
from bot.jobs.model import ExtendInput, Job, JobNote, LipsyncInput, MessageRef, VideoInput
from bot.jobs.states import JobState
from bot.ui import figures, labels
from bot.ui.language import _, marked
from bot.ui.quoting import escaped, quoted

DEFAULT_SECONDS: Final = 5
_AVOID_SHOWN: Final = 80
_VOICE_SHOWN: Final = 80

_STATES: Final = {
    JobState.QUEUED: ("⏳", marked("Queued")),
    JobState.SUBMITTING: ("📨", marked("Sending to the provider")),
    JobState.SUBMIT_UNKNOWN: ("🔎", marked("Checking with the provider")),
    JobState.RUNNING: ("🎬", marked("Generating")),
    JobState.OVERDUE: ("🐢", marked("Taking unusually long")),
    JobState.ABANDONED: ("❔", marked("Lost track of it")),
    JobState.SUCCEEDED: ("✅", marked("Done")),
    JobState.FAILED: ("❌", marked("Failed")),
    JobState.CANCELLED: ("🚫", marked("Cancelled")),
}
_NOTES: Final = {
    JobNote.RATIO_IGNORED: marked("The picture decides the shape, so `ratio` was ignored."),
    JobNote.IMAGE_CONVERTED: marked("The picture was converted to JPEG."),
    JobNote.IMAGE_SCALED: marked("The picture was scaled down to what the provider takes."),
    JobNote.IMAGE_FIRST_FRAME: marked("Only the first frame of the moving picture is used."),
    JobNote.IMAGE_FLATTENED: marked("The picture's transparent parts were filled in."),
    JobNote.AUDIO_CONVERTED: marked("The recording was converted to MP3."),
    JobNote.AUDIO_PADDED: marked("The recording was short, so silence was added at its end."),
    JobNote.AUDIO_TRIMMED: marked("The recording is longer than the clip, so its end is cut off."),
    JobNote.SPEECH_LONGER: marked("The text probably takes longer to say than the clip lasts; its end may be cut off."),
}


def name(job: Job) -> str:
    """Return a job's short id as people see and type it."""
    return f"#{job.id}"


def kind(job: Job) -> str:
    """Return what is being made."""
    return labels.kind(job.kind)


def emoji(state: JobState) -> str:
    """Return a state's picture; never without its words."""
    return _STATES[state][0]


def state(which: JobState) -> str:
    """Return a state in words."""
    return _(_STATES[which][1])


def notes(job: Job) -> list[str]:
    """Return what was done differently from what was asked, each as a sentence."""
    return [_(_NOTES[note]) for note in dict.fromkeys(job.notes) if note in _NOTES]


def quality(job: Job, catalogue: Catalogue) -> str:
    """Return the quality, with its resolution where it is known."""
    row = catalogue.model(job.model)
    mode = Mode(job.mode)
    return labels.quality(mode, row.mode_row(mode) if row is not None else None)


def model(job: Job, catalogue: Catalogue) -> str:
    """Return the model's name."""
    return f"Kling {catalogue.label(job.model)}"


def message_link(job: Job, message: MessageRef) -> str:
    """Return the address of a job's card or of the message that ended it."""
    server = "@me" if is_private(job, message) else str(job.place.guild_id)
    return f"https://discord.com/channels/{server}/{message.channel_id}/{message.message_id}"


def is_private(job: Job, message: MessageRef) -> bool:
    """Tell whether the message that ended a job stands in direct messages.

    It goes to the job's channel, to the thread from its card (whose id is the card's), or else there.
    """
    thread = job.card.message_id if job.card is not None else None
    return job.place.is_direct or message.channel_id not in {job.place.channel_id, thread}


def unusual_settings(job: Job, catalogue: Catalogue, *, length: bool = True, words: bool = True) -> list[str]:
    """Return the settings that differ from the defaults, briefly.

    Args:
        job: the job.
        catalogue: tells what the defaults are.
        length: whether to name the length, too.
        words: whether to quote what the person wants to avoid.
    """
    match job.input:
        case VideoInput():
            return [
                *_video_settings(job, job.input, catalogue, length=length),
                *(_avoided(job.input) if words else []),
                *_spoiler(job),
            ]
        case LipsyncInput():
            return [*_speech_settings(job.input), *_spoiler(job)]
        case ExtendInput():
            return _spoiler(job)


def _video_settings(job: Job, made: VideoInput, catalogue: Catalogue, *, length: bool) -> list[str]:
    words: list[str] = []
    if job.model != catalogue.default_model:
        words.append(model(job, catalogue))
    if job.mode != Mode.STD:
        words.append(quality(job, catalogue))
    if length and made.seconds != DEFAULT_SECONDS:
        words.append(figures.seconds(made.seconds))
    if made.ratio is None:
        words.append(_("from a picture"))
    elif made.ratio != Ratio.WIDE:
        words.append(labels.ratio(Ratio(made.ratio)))
    if made.cfg_scale is not None and made.cfg_scale != Follow.BALANCED.cfg_scale:
        words.append(_("follows the prompt: {how}").format(how=follow(made.cfg_scale)))
    if made.camera_axis:
        words.append(camera(made.camera_axis, made.camera_value))
    if made.sound:
        words.append(_("with sound"))
    return words


def _avoided(made: VideoInput) -> list[str]:
    if not made.negative_prompt:
        return []
    return [_("avoids {words}").format(words=quoted(made.negative_prompt, _AVOID_SHOWN))]


def _speech_settings(made: LipsyncInput) -> list[str]:
    if not made.text:
        return [_("from a recording")]
    words = [_("voice {name}").format(name=escaped(made.voice, _VOICE_SHOWN))]
    if made.speed != 1:
        words.append(_("speed {number}×").format(number=figures.number(f"{made.speed:g}")))
    return words


def _spoiler(job: Job) -> list[str]:
    return [_("spoiler")] if job.spoiler else []


def follow(cfg_scale: float) -> str:
    """Return how closely a clip keeps to its prompt."""
    known = next((word for word in Follow if word.cfg_scale == cfg_scale), None)
    return labels.follow(known) if known is not None else figures.number(f"{cfg_scale:g}")


def camera(axis: str, value: int) -> str:
    """Return a camera move's name."""
    move = next((move for move in CAMERA_MOVES if move.axis == axis and move.value == value), None)
    return labels.camera(move) if move is not None else f"{axis} {value:+d}"
