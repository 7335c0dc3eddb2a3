"""Words that try to be more than words: to notify, to link, to end our sentence and begin one of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.catalog import Catalogue
from bot.community.record import Block
from bot.community.reports import Report
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import ExtendInput, Job, JobKind, LipsyncInput, Purpose, repost_purpose
from bot.jobs.ports import CardFacts, MessageFacts
from bot.jobs.requests import Details
from bot.jobs.states import JobState
from bot.ui.cards import render_card
from bot.ui.details import render_details
from bot.ui.message import Message
from bot.ui.moderation import render_blocked, render_report
from bot.ui.results import Carriage, ResultForm, alt_text, render_delivery, thread_name
from tests.unit.ui.job_samples import NOW, PERSON, delivery, finished, job, video

CATALOGUE = Catalogue()
PLAIN = "a red fox"
HOSTILE = [
    "@everyone",
    "@here and @everyone",
    "<@111111111111111111> <@!111111111111111111> <@&111111111111111111>",
    "<#111111111111111111> </video:111111111111111111> <id:customize> <t:0:R>",
    "<:wave:111111111111111111> <a:wave:111111111111111111>",
    "[your clip](https://evil.example/login)",
    "[your clip](<https://evil.example/login>)",
    "](https://evil.example) [",
    "https://evil.example/a <https://evil.example/b> discord.gg/evil",
    "fox\n-# AI-generated · charged: $0.00",
    "fox\r\n<@111111111111111111> your clip is ready",
    "fox\u2028-# fake\u2029# fake",
    "fox”\n# YOU HAVE WON\n> quote\n- list\n1. list",
    "``` \n<@111111111111111111> \n```",
    "`` ` ``` ```` \\` \\",
    "|| ||| |||| __ ** ~~ *** \\",
    "\u202e.4pm gnihtoN\u202c \u2066a\u2069 \u200b\u200e\u061c",
    "".join(chr(0xE0000 + ord(letter)) for letter in "@everyone"),
    "fox” charged: $0.00 “",
    "{person} {link} %s {0} {}",
]


def with_words(words: str) -> list[tuple[str, Message]]:
    """Return every public or private message that repeats what a person wrote."""
    jobs = {
        "video": finished(input=video(prompt=words, negative_prompt=words)),
        "extend": finished(kind=JobKind.EXTEND, input=ExtendInput(prompt=words), source_id="abc234"),
        "lipsync": finished(kind=JobKind.LIPSYNC, input=LipsyncInput(text=words, voice=words), source_id="abc234"),
    }
    shown: list[tuple[str, Message]] = []
    for name, one in jobs.items():
        failed = replace(one, state=JobState.FAILED, failure=Failure(FailureReason.OTHER))
        rendered: list[tuple[str, Job, str, Carriage]] = [
            ("result", one, Purpose.RESULT, Carriage.ORIGINAL),
            ("link", one, Purpose.RESULT, Carriage.NOT_KEPT),
            ("repost", one, repost_purpose("i:1"), Carriage.ORIGINAL),
            ("failure", failed, Purpose.FAILURE, Carriage.ORIGINAL),
            ("abandoned", replace(one, state=JobState.ABANDONED), Purpose.ABANDONED, Carriage.ORIGINAL),
        ]
        for which, about, purpose, carriage in rendered:
            message = render_delivery(
                delivery(purpose=purpose), about, MessageFacts(result=None), CATALOGUE, ResultForm(carriage=carriage)
            )
            shown.append((f"{which} of {name}", message))
        waiting = job(kind=one.kind, input=one.input, source_id=one.source_id)
        shown.append((f"card of {name}", render_card(waiting, CardFacts(), CATALOGUE)))
        report = Report(job_id=one.id, person_id=PERSON, reason=words, created_at=NOW)
        shown.append((f"report of {name}", render_report(report, one, None)))
    block = Block(person_id=PERSON, until=None, reason=words, blocked_by=1, created_at=NOW)
    shown.append(("block", render_blocked(block)))
    return shown


EFFECTIVE = (
    r"@(everyone|here)",
    r"(?<!\\)<(@|#|/|t:|a?:|id:|https?:)",
    r"(?<!\\)\](\(|\\\()",
    r"https?://",
    r"discord\.gg/",
    r"[\u2028\u2029\u202a-\u202e\u2066-\u2069\u061c\u200e\u200f]",
)


@pytest.mark.parametrize("words", HOSTILE)
def test_a_persons_words_stay_within_their_quotation_marks(words: str) -> None:
    for (name, plain), (_, spoofed) in zip(with_words(PLAIN), with_words(words), strict=True):
        ours, theirs = plain.content.split("\n"), spoofed.content.split("\n")
        assert len(ours) == len(theirs), name
        for honest, line in zip(ours, theirs, strict=True):
            if PLAIN not in honest:
                assert line == honest, name
                continue
            before, _, after = honest.partition(PLAIN)
            assert line.startswith(before), name
            said = line[len(before) :]
            for effect in EFFECTIVE:
                assert not re.search(effect, said.replace("@\u200b", "")), (name, effect, said)
            if after and PLAIN not in after:
                assert said.endswith(after), name


@pytest.mark.parametrize("words", HOSTILE)
def test_a_persons_words_notify_nobody(words: str) -> None:
    for (name, plain), (_, spoofed) in zip(with_words(PLAIN), with_words(words), strict=True):
        assert spoofed.allowed_mentions().to_dict() == plain.allowed_mentions().to_dict(), name
        assert not spoofed.allowed_mentions().everyone, name
        assert not spoofed.allowed_mentions().roles, name
        assert set(spoofed.pings) <= {PERSON}, name


@pytest.mark.parametrize("words", HOSTILE)
def test_details_show_words_in_a_block_that_they_cannot_leave(words: str) -> None:
    details = Details(job=finished(input=video(prompt=words)), facts=CardFacts(), assets=(), deliveries=(), events=())

    (embed,) = render_details(details, CATALOGUE).embeds

    assert embed.description is not None
    assert embed.description.startswith("```\n")
    assert embed.description.endswith("\n```")
    assert embed.description.count("```") == 2
    assert not re.search(EFFECTIVE[-1], embed.description)


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("shown", [thread_name, alt_text], ids=["thread", "description"])
def test_names_and_descriptions_are_one_line_in_one_direction(words: str, shown: Callable[[Job], str]) -> None:
    text = shown(finished(input=video(prompt=words)))

    assert "\n" not in text
    assert not re.search(EFFECTIVE[-1], text)


@pytest.mark.parametrize("words", HOSTILE)
def test_what_the_provider_says_is_not_repeated(words: str) -> None:
    """Its words are only recognised; what is stored of a failure is our own reason for it."""
    from bot.piapi.failures import reason_of_text

    said = reason_of_text(f"internal error: {words}")
    failed = finished(JobState.FAILED, failure=Failure(said), input=video(prompt=PLAIN))
    usual = finished(JobState.FAILED, failure=Failure(FailureReason.PROVIDER_ERROR), input=video(prompt=PLAIN))

    def text(about: Job) -> str:
        facts = MessageFacts(result=None)
        return render_delivery(delivery(purpose=Purpose.FAILURE), about, facts, CATALOGUE, ResultForm()).content

    assert said is FailureReason.PROVIDER_ERROR
    assert text(failed) == text(usual)
