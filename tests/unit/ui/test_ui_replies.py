"""Answers to replies: short enough for Discord, in the server's language, and each with what to do next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.catalog import Catalogue, LipsyncAsked, Mode, Ratio, VideoAsked
from bot.catalog.refusals import NotExtendable, TextTooLong
from bot.jobs.costs import UNKNOWN, Cost
from bot.jobs.ports import CardFacts
from bot.jobs.requests import Details, ExtendRequest, LipsyncRequest, Quote, Request, VideoRequest
from bot.jobs.states import JobState
from bot.replies import VOCABULARY, Flag, Help, Mistake, MistakeKind, Verb, read_reply
from bot.ui import removal, replies, reply_mistakes
from bot.ui.language import speaking
from bot.ui.message import CONTENT_LIMIT
from bot.ui.offers import render_offer
from bot.ui.quoting import units
from tests.unit.ui.job_samples import job

CATALOGUE = Catalogue()


@pytest.mark.parametrize("language", VOCABULARY)
def test_the_help_of_each_language_fits_and_its_verbs_are_understood(language: str):
    with speaking(language):
        shown = replies.render_help().content

    assert units(shown) <= CONTENT_LIMIT
    for verb in Verb:
        assert f"`{VOCABULARY[language][verb][0]}" in shown
    assert read_reply(VOCABULARY[language][Verb.HELP][0]) == Help()


@pytest.mark.parametrize(
    ("locale", "word"),
    [("en-GB", "extend"), ("es-419", "extender"), ("pt-BR", "estender"), ("zh-TW", "extend"), ("fi", "extend")],
)
def test_a_locale_gets_its_language_or_english(locale: str, word: str):
    assert replies.words_for(locale)[Verb.EXTEND][0] == word


MISTAKES = {
    MistakeKind.FLAG_UNKNOWN: ("say hi --sped 2", "There is no `--sped`. Did you mean `--speed`?"),
    MistakeKind.FLAG_NOT_TAKEN: (
        "continue --voice Rock",
        "`--voice` does not go with `continue`. `continue` takes `--spoiler`.",
    ),
    MistakeKind.LENGTH_NOT_TAKEN: (
        "extend --length 10",
        (
            "`--length` cannot be chosen here: an extension adds 4 to 5 seconds, and a lip-sync is as long as its "
            "clip. Leave it out."
        ),
    ),
    MistakeKind.FLAG_TWICE: (
        "again --length 5 --length 10",
        "`--length` stands there twice. Write it once, such as `--length 10`.",
    ),
    MistakeKind.VALUE_MISSING: ("say hi --voice", "`--voice` needs a value after it, such as `--voice Rock`."),
    MistakeKind.VALUE_MALFORMED: (
        "again --quality super",
        "`--quality` cannot be “super”. Write it like `--quality pro`.",
    ),
    MistakeKind.TEXT_MISSING: ("say", "There is nothing to say. Write it after `say`, or attach a recording."),
    MistakeKind.TEXT_AND_AUDIO: (None, "A text and a recording do not go together. Leave one of them out."),
    MistakeKind.VOICE_WITH_AUDIO: (
        None,
        "A recording has its own voice and speed. Leave out `--speed`, or the recording.",
    ),
}


@pytest.mark.parametrize("kind", MistakeKind)
def test_each_mistake_says_what_is_right(kind: MistakeKind):
    typed, sentence = MISTAKES[kind]
    made = Mistake(kind=kind, verb=Verb.LIPSYNC, flag=Flag.SPEED) if typed is None else read_reply(typed)

    assert isinstance(made, Mistake)
    assert made.kind is kind
    assert reply_mistakes.render_mistake(made, CATALOGUE).content == f"{sentence} Nothing was charged."


@pytest.mark.parametrize("typed", ["delete --spoiler", "info --length 10", "cancel --avoid x"])
def test_a_mistake_where_nothing_is_bought_does_not_speak_of_money(typed: str):
    made = read_reply(typed)

    assert isinstance(made, Mistake)
    assert "charged" not in reply_mistakes.render_mistake(made, CATALOGUE).content


@pytest.mark.parametrize("flag", Flag)
def test_each_example_is_understood(flag: Flag):
    verb = "say hello" if flag in {Flag.VOICE, Flag.SPEED} else "again"
    assert not isinstance(read_reply(f"{verb} {reply_mistakes.example(flag)}"), Mistake)


def test_what_was_typed_stays_short_and_has_no_effect():
    made = Mistake(kind=MistakeKind.FLAG_UNKNOWN, verb=Verb.REROLL, flag="@everyone" + "漢" * 200)
    shown = reply_mistakes.render_mistake(made, CATALOGUE)
    assert "@everyone" not in shown.content
    assert units(shown.content) < 400


def test_a_refusal_of_the_clip_names_no_option_and_others_do():
    unfit = replies.render_refusal(NotExtendable(model="2.1", after_lipsync=False, extendable=("1.6",)))
    too_long = replies.render_refusal(TextTooLong(option="prompt", limit=2500, found=2600))
    assert unfit.content.startswith("Clips of Kling 2.1 cannot be extended.")
    assert too_long.content.startswith("`prompt` has 2,600 characters")


def test_a_proposal_says_that_it_goes_and_does_not_ask_to_stop_asking():
    offer = render_offer(
        ExtendRequest(source_id="k3f9x2", prompt="漢" * 100), Quote(cost=UNKNOWN, left_today=3, frees_at=0), "m-1"
    )
    proposal = replies.render_proposal(offer, 5)
    assert [button.label for button in proposal.buttons] == ["Run", "No"]
    assert proposal.content.endswith("This goes away in 5 minutes.")
    assert units(proposal.content) <= CONTENT_LIMIT


OFFERED = {
    "a picture": (
        VideoRequest(asked=VideoAsked(prompt="a kite", image=True)),
        ["Make a new clip from your picture: “a kite” — **$0.26**"],
    ),
    "a change": (
        VideoRequest(
            asked=VideoAsked(prompt="a kite", model="1.6", mode=Mode.PRO, seconds=10, ratio=Ratio.TALL, avoid="rain"),
            made_from="k3f9x2",
        ),
        [
            "Make `#k3f9x2` once more: “a kite” — **$0.26**",
            "-# Kling 1.6 · Pro · 10 seconds · Tall 9:16 · avoids “rain”",
        ],
    ),
    "a voice": (
        LipsyncRequest(source_id="k3f9x2", asked=LipsyncAsked(say="hi", voice="Rock", speed=1.2), spoiler=True),
        ["Make `#k3f9x2` say: “hi” — **$0.26**", "-# voice Rock · speed 1.2× · spoiler"],
    ),
    "nothing else": (ExtendRequest(source_id="k3f9x2", prompt="fog"), ["Extend `#k3f9x2`: “fog” — **$0.26**"]),
}


@pytest.mark.parametrize(("request_", "lines"), OFFERED.values(), ids=OFFERED)
def test_an_offer_says_everything_that_was_asked_for(request_: Request, lines: list[str]):
    quote = Quote(cost=Cost(microusd=260_000), left_today=None, frees_at=0)
    assert render_offer(request_, quote, "m-1").content.splitlines() == lines


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (JobState.SUCCEEDED, "cannot be extended"),
        (JobState.FAILED, "Reply `again`"),
        (JobState.CANCELLED, "Reply `again`"),
        (JobState.ABANDONED, "Reply `again`"),
        (JobState.RUNNING, "Reply `cancel`"),
        (JobState.QUEUED, "Reply `cancel`"),
    ],
)
def test_what_is_possible_depends_on_what_became_of_the_clip(state: JobState, said: str):
    assert said in replies.render_possible(replace(job(), state=state)).content


def test_a_deleted_clip_can_only_be_made_anew():
    gone = replace(job(), state=JobState.SUCCEEDED, removed_at=1)
    assert "was deleted" in replies.render_possible(gone).content


def test_deleting_is_asked_with_a_way_back():
    asked = removal.ask_removal(job())
    assert [button.custom_id for button in asked.buttons] == [f"egret:remove:{job().id}", f"egret:keep:{job().id}"]


def test_what_was_lost_is_not_said_to_be_under_way():
    lost = removal.removal_unfinished(replace(job(), state=JobState.ABANDONED)).content
    assert "still being made" not in lost
    assert "still being made" in removal.removal_unfinished(replace(job(), state=JobState.RUNNING)).content


def test_info_is_two_lines_without_the_persons_words():
    details = Details(job=job(), facts=CardFacts(), assets=(), deliveries=(), events=())
    shown = replies.render_info(details, CATALOGUE)
    assert len(shown.content.splitlines()) == 2
    assert job().prompt not in shown.content
    assert [button.label for button in shown.buttons] == ["Details"]
