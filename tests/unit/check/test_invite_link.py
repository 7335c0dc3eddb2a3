"""The invitation: exactly these permissions and scopes, and an application even when Discord cannot be asked."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.invite import application_id_in, invite_link
from bot.ui.permissions import INVITED_WITH

VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
SEND_MESSAGES_IN_THREADS = 1 << 38
CREATE_PUBLIC_THREADS = 1 << 35
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
ADD_REACTIONS = 1 << 6


def test_the_permissions_are_exactly_these_eight():
    eight = (
        VIEW_CHANNEL | SEND_MESSAGES | SEND_MESSAGES_IN_THREADS | CREATE_PUBLIC_THREADS
        | EMBED_LINKS | ATTACH_FILES | READ_MESSAGE_HISTORY | ADD_REACTIONS
    )  # fmt: skip
    assert INVITED_WITH.value == eight == 309_237_763_136


def test_the_link_asks_for_them_and_for_both_scopes():
    link = urlsplit(invite_link(123456789012345678))
    assert f"{link.scheme}://{link.netloc}{link.path}" == "https://discord.com/oauth2/authorize"
    assert parse_qs(link.query) == {
        "client_id": ["123456789012345678"],
        "permissions": ["309237763136"],
        "scope": ["bot applications.commands"],
    }
    assert "scope=bot+applications.commands" in link.query


def spelt(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_a_token_spells_its_bots_id():
    assert application_id_in(f"{spelt('1574099180882755587')}.GabcDE.secret-part") == 1574099180882755587


@pytest.mark.parametrize("token", ["", "sandbox.discord.token", f"{spelt('not digits')}.a.b", f"{spelt('1' * 40)}.a.b"])
def test_what_spells_no_id_gives_none(token: str):
    assert application_id_in(token) is None
