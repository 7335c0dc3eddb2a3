"""Addresses of our own for input files: signed, expiring, impossible to list."""

from __future__ import annotations

from typing import Final

from itsdangerous import BadSignature, TimestampSigner
from pydantic import SecretStr
from typing_extensions import override

from bot.clock import HOUR, SECOND, Clock

LIFETIME: Final = 6 * HOUR
"""How long an address works; the provider fetches within minutes, but may try again."""


class FileAddresses:
    """Makes and reads `PUBLIC_URL/files/<signed asset id>`."""

    def __init__(self, public_url: str, key: SecretStr, clock: Clock) -> None:
        """Sign with `key`."""
        self._public_url = public_url
        self._signer = _ClockedSigner(key.get_secret_value(), clock)
        self._clock = clock

    def url(self, asset_id: str) -> str:
        """Return an address from which anyone who has it can fetch the file for a while."""
        return f"{self._public_url}/files/{self._signer.sign(asset_id).decode()}"

    def asset_id(self, signed: str) -> str | None:
        """Return the asset that a signed name stands for, None if it was not made here or has expired."""
        try:
            name, signed_at = self._signer.unsign(signed, return_timestamp=True)
            age = self._clock.now() - int(signed_at.timestamp()) * SECOND
            # Below zero where the clock was put back since: an address that we signed is as good as a moment before.
            return name.decode() if abs(age) <= LIFETIME else None
        except (BadSignature, UnicodeError, OverflowError):
            return None


class _ClockedSigner(TimestampSigner):
    def __init__(self, key: str, clock: Clock) -> None:
        super().__init__(key, salt="egret.files")
        self._clock = clock

    @override
    def get_timestamp(self) -> int:
        return self._clock.now() // SECOND
