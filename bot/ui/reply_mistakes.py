"""Replies that cannot be carried out as they are written: which part is wrong, and what is right."""

from __future__ import annotations

from typing import Final, assert_never

from bot.catalog import Catalogue
from bot.replies import Flag, Mistake, MistakeKind, Verb
from bot.replies.flags import TAKEN
from bot.ui import figures
from bot.ui.language import _
from bot.ui.message import Message
from bot.ui.quoting import escaped, quoted
from bot.ui.replies import verb_word

_TYPED_SHOWN: Final = 60
_EXAMPLES: Final = {
    Flag.VOICE: "--voice Rock",
    Flag.SPEED: "--speed 1.2",
    Flag.SPOILER: "--spoiler",
    Flag.AVOID: '--avoid "rain, fog"',
    Flag.LENGTH: "--length 10",
    Flag.QUALITY: "--quality pro",
}
_SPENDING: Final = frozenset({Verb.EXTEND, Verb.CONTINUE, Verb.LIPSYNC, Verb.REROLL})


def example(flag: Flag) -> str:
    """Return a flag as somebody might type it."""
    return _EXAMPLES[flag]


def render_mistake(mistake: Mistake, catalogue: Catalogue) -> Message:
    """Return what is wrong with a reply, what is right, and, where it would have bought something, that it did not."""
    sentence = _sentence(mistake, catalogue)
    return Message(content=f"{sentence} {figures.nothing_charged()}" if mistake.verb in _SPENDING else sentence)


def flag_of_new_clips(flag: Flag, catalogue: Catalogue) -> Message:
    """Return why an extension or a lip-sync cannot be made again with a change that only a whole clip takes."""
    if flag is Flag.LENGTH:
        sentence = _length_not_taken(catalogue)
    else:
        sentence = _(
            "`--{flag}` belongs to clips made with `/video`; an extension or a lip-sync keeps what its clip has. "
            "Leave it out."
        ).format(flag=flag.value)
    return Message(content=f"{sentence} {figures.nothing_charged()}")


def _sentence(mistake: Mistake, catalogue: Catalogue) -> str:
    flag = f"`--{escaped(mistake.flag, _TYPED_SHOWN)}`"
    match mistake.kind:
        case MistakeKind.FLAG_UNKNOWN:
            return f"{_('There is no {flag}.').format(flag=flag)} {_right(mistake)}"
        case MistakeKind.FLAG_NOT_TAKEN:
            fault = _("{flag} does not go with `{verb}`.").format(flag=flag, verb=verb_word(mistake.verb))
            return f"{fault} {_taken(mistake.verb)}"
        case MistakeKind.LENGTH_NOT_TAKEN:
            return _length_not_taken(catalogue)
        case MistakeKind.FLAG_TWICE:
            return _("{flag} stands there twice. Write it once, such as `{example}`.").format(
                flag=flag, example=_EXAMPLES[Flag(mistake.flag)]
            )
        case MistakeKind.VALUE_MISSING:
            return _("{flag} needs a value after it, such as `{example}`.").format(
                flag=flag, example=_EXAMPLES[Flag(mistake.flag)]
            )
        case MistakeKind.VALUE_MALFORMED:
            return _("{flag} cannot be {value}. Write it like `{example}`.").format(
                flag=flag, value=quoted(mistake.value, _TYPED_SHOWN), example=_EXAMPLES[Flag(mistake.flag)]
            )
        case MistakeKind.TEXT_MISSING:
            words = _("There is nothing to say. Write it after `{verb}`, or attach a recording.")
            return words.format(verb=verb_word(Verb.LIPSYNC))
        case MistakeKind.TEXT_AND_AUDIO:
            return _("A text and a recording do not go together. Leave one of them out.")
        case MistakeKind.VOICE_WITH_AUDIO:
            return _("A recording has its own voice and speed. Leave out {flag}, or the recording.").format(flag=flag)
        case _ as unreachable:
            assert_never(unreachable)


def _right(mistake: Mistake) -> str:
    if mistake.meant is not None and mistake.meant in TAKEN.get(mistake.verb, ()):
        return _("Did you mean `--{flag}`?").format(flag=mistake.meant.value)
    return _taken(mistake.verb)


def _taken(verb: Verb) -> str:
    taken = [flag for flag in Flag if flag in TAKEN.get(verb, ())]
    if not taken:
        return _("`{verb}` takes nothing after it.").format(verb=verb_word(verb))
    named = figures.both([f"`{_EXAMPLES[flag]}`" for flag in taken])
    return _("`{verb}` takes {flags}.").format(verb=verb_word(verb), flags=named)


def _length_not_taken(catalogue: Catalogue) -> str:
    least, most = catalogue.limits.extension.adds_seconds
    return _(
        "`--length` cannot be chosen here: an extension adds {least} to {most} seconds, and a lip-sync is as long as "
        "its clip. Leave it out."
    ).format(least=least, most=most)
