"""What can be done with a clip that is made, by what is known of it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.catalog import Catalogue, ClipKind, SourceFacts, check_extend, check_lipsync, possible_actions
from bot.catalog.follow_ups import LipsyncAsked
from bot.clock import DAY, SECOND
from bot.errors import Refused

NOW = 1_790_000_000_000
CATALOGUE = Catalogue()
POSSIBLE = ""


def clip(**changes: Any) -> SourceFacts:
    return SourceFacts(**{"kind": ClipKind.VIDEO, "model": "1.6", "made_at": NOW, "duration_ms": 5_100, **changes})


@pytest.mark.parametrize(
    ("changes", "extend", "lipsync"),
    [
        ({}, POSSIBLE, POSSIBLE),
        ({"model": "2.1"}, "NotExtendable", POSSIBLE),
        ({"model": "forgotten"}, "NotExtendable", "NotLipsyncable"),
        ({"kind": ClipKind.LIPSYNC}, "NotExtendable", POSSIBLE),
        ({"kind": ClipKind.EXTEND, "after_lipsync": True}, "NotExtendable", POSSIBLE),
        ({"made_at": NOW - 30 * DAY}, POSSIBLE, POSSIBLE),
        ({"made_at": NOW - 30 * DAY - 1}, "SourceTooOld", "SourceTooOld"),
        ({"same_account": False}, "SourceOfOtherAccount", "SourceOfOtherAccount"),
        ({"duration_ms": 1_500}, POSSIBLE, "SourceLengthNotLipsyncable"),
        ({"duration_ms": 14_600}, POSSIBLE, "SourceLengthNotLipsyncable"),
        ({"duration_ms": 178 * SECOND}, "ExtensionTooLong", "SourceLengthNotLipsyncable"),
        ({"duration_ms": None}, POSSIBLE, POSSIBLE),
    ],
)
def test_each_action_is_possible_or_says_what_stands_in_its_way(
    changes: dict[str, Any], extend: str, lipsync: str
) -> None:
    actions = possible_actions(CATALOGUE, clip(**changes), NOW)

    assert [type(why).__name__ if why else POSSIBLE for why in (actions.no_extend, actions.no_lipsync)] == [
        extend,
        lipsync,
    ]


@pytest.mark.parametrize("model", [row.key for row in CATALOGUE.models])
@pytest.mark.parametrize("kind", ClipKind)
def test_a_button_stands_exactly_where_the_command_would_be_taken(model: str, kind: ClipKind) -> None:
    source = clip(model=model, kind=kind)
    actions = possible_actions(CATALOGUE, source, NOW)

    def taken(check: Any) -> bool:
        try:
            check()
        except Refused:
            return False
        return True

    assert (actions.no_extend is None) == taken(lambda: check_extend(CATALOGUE, source, prompt="it rains", now=NOW))
    say = LipsyncAsked(say="hello")
    assert (actions.no_lipsync is None) == taken(lambda: check_lipsync(CATALOGUE, source, say, now=NOW))
