"""The PiAPI account: is the key accepted, and what does the credit buy. The call is free (provider notes §1.6)."""

from __future__ import annotations

from typing import Final

from pydantic import SecretStr

from bot.catalog import Catalogue
from bot.check.errors import KeyRefused, Unreachable
from bot.check.finding import Area, Finding, failure, fine, warning
from bot.check.money import default_clip, dollars
from bot.clock import SECOND, Clock
from bot.exit_codes import ExitCode
from bot.jobs.failures import FailureReason
from bot.piapi.client import PiapiClient, ProviderAccess
from bot.piapi.errors import KeyMalformed, ProviderRefused, ProviderUnavailable
from bot.piapi.retry import RetryPolicy
from bot.piapi.snapshot import AccountFacts
from bot.settings import ServiceMode

WAIT_SECONDS: Final = 12.0
"""How long the account call may take, its repetition included."""
FEW: Final = 5
"""So few default clips left are worth a word."""


async def ask_account(key: SecretStr, base_url: str, clock: Clock) -> AccountFacts:
    """Return the account that a key opens.

    Raises:
        KeyRefused: the key is not accepted.
        Unreachable: no usable answer came.
    """
    try:
        access = ProviderAccess(
            key=key, base_url=base_url, connect_seconds=5, read_seconds=8, read_total_seconds=WAIT_SECONDS
        )
    except KeyMalformed:
        raise KeyRefused("malformed") from None
    policy = RetryPolicy(attempts=2, longest=1 * SECOND)
    async with PiapiClient.build(access, clock, policy=policy) as client:
        try:
            return await client.account()
        except ProviderRefused as error:
            if error.reason is FailureReason.BAD_KEY:
                raise KeyRefused(error.reason.value) from None
            raise Unreachable(f"answered with an error of its own ({error})") from None
        except ProviderUnavailable as error:
            if str(error) == "http_401":
                raise KeyRefused("http_401") from None
            raise Unreachable(_in_words(str(error))) from None


def account_findings(account: AccountFacts, catalogue: Catalogue, mode: ServiceMode) -> list[Finding]:
    """Return what an account is good for."""
    return [fine(Area.PIAPI, f"PiAPI accepts the key{_plan(account)}."), _credit(account, catalogue, mode)]


def refused_findings() -> list[Finding]:
    """Return the finding of a key that is not accepted."""
    return [
        failure(
            Area.PIAPI,
            "PIAPI_KEY is refused by PiAPI.",
            "Copy the API key of your workspace from piapi.ai again, and put it into .env.",
            ExitCode.PROVIDER,
        )
    ]


def unreachable_findings(reason: Unreachable) -> list[Finding]:
    """Return the finding of a provider that gives no usable answer."""
    return [
        failure(
            Area.PIAPI,
            f"PiAPI cannot be asked: it {reason}.",
            "Check the network and PIAPI_BASE_URL, and try again in a while.",
            ExitCode.UNREACHABLE,
        )
    ]


def clips_sentence(balance_microusd: int, catalogue: Catalogue) -> str:
    """Return a balance and about how many default clips it buys, as a sentence."""
    clip = default_clip(catalogue)
    credit = f"The balance is {dollars(balance_microusd)}"
    if not clip.microusd:
        return f"{credit}; what a default clip ({clip.name}) costs is not known."
    number = balance_microusd // clip.microusd
    about = "no default clip" if number <= 0 else f"about {number:,} default clip{'' if number == 1 else 's'}"
    return f"{credit}, which buys {about} ({clip.name}, {dollars(clip.microusd)} each)."


def _credit(account: AccountFacts, catalogue: Catalogue, mode: ServiceMode) -> Finding:
    if mode is ServiceMode.PRIVATE:
        return fine(Area.PIAPI, "Clips are made on your own hosted Kling account, at its own prices.")
    balance = account.balance_microusd
    if balance is None:
        return warning(
            Area.PIAPI, "PiAPI does not say what the balance is.", "Look at your workspace on piapi.ai for it."
        )
    clip = default_clip(catalogue)
    sentence = clips_sentence(balance, catalogue)
    if balance <= 0 or (clip.microusd and balance < clip.microusd):
        return failure(Area.PIAPI, sentence, "Top up your workspace on piapi.ai.", ExitCode.PROVIDER)
    if clip.microusd and balance < FEW * clip.microusd:
        return warning(Area.PIAPI, sentence, "Top up your workspace on piapi.ai soon.")
    return fine(Area.PIAPI, sentence)


def _plan(account: AccountFacts) -> str:
    return f" (plan: {account.plan})" if account.plan else ""


def _in_words(word: str) -> str:
    """Return the rest of a sentence for what stopped the call."""
    if word in {"http_200", "no_account_in_answer"}:
        return "answers something that is no account"
    if word.startswith("http_"):
        return f"answers {word.removeprefix('http_')}"
    if word in {"ConnectError", "UnsupportedProtocol", "InvalidURL"}:
        return "cannot be connected to"
    if "Timeout" in word:
        return "does not answer in time"
    return f"gives no usable answer ({word})"
