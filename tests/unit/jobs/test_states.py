"""The state machine, written out a second time: removing or adding any move fails here."""

from __future__ import annotations

import pytest

from bot.jobs.states import (
    AT_REST,
    DELIVERY_TRANSITIONS,
    ENDED,
    IN_FLIGHT,
    JOB_TRANSITIONS,
    REFUNDED,
    WITH_TASK,
    DeliveryState,
    JobState,
)

JOB_MOVES = {
    "submit": ({"queued"}, "submitting"),
    "bind": ({"queued", "submitting", "submit_unknown", "abandoned"}, "running"),
    "requeue": ({"submitting", "submit_unknown"}, "queued"),
    "refuse": ({"queued", "submitting", "submit_unknown"}, "failed"),
    "doubt": ({"submitting"}, "submit_unknown"),
    "distrust": ({"queued", "submitting", "submit_unknown"}, "submit_unknown"),
    "succeed": ({"running", "overdue"}, "succeeded"),
    "fail": ({"running", "overdue"}, "failed"),
    "cancel_queued": ({"queued"}, "cancelled"),
    "cancel": ({"running", "overdue"}, "cancelled"),
    "pass_deadline": ({"running"}, "overdue"),
    "abandon": ({"submit_unknown", "overdue"}, "abandoned"),
}
DELIVERY_MOVES = {
    "begin_send": ({"pending", "sending"}, "sending"),
    "postpone": ({"pending", "sending"}, "pending"),
    "deliver": ({"pending", "sending", "undeliverable"}, "delivered"),
    "give_up": ({"pending", "sending"}, "undeliverable"),
    "redeliver": ({"undeliverable"}, "pending"),
}


@pytest.mark.parametrize("transition", JOB_TRANSITIONS, ids=lambda move: move.name)
def test_a_job_moves_only_as_the_table_says(transition):
    sources, target = JOB_MOVES[transition.name]
    assert {state.value for state in transition.sources} == sources
    assert transition.target.value == target


@pytest.mark.parametrize("transition", DELIVERY_TRANSITIONS, ids=lambda move: move.name)
def test_a_delivery_moves_only_as_the_table_says(transition):
    sources, target = DELIVERY_MOVES[transition.name]
    assert {state.value for state in transition.sources} == sources
    assert transition.target.value == target


def test_every_move_of_the_table_exists():
    assert {move.name for move in JOB_TRANSITIONS} == set(JOB_MOVES)
    assert {move.name for move in DELIVERY_TRANSITIONS} == set(DELIVERY_MOVES)


def test_nothing_leaves_an_ending():
    assert {"succeeded", "failed", "cancelled"} == {state.value for state in ENDED}
    assert not any(move.sources & ENDED for move in JOB_TRANSITIONS)
    assert not any(DeliveryState.DELIVERED in move.sources for move in DELIVERY_TRANSITIONS)


def test_every_state_but_the_first_can_be_reached_and_every_unended_one_left():
    reached = {move.target for move in JOB_TRANSITIONS}
    left = {state for move in JOB_TRANSITIONS for state in move.sources}
    assert reached == set(JobState)  # queued too: a refused submission returns to it
    assert left == set(JobState) - ENDED


def test_only_a_bound_job_can_succeed():
    assert {state.value for state in WITH_TASK} == {"running", "overdue", "succeeded"}
    into_success = [move for move in JOB_TRANSITIONS if move.target is JobState.SUCCEEDED]
    assert all(move.sources <= WITH_TASK for move in into_success)


def test_a_job_counts_as_in_flight_while_it_may_occupy_a_task():
    assert {state.value for state in IN_FLIGHT} == {"submitting", "submit_unknown", "running", "overdue"}


def test_the_quota_is_given_back_only_where_no_clip_came():
    assert {state.value for state in REFUNDED} == {"failed", "cancelled", "abandoned"}


def test_a_post_is_begun_from_the_queue_alone_so_that_no_unknown_outcome_is_ever_repeated():
    into_submitting = [move for move in JOB_TRANSITIONS if move.target is JobState.SUBMITTING]
    assert [(move.name, move.sources) for move in into_submitting] == [("submit", frozenset({JobState.QUEUED}))]


def test_what_is_at_rest_has_ended_or_was_given_up_on():
    assert {state.value for state in AT_REST} == {"succeeded", "failed", "cancelled", "abandoned"}
