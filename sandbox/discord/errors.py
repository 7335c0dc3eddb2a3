"""Discord's refusals: an HTTP status, a JSON error code and a message (developers/topics/opcodes-and-status-codes)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.discord.json_types import JsonObject


class ApiError(Exception):
    """A request that Discord refuses.

    Attributes:
        status: the HTTP status.
        code: Discord's JSON error code; 0 where only the status speaks.
        errors: the tree of field errors of a 50035, or None.
    """

    def __init__(self, status: int, code: int, message: str, errors: JsonObject | None = None) -> None:
        """Keep what the answer says."""
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def body(self) -> JsonObject:
        """Return the JSON body of the answer."""
        answer: JsonObject = {"message": self.message, "code": self.code}
        if self.errors is not None:
            answer["errors"] = self.errors
        return answer


class RateLimited(ApiError):
    """A rate limit with an error code of its own.

    Attributes:
        retry_after: in seconds.
    """

    def __init__(self, code: int, message: str, retry_after: float) -> None:
        """Keep what the answer says."""
        super().__init__(429, code, message)
        self.retry_after = retry_after


def invalid_field(path: tuple[str | int, ...], code: str, message: str) -> ApiError:
    """Return a 50035 that blames one field."""
    return invalid_form([(path, code, message)])


def invalid_form(problems: list[tuple[tuple[str | int, ...], str, str]]) -> ApiError:
    """Return a 50035 (`Invalid Form Body`) whose error tree names each field."""
    tree: JsonObject = {}
    for path, code, message in problems:
        node = tree
        for step in path:
            child = node.setdefault(str(step), {})
            if not isinstance(child, dict):
                break
            node = child
        listed = node.setdefault("_errors", [])
        if isinstance(listed, list):
            listed.append({"code": code, "message": message})
    return ApiError(400, 50035, "Invalid Form Body", tree)


def unauthorized() -> ApiError:
    """Return the answer to a missing or wrong bot token."""
    return ApiError(401, 0, "401: Unauthorized")


def no_such_route() -> ApiError:
    """Return the answer to a path that is not Discord's."""
    return ApiError(404, 0, "404: Not Found")


def unknown_channel() -> ApiError:
    """Return 10003."""
    return ApiError(404, 10003, "Unknown Channel")


def unknown_guild() -> ApiError:
    """Return 10004."""
    return ApiError(404, 10004, "Unknown Guild")


def unknown_member() -> ApiError:
    """Return 10007."""
    return ApiError(404, 10007, "Unknown Member")


def unknown_message() -> ApiError:
    """Return 10008."""
    return ApiError(404, 10008, "Unknown Message")


def unknown_user() -> ApiError:
    """Return 10013."""
    return ApiError(404, 10013, "Unknown User")


def unknown_emoji() -> ApiError:
    """Return 10014."""
    return ApiError(400, 10014, "Unknown Emoji")


def unknown_webhook() -> ApiError:
    """Return 10015."""
    return ApiError(404, 10015, "Unknown Webhook")


def unknown_interaction() -> ApiError:
    """Return 10062."""
    return ApiError(404, 10062, "Unknown interaction")


def unknown_command() -> ApiError:
    """Return 10063."""
    return ApiError(404, 10063, "Unknown application command")


def already_acknowledged() -> ApiError:
    """Return 40060."""
    return ApiError(400, 40060, "Interaction has already been acknowledged.")


def too_large() -> ApiError:
    """Return 40005, with the 413 that uploads over the limit get."""
    return ApiError(413, 40005, "Request entity too large")


def missing_access() -> ApiError:
    """Return 50001: the channel or server cannot be seen."""
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    """Return 50013."""
    return ApiError(403, 50013, "Missing Permissions")


def not_the_author() -> ApiError:
    """Return 50005."""
    return ApiError(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> ApiError:
    """Return 50006."""
    return ApiError(400, 50006, "Cannot send an empty message")


def closed_to_messages() -> ApiError:
    """Return 50007: the person takes no direct messages."""
    return ApiError(403, 50007, "Cannot send messages to this user")


def wrong_channel_kind() -> ApiError:
    """Return 50024."""
    return ApiError(400, 50024, "Cannot execute action on this channel type")


def invalid_webhook_token() -> ApiError:
    """Return 50027: the interaction token is older than 15 minutes."""
    return ApiError(401, 50027, "Invalid Webhook Token")


def archived_thread() -> ApiError:
    """Return 50083."""
    return ApiError(400, 50083, "Thread is archived")
