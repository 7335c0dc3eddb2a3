"""Labels are a few words of our own, whatever a provider, a library or a stranger says."""

from __future__ import annotations

import pytest

from bot.metrics.discord import route_of
from bot.metrics.provider import cause_class


@pytest.mark.parametrize(
    ("cause", "word"),
    [
        ("http_503", "http_5xx"),
        ("http_404", "http_4xx"),
        ("ReadTimeout", "timeout"),
        ("connect_timeout", "timeout"),
        ("upstream_timeout", "timeout"),
        ("ConnectError", "connection"),
        ("connection_lost", "connection"),
        ("RemoteProtocolError", "connection"),
        ("no_task_in_answer", "other"),
        ("secret words of https://api.example/task/123", "other"),
        ("", "other"),
    ],
)
def test_a_cause_is_one_of_a_few_words(cause: str, word: str):
    assert cause_class(cause) == word


@pytest.mark.parametrize(
    ("method", "path", "word", "interaction"),
    [
        ("POST", "/api/v10/interactions/123/aW50ZXJhY3Rpb24/callback", "interaction_callback", 123),
        ("PATCH", "/api/v10/webhooks/1/token/messages/@original", "interaction_followup", None),
        ("POST", "/api/v10/channels/1/messages", "message_create", None),
        ("PATCH", "/api/v10/channels/1/messages/2", "message_edit", None),
        ("GET", "/api/v10/channels/1/messages", "message_other", None),
        ("GET", "/api/v10/channels/1", "channel", None),
        ("GET", "/api/v10/guilds/1/members/2", "guild", None),
        ("POST", "/api/v10/users/@me/channels", "direct_message_open", None),
        ("GET", "/api/v10/users/@me", "user", None),
        ("PUT", "/api/v10/applications/1/commands", "application", None),
        ("GET", "/", "gateway", None),
        ("GET", "/gateway", "gateway", None),
        ("GET", "/attachments/1/2/clip.mp4", "other", None),
    ],
)
def test_a_route_is_a_class_without_ids_or_tokens(method: str, path: str, word: str, interaction: int | None):
    assert route_of(method, path) == (word, interaction)
