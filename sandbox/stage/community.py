"""Who and what there is in the local Discord, as far as a reader of messages needs to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.discord.json_types import as_object, integer, objects, text

if TYPE_CHECKING:
    from sandbox.person import SandboxClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """People, channels and the bot.

    Attributes:
        shown_names: What people and the bot are called, by id.
        user_names: People's shown names by user name, the bot left out.
        user_ids: People's ids by user name.
        channels: Channel names by id.
        direct_channels: User names by the id of their direct messages with the bot.
        server_id: The server.
        bot_id: The bot.
    """

    shown_names: dict[str, str]
    user_names: dict[str, str]
    user_ids: dict[str, int]
    channels: dict[str, str]
    server_id: int
    bot_id: int
    direct_channels: dict[int, str] = field(default_factory=dict)

    def user_named(self, name: str) -> str | None:
        """Return the user name that a user name or shown name means, whatever its capitals."""
        wanted = name.casefold()
        for user, shown in self.user_names.items():
            if wanted in (user.casefold(), shown.casefold()):
                return user
        return None

    def link(self, channel_id: int, message_id: int) -> str:
        """Return a message's link, as Discord's client copies it."""
        return f"https://discord.com/channels/{self.server_id}/{channel_id}/{message_id}"


async def look_around(discord: SandboxClient) -> Community:
    """Return what there is now."""
    world = as_object(await discord.request("GET", "/person/world"))
    people, bot = objects(world["people"]), as_object(world["bot"])
    server = objects(world["servers"])[0]
    direct: dict[int, str] = {}
    for person in people:
        user = text(person["username"])
        listed = objects(await discord.request("GET", f"/person/{user}/channels"))
        direct.update({integer(one["id"]): user for one in listed if one["server_id"] is None})
    named = [(text(person["id"]), text(person["username"]), text(person["global_name"])) for person in people]
    return Community(
        shown_names={**{key: shown for key, _, shown in named}, text(bot["id"]): text(bot["username"]).title()},
        user_names={user: shown for _, user, shown in named},
        user_ids={user: int(key) for key, user, _ in named},
        channels={text(channel["id"]): text(channel["name"]) for channel in objects(server["channels"])},
        server_id=integer(server["id"]),
        bot_id=integer(bot["id"]),
        direct_channels=direct,
    )
