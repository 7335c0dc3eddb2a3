"""What /privacy says: counts, how long, what goes and what stays, and how far a deletion is."""

from __future__ import annotations

import pytest

from bot.community.forgetting import Erasure, Left
from bot.community.personal_data import AboutPerson, Stock
from bot.ui.privacy import render_about, render_erasure, render_export, render_kept, render_question

STOCK = Stock(clips=1, under_way=0, files=2, reports=0, favourites=3, choices=1, drafts=0)


def about(**changes: object) -> AboutPerson:
    return AboutPerson(**{"stock": STOCK, "consents": 1, "blocked_here": False, "retention_days": 90, **changes})  # type: ignore[arg-type]


def erasure(**changes: object) -> Erasure:
    return Erasure(**{"person_id": 7, "messages": False, "asked_at": 1, **changes})  # type: ignore[arg-type]


def labels(message: object) -> list[str]:
    return [button.label for button in message.buttons]  # type: ignore[attr-defined]


def test_what_is_stored_is_counted_with_who_gets_it_and_for_how_long():
    message = render_about(about())
    assert "1 clip · 2 files · 3 favourites · 1 default · 1 consent." in message.content
    assert "PiAPI" in message.content
    assert "forgotten 90 days after they ended" in message.content
    assert "blocked" not in message.content
    assert labels(message) == ["Export", "Delete"]


def test_a_block_and_no_end_are_said():
    message = render_about(about(blocked_here=True, retention_days=None))
    assert "This server has blocked you" in message.content
    assert "until you delete it here" in message.content


@pytest.mark.parametrize("messages", [False, True])
def test_the_question_says_what_goes_and_what_stays(messages: bool):
    message = render_question(about(), messages=messages)
    assert "**Goes**" in message.content
    assert "without your name or prompt" in message.content
    assert ("they go, too" in message.content) is messages
    (reach,) = message.lists
    assert [choice.picked for choice in reach.choices] == [not messages, messages]  # type: ignore[union-attr]
    assert message.buttons[0].custom_id == f"egret:privacy:confirm:{'messages' if messages else 'data'}"
    assert "under way" not in message.content


def test_the_question_says_what_happens_to_a_clip_under_way():
    message = render_question(about(stock=Stock(clips=3, under_way=2)), messages=False)
    assert "2 clips are under way: they are finished first, and forgotten then." in message.content


def test_a_deletion_under_way_says_what_it_waits_for():
    message = render_erasure(erasure(clips=4), Left(under_way=1))
    assert "4 clips so far" in message.content
    assert "1 clip is under way" in message.content
    assert labels(message) == ["Look again"]


def test_a_deletion_that_is_done_says_what_could_not_be_deleted():
    message = render_erasure(erasure(messages=True, ended_at=5, clips=2, deleted=3, standing=1), Left())
    assert "✅ **Deleted**: 2 clips" in message.content
    assert "3 messages were deleted." in message.content
    assert "1 message could not be deleted" in message.content
    assert labels(message) == []


def test_how_far_a_deletion_is_stands_with_what_is_stored():
    assert "**Being deleted**" in render_about(about(erasure=erasure(), left=Left(under_way=1))).content
    assert "**Deleted**" in render_about(about(erasure=erasure(ended_at=5), left=Left())).content


def test_nothing_asked_and_nothing_done_are_said():
    assert "Nothing is being deleted now." in render_erasure(None, None).content
    assert render_kept().content == "Nothing was deleted."


def test_files_in_parts_are_announced():
    assert "as 3 compressed files" in render_export(3, 9_000).content
    assert "compressed" not in render_export(1, 2).content
