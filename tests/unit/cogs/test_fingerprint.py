from __future__ import annotations

from cogs.payload import fingerprint

PAYLOAD: list[dict[str, object]] = [{"name": "video", "options": [{"name": "prompt", "max_length": 2500}]}]


def test_the_same_commands_have_the_same_fingerprint_whatever_the_order_of_their_keys() -> None:
    reordered: list[dict[str, object]] = [{"options": [{"max_length": 2500, "name": "prompt"}], "name": "video"}]

    assert fingerprint(7, PAYLOAD) == fingerprint(7, reordered)


def test_any_change_and_any_other_application_has_another_fingerprint() -> None:
    changed: list[dict[str, object]] = [{"name": "video", "options": [{"name": "prompt", "max_length": 2499}]}]

    assert len({fingerprint(7, PAYLOAD), fingerprint(8, PAYLOAD), fingerprint(7, changed), fingerprint(7, [])}) == 4
