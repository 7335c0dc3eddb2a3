from __future__ import annotations

from dataclasses import replace

import discord
import pytest

from bot.catalog import BUILT_IN_MODELS, BUILT_IN_VOICES, CAMERA_MOVES, Catalogue, Mode, VideoAsked
from bot.catalog.voices import Voice
from bot.clock import HOUR
from bot.errors import Refused
from bot.jobs.costs import LISTED_ONLY, Like, PriceList
from bot.jobs.model import JobKind
from bot.jobs.outlooks import qualities
from bot.jobs.preferences import Preferences
from bot.jobs.service import Cancellation
from bot.ui import choices, labels, options, permissions, wording
from bot.ui.amounts import amounts
from bot.ui.channel_kinds import ChannelKind
from bot.ui.labels import CATALOGUE_WORDS, CHOICE_LIMIT
from bot.ui.language import speaking
from bot.ui.quoting import units
from bot.ui.translator import CommandTranslator
from tests.unit.ui.job_samples import NOW, finished, job, video

CATALOGUE = Catalogue()


def test_models_are_offered_by_use_with_the_price_of_what_was_filled_in() -> None:
    offers = {offer.model.key: offer for offer in CATALOGUE.models_for(VideoAsked(prompt="", camera="zoom-in-gentle"))}

    assert labels.model(offers["1.6"], LISTED_ONLY) == "1.6, can be extended — $0.26"
    assert labels.model(offers["1.5"], LISTED_ONLY) == "1.5, older look, can be extended — price not known yet"
    assert labels.model(offers["2.1"], LISTED_ONLY) == "2.1, sharper than 1.6 at the same price — not with camera"
    assert choices.model(offers["1.6"], LISTED_ONLY).value == "1.6"


def test_qualities_are_offered_with_the_price_of_what_was_filled_in() -> None:
    seen = PriceList("", {Like(JobKind.VIDEO, "1.6", "pro", 5, ""): 460_000})
    asked = VideoAsked(prompt="", model="1.6")

    offered = [
        choices.quality(mode, outlook, seen).name for mode, outlook in qualities(CATALOGUE, Preferences(), asked)
    ]
    turbo = replace(asked, model="2.5-turbo")
    unfit = [labels.priced_quality(mode, outlook, seen) for mode, outlook in qualities(CATALOGUE, Preferences(), turbo)]

    assert offered == ["Standard 720p — $0.26", "Pro 1080p — up to $0.46 so far"]
    assert unfit == ["Standard — not with these options", "Pro — $0.28"]
    with amounts(said=False):
        assert labels.priced_quality(*next(qualities(CATALOGUE, Preferences(), asked)), seen) == "Standard 720p"


def test_lengths_voices_and_qualities() -> None:
    assert (choices.length(5).name, choices.length(5).value) == ("5 seconds", 5)
    assert choices.voice(Voice("Rock", "English")).name == "Rock (English)"
    assert labels.quality(Mode.PRO) == "Pro"
    assert [choice.name for choice in choices.RATIOS] == ["Wide 16:9", "Tall 9:16", "Square 1:1"]
    assert [choice.name for choice in choices.FOLLOWS] == ["Loosely", "Balanced", "Strictly"]
    assert choices.CAMERAS[0].name == "Zoom in, gentle"
    assert len(choices.CAMERAS) <= 25


def test_a_clip_is_recognised_by_id_prompt_and_age() -> None:
    assert labels.clip(finished(), NOW + 100_000 + 2 * HOUR) == "#k3f9x2 · “a red fox runs through snow” · 2 h ago"
    assert labels.clip(finished(input=video(prompt="")), NOW) == "#k3f9x2 · Video · just now"
    assert choices.clip(finished(), NOW).value == "k3f9x2"


def test_the_clip_that_was_chosen_is_marked() -> None:
    chosen = choices.chosen_clip(finished(), NOW + 100_000 + 2 * HOUR)

    assert chosen.name == "⭐ chosen · #k3f9x2 · “a red fox runs through snow” · 2 h ago"
    assert chosen.value == "k3f9x2"
    assert units(labels.clip(finished(input=video(prompt="语" * 2500)), NOW, chosen=True)) <= CHOICE_LIMIT


@pytest.mark.parametrize("prompt", ["x" * 2500, "语" * 2500, "🦊" * 2500])
def test_a_choice_is_never_longer_than_discord_takes(prompt: str) -> None:
    label = labels.clip(finished(input=video(prompt=prompt)), NOW)

    assert units(label) <= CHOICE_LIMIT
    assert label.endswith(("ago", "now"))


def test_the_catalogues_words_are_all_known_to_translators() -> None:
    used = {voice.language for voice in BUILT_IN_VOICES}
    used |= {model.use for model in BUILT_IN_MODELS}
    used |= {move.label for move in CAMERA_MOVES}

    assert used == set(CATALOGUE_WORDS)


def test_commands_describe_themselves_within_discords_limit() -> None:
    texts = [options.VIDEO, options.EXTEND, options.LIPSYNC, options.CLIPS, options.DEFAULTS]
    for group in (options.VIDEO_OPTIONS, options.EXTEND_OPTIONS, options.LIPSYNC_OPTIONS, options.CLIPS_OPTIONS):
        texts += group.values()

    assert all(1 <= units(text.message) <= 100 for text in texts)


async def test_commands_are_translated_where_there_are_words(foreign: None) -> None:
    translator = CommandTranslator()
    context = discord.app_commands.TranslationContext(discord.app_commands.TranslationContextLocation.other, data=None)

    assert await translator.translate(options.VIDEO, discord.Locale.german, context) == f"¤{options.VIDEO.message}"


async def test_commands_stay_english_where_there_are_none() -> None:
    context = discord.app_commands.TranslationContext(discord.app_commands.TranslationContextLocation.other, data=None)

    assert await CommandTranslator().translate(options.VIDEO, discord.Locale.swedish, context) is None


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Cancellation.CANCELLED, "`#k3f9x2` is cancelled. Nothing was charged."),
        (
            Cancellation.REQUESTED,
            (
                "`#k3f9x2` was sent to the provider already, which is asked to stop. If it finishes all the same, the "
                "clip is posted and charged; otherwise the card will say what it cost."
            ),
        ),
        (Cancellation.TOO_LATE, "`#k3f9x2` has ended already, so there is nothing left to cancel."),
        (
            Cancellation.NOT_YOURS,
            "`#k3f9x2` is not yours. Only whoever asked for it, or somebody who manages messages here, can cancel it.",
        ),
        (Cancellation.UNKNOWN, "There is no clip `#k3f9x2`. Nothing was cancelled."),
    ],
)
def test_a_cancellation_says_what_came_of_it(outcome: Cancellation, words: str) -> None:
    assert wording.cancelled(outcome, "k3f9x2").content == words


def test_an_apology_claims_nothing_about_money_it_does_not_know() -> None:
    sure = wording.apology("ab12", nothing_charged=True).content
    unsure = wording.apology("ab12", nothing_charged=False).content

    assert sure.endswith("`ab12`. Nothing was charged.")
    assert "charged" not in unsure
    assert "/clips" in unsure


def test_other_private_answers() -> None:
    assert wording.commands_changed().content.endswith("Nothing was charged.")
    assert "`#k3f9x2`; it is made and charged once." in wording.repeated(job()).content
    assert wording.not_here().content == "This button belongs to no clip of this server. Nothing was done."


def test_permissions_are_named_as_discord_names_them() -> None:
    held = discord.Permissions(view_channel=True, send_messages=True, embed_links=True)

    assert permissions.missing_permissions(ChannelKind.TEXT, held) == ("attach_files", "read_message_history")
    assert permissions.missing_permissions(ChannelKind.PUBLIC_THREAD, held) == (
        "send_messages_in_threads",
        "attach_files",
        "read_message_history",
    )
    with pytest.raises(Refused) as refused:
        permissions.check_permissions(ChannelKind.TEXT, held)
    assert "**Attach Files** and **Read Message History**" in wording.refused(refused.value.refusal).content


def test_what_an_invitation_asks_for_is_enough_everywhere() -> None:
    for kind in (ChannelKind.TEXT, ChannelKind.FORUM_POST):
        permissions.check_permissions(kind, permissions.INVITED_WITH)
        permissions.check_permissions(kind, discord.Permissions(administrator=True))


def test_labels_are_said_in_the_persons_language(foreign: None) -> None:
    with speaking("de"):
        assert labels.voice(Voice("Rock", "English")) == "Rock (¤English)"
        assert labels.camera(CAMERA_MOVES[0]) == "¤Zoom in, gentle"
