"""Many hints about a job are few questions, and every hint is followed by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.hint_pace import AT_ONCE, GAP, REMEMBERED, HintPace

NOW = 1_780_000_000_000


def test_a_task_s_few_stories_are_each_asked_about_at_once():
    pace = HintPace()
    assert [pace.due("token", NOW + step) for step in range(AT_ONCE)] == [NOW + step for step in range(AT_ONCE)]


def test_what_comes_after_them_waits_together():
    pace = HintPace()
    for step in range(AT_ONCE):
        pace.due("token", NOW + step)
    later = {pace.due("token", NOW + step) for step in range(AT_ONCE, GAP)}
    assert later == {NOW + GAP}


def test_a_job_s_hints_put_off_nobody_else_s():
    pace = HintPace()
    for step in range(100):
        pace.due("loud", NOW + step)
    assert pace.due("quiet", NOW + 100) == NOW + 100


def test_a_job_that_was_left_alone_for_a_while_may_be_asked_about_at_once_again():
    pace = HintPace()
    for step in range(1_000):
        pace.due("token", NOW + step)
    rested = NOW + GAP * (AT_ONCE + 2)
    assert [pace.due("token", rested + step) for step in range(AT_ONCE)] == [rested + step for step in range(AT_ONCE)]


def test_a_clock_that_is_put_back_puts_nothing_off():
    pace = HintPace()
    for step in range(1_000):
        pace.due("token", NOW + step)
    assert pace.due("token", NOW - 3_600_000) == NOW - 3_600_000


def test_tokens_that_nobody_has_fill_no_memory():
    pace = HintPace()
    for number in range(5 * REMEMBERED):
        pace.due(f"token-{number}", NOW)
    assert len(pace._questions) == REMEMBERED


@given(steps=st.lists(st.integers(min_value=0, max_value=3 * GAP), min_size=1, max_size=200))
def test_no_question_comes_before_its_hint_nor_long_after_and_there_are_never_many(steps: list[int]):
    pace, now, questions = HintPace(), NOW, set()
    for step in steps:
        now += step
        due = pace.due("token", now)
        assert now <= due <= now + GAP
        questions.add(due)
    for start in questions:
        seconds = 7
        within = [due for due in questions if start <= due < start + seconds * GAP]
        assert len(within) <= AT_ONCE + seconds
