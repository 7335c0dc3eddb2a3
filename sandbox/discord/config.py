"""What a sandbox starts with: the world's people and servers, and the limits it enforces."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from sandbox.discord import permissions

MODERATORS: Final = "Moderators"
"""The role that a person with `moderator` gets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonConfig:
    """Somebody who uses Discord."""

    username: str
    global_name: str
    locale: str = "en-US"
    moderator: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildConfig:
    """A server with its text channels; the first of `people` who is a moderator does not own it, `owner` does.

    Attributes:
        with_commands: whether the bot was invited with the scope applications.commands.
        system_channel: the one of `channels` where Discord itself tells who joined, or "".
        shard: which of how many shards its id falls onto; None for whichever.
    """

    name: str
    owner: str
    channels: tuple[str, ...]
    voice_channels: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    premium_tier: int = 0
    locale: str = "en-US"
    bot_permissions: int = permissions.BOT_DEFAULT
    everyone_permissions: int = permissions.MEMBER_DEFAULT
    with_bot: bool = True
    with_commands: bool = True
    system_channel: str = ""
    shard: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """A rate limit: this many requests in a window of seconds."""

    limit: int
    window: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsConfig:
    """Discord's time and rate limits, as settings.

    Attributes:
        first_response_ms: how long an interaction waits for its first response.
        token_ms: how long an interaction's token works.
        nonce_window_ms: how long `enforce_nonce` remembers ("the past few minutes").
        url_ms: how long a signed attachment URL works.
        ephemeral_url_ms: the same for files uploaded with a command or modal.
        default_bucket: the rate limit of a route that `buckets` does not name.
        buckets: rate limits by route, such as "POST /channels/{channel_id}/messages".
        global_bucket: requests in all, interaction endpoints exempt.
        old_edits: edits in one channel of messages older than an hour, before 30046; Discord tells no number.
        resume_ms: how long a session without a socket can be resumed.
        heartbeat_ms: the interval that HELLO names (real time, not the sandbox's clock).
        identify_window_ms: the time in which `identify_concurrency` sessions may begin, 5,000 at Discord (real time). 0
            lets any number begin, because tests start a bot far more often than anybody does.
        identify_concurrency: `max_concurrency`: shards whose numbers differ by it wait for each other.
        identifies_per_day: how many sessions may begin in a day; `session_start_limit.total`.
        guilds_per_shard: how many servers a session may have before sharding is required (4011).
    """

    first_response_ms: int = 3_000
    token_ms: int = 15 * 60_000
    nonce_window_ms: int = 5 * 60_000
    url_ms: int = 24 * 3_600_000
    ephemeral_url_ms: int = 24 * 3_600_000
    default_bucket: Bucket = Bucket(1_000, 1.0)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    global_bucket: Bucket = Bucket(5_000, 1.0)
    old_edits: Bucket = Bucket(100, 20.0)
    resume_ms: int = 180_000
    heartbeat_ms: int = 41_250
    identify_window_ms: int = 0
    identify_concurrency: int = 1
    identifies_per_day: int = 1_000
    guilds_per_shard: int = 2_500


DEFAULT_PEOPLE: Final = (
    PersonConfig(username="juno", global_name="Juno", moderator=True),
    PersonConfig(username="mira", global_name="Mira"),
    PersonConfig(username="theo", global_name="Theo"),
)

DEFAULT_GUILDS: Final = (
    GuildConfig(
        name="Egret Cove",
        owner="juno",
        channels=("general", "clips", "off-topic"),
        system_channel="general",
        people=("juno", "mira", "theo"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordConfig:
    """Everything a `DiscordSandbox` can be told.

    Attributes:
        token: the bot token it accepts.
        message_content: whether the privileged intent is granted to the application.
        members_intent: whether the privileged members intent is granted.
        public_bot: whether anybody may invite the bot.
        code_grant: whether an invitation needs the full OAuth2 code grant.
        interactions_endpoint: where interactions are sent to instead of the gateway, or "".
        shards: how many shards it recommends.
    """

    token: str = "sandbox.discord.token"  # noqa: S105  (the sandbox's own, published on purpose)
    bot_username: str = "egret"
    application_name: str = "Egret"
    application_owner: str = "juno"
    message_content: bool = False
    members_intent: bool = False
    public_bot: bool = False
    code_grant: bool = False
    interactions_endpoint: str = ""
    shards: int = 1
    people: tuple[PersonConfig, ...] = DEFAULT_PEOPLE
    guilds: tuple[GuildConfig, ...] = DEFAULT_GUILDS
    limits: LimitsConfig = LimitsConfig()


def with_shards(count: int) -> DiscordConfig:
    """Return the usual world, but with so many shards recommended and a server on each.

    The first is "Egret Cove" with its channels; those of the second are "general-2" and so on.
    """
    (home,) = DEFAULT_GUILDS
    guilds = [replace(home, shard=(0, count))]
    for number in range(2, count + 1):
        channels = tuple(f"{name}-{number}" for name in home.channels)
        guilds.append(
            replace(
                home,
                name=f"{home.name} {number}",
                channels=channels,
                system_channel=channels[0],
                shard=(number - 1, count),
            )
        )
    return DiscordConfig(shards=count, guilds=tuple(guilds))
