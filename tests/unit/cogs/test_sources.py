from __future__ import annotations

import pytest

from cogs.sources import ClipById, ClipByMessage, read_source

GUILD, CHANNEL, MESSAGE = 1_111_111_111_111_111_111, 1_222_222_222_222_222_222, 1_333_333_333_333_333_333


@pytest.mark.parametrize(
    "host", ["discord.com", "ptb.discord.com", "canary.discord.com", "www.discord.com", "discordapp.com"]
)
def test_a_message_link_of_any_client_names_its_message(host: str) -> None:
    read = read_source(f"https://{host}/channels/{GUILD}/{CHANNEL}/{MESSAGE}")

    assert read == ClipByMessage(MESSAGE, GUILD, CHANNEL)


@pytest.mark.parametrize("text", ["  {link} ", "<{link}>", "`{link}`", "{link}/", "{link}?foo=1"])
def test_a_link_may_be_wrapped_as_people_paste_it(text: str) -> None:
    link = f"https://discord.com/channels/{GUILD}/{CHANNEL}/{MESSAGE}"

    assert read_source(text.format(link=link)) == ClipByMessage(MESSAGE, GUILD, CHANNEL)


def test_a_link_into_direct_messages_names_no_server() -> None:
    assert read_source(f"https://discord.com/channels/@me/{CHANNEL}/{MESSAGE}") == ClipByMessage(MESSAGE, None, CHANNEL)


def test_a_copied_message_id_names_its_message() -> None:
    assert read_source(str(MESSAGE)) == ClipByMessage(MESSAGE)


@pytest.mark.parametrize("text", ["k3f9x2", "#k3f9x2", " #K3F9X2 ", "`k3f9x2`", '"#k3f9x2"'])
def test_a_short_id_is_read_with_or_without_its_sign_and_capitals(text: str) -> None:
    assert read_source(text) == ClipById("k3f9x2")


@pytest.mark.parametrize(
    "text",
    [
        f"https://discord.com.example.org/channels/{GUILD}/{CHANNEL}/{MESSAGE}",
        f"https://example.org/https://discord.com/channels/{GUILD}/{CHANNEL}/{MESSAGE}",
        f"https://discord.com/channels/{GUILD}/{CHANNEL}",
        f"https://discord.com/channels/{GUILD}/{CHANNEL}/{'9' * 40}",
        "https://discord.com/channels/１１１１１１１１１１１１１１１１１/1/1",
        "9" * 40,
        "",
    ],
)
def test_what_is_neither_link_nor_message_is_taken_for_a_name_that_the_service_will_not_know(text: str) -> None:
    assert isinstance(read_source(text), ClipById)
