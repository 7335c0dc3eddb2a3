"""State as Discord writes it in JSON. Messages have their own module, `wire_messages`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord.clock import iso
from sandbox.discord.state import POST_PARENTS, VOCAL, ChannelKind

if TYPE_CHECKING:
    from sandbox.discord.cdn import Cdn
    from sandbox.discord.json_types import JsonObject
    from sandbox.discord.state import Attachment, Channel, Guild, Member, Role, ThreadState, User
    from sandbox.discord.world import World

MAX_MEMBERS = 500_000


def user(account: User) -> JsonObject:
    """Return a public user object."""
    rendered: JsonObject = {
        "id": str(account.id),
        "username": account.username,
        "global_name": account.global_name,
        "avatar": None,
        "discriminator": "0",
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }
    if account.bot:
        rendered["bot"] = True
    return rendered


def own_user(account: User) -> JsonObject:
    """Return the user object that the bot gets of itself."""
    return {
        **user(account),
        "mfa_enabled": True,
        "locale": account.locale,
        "verified": True,
        "email": None,
    }


def member_without_user(membership: Member) -> JsonObject:
    """Return a member object as it goes with a message, whose author is given beside it."""
    return {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": iso(membership.joined_at),
        "nick": membership.nick,
        "pending": False,
        "premium_since": None,
        "roles": [str(role_id) for role_id in membership.roles],
        "mute": False,
        "deaf": False,
    }


def member(membership: Member, account: User) -> JsonObject:
    """Return a whole member object."""
    return {**member_without_user(membership), "user": user(account)}


def role(entity: Role) -> JsonObject:
    """Return a role object."""
    rendered: JsonObject = {
        "id": str(entity.id),
        "name": entity.name,
        "permissions": str(entity.permissions),
        "position": entity.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": entity.bot_id is not None,
        "mentionable": entity.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if entity.bot_id is not None:
        rendered["tags"] = {"bot_id": str(entity.bot_id)}
    return rendered


def thread_metadata(thread: ThreadState, *, private: bool) -> JsonObject:
    """Return a thread's metadata."""
    invitable: JsonObject = {"invitable": True} if private else {}
    return invitable | {
        "archived": thread.archived,
        "archive_timestamp": iso(thread.archived_at),
        "auto_archive_duration": thread.auto_archive_minutes,
        "locked": thread.locked,
        "create_timestamp": iso(thread.created_at),
    }


def thread_member(thread_id: int, thread: ThreadState, user_id: int) -> JsonObject:
    """Return a user's membership of a thread."""
    return {
        "id": str(thread_id),
        "user_id": str(user_id),
        "join_timestamp": iso(thread.members.get(user_id, thread.created_at)),
        "flags": 0,
    }


class Wire:
    """Renders what needs the world around it."""

    def __init__(self, world: World, cdn: Cdn) -> None:
        self.world = world
        self.cdn = cdn

    def channel(self, place: Channel) -> JsonObject:
        """Return a channel object of any kind."""
        last = None if place.last_message_id is None else str(place.last_message_id)
        rendered: JsonObject = {
            "id": str(place.id),
            "type": int(place.kind),
            "flags": 0,
            "last_message_id": last,
        }
        if place.kind is ChannelKind.DIRECT:
            rendered["recipients"] = [user(self.world.users[user_id]) for user_id in place.recipients]
            return rendered
        rendered |= {"guild_id": str(place.guild_id), "name": place.name, "rate_limit_per_user": 0}
        if place.thread is not None:
            return rendered | self._thread_fields(place, place.thread)
        rendered |= {
            "position": place.position,
            "parent_id": None,
            "nsfw": place.nsfw,
            "permission_overwrites": [
                {"id": str(o.id), "type": o.kind, "allow": str(o.allow), "deny": str(o.deny)}
                for o in place.overwrites.values()
            ],
        }
        if place.kind in VOCAL:
            return rendered | {"bitrate": 64_000, "user_limit": 0, "rtc_region": None}
        rendered["topic"] = place.topic
        if place.kind in POST_PARENTS:
            rendered |= {"available_tags": [], "default_reaction_emoji": None, "default_sort_order": None}
            rendered |= {"default_forum_layout": 0} if place.kind is ChannelKind.FORUM else {}
        return rendered

    def _thread_fields(self, place: Channel, thread: ThreadState) -> JsonObject:
        fields: JsonObject = {
            "parent_id": str(thread.parent_id),
            "owner_id": str(thread.owner_id),
            "thread_metadata": thread_metadata(thread, private=place.kind is ChannelKind.PRIVATE_THREAD),
            "message_count": thread.message_count,
            "member_count": len(thread.members),
            "total_message_sent": thread.message_count,
        }
        if self.world.bot_id in thread.members:
            fields["member"] = thread_member(place.id, thread, self.world.bot_id)
        return fields

    def guild(self, server: Guild) -> JsonObject:
        """Return a guild object as REST gives it."""
        return {
            "id": str(server.id),
            "name": server.name,
            "icon": None,
            "description": None,
            "home_header": None,
            "splash": None,
            "discovery_splash": None,
            "features": [],
            "banner": None,
            "owner_id": str(server.owner_id),
            "application_id": None,
            "region": "deprecated",
            "afk_channel_id": None,
            "afk_timeout": 300,
            "system_channel_id": None if server.system_channel_id is None else str(server.system_channel_id),
            "system_channel_flags": 0,
            "widget_enabled": False,
            "widget_channel_id": None,
            "verification_level": 0,
            "roles": [role(entity) for entity in server.roles.values()],
            "default_message_notifications": 1,
            "mfa_level": 0,
            "explicit_content_filter": 0,
            "max_presences": None,
            "max_members": MAX_MEMBERS,
            "max_stage_video_channel_users": 50,
            "max_video_channel_users": 25,
            "vanity_url_code": None,
            "premium_tier": server.premium_tier,
            "premium_subscription_count": 0,
            "preferred_locale": server.locale,
            "rules_channel_id": None,
            "safety_alerts_channel_id": None,
            "public_updates_channel_id": None,
            "premium_progress_bar_enabled": False,
            "nsfw": False,
            "nsfw_level": 0,
            "emojis": [],
            "stickers": [],
            "incidents_data": None,
        }

    def guild_event(self, server: Guild) -> JsonObject:
        """Return a guild object as the gateway gives it, without what only REST tells."""
        rendered = self.guild(server)
        del rendered["home_header"], rendered["nsfw"]
        rendered["hub_type"] = None
        return rendered

    def guild_create(self, server: Guild) -> JsonObject:
        """Return the GUILD_CREATE payload: the guild with what lives in it, as far as the bot may see."""
        world = self.world
        bot = server.members[world.bot_id]
        return {
            **self.guild_event(server),
            "joined_at": iso(bot.joined_at),
            "large": False,
            "unavailable": False,
            "member_count": len(server.members),
            "voice_states": [],
            # Without the members intent only the bot itself is listed (developers/events/gateway-events).
            "members": [member(bot, world.users[world.bot_id])],
            "channels": [self.channel(place) for place in world.channels_of(server)],
            "threads": [
                self.channel(place) for place in world.threads_of(server) if world.can_see(place, world.bot_id)
            ],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def attachment(self, file: Attachment) -> JsonObject:
        """Return an attachment object with freshly signed URLs."""
        url = self.cdn.url(file)
        rendered: JsonObject = {
            "id": str(file.id),
            "filename": file.filename,
            "size": len(file.data),
            "url": url,
            "proxy_url": url,
            "content_type": file.content_type,
        }
        if file.width is not None and file.height is not None:
            rendered |= {"width": file.width, "height": file.height}
        if file.duration_secs is not None:
            rendered["duration_secs"] = file.duration_secs
        if file.waveform is not None:
            rendered["waveform"] = file.waveform
        if file.description is not None:
            rendered["description"] = file.description
        if file.title is not None:
            rendered["title"] = file.title
        if file.flags:
            rendered["flags"] = file.flags
        if file.ephemeral:
            rendered["ephemeral"] = True
        return rendered

    def application(self) -> JsonObject:
        """Return the application object that its own bot gets."""
        world = self.world
        app = world.application
        flags = (1 << 18 if world.config.message_content else 0) | (1 << 14 if world.config.members_intent else 0)
        return {
            "id": str(app.id),
            "name": app.name,
            "icon": None,
            "description": "",
            "type": None,
            "bot": user(world.users[app.id]),
            "bot_public": app.public_bot,
            "bot_require_code_grant": app.code_grant,
            "integration_types_config": {"0": {}},
            "verify_key": app.verify_key,
            "flags": flags,
            "flags_new": str(flags),
            "redirect_uris": [],
            "interactions_endpoint_url": app.interactions_endpoint or None,
            "role_connections_verification_url": None,
            "owner": user(world.users[app.owner_id]),
            "approximate_guild_count": sum(app.id in g.members for g in world.guilds.values()),
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "team": None,
            "eligible_oauth2_scopes": ["bot", "applications.commands"],
        }
