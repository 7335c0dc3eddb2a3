"""The bot asks for what it needs: events, permissions, addresses, and rights of its own."""

from __future__ import annotations

import ast
from pathlib import Path

import discord

from bot.client import intents_for
from bot.settings import Settings
from bot.ui.permissions import INVITED_WITH

ROOT = Path(__file__).parents[3]
PRIVILEGED = {"members", "presences", "message_content"}
DANGEROUS = {
    "administrator",
    "manage_guild",
    "manage_roles",
    "manage_channels",
    "manage_messages",
    "manage_webhooks",
    "mention_everyone",
    "kick_members",
    "ban_members",
    "moderate_members",
    "view_audit_log",
    "manage_threads",
    "manage_nicknames",
}


def test_no_privileged_event_is_asked_for_unless_the_operator_wants_message_content():
    asked = {name for name, on in intents_for(message_content=False) if on}
    more = {name for name, on in intents_for(message_content=True) if on}

    assert asked - {"messages"} == {"guilds", "guild_messages", "dm_messages"}  # "messages" is both of the latter
    assert more - asked == {"message_content"}
    assert not asked & PRIVILEGED
    assert str(Settings.model_fields["message_content"].default) == "off"


def test_the_invitation_gives_no_power_over_a_server():
    held = {name for name, on in INVITED_WITH if on}

    assert not held & DANGEROUS
    assert not DANGEROUS - set(discord.Permissions.VALID_FLAGS)


def test_nobody_outside_is_listened_to_unless_the_operator_says_so():
    defaults = {name: field.default for name, field in Settings.model_fields.items()}

    assert (defaults["web_host"], defaults["metrics_host"]) == ("127.0.0.1", "127.0.0.1")
    assert str(defaults["metrics"]) == "off"
    assert defaults["public_url"] == ""


def test_the_client_mentions_nobody_and_remembers_nobody():
    source = ast.unparse(ast.parse((ROOT / "bot" / "client.py").read_text()))

    for said in ("discord.AllowedMentions.none()", "discord.MemberCacheFlags.none()", "max_messages=None"):
        assert said in source


def test_nothing_that_runs_text_as_code_is_used():
    """No eval, exec, pickle, marshal, shelve or shell anywhere in the product."""
    for package in ("bot", "cogs", "storage"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                match node:
                    case ast.Call(func=ast.Name(id="eval" | "exec" | "compile" | "__import__")):
                        raise AssertionError(f"{path}:{node.lineno}")
                    case ast.Call(func=ast.Attribute(value=ast.Name(id="os"), attr="system" | "popen")):
                        raise AssertionError(f"{path}:{node.lineno}")
                    case ast.keyword(arg="shell"):
                        raise AssertionError(f"{path}:{node.value.lineno}")
                    case ast.Import(names=names):
                        assert not {one.name for one in names} & {"pickle", "marshal", "shelve", "yaml", "dill"}, path
                    case _:
                        pass
