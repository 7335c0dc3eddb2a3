"""The provider's webhook, seen from the web side: is it the provider, and which task does it name?

The secret comes back verbatim in `x-webhook-secret`; nothing is signed, and the body echoes the secret too (provider
notes §5), so that a body is only ever a hint: it is never logged, and what it says is checked by asking.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.piapi import wire
from bot.piapi.snapshot import valid_task_id

SECRET_HEADER: Final = "x-webhook-secret"  # noqa: S105 - a header's name
WEBHOOK_PATH: Final = "/webhooks/piapi/"
"""Followed by the job's own token."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_OUR_PATH: Final = re.compile(re.escape(WEBHOOK_PATH) + r"([A-Za-z0-9_-]+)/?")


class SecretCheck:
    """Tells whether a request's headers carry our secret, in a time that tells nothing of the secret.

    What came and what was expected are compared as keyed digests, which all have one length: comparing the values
    themselves would tell how long ours is, and a digest without a key could be prepared for.
    """

    def __init__(self, secret: SecretStr) -> None:
        """Expect what we told the provider; an empty secret authenticates nobody."""
        self._key = secrets.token_bytes(32)
        expected = secret.get_secret_value().encode("utf-8", "surrogatepass")
        self._expected = self._digest(expected)
        self._set = bool(expected)

    def __call__(self, headers: Sequence[str]) -> bool:
        """Tell whether that is our secret; never raises, whatever bytes came.

        Args:
            headers: every value of `SECRET_HEADER` as the server decoded it, odd bytes as surrogates. Of several, one
                may have been added on the way, so only a single one counts.
        """
        received = _received_bytes(headers[0]) if len(headers) == 1 else b""
        return hmac.compare_digest(self._digest(received), self._expected) and self._set

    def _digest(self, value: bytes) -> bytes:
        return hashlib.blake2b(value, digest_size=32, key=self._key).digest()


def _received_bytes(header: str) -> bytes:
    try:
        return header.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte: not ours, and compared all the same
        return header.encode("utf-8", "surrogatepass")


def is_token(text: str) -> bool:
    """Tell whether a text can be a job's token at all; nothing else is ever looked up."""
    return _TOKEN.fullmatch(text) is not None


def named_task(body: bytes) -> str | None:
    """Return the task id that a webhook's body names, or None where it names none that can be one."""
    task = wire.as_mapping(wire.as_mapping(wire.parse_json(body)).get("data"))
    return valid_task_id(wire.as_text(task.get("task_id")))


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
