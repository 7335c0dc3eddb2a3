from __future__ import annotations

import pytest

import bot.ui.wording
from bot.catalog import refusals as catalog
from bot.community import housekeeping, moderation, owner, paying, spending, typed
from bot.errors import Refusal, refusal_classes, refusal_from_json, refusal_to_json
from bot.jobs import chosen, credit, drafts, house, limits, requests
from bot.jobs.trouble import NotWritable, PerhapsWritten, Trouble
from bot.media import refusals as media
from bot.ui import forms, permissions
from bot.ui.message import CONTENT_LIMIT
from bot.ui.quoting import units
from bot.ui.refusals import is_worded, refusal_sentence, refusal_text
from tests.unit.ui.conftest import FOREIGN

NEAREST = {
    "nearest": "2.5-turbo",
    "nearest_label": "2.5 Turbo",
    "nearest_mode": "pro",
    "nearest_seconds": 5,
    "nearest_microusd": 280_000,
}

SENTENCES: list[tuple[Refusal, str]] = [
    (
        credit.CreditTooLow(),
        (
            "The account that pays for clips here has too little credit for this one. Only whoever runs the bot can top"
            " it up, and they have been told. Try again later."
        ),
    ),
    (owner.NotTheOwner(), "Only whoever owns this bot can use this command."),
    (
        owner.NoSuchJob(job_id="zzzzzz"),
        "There is no clip with the number `#zzzzzz`. Copy it from its card or from an alert.",
    ),
    (
        owner.NothingUndelivered(job_id="k3f9x2"),
        "Nothing about `#k3f9x2` waits to be posted again: it was posted, is on its way, or was deleted.",
    ),
    (
        owner.NotUnresolved(job_id="k3f9x2", state="succeeded"),
        "What became of `#k3f9x2` is known: Done. There is nothing to decide.",
    ),
    (
        owner.TaskNotKnown(task_id="t_1"),
        "PiAPI knows no task t\\_1 under the bot's key. Copy the id from your history on piapi.ai again.",
    ),
    (owner.TaskIsAnothers(task_id="t1", holder="k3f9x2"), "The task t1 belongs to `#k3f9x2` already."),
    (owner.TaskIsAnothers(task_id="t1", holder=""), "The task t1 belongs to another clip."),
    (
        owner.TaskNotOurs(task_id="t1", job_id="k3f9x2"),
        "The task t1 was not made by `#k3f9x2`: what it was asked for is something else. Nothing was changed.",
    ),
    (owner.ProviderSilent(), "PiAPI gives no usable answer right now. Try again in a minute."),
    (catalog.PromptMissing(), "`prompt` is empty. Say in a few words what the clip should show."),
    (
        catalog.TextTooLong(option="prompt", limit=2500, found=2612),
        "`prompt` has 2,612 characters, and at most 2,500 are taken. Shorten it by 112.",
    ),
    (
        spending.GrantNumberWrong(asked=1_001),
        "`clips`: 1,001 cannot be granted at once. Choose a number from 1 to 1,000.",
    ),
    (
        spending.GrantNeedsMember(person_id=7),
        "`person`: <@7> cannot make clips here. Choose somebody who is a member of this server.",
    ),
    (
        spending.NothingToGrant(person_id=7, period=spending.GrantPeriod.TODAY),
        "<@7> has no limit per day here, so there is nothing to grant for today. `/quota` shows limits.",
    ),
    (
        spending.GrantOverCeiling(person_id=7, period=spending.GrantPeriod.MONTH, ceiling=30, possible=2),
        "Whoever runs the bot lets nobody make more than 30 clips per month. <@7> can be granted 2 more at most.",
    ),
    (
        spending.GrantOverCeiling(person_id=7, period=spending.GrantPeriod.TODAY, ceiling=1, possible=0),
        "Whoever runs the bot lets nobody make more than 1 clip per day. <@7> may make as many already.",
    ),
    (
        requests.PriceOverCeiling(price_microusd=1_920_000, seen=True, ceiling_microusd=1_000_000),
        (
            "Such clips have cost up to $1.92 so far, and at most $1.00 per clip is allowed. "
            "Choose a shorter length, a simpler quality or another model."
        ),
    ),
    (
        catalog.QualityUnknown(asked="4K"),
        "`quality`: there is no quality called “4K”. Choose Standard or Pro, or leave it out.",
    ),
    (
        catalog.ModelUnknown(asked="7.0 *", known=("1.6", "2.1")),
        "`model`: there is no model called “7.0 \\*”. Choose 1.6 or 2.1, or leave it out.",
    ),
    (catalog.CameraUnknown(asked="loop"), "`camera`: there is no camera move called “loop”. Pick one from the list."),
    (
        catalog.EndFrameWithoutStart(),
        "`end_image` needs a picture to start from, too. Attach one as `image`.",
    ),
    (
        catalog.CameraWithImage(),
        "`camera` works only without a picture. Leave out either `camera` or `image`.",
    ),
    (
        catalog.NotOffered(option="ratio", model="1.6"),
        "`ratio`: Kling 1.6 cannot do this. Leave out `ratio` or choose differently.",
    ),
    (
        catalog.ModeNotOffered(
            model="2.5 Turbo", asked="std", offered=("pro",), **{**NEAREST, "nearest_microusd": None}
        ),
        (
            "`quality`: Kling 2.5 Turbo does not come in Standard, only in Pro. "
            "Kling 2.5 Turbo can (Pro, 5 seconds). Choose it with `model: 2.5 Turbo`."
        ),
    ),
    (
        catalog.LengthNotOffered(asked=7, offered=(5, 10), model="1.6", **NEAREST),
        (
            "`length`: Kling 1.6 makes clips of 5 or 10 seconds, not of 7. "
            "Kling 2.5 Turbo can (Pro, 5 seconds): $0.28. Choose it with `model: 2.5 Turbo`."
        ),
    ),
    (
        catalog.ImageNotTaken(model="1.6"),
        (
            "`image`: Kling 1.6 makes clips from words alone and takes no picture. "
            "Leave out `image` or choose differently."
        ),
    ),
    (
        catalog.EndFrameNotOffered(model="1.6", modes=("pro",), lengths=(5, 10)),
        (
            "`end_image`: Kling 1.6 takes a picture to end with only in Pro and for 5 or 10 seconds. "
            "Leave out `end_image` or choose differently."
        ),
    ),
    (
        catalog.SoundNotOffered(model="2.1", **NEAREST),
        (
            "`sound`: Kling 2.1 makes silent clips. "
            "Kling 2.5 Turbo can (Pro, 5 seconds): $0.28. Choose it with `model: 2.5 Turbo`."
        ),
    ),
    (
        catalog.FollowNotTaken(),
        (
            "`follow`: every model decides by itself how closely to follow the prompt. "
            "Leave out `follow` or choose differently."
        ),
    ),
    (
        catalog.CameraNotTaken(model="2.1"),
        (
            "`camera`: Kling 2.1 takes no camera moves. You can describe the move in the prompt instead. "
            "Leave out `camera` or choose differently."
        ),
    ),
    (
        catalog.AvoidNotTaken(model="3.0"),
        "`avoid`: Kling 3.0 cannot be told what not to show. Leave out `avoid` or choose differently.",
    ),
    (
        catalog.OptionsNotTogether(option="camera", options=("sound", "camera")),
        "No model can do all of `sound` and `camera` together. Leave one of them out.",
    ),
    (
        catalog.NotExtendable(model="2.1", after_lipsync=False, extendable=("1.6", "1.5", "1.0")),
        (
            "`video`: clips of Kling 2.1 cannot be extended. Clips of Kling 1.6, 1.5 and 1.0 can: "
            "make one with `/video` first."
        ),
    ),
    (
        catalog.NotLipsyncable(model="3.0", lip_syncable=("1.6",)),
        "`video`: clips of Kling 3.0 cannot be made to speak. Clips of Kling 1.6 can: make one with `/video` first.",
    ),
    (
        catalog.SourceTooOld(age_days=31, limit_days=30),
        (
            "`video`: this clip is 31 days old, and the provider keeps clips for 30 days. "
            "Choose a newer one, or make it again with `/video`."
        ),
    ),
    (
        catalog.SourceOfOtherAccount(),
        (
            "`video`: this clip was made with another account at the provider, which cannot be used now. "
            "Choose a newer one, or make it again with `/video`."
        ),
    ),
    (
        catalog.ExtensionTooLong(source_seconds=178.2, limit_seconds=180),
        (
            "`video`: this clip is 178.2 seconds long already, and an extended clip may have at most 180 seconds. "
            "Choose a shorter one."
        ),
    ),
    (
        catalog.SourceLengthNotLipsyncable(source_seconds=14.0, shortest=2, longest=10),
        (
            "`video`: this clip is 14 seconds long, and only clips of 2 to 10 seconds can be made to speak. "
            "Choose another one."
        ),
    ),
    (catalog.SayAndAudio(), "`say` and `audio` do not go together. Leave one of them out."),
    (
        catalog.SayOrAudioMissing(),
        "There is nothing to say. Type what is to be said, or attach a recording.",
    ),
    (
        catalog.VoiceWithAudio(option="speed"),
        "`speed` goes with `say` only: a recording has its own voice and speed. Leave it out.",
    ),
    (
        catalog.VoiceUnknown(asked="Rok", similar=("Rock",)),
        "`voice`: there is no voice called “Rok”. Did you mean Rock?",
    ),
    (
        catalog.SpeedOutOfRange(asked=3.0, slowest=0.8, fastest=2.0),
        "`speed` is 3, and must be from 0.8 to 2; 1 is the ordinary speed.",
    ),
    (
        catalog.AudioFormatNotTaken(found="wma", taken=("mp3", "wav")),
        "`audio`: WMA files are not taken. Attach MP3 or WAV.",
    ),
    (
        catalog.AudioTooLarge(found_bytes=20_000_000, limit_bytes=20_000_000),
        "`audio`: the recording is 20 MB, and must be under 20 MB. Shorten or compress it.",
    ),
    (
        catalog.AudioTooLong(found_seconds=60.0, limit_seconds=60),
        "`audio`: the recording lasts 60 seconds, and must be shorter than 60 seconds. Cut it.",
    ),
    (
        catalog.ImageTooLarge(option="image", found_bytes=10_000_001, limit_bytes=10_000_000),
        "`image`: the picture is 10.1 MB, and at most 10 MB is taken. Make it smaller.",
    ),
    (
        catalog.ImageTooSmall(option="end_image", width=300, height=900, longer_than_px=300),
        "`end_image`: the picture has 300 × 900 pixels, and each side must be longer than 300. Use a larger one.",
    ),
    (
        catalog.ImageTooNarrow(option="image", width=400, height=1100, max_aspect=2.5),
        (
            "`image`: the picture has 400 × 1100 pixels, and its long side may be at most 2.5 times "
            "its short one. Crop it."
        ),
    ),
    (
        media.ImageFormatNotTaken(option="image", found="", taken=("jpg", "png")),
        "`image`: this kind of file is not taken. Attach JPG or PNG.",
    ),
    (
        media.ImageTooManyPixels(option="image", width=20_000, height=10_000, limit_pixels=100_000_000),
        "`image`: the picture has 20000 × 10000 pixels, which is over 100 megapixels. Make it smaller.",
    ),
    (
        media.FileUnreadable(option="audio", expected="audio"),
        (
            "`audio`: the recording cannot be read: the file is empty, damaged, or not what its name says. "
            "Attach another file."
        ),
    ),
    (
        limits.CeilingReached(scope=limits.Scope.PERSON_DAY_JOBS, used=3, ceiling=3, free_at=1_790_000_000_000),
        "You have used 3 of the 3 clips you may make per day. You can make more <t:1790000000:R>.",
    ),
    (
        requests.ServerNotEnabled(guild_id=12345),
        "The bot is not enabled on this server. Whoever runs it can enable it by adding `12345` to `SERVERS`.",
    ),
    (
        requests.PriceOverCeiling(price_microusd=1_920_000, ceiling_microusd=1_000_000),
        (
            "This clip would cost $1.92, and at most $1.00 per clip is allowed. "
            "Choose a shorter length, a simpler quality or another model."
        ),
    ),
    (
        requests.CostsMore(agreed_microusd=260_000, microusd=330_000),
        "It costs $0.33 now instead of $0.26. Ask for it again to see the new price.",
    ),
    (
        requests.SourceUnknown(asked="zzz"),
        (
            "`video`: there is no clip “zzz” here. "
            "Pick one from the list, or paste the link of a message with a clip made here."
        ),
    ),
    (
        requests.SourceUnfinished(job_id="k3f9x2", state="running"),
        "`video`: clip #k3f9x2 is not finished yet. Try again when it has been posted.",
    ),
    (requests.NotTakingWork(), "The bot is just restarting. Try again in a minute."),
    (
        NotWritable(trouble=Trouble.DISK_FULL),
        (
            "The bot's disk is full. Nothing new can be taken until that is mended; clips under way come later. "
            "Try again in a while."
        ),
    ),
    (
        PerhapsWritten(trouble=Trouble.LOCKED),
        (
            "Another program has locked the bot's database. "
            "Look at `/clips` before you try again: the clip may be on its way already."
        ),
    ),
    (
        requests.TooManyRefused(refused=3, free_at=1_790_000_000_000),
        (
            "The provider's safety filter refused 3 requests of yours within the hour, so you take a break. "
            "You can make clips again <t:1790000000:R>."
        ),
    ),
    (
        requests.ClipForgotten(job_id="k3f9x2"),
        (
            "Nothing is kept of clip #k3f9x2 any more: its time is over, or its maker had their data deleted. The "
            "message that you see is all that is left; whoever moderates this channel can delete it."
        ),
    ),
    (requests.SourceRemoved(job_id="k3f9x2"), "`video`: clip #k3f9x2 was deleted. Choose another one."),
    (
        requests.InputsGone(job_id="k3f9x2"),
        "The files that #k3f9x2 was made from are no longer kept. Attach them again with `/video`.",
    ),
    (
        drafts.DraftGone(),
        "This is no longer there: it was used or turned down, or it is too old. Ask for it again.",
    ),
    (
        chosen.SourceNotChosen(wanted="image"),
        (
            "`use_source`: nothing is chosen, or it was used already. "
            "Right-click a message with a picture → Apps → **Use as source**, then try again."
        ),
    ),
    (
        chosen.SourceNotChosen(wanted="audio", found="clip"),
        (
            "`use_source`: a recording is needed, and you chose a clip. "
            "Right-click a message with a recording → Apps → **Use as source**, then try again."
        ),
    ),
    (
        chosen.SourceAndFile(other="audio"),
        "`use_source` and `audio` do not go together. Leave one of them out.",
    ),
    (
        drafts.DraftNotYours(),
        ("Only the person this was offered to can press that. Use the buttons under the clip for one of your own."),
    ),
    (
        drafts.FileNotFetched(option="audio"),
        "`audio`: the attached file could not be fetched. Attach it again.",
    ),
    (
        drafts.TooMuchHeld(option="image"),
        (
            "`image`: too many of your files wait for an answer already. Answer some of those offers, or try again "
            "tomorrow."
        ),
    ),
    (forms.FormNotReady(), "The form could not be opened in time. Try again in a moment."),
    (
        permissions.ManageServerNeeded(),
        "For this you need the permission **Manage Server**. Ask somebody who has it.",
    ),
    (
        permissions.DirectMessagesClosed(),
        (
            "A private clip comes by direct message, and Discord lets the bot send you none. Allow direct messages in "
            "this server's privacy settings, or have the clip posted here: leave out `private`, or change Results in "
            "`/defaults`."
        ),
    ),
    (
        permissions.PermissionsMissing(permissions=("attach_files", "read_message_history")),
        (
            "The bot is missing permissions in this channel: **Attach Files** and **Read Message History**. "
            "Ask somebody who manages the server to allow them, or use another channel."
        ),
    ),
    (
        housekeeping.AboveOperatorsLimit(setting="clips_per_day", asked=6, limit=5),
        (
            "**Clips per day**: 6 clips is more than whoever runs the bot allows. At most 5 clips can be set. "
            "Nothing changed."
        ),
    ),
    (
        housekeeping.OutOfBounds(setting="retention_days", asked=0, least=1, most=3_650),
        "**Days that things are kept**: 0 days cannot be set. It can be from 1 day to 3650 days. Nothing changed.",
    ),
    (
        typed.NumberNotUnderstood(setting="budget_microusd", found="a *lot*", in_dollars=True),
        (
            "**Server's budget in dollars**: “a \\*lot\\*” is no amount. Type dollars, such as 20 or 7.50. "
            "Nothing changed."
        ),
    ),
    (
        housekeeping.TooManyListed(setting="denied_roles", found=101, limit=100),
        "**Roles that cannot**: that would be 101, and at most 100 can be listed. Nothing changed.",
    ),
    (
        housekeeping.EveryoneListed(setting="allowed_roles"),
        (
            "**Roles that can make clips**: everybody is no role. Pick other roles, or leave the list empty. "
            "Nothing changed."
        ),
    ),
    (
        housekeeping.NotForSuch(setting="budget_microusd"),
        "**Server's budget in dollars**: this cannot be set there. Nothing changed.",
    ),
    (
        housekeeping.TooManyWords(found=1_501, limit=500),
        ("That would be 1,501 blocked words, and at most 500 are kept. Take back some first. Nothing was added."),
    ),
    (
        housekeeping.WordTooLong(word="x" * 81, found=81, limit=80),
        f"“{'x' * 37}…” has 81 characters, and at most 80 are taken. Nothing was added.",
    ),
    (
        housekeeping.NoWordsGiven(),
        "There is no word in that. Type words, one a line or separated by commas. Nothing was added.",
    ),
    (
        house.PersonBlocked(until=1_790_000_000_000, reason="too many *cats*"),
        (
            "Whoever manages this server has blocked you from making clips here. You can make clips again "
            "<t:1790000000:R>. They gave this reason: “too many \\*cats\\*”."
        ),
    ),
    (
        house.NotSetUp(),
        "The bot is not set up on this server yet. Somebody who manages it can do so with `/setup`.",
    ),
    (house.ChannelNotAllowed(channels=(7, 8)), "Clips are not made in this channel. Go to <#7> or <#8>."),
    (
        house.RoleNotAllowed(needed=(5,)),
        "To make clips here you need the role <@&5>. Ask those who manage the server for it.",
    ),
    (
        house.MemberTooNew(days=7, free_at=1_790_000_000_000),
        (
            "On this server one has to be a member for 7 days before one can make clips. "
            "You can make clips <t:1790000000:R>."
        ),
    ),
    (
        house.MembershipUnknown(),
        (
            "Discord does not say right now whether you are a member of the server that would pay. Try again in a"
            " minute."
        ),
    ),
    (
        house.DirectNotAllowed(),
        (
            "The server that would pay allows no clips from direct messages. Use the command on the server, or let"
            " another server of yours pay: `/defaults`."
        ),
    ),
    (
        paying.WhichServerPays(servers=(paying.PayingServer(1, "Egret Cove"), paying.PayingServer(2, "Elsewhere"))),
        "Several servers of yours can pay in direct messages. Choose one with `/defaults`.",
    ),
    (
        paying.NoServerPays(),
        "In direct messages a server that you are on has to pay, and none of yours can. Join one that has the bot.",
    ),
    (
        paying.PayerLeft(server="Egret *Cove*"),
        (
            "You are not a member of “Egret \\*Cove\\*” any more, which was to pay. Choose another server with"
            " `/defaults`."
        ),
    ),
    (
        house.NotAMember(),
        "You are not a member of the server that would pay for this. Use the command on a server of yours.",
    ),
    (
        house.LipsyncNotAllowed(),
        "Lip-sync is switched off here. Whoever manages the server can allow it with `/settings`.",
    ),
    (house.QualityNotAllowed(), "`quality`: Pro is switched off here. Choose Standard, or leave it out."),
    (house.ModelNotAllowed(asked="2.6", allowed=("1.6", "2.1")), "`model`: 2.6 is not used here. Choose 1.6 or 2.1."),
    (
        house.LongerThanAllowed(asked=10, limit=5),
        "`length`: 10 seconds is too long here; at most 5 seconds are allowed. Choose a shorter length.",
    ),
    (
        house.PicturesNotAllowed(),
        "`image`: pictures are not taken from you here. Leave the picture out, and describe it in words.",
    ),
    (
        house.OwnAudioNotAllowed(),
        "`audio`: recordings are not taken from you here. Use `say` with a voice of the list instead.",
    ),
    (
        house.WordNotAllowed(option="prompt", word="blood"),
        "`prompt`: the word “blood” is not wanted on this server. Say it in other words.",
    ),
    (
        house.ConsentNeeded(what=house.ConsentKind.PICTURE),
        "Before the first clip from a picture, say once that you may use it and whoever is seen in it.",
    ),
    (
        moderation.NotBlockable(why=moderation.Untouchable.MANAGES, person_id=7),
        "<@7> manages this server and cannot be blocked. Take Manage Server from them first.",
    ),
    (
        moderation.NotForMembers(),
        "Only those who moderate this server can do that: it needs the permission Time Out Members or Manage Server.",
    ),
]

BUYING_NOTHING = {
    *("AboveOperatorsLimit", "EveryoneListed", "NotForSuch", "NoWordsGiven", "NumberNotUnderstood", "OutOfBounds"),
    *("TooManyListed", "TooManyWords", "WordTooLong", "NotBlockable", "NotForMembers", "ManageServerNeeded"),
    *("NoSuchJob", "NothingUndelivered", "NotTheOwner", "NotUnresolved", "PerhapsWritten", "ProviderSilent"),
    *("TaskIsAnothers", "TaskNotKnown", "TaskNotOurs"),
    *("GrantNeedsMember", "GrantNumberWrong", "GrantOverCeiling", "NothingToGrant"),
}
"""Refusals to those who set a server up, moderate it or own the bot."""

OTHERS: list[tuple[Refusal, str]] = [
    (
        limits.CeilingReached(
            scope=limits.Scope.PROCESS_MONTH_USD, used=19_900_000, ceiling=20_000_000, free_at=1_790_000_000_000
        ),
        (
            "The bot's budget for this month does not reach for this clip: $19.90 of $20.00 are spent or reserved. "
            "A new month begins <t:1790000000:R>; whoever runs the bot can raise it earlier."
        ),
    ),
    (
        requests.ServerNotEnabled(guild_id=0),
        "Clips cannot be made in direct messages here. Use the command on a server where the bot is enabled.",
    ),
    (
        catalog.LengthNotOffered(asked=40, offered=tuple(range(3, 16))),
        (
            "`length`: no model makes clips of 40 seconds; there are clips of 3 to 15 seconds. "
            "Leave out `length` or choose differently."
        ),
    ),
    (
        catalog.ModeNotOffered(asked="std", offered=("pro",)),
        "`quality`: no model comes in Standard; there is Pro. Leave out `quality` or choose differently.",
    ),
    (
        catalog.EndFrameNotOffered(model="2.1"),
        "`end_image`: Kling 2.1 takes no picture to end with. Leave out `end_image` or choose differently.",
    ),
    (
        catalog.NotExtendable(model="1.6", after_lipsync=True, extendable=("1.6",)),
        "`video`: a clip that was made to speak cannot be extended. Extend the clip from before the lip-sync instead.",
    ),
    (
        catalog.NotExtendable(model="2.1", after_lipsync=False, extendable=()),
        "`video`: clips of Kling 2.1 cannot be extended. No model on offer makes clips that can.",
    ),
    (
        catalog.NotLipsyncable(model="3.0", lip_syncable=()),
        "`video`: clips of Kling 3.0 cannot be made to speak. No model on offer makes clips that can.",
    ),
    (
        catalog.VoiceUnknown(asked="x", similar=()),
        "`voice`: there is no voice called “x”. The list of `voice` in `/lipsync` has them all.",
    ),
    (
        requests.SourceUnknown(),
        ("`video`: no clip was named. Pick one from the list, or paste the link of a message with a clip made here."),
    ),
    (
        requests.SourceUnfinished(job_id="k3f9x2", state="failed"),
        "`video`: clip #k3f9x2 failed, so there is nothing to go on from. Choose another one.",
    ),
    (
        media.FileUnreadable(option="image", expected="image"),
        (
            "`image`: the picture cannot be read: the file is empty, damaged, or not what its name says. "
            "Attach another file."
        ),
    ),
    (
        media.ImageFormatNotTaken(option="image", found="image/x-`evil`", taken=("jpg",)),
        "`image`: IMAGE\\/X-\\`EVIL\\` files are not taken. Attach JPG.",
    ),
]


def test_every_kind_of_refusal_has_a_sentence_of_its_own() -> None:
    kinds = set(refusal_classes())

    assert len(kinds) >= 42
    assert [kind.__name__ for kind in kinds if not is_worded(kind)] == []


def test_every_kind_of_refusal_is_read_here() -> None:
    assert {type(refusal) for refusal, _ in SENTENCES} == set(refusal_classes())


@pytest.mark.parametrize(("refusal", "sentence"), SENTENCES + OTHERS, ids=lambda value: type(value).__name__)
def test_it_names_the_option_the_limit_the_value_and_the_remedy(refusal: Refusal, sentence: str) -> None:
    assert refusal_sentence(refusal) == sentence


@pytest.mark.parametrize(("refusal", "sentence"), SENTENCES, ids=lambda value: type(value).__name__)
def test_it_ends_with_the_money_where_a_clip_was_to_be_bought(refusal: Refusal, sentence: str) -> None:
    money = "" if type(refusal).__name__ in BUYING_NOTHING else " Nothing was charged."

    assert refusal_text(refusal) == f"{sentence}{money}"


@pytest.mark.parametrize("refusal", [refusal for refusal, _ in SENTENCES], ids=lambda value: type(value).__name__)
def test_it_reads_the_same_after_being_kept(refusal: Refusal) -> None:
    kept = refusal_from_json(refusal_to_json(refusal))

    assert kept is not None
    assert refusal_sentence(kept) == refusal_sentence(refusal)


def test_what_people_typed_cannot_make_a_refusal_too_long() -> None:
    refusal = requests.SourceUnknown(asked="🦊" * 3000)

    assert units(bot.ui.wording.refused(refusal).content) <= CONTENT_LIMIT


def test_a_refusal_nobody_worded_is_still_answered() -> None:
    bare = Refusal(option="speed")

    assert refusal_text(bare) == "`speed` cannot be used like this. Nothing was charged."
    assert refusal_text(Refusal()) == "This cannot be done. Nothing was charged."


@pytest.mark.parametrize("refusal", [refusal for refusal, _ in SENTENCES], ids=lambda value: type(value).__name__)
def test_a_refusal_is_said_in_the_persons_language(refusal: Refusal, foreign: None) -> None:
    assert FOREIGN in refusal_sentence(refusal)
