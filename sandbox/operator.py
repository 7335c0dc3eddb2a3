"""The operator of a local Discord: a typed client of its `/admin` requests.

async with DiscordOperator(discord.person_url) as operator:
    await operator.add_fault(kind="lost_reset", method="POST", path="/channels/*/messages")
    await operator.advance(15 * 60)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from sandbox.discord.gateway import GatewayAction
from sandbox.discord.json_types import as_object, integer, objects, text
from sandbox.person import SandboxClient
from sandbox.seen import SeenMessage, seen_message

if TYPE_CHECKING:
    from sandbox.discord.faults import FaultKind
    from sandbox.discord.interaction import DeadToken
    from sandbox.discord.json_types import JsonObject

GatewayTrouble = GatewayAction


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordState:
    """What a sandbox counts.

    Attributes:
        command_writes: requests that changed the registered commands.
        status: what the bot shows: "online", "idle", ….
        status_line: what stands beside its name, or "".
        pending_faults: faults that have not yet hit all they wait for.
        problems: what the bot did that Discord has no place for, as sentences.
    """

    online: bool
    sessions: int
    identifies: int
    resumes: int
    command_writes: int
    status: str
    status_line: str
    pending_faults: int
    problems: tuple[str, ...]


class DiscordOperator(SandboxClient):
    """Looks at a sandbox and troubles it."""

    async def state(self) -> DiscordState:
        """Return the counters and problems."""
        answer = as_object(await self.request("GET", "/admin/state"))
        return DiscordState(
            online=answer["online"] is True,
            sessions=integer(answer["sessions"]),
            identifies=integer(answer["identifies"]),
            resumes=integer(answer["resumes"]),
            command_writes=integer(answer["command_writes"]),
            status=text(answer["status"]),
            status_line=text(answer["status_line"]),
            pending_faults=len(objects(answer["faults"])),
            problems=tuple(f"{text(p['where'])}: {text(p['what'])}" for p in objects(answer["problems"])),
        )

    async def commands(self) -> list[JsonObject]:
        """Return every registered command in Discord's form."""
        return objects(await self.request("GET", "/admin/commands"))

    async def messages(self, channel: str) -> list[SeenMessage]:
        """Return everything that was ever in a channel, deleted and ephemeral messages included, oldest first."""
        answer = await self.request("GET", f"/admin/channels/{_segment(channel)}/messages")
        return [seen_message(message) for message in objects(answer)]

    async def all_messages(self, *, after: int = 0) -> list[SeenMessage]:
        """Return everything that was ever written anywhere after an id, oldest first; as `messages` does."""
        answer = await self.request("GET", "/admin/messages", params={"after": str(after)})
        return [seen_message(message) for message in objects(answer)]

    async def add_channel(self, server: str, name: str) -> int:
        """Make a text channel; return its id."""
        answer = await self.request("POST", f"/admin/servers/{_segment(server)}/channels", {"name": name})
        return integer(as_object(answer)["id"])

    async def delete_channel(self, channel: str) -> None:
        """Delete a channel or thread."""
        await self.request("DELETE", f"/admin/channels/{_segment(channel)}")

    async def delete_message(self, message_id: int) -> None:
        """Delete a message as a moderator would."""
        await self.request("DELETE", f"/admin/messages/{message_id}")

    async def set_overwrite(self, channel: str, target: str, *, allow: int = 0, deny: int = 0) -> None:
        """Give or take permission bits in a channel; `target` is a person, a role, "bot" or "@everyone"."""
        body: JsonObject = {"target": target, "allow": allow, "deny": deny}
        await self.request("POST", f"/admin/channels/{_segment(channel)}/overwrite", body)

    async def set_thread(self, channel: str, *, archived: bool | None = None, locked: bool | None = None) -> None:
        """Archive or lock a thread, or undo it."""
        await self.request(
            "POST", f"/admin/channels/{_segment(channel)}/thread", {"archived": archived, "locked": locked}
        )

    async def set_server(
        self,
        server: str,
        *,
        premium_tier: int | None = None,
        bot_permissions: int | None = None,
        everyone_permissions: int | None = None,
        bot_present: bool | None = None,
        commands: bool | None = None,
    ) -> None:
        """Change a server's boost tier or permissions, kick or invite the bot, or take its commands away."""
        body: JsonObject = {
            "premium_tier": premium_tier,
            "bot_permissions": bot_permissions,
            "everyone_permissions": everyone_permissions,
            "bot_present": bot_present,
            "commands": commands,
        }
        await self.request("POST", f"/admin/servers/{_segment(server)}", body)

    async def limit_uploads(self, server: str, takes_bytes: int | None) -> None:
        """Refuse larger attachments of the bot's messages than that, whatever Discord tells; None ends it."""
        await self.request("POST", f"/admin/servers/{_segment(server)}", {"takes_bytes": takes_bytes})

    async def set_member(self, server: str, person: str, *, present: bool) -> None:
        """Let a person leave a server, or join it."""
        path = f"/admin/servers/{_segment(server)}/members/{_segment(person)}"
        await self.request("POST", path, {"present": present})

    async def set_takes_direct_messages(self, person: str, *, takes: bool) -> None:
        """Open or close a person's direct messages."""
        await self.request("POST", f"/admin/people/{_segment(person)}", {"takes_direct_messages": takes})

    async def set_application(
        self,
        *,
        public_bot: bool | None = None,
        code_grant: bool | None = None,
        interactions_endpoint: str | None = None,
    ) -> None:
        """Turn the developer portal's switches."""
        body: JsonObject = {
            "public_bot": public_bot,
            "code_grant": code_grant,
            "interactions_endpoint": interactions_endpoint,
        }
        await self.request("POST", "/admin/application", body)

    async def add_fault(
        self,
        *,
        kind: FaultKind,
        method: str = "*",
        path: str = "*",
        times: int = 1,
        status: int = 500,
        body: JsonObject | None = None,
        seconds: float = 0.0,
        retry_after: float = 1.0,
        global_: bool = False,
        shared: bool = False,
        bytes_per_second: int = 1 << 20,
    ) -> None:
        """Arm a fault for the next requests that match; see `sandbox.discord.faults.Fault`."""
        fault: JsonObject = {
            "kind": kind,
            "method": method,
            "path": path,
            "times": times,
            "status": status,
            "body": body,
            "seconds": seconds,
            "retry_after": retry_after,
            "global": global_,
            "shared": shared,
            "bytes_per_second": bytes_per_second,
        }
        await self.request("POST", "/admin/faults", fault)

    async def clear_faults(self) -> None:
        """Disarm every fault."""
        await self.request("DELETE", "/admin/faults")

    async def trouble_gateway(self, action: GatewayTrouble, *, code: int = 4000, resumable: bool = False) -> None:
        """Close, drop or confuse the bot's sockets."""
        body: JsonObject = {"action": action, "code": code, "resumable": resumable}
        await self.request("POST", "/admin/gateway", body)

    async def repeat_events(self, event: str, times: int = 1) -> None:
        """Send the bot the next events of a name ("INTERACTION_CREATE", "MESSAGE_CREATE") twice."""
        await self.request("POST", "/admin/gateway", {"action": "repeat", "event": event, "times": times})

    async def kill_tokens(self, how: DeadToken) -> None:
        """End the tokens of every interaction so far, before their time."""
        await self.request("POST", "/admin/interactions", {"kill_tokens": how})

    async def withhold_interactions(self, count: int) -> None:
        """Keep the next interactions from the bot."""
        await self.request("POST", "/admin/interactions", {"withhold": count})

    async def delay_interaction(self, seconds: float) -> None:
        """Send the next interaction late."""
        await self.request("POST", "/admin/interactions", {"delay_ms": int(seconds * 1000)})

    async def advance(self, seconds: float) -> None:
        """Move the sandbox's time forward."""
        await self.request("POST", "/admin/clock", {"advance_ms": int(seconds * 1000)})


def _segment(name: str) -> str:
    return quote(name.removeprefix("#"), safe="")
