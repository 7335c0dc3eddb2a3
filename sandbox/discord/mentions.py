"""Who a message mentions and who is really notified (developers/resources/message, "Allowed Mentions Object")."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sandbox.discord.permissions import Permission
from sandbox.discord.state import Mentions, MessageFlag

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.discord.bodies.messages import AllowedMentions
    from sandbox.discord.state import Channel, Message
    from sandbox.discord.world import World

PARSE_ALL: Final = frozenset({"users", "roles", "everyone"})
"""What is parsed in regular messages without `allowed_mentions`."""
PARSE_USERS: Final = frozenset({"users"})
"""What is parsed in interaction responses without `allowed_mentions`."""

_CODE: Final = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_USER: Final = re.compile(r"<@!?(\d+)>")
_ROLE: Final = re.compile(r"<@&(\d+)>")
_EVERYONE: Final = re.compile(r"@(?:everyone|here)\b")


def resolve(
    world: World,
    channel: Channel,
    author_id: int,
    texts: Iterable[str],
    *,
    allowed: AllowedMentions | None,
    default_parse: frozenset[str],
    reply_to: Message | None,
) -> Mentions:
    """Return the mentions that count; those in code, of strangers and those not allowed do not."""
    visible = _CODE.sub("", "\n".join(texts))
    users = [int(user) for user in _USER.findall(visible) if int(user) in world.users]
    parse = default_parse if allowed is None else frozenset(allowed.parse or ())
    if "users" not in parse:
        named = set(allowed.users or ()) if allowed is not None else set()
        users = [user for user in users if user in named]
    replied = reply_to is not None and (bool(allowed.replied_user) if allowed else default_parse == PARSE_ALL)
    return Mentions(
        users=tuple(dict.fromkeys(users)),
        roles=_roles(world, channel, author_id, visible, parse, allowed),
        everyone=_everyone(world, channel, author_id, visible, parse),
        replied_user=reply_to.author_id if replied and reply_to is not None else None,
    )


def _roles(
    world: World,
    channel: Channel,
    author_id: int,
    visible: str,
    parse: frozenset[str],
    allowed: AllowedMentions | None,
) -> tuple[int, ...]:
    guild = world.guild_of(channel)
    if guild is None:
        return ()
    may_all = world.permissions(channel, author_id) & Permission.MENTION_EVERYONE
    listed = set(allowed.roles or ()) if allowed is not None else set()
    found = []
    for role_id in map(int, _ROLE.findall(visible)):
        role = guild.roles.get(role_id)
        if role is not None and (role.mentionable or may_all) and ("roles" in parse or role_id in listed):
            found.append(role_id)
    return tuple(dict.fromkeys(found))


def _everyone(world: World, channel: Channel, author_id: int, visible: str, parse: frozenset[str]) -> bool:
    may = world.permissions(channel, author_id) & Permission.MENTION_EVERYONE
    return bool("everyone" in parse and may and channel.guild_id is not None and _EVERYONE.search(visible))


def notified(world: World, channel: Channel, author_id: int, mentions: Mentions, flags: int) -> tuple[int, ...]:
    """Return the people whom a new message notifies: mentioned, able to see it, and not its author."""
    if flags & (MessageFlag.EPHEMERAL | MessageFlag.SUPPRESS_NOTIFICATIONS):
        return ()
    meant = set(mentions.users)
    if mentions.replied_user is not None:
        meant.add(mentions.replied_user)
    guild = world.guild_of(channel)
    if guild is not None:
        for member in guild.members.values():
            if mentions.everyone or set(mentions.roles) & set(member.roles):
                meant.add(member.user_id)
    return tuple(
        sorted(
            user_id
            for user_id in meant
            if user_id != author_id and not world.users[user_id].bot and world.can_see(channel, user_id)
        )
    )


def with_reply(resolved: Mentions, replied_user: int) -> Mentions:
    """Return mentions that also name the author of the message replied to."""
    return replace(resolved, replied_user=replied_user)
