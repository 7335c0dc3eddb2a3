"""The provider's webhook, seen from the web side: is it the provider, and which task does it name?

The secret comes back verbatim in `x-webhook-secret`; nothing is signed, and the body echoes the secret too (provider
notes §5), so that a body is only ever a hint: it is never logged, and what it says is checked by asking.
"""

from __future__ import annotations

import hmac
import re
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.piapi import wire
from bot.piapi.snapshot import valid_task_id

SECRET_HEADER: Final = "x-webhook-secret"  # noqa: S105 - a header's name
WEBHOOK_PATH: Final = "/webhooks/piapi/"
"""Followed by the job's own token."""
_OUR_PATH: Final = re.compile(re.escape(WEBHOOK_PATH) + r"([A-Za-z0-9_-]+)/?")


def is_authentic(header: str | None, secret: SecretStr) -> bool:
    """Tell whether the header carries our secret, in constant time; never raises, whatever bytes came.

    Args:
        header: the value of `SECRET_HEADER` as the server decoded it, odd bytes as surrogates; None where missing.
        secret: what we told the provider; an empty one authenticates nobody.
    """
    expected = secret.get_secret_value().encode("utf-8", "surrogatepass")
    return hmac.compare_digest(_received_bytes(header or ""), expected) and bool(expected)


def _received_bytes(header: str) -> bytes:
    try:
        return header.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte: not ours, and compared all the same
        return header.encode("utf-8", "surrogatepass")


def named_task(body: bytes) -> str | None:
    """Return the task id that a webhook's body names, or None where it names none that can be one."""
    data = wire.as_mapping(wire.parse_json(body)).get("data")
    return valid_task_id(wire.Task.model_validate(data).task_id)


def endpoint_of(public_url: str, token: str) -> str:
    """Return the webhook's address for a job's token."""
    return f"{public_url.rstrip('/')}{WEBHOOK_PATH}{token}"


def token_of(endpoint: str) -> str | None:
    """Return the job's token in an echoed webhook address.

    Returns:
        The token; "" where the address is somebody else's; None where the provider echoes none.
    """
    if not endpoint:
        return None
    try:
        path = urlsplit(endpoint).path
    except ValueError:
        return ""
    # The public address may have been moved since, also under a prefix, so only the end of the path counts.
    found = _OUR_PATH.search(path)
    return found.group(1) if found is not None and found.end() == len(path) else ""
