"""What asking the provider can come to, besides an answer. Buying never raises: see `bot.piapi.outcome`."""

from __future__ import annotations

from bot.errors import EgretError
from bot.jobs.failures import FailureReason


class ProviderError(EgretError):
    """The provider could not be asked, or did not say what was asked."""


class ProviderUnavailable(ProviderError):
    """No usable answer: network trouble, an overloaded provider, a body that makes no sense.

    The message is a short machine word, never the provider's text.
    """


class TaskNotFound(ProviderError):
    """The provider says that it does not know the task."""


class ProviderRefused(ProviderError):
    """The provider answered with an error of its own.

    Attributes:
        reason: what it means.
        code: the envelope's code.
    """

    def __init__(self, reason: FailureReason, code: int) -> None:
        """Keep what it means; the provider's text is left out, since it may echo secrets."""
        super().__init__(f"{reason.value} (code {code})")
        self.reason = reason
        self.code = code


class KeyMalformed(ProviderError):
    """PIAPI_KEY holds characters that no header can carry."""

    def __init__(self) -> None:
        """Say so without showing the key."""
        super().__init__("PIAPI_KEY must be printable ASCII without spaces")
