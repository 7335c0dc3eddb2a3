"""The list of clips, in words."""

from __future__ import annotations

from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import MessageRef
from bot.jobs.ports import CardFacts, ClipsPage, ListedClip
from bot.jobs.requests import Submitted
from bot.jobs.states import JobState
from bot.ui.clips import PAGE, ClipsList, ClipsShown, render_clips
from bot.ui.message import Message
from bot.ui.quoting import units
from tests.unit.ui.job_samples import CHANNEL, GUILD, NOW, PERSON, finished, job, video

OTHER = 700_000_000_000_000_099


def listed(
    *past: ListedClip, running: tuple[Submitted, ...] = (), total: int | None = None, **shown: object
) -> Message:
    return render_clips(
        ClipsList(
            shown=ClipsShown(**{"person_id": PERSON, **shown}),
            viewer_id=PERSON,
            running=running,
            page=ClipsPage(clips=past, total=len(past) if total is None else total),
            lineages={},
        )
    )


def clip(made=None, message: int | None = 5, *, favourite: bool = False) -> ListedClip:
    where = MessageRef(CHANNEL, message) if message is not None else None
    return ListedClip(job=made or finished(), message=where, favourite=favourite)


def test_clips_under_way_come_first_with_their_cancel_buttons() -> None:
    running = (
        Submitted(job=job(), facts=CardFacts(position=2)),
        Submitted(job=job(id="ab2cd3", state=JobState.RUNNING, cancel_requested_at=NOW), facts=CardFacts()),
    )
    second = NOW // 1000

    first, made = listed(clip(), running=running).embeds

    assert (first.title, made.title) == ("Running", "Your clips here")
    assert first.description == (
        f"`#k3f9x2` · <t:{second}:R> · ⏳ **Queued** — 2nd in line.\n> “a red fox runs through snow”\n"
        f"`#ab2cd3` · <t:{second}:R> · 🛑 **Cancelling** — the provider is asked to stop; if it finishes all the same, "
        "the clip is posted here.\n> “a red fox runs through snow”"
    )
    cancels = [button for button in listed(running=running).buttons if button.label.startswith("Cancel")]
    assert [(button.custom_id, button.label) for button in cancels] == [("egret:cancel:k3f9x2", "Cancel #k3f9x2")]


def test_a_clip_being_generated_says_once_since_when() -> None:
    running = (Submitted(job=job(state=JobState.RUNNING, running_since=NOW), facts=CardFacts()),)

    shown = listed(running=running).embeds[0].description

    assert shown is not None
    assert shown.startswith(f"`#k3f9x2` · 🎬 **Generating** — started <t:{NOW // 1000}:R>.\n")


def test_what_is_made_says_how_it_ended_what_it_cost_and_where_it_is() -> None:
    failed = finished(JobState.FAILED, id="qq2rr3", failure=Failure(FailureReason.BUSY), consumed_microusd=0)
    shown = listed(
        clip(finished(id="xy9zw8"), favourite=True),
        clip(failed, 6),
        clip(finished(JobState.CANCELLED, id="mm4nn5", consumed_microusd=None), None),
        clip(finished(id="dd5ee6", removed_at=NOW), 7),
    )
    second = NOW // 1000

    assert shown.embeds[0].description == (
        f"`#xy9zw8` · ✅ Done · ⭐ · <t:{second + 100}:R> · $0.26 · "
        f"[see the clip](https://discord.com/channels/{GUILD}/{CHANNEL}/5)\n> “a red fox runs through snow”\n"
        f"`#qq2rr3` · ❌ Failed · <t:{second + 100}:R> · nothing charged · "
        f"[see the message](https://discord.com/channels/{GUILD}/{CHANNEL}/6)\n> “a red fox runs through snow”\n"
        f"`#mm4nn5` · 🚫 Cancelled · <t:{second + 100}:R> · charge not known yet\n> “a red fox runs through snow”\n"
        f"`#dd5ee6` · 🗑️ Deleted · <t:{second + 100}:R> · $0.26\n> “a red fox runs through snow”"
    )


def test_what_others_paid_is_not_told() -> None:
    text = str(listed(clip(finished(requester_id=OTHER)), person_id=OTHER).embeds[0].description)

    assert text.startswith(f"Made by <@{OTHER}>.")
    assert "$" not in text


def test_empty_lists_tell_what_to_do() -> None:
    def words(**shown: object) -> str:
        return str(listed(**shown).embeds[0].description)

    assert words() == (
        "You have made no clips here yet. Begin with `/video` and say in a few words what it should show."
    )
    assert words(favourites=True).startswith("None yet. Press Favourite")
    assert words(person_id=OTHER) == f"Made by <@{OTHER}>.\nThere are none that you may see."
    assert words(running=(Submitted(job=job(), facts=CardFacts()),))


def test_buttons_lead_to_what_is_not_shown() -> None:
    def labels(message: Message) -> list[str]:
        return [button.label for button in message.buttons]

    assert labels(listed(clip(), total=1)) == ["This channel's", "My favourites"]
    assert labels(listed(clip(), total=3 * PAGE, page=1)) == ["Newer", "Older", "This channel's", "My favourites"]
    assert labels(listed(clip(), total=PAGE + 1, page=1, favourites=True)) == ["Newer", "My clips", "This channel's"]
    assert labels(listed(clip(), person_id=None)) == ["My clips", "My favourites"]


def test_a_page_of_the_longest_clips_fits() -> None:
    long = video(prompt="🦊" * 2500)
    past = [clip(finished(id=f"aa{number}bb", input=long), 10**19 - 1) for number in range(PAGE)]
    running = tuple(Submitted(job=job(id=f"rr{number}bb", input=long), facts=CardFacts()) for number in range(10))

    shown = listed(*past, running=running, total=9_999_999, page=0)

    assert sum(units(f"{embed.title}{embed.description}{embed.footer.text}") for embed in shown.embeds) <= 6000
    assert "… and more" not in str(shown.embeds[1].description)
    assert len(shown.lists[0].choices) == 15
    assert len(shown.lists) + -(-len(shown.buttons) // 5) <= 5
    assert len({button.custom_id for button in shown.buttons}) == len(shown.buttons)
