"""Refusals that come from a server's own rules."""

from __future__ import annotations

from collections.abc import Sequence

from bot.jobs.house import (
    ChannelNotAllowed,
    ConsentKind,
    ConsentNeeded,
    LipsyncNotAllowed,
    LongerThanAllowed,
    MemberTooNew,
    ModelNotAllowed,
    NotAMember,
    NotSetUp,
    OwnAudioNotAllowed,
    PersonBlocked,
    PicturesNotAllowed,
    QualityNotAllowed,
    RoleNotAllowed,
    WordNotAllowed,
)
from bot.ui import figures, labels
from bot.ui.language import _, ngettext
from bot.ui.quoting import quoted
from bot.ui.refusals.sentence import refusal_sentence

_NAMED = 5
"""So many channels or roles are named; a server may have a hundred."""
_REASON_SHOWN = 200
_WORD_SHOWN = 60


@refusal_sentence.register
def person_blocked(refusal: PersonBlocked) -> str:
    """A person who may not use the bot here."""
    if refusal.until is None:
        said = _("Whoever manages this server has blocked you from making clips here. Ask them about it.")
    else:
        said = _(
            "Whoever manages this server has blocked you from making clips here. You can make clips again {free}."
        ).format(free=figures.relative(refusal.until))
    if not refusal.reason:
        return said
    return f"{said} {_('They gave this reason: {reason}.').format(reason=quoted(refusal.reason, _REASON_SHOWN))}"


@refusal_sentence.register
def not_set_up(_refusal: NotSetUp) -> str:
    """A server that nobody has set up yet."""
    return _("The bot is not set up on this server yet. Somebody who manages it can do so with `/setup`.")


@refusal_sentence.register
def channel_not_allowed(refusal: ChannelNotAllowed) -> str:
    """A channel where no clips are made."""
    channels = _named([f"<#{channel}>" for channel in refusal.channels])
    return _("Clips are not made in this channel. Go to {channels}.").format(channels=channels)


@refusal_sentence.register
def role_not_allowed(refusal: RoleNotAllowed) -> str:
    """A person without the role, or with one that forbids it."""
    if refusal.denied is not None:
        words = _("Whoever has the role {role} may not make clips here. Ask those who manage the server about it.")
        return words.format(role=f"<@&{refusal.denied}>")
    roles = _named([f"<@&{role}>" for role in refusal.needed])
    words = _("To make clips here you need the role {roles}. Ask those who manage the server for it.")
    return words.format(roles=roles)


@refusal_sentence.register
def member_too_new(refusal: MemberTooNew) -> str:
    """A person who joined recently."""
    said = ngettext(
        "On this server one has to be a member for {days} day before one can make clips.",
        "On this server one has to be a member for {days} days before one can make clips.",
        refusal.days,
    ).format(days=refusal.days)
    if refusal.free_at is None:
        return said
    return f"{said} {_('You can make clips {free}.').format(free=figures.relative(refusal.free_at))}"


@refusal_sentence.register
def not_a_member(_refusal: NotAMember) -> str:
    """A person who is not on the server that would pay."""
    return _("You are not a member of the server that would pay for this. Use the command on a server of yours.")


@refusal_sentence.register
def lipsync_not_allowed(_refusal: LipsyncNotAllowed) -> str:
    """Lip-sync that is switched off."""
    return _("Lip-sync is switched off here. Whoever manages the server can allow it with `/settings`.")


@refusal_sentence.register
def quality_not_allowed(refusal: QualityNotAllowed) -> str:
    """A quality that is switched off."""
    words = _("`{option}`: Pro is switched off here. Choose Standard, or leave it out.")
    return words.format(option=labels.option(refusal.option))


@refusal_sentence.register
def model_not_allowed(refusal: ModelNotAllowed) -> str:
    """A model that is switched off."""
    return _("`{option}`: {asked} is not used here. Choose {allowed}.").format(
        option=labels.option(refusal.option), asked=refusal.asked, allowed=figures.either(refusal.allowed)
    )


@refusal_sentence.register
def longer_than_allowed(refusal: LongerThanAllowed) -> str:
    """A clip that is too long for this server."""
    return _("`{option}`: {asked} is too long here; at most {limit} are allowed. Choose a shorter length.").format(
        option=labels.option(refusal.option), asked=figures.seconds(refusal.asked), limit=figures.seconds(refusal.limit)
    )


@refusal_sentence.register
def pictures_not_allowed(refusal: PicturesNotAllowed) -> str:
    """A picture where none are taken."""
    words = _("`{option}`: pictures are not taken from you here. Leave the picture out, and describe it in words.")
    return words.format(option=labels.option(refusal.option))


@refusal_sentence.register
def own_audio_not_allowed(refusal: OwnAudioNotAllowed) -> str:
    """A recording where none are taken."""
    words = _("`{option}`: recordings are not taken from you here. Use `say` with a voice of the list instead.")
    return words.format(option=labels.option(refusal.option))


@refusal_sentence.register
def word_not_allowed(refusal: WordNotAllowed) -> str:
    """A text with an unwanted word."""
    return _("`{option}`: the word {word} is not wanted on this server. Say it in other words.").format(
        option=labels.option(refusal.option), word=quoted(refusal.word, _WORD_SHOWN)
    )


@refusal_sentence.register
def consent_needed(refusal: ConsentNeeded) -> str:
    """A picture or voice of which it is not said yet that it may be used."""
    if ConsentKind(refusal.what) is ConsentKind.PICTURE:
        return _("Before the first clip from a picture, say once that you may use it and whoever is seen in it.")
    return _("Before the first clip with a recording, say once that you may use it and whoever is heard in it.")


def _named(mentions: Sequence[str]) -> str:
    if len(mentions) <= _NAMED:
        return figures.either(mentions)
    return _("{some} or others").format(some=figures.listed(mentions[:_NAMED]))
