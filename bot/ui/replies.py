"""Answers to replies to clips: for all in the channel to read, so they are short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.catalog import Catalogue
from bot.errors import Refusal
from bot.jobs.model import Job
from bot.jobs.requests import Details
from bot.jobs.states import ENDED, JobState
from bot.replies import VOCABULARY, Verb
from bot.ui import cards, custom_ids, figures, job_words
from bot.ui.language import _, marked, spoken
from bot.ui.message import Button, Message
from bot.ui.refusals import refusal_of_clip

_GRAMMAR: Final = (
    (Verb.EXTEND, marked("`{word} …` makes the clip longer; say what happens next.")),
    (Verb.CONTINUE, marked("`{word}` makes it longer without words.")),
    (Verb.LIPSYNC, marked("`{word} …` makes it say that; `--voice NAME` and `--speed 1.2` choose how.")),
    (
        Verb.REROLL,
        marked("`{word}` makes it once more; `--length 10`, `--quality pro` and `--avoid …` change it."),
    ),
    (Verb.EDIT, marked("`{word}` opens it in a form, to be changed and made again.")),
    (Verb.INFO, marked("`{word}` tells about it, and what it cost.")),
    (Verb.CANCEL, marked("`{word}` stops it while it is being made.")),
    (Verb.DELETE, marked("`{word}` deletes it.")),
    (Verb.HELP, marked("`{word}` shows this.")),
)


def words_for(locale: str) -> Mapping[Verb, tuple[str, ...]]:
    """Return the verbs in the language of a Discord locale, in English where there are none of it."""
    language = next((known for known in (locale, locale.partition("-")[0]) if known in VOCABULARY), "en")
    return VOCABULARY[language]


def verb_word(verb: Verb) -> str:
    """Return a verb as people reply it in the language being spoken."""
    return words_for(spoken())[verb][0]


def render_help() -> Message:
    """Return what can be replied to a clip, with the verbs of the language being spoken."""
    words = words_for(spoken())
    lines = [
        _("Reply to one of my messages about a clip, with the @ on:"),
        *(f"- {_(sentence).format(word=words[verb][0])}" for verb, sentence in _GRAMMAR),
        _("- A voice message or an audio file makes it speak; a picture becomes a new clip."),
        f"-# {_('`--spoiler` hides what comes of it. You see the price before anything is bought.')}",
    ]
    return Message(content="\n".join(lines))


def render_hint(*, pinged: bool) -> Message:
    """Return why a reply could not be read, told once.

    Args:
        pinged: whether its ping was on; then it answered a command's card, of which Discord shows no replies.
    """
    if pinged:
        words = _(
            "Discord does not show me what people reply to the card of a command. Use its buttons, or reply to the "
            "clip when it is here."
        )
    else:
        words = _(
            "Was that for me? I can only read replies with the @ on: switch it on beside the text before you send, or "
            "use the buttons."
        )
    return Message(content=f"{words}\n-# {_('I say this once, and this message goes away.')}")


def render_refusal(refusal: Refusal) -> Message:
    """Return why what a reply asks for cannot be had."""
    return Message(content=refusal_of_clip(refusal))


def render_proposal(offer: Message, minutes: int) -> Message:
    """Return an offer that nobody asked for in so many words: taken up on purpose only, and soon gone."""
    words = _(
        "Nothing is bought unless you press Run. Reply `help` for what else there is. "
        "This goes away in {minutes} minutes."
    )
    goes = words.format(minutes=minutes)
    buttons = tuple(button for button in offer.buttons if not _asks_no_more(button))
    return replace(offer, content=f"{offer.content}\n-# {goes}", buttons=buttons)


def render_possible(job: Job) -> Message:
    """Return what can be replied to a clip that words alone cannot extend."""
    if job.removed_at is not None:
        words = _("This clip was deleted. Make a new one with `/video`.")
    elif job.state is JobState.SUCCEEDED:
        words = _("This clip cannot be extended. Reply `say …`, `again` or `edit`, or `help` for everything.")
    elif job.state in ENDED or job.state is JobState.ABANDONED:
        words = _("There is no clip to go on from. Reply `again` or `edit`, or `help` for everything.")
    else:
        words = _("This clip is still being made. Reply `cancel` or `info`, or wait until it is here.")
    return Message(content=f"{words} {figures.nothing_charged()}")


def render_words_missing() -> Message:
    """Return the answer to a picture alone where no words are at hand to make a clip of it."""
    words = _("Say in the same reply what the clip from this picture should show.")
    return Message(content=f"{words} {figures.nothing_charged()}")


def render_other_files() -> Message:
    """Return the answer to files of which nothing can be made."""
    words = _("Nothing can be made of this file. Reply with a picture, a recording or words; `help` tells more.")
    return Message(content=f"{words} {figures.nothing_charged()}")


def render_edit(job: Job, *, changes: bool) -> Message:
    """Return the button that opens a clip's form; `changes` says that the reply named some of its fields."""
    words = _("Press the button to change {name} and make it again; you see the price first.")
    content = words.format(name=f"`{job_words.name(job)}`")
    if changes:
        content = f"{content} {_('Put your changes into the form.')}"
    button = Button(custom_ids.custom_id(custom_ids.Verb.EDIT, job.id), _("Edit"), "✏️")
    return Message(content=content, buttons=(button,))


def render_info(details: Details, catalogue: Catalogue) -> Message:
    """Return a clip in a few words, for all to see; the button shows everything to whoever presses it."""
    job = details.job
    ended = job.state in ENDED
    facts = [
        f"`{job_words.name(job)}`",
        job_words.kind(job),
        job_words.model(job, catalogue),
        *job_words.unusual_settings(job, catalogue, words=False),
        _("asked for by {person}").format(person=f"<@{job.requester_id}>"),
        figures.charge(job) if ended else figures.price_of(job),
    ]
    content = f"{cards.looked_up(job, details.facts)}\n-# {figures.joined(dict.fromkeys(facts))}"
    return Message(content=content, buttons=(cards.details_button(job),))


def _asks_no_more(button: Button) -> bool:
    pressed = custom_ids.read_custom_id(button.custom_id)
    return pressed is not None and pressed.verb == custom_ids.Verb.ALWAYS
