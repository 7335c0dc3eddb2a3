"""More, and what it leads to, in words."""

from __future__ import annotations

import pytest

from bot.clock import DAY
from bot.jobs.model import Job, MessageRef
from bot.jobs.states import JobState
from bot.ui import more
from bot.ui.message import CONTENT_LIMIT
from bot.ui.more import MoreFacts
from bot.ui.quoting import units
from tests.unit.ui.job_samples import CHANNEL, NOW, delivery, finished, video

LINK = "https://cdn.provider.example/clips/k3.mp4"
MIB = 1024 * 1024
ALL = MoreFacts(original=True, favourite=False, removable=True)


def labels(job: Job, facts: MoreFacts = ALL) -> list[str]:
    return [button.label for button in more.render_more(job, facts).buttons]


def elsewhere(job: Job, size: int = 61_000_000, now: int = NOW) -> str:
    return more.original_elsewhere(job, size=size, limit=10 * MIB, now=now).content


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (ALL, ["Details", "Original", "Favourite", "Repost", "Report", "Delete"]),
        (
            MoreFacts(original=False, favourite=True, removable=False),
            ["Details", "Unfavourite", "Repost", "Report"],
        ),
    ],
)
def test_more_has_what_the_person_can_do(facts: MoreFacts, expected: list[str]) -> None:
    assert labels(finished(), facts) == expected


def test_what_failed_can_be_neither_liked_nor_posted() -> None:
    assert labels(finished(JobState.FAILED), MoreFacts(original=False, favourite=False, removable=True)) == [
        "Details",
        "Report",
        "Delete",
    ]


def test_of_a_deleted_clip_details_are_left() -> None:
    assert labels(finished(removed_at=NOW)) == ["Details"]


@pytest.mark.parametrize("prompt", ["x" * 2500, "🦊" * 2500, "*_`" * 830])
def test_the_longest_prompt_fits(prompt: str) -> None:
    assert units(more.render_more(finished(input=video(prompt=prompt)), ALL).content) <= CONTENT_LIMIT


def test_an_original_too_large_is_found_at_the_provider_while_it_has_it() -> None:
    text = elsewhere(finished(output_url=LINK))

    assert text.startswith("The original of `#k3f9x2` is 61 MB, and Discord takes at most 10 MB here.")
    assert f"<{LINK}>" in text


def test_a_spoilers_original_stays_hidden() -> None:
    assert elsewhere(finished(output_url=LINK, spoiler=True)).endswith(f"|| {LINK} ||")


@pytest.mark.parametrize("job", [finished(output_url=LINK), finished(output_url=None)])
def test_an_original_only_we_have_is_asked_for(job: Job) -> None:
    text = elsewhere(job, now=NOW + 31 * DAY)

    assert LINK not in text
    assert "Whoever runs this bot still has the file" in text


def test_an_original_that_nobody_has_is_gone() -> None:
    assert elsewhere(finished(output_url=LINK), size=0, now=NOW + 31 * DAY) == (
        "The original of `#k3f9x2` is no longer kept here. The provider has deleted its copy, too."
    )


def test_an_address_unfit_to_be_shown_counts_as_none() -> None:
    assert not more.has_link(finished(output_url="javascript:alert(1)"), NOW)


def test_a_repost_that_stands_already_is_linked() -> None:
    posted = delivery(message=MessageRef(CHANNEL, 5))

    assert f"/{CHANNEL}/5)" in more.reposted(finished(), posted).content
    assert "is being posted again here" in more.reposted(finished(), delivery()).content


def test_messages_that_could_not_be_deleted_are_counted() -> None:
    assert "2 of its messages" in more.removed(finished(), left=2).content
    assert "Discord did not let me" not in more.removed(finished(), left=0).content
