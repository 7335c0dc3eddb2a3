"""What is typed into a form."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.console.entries import NotUnderstood
from sandbox.console.forms import fill_in
from sandbox.person import LocalFile
from sandbox.stage.forms import form_fields
from tests.integration.stage.stage_samples import modal

FIELDS = form_fields(modal())


@pytest.mark.parametrize(
    ("words", "filled"),
    [
        ("", {}),
        ("more wind", {"prompt": "more wind"}),
        ('prompt:"a: b" settings:pro', {"prompt": "a: b", "settings": "pro"}),
        ("settings:Stand", {"settings": "standard"}),
        ("settings:none", {"settings": []}),
        ("options:spoiler, Private", {"options": ["spoiler", "private"]}),
        ("options:none prompt:x", {"options": [], "prompt": "x"}),
    ],
)
def test_values_go_by_field_and_choices_by_their_words(words, filled) -> None:
    assert fill_in(words, FIELDS) == filled


def test_files_go_by_their_paths(tmp_path: Path) -> None:
    for name in ("first day.jpg", "last.jpg"):
        (tmp_path / name).write_bytes(name.encode())

    filled = fill_in(f'pictures:"{tmp_path}/first day.jpg,{tmp_path}/last.jpg"', FIELDS)

    assert filled == {"pictures": [LocalFile("first day.jpg", b"first day.jpg"), LocalFile("last.jpg", b"last.jpg")]}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("settings:ultra", "settings cannot be 'ultra'; there is: Standard; Pro"),
        ("options:spoiler,loud", "options cannot be 'loud'; there is: Spoiler; Private"),
        ("promt:x", "did you mean prompt"),
    ],
)
def test_what_does_not_fit_is_told_what_would(words, why) -> None:
    with pytest.raises(NotUnderstood, match=why):
        fill_in(words, FIELDS)
