"""Custom ids that another client sends: one bit away from a real one, or anything at all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.ui.custom_ids import Pressed, Verb, custom_id, named_jobs, names_delivery, read_custom_id

REAL = custom_id(Verb.DELETE, "k3f9x2", "dq7w2m4k8t")


def test_one_bit_makes_another_wish_or_none_and_never_the_same():
    for at in range(len(REAL)):
        for bit in range(7):
            changed = REAL[:at] + chr(ord(REAL[at]) ^ 1 << bit) + REAL[at + 1 :]
            read = read_custom_id(changed)
            assert read is None or read != read_custom_id(REAL)
            assert not names_delivery(changed, "k3f9x2", "dq7w2m4k8t") or read is not None


@given(st.text(max_size=120))
def test_anything_is_read_whole_or_not_at_all(text: str):
    read = read_custom_id(text)

    assert read is None or text == f"egret:{read.verb}:{read.subject}" + (f":{read.extra}" if read.extra else "")


@given(st.text(max_size=40), st.sampled_from(Verb))
def test_no_subject_smuggles_in_a_second_part(subject: str, verb: Verb):
    try:
        made = custom_id(verb, subject)
    except ValueError:
        return
    assert read_custom_id(made) == Pressed(verb, subject)


def test_endings_that_only_look_right_are_none_of_ours():
    for text in (f"{REAL}\n", f" {REAL}", f"{REAL}:x", f"{REAL}\0", REAL.upper(), REAL.replace("k3f9x2", "k3f9x２")):
        assert read_custom_id(text) is None
        assert named_jobs([text]) == set()
