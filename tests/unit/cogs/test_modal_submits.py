"""Forms as Discord sends them (developers/interactions/receiving-and-responding, "Modal Submit Data Structure")."""

from __future__ import annotations

from typing import Any, cast

import pytest

from bot.clock import SECOND
from bot.jobs.model import AssetRole
from bot.ui.custom_ids import Pressed
from cogs.attachments import declared, new_asset
from cogs.interaction import Interaction
from cogs.modal_submits import SentForm, read_modal

FILE = {
    "id": "900",
    "filename": "hello.ogg",
    "content_type": "audio/ogg",
    "size": 1_234,
    "url": "https://cdn.example/ephemeral-attachments/hello.ogg?ex=1",
    "proxy_url": "https://media.example/hello.ogg",
    "duration_secs": 2.5,
    "ephemeral": True,
}


class Raw:
    """An interaction, as far as a form is read from it."""

    def __init__(self, data: object) -> None:
        self.data = data


def read(data: object) -> SentForm | None:
    return read_modal(cast(Interaction, Raw(data)))


def label(**component: Any) -> dict[str, Any]:
    return {"type": 18, "id": 1, "component": {"id": 2, **component}}


def sent(*components: dict[str, Any], **more: Any) -> SentForm:
    form = read({"custom_id": "egret:form:draft-1", "components": list(components), **more})
    assert form is not None
    return form


def test_each_field_is_found_by_its_custom_id() -> None:
    form = sent(
        {"type": 10, "id": 9},
        label(type=4, custom_id="prompt", value="a red kite"),
        label(type=3, custom_id="preset", values=["pro"]),
        label(type=23, custom_id="spoiler", value=True),
        label(type=22, custom_id="extras", values=["sound", "hd"]),
        label(type=21, custom_id="shape", value="wide"),
        label(type=19, custom_id="audio", values=["900"]),
        resolved={"attachments": {"900": FILE}},
    )

    assert form.pressed == Pressed("form", "draft-1")
    assert (form.text("prompt"), form.choice("preset"), form.text("shape")) == ("a red kite", "pro", "wide")
    assert form.choices["extras"] == ("sound", "hd")
    assert form.checked("spoiler")
    (file,) = form.uploads("audio")
    assert (file.filename, file.size, file.duration) == ("hello.ogg", 1_234, 2.5)


def test_a_field_in_a_row_of_the_older_kind_is_read_too() -> None:
    form = sent({"type": 1, "components": [{"type": 4, "custom_id": "reason", "value": "it is cruel"}]})

    assert form.text("reason") == "it is cruel"


def test_what_was_left_empty_is_nothing() -> None:
    form = sent(
        label(type=4, custom_id="prompt", value=""),
        label(type=21, custom_id="shape", value=None),
        label(type=19, custom_id="audio", values=[]),
        label(type=23, custom_id="spoiler", value=False),
    )

    assert (form.text("prompt"), form.text("shape"), form.choice("preset")) == ("", "", "")
    assert (form.uploads("audio"), form.uploads("image")) == ((), ())
    assert not form.checked("spoiler")
    assert not form.checked("private")


def test_a_file_that_discord_does_not_describe_is_not_there() -> None:
    assert sent(label(type=19, custom_id="audio", values=["900"])).uploads("audio") == ()


def test_an_attached_file_serves_like_that_of_a_command() -> None:
    (file,) = sent(label(type=19, custom_id="audio", values=["900"]), resolved={"attachments": {"900": FILE}}).uploads(
        "audio"
    )

    assert declared(file).duration_ms == 2.5 * SECOND
    assert new_asset(file, AssetRole.AUDIO).url == FILE["url"]
    assert "cdn.example" not in repr(file)


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"custom_id": "another bot's", "components": []},
        {"custom_id": "egret:form:" + "x" * 89, "components": []},
        {"custom_id": "egret:form:d1", "components": "x"},
        {"custom_id": "egret:form:d1", "components": [{"type": "text"}]},
        {"custom_id": "egret:form:d1", "components": [], "resolved": {"attachments": {"1": {"id": "1"}}}},
    ],
)
def test_what_is_none_of_ours_or_cannot_be_read_is_no_form(data: object) -> None:
    assert read(data) is None


def test_no_depth_of_nesting_is_followed() -> None:
    deep: dict[str, Any] = {"type": 4, "custom_id": "deep", "value": "x"}
    for _ in range(20):
        deep = {"type": 18, "component": deep}

    assert sent(deep).texts == {}
