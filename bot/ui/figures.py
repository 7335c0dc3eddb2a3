"""Money, times, sizes and lists in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from bot.clock import DAY, HOUR, MINUTE, SECOND
from bot.jobs.costs import OWN_ACCOUNT, Cost, cost_of_job
from bot.jobs.model import Job, PriceBasis
from bot.ui.amounts import amounts_said
from bot.ui.language import _, ngettext, pgettext

_CENT: Final = 10_000
_MEGABYTE: Final = 1_000_000
_MIB: Final = 1024 * 1024


def dollars(microusd: int) -> str:
    """Return micro-dollars as they are: "$0.26", "$1.92", "$0.078"; never rounded, never less than cents.

    Languages write amounts in their own ways: "0,26 $".
    """
    whole, rest = divmod(abs(microusd), 1_000_000)
    decimals = f"{rest:06d}".rstrip("0").ljust(2, "0")
    sign = "-" if microusd < 0 else ""
    amount_of_money = pgettext("amount of money", "${amount}")
    return sign + amount_of_money.format(amount=number(f"{whole:,}.{decimals}"))


def number(written: str) -> str:
    """Return a number that is written as in English, such as "1,024.5", as the language being spoken writes it."""
    marks = {".": pgettext("decimal separator", "."), ",": pgettext("thousands separator", ",")}
    return "".join(marks.get(character, character) for character in written)


def price(cost: Cost) -> str:
    """Return what something will cost; "" where amounts are not said."""
    if cost.included:
        return _("included")
    if not amounts_said():
        return ""
    return _("price not known yet") if cost.microusd is None else _known(cost, cost.microusd)


def price_of(job: Job) -> str:
    """Return what a job was said to cost; "" where amounts are not said."""
    return price(cost_of_job(job))


def amount(cost: Cost) -> str:
    """Return what something will cost where the line says already what it is; "" where amounts are not said."""
    if cost.included or not amounts_said():
        return price(cost)
    return _("not known yet") if cost.microusd is None else _known(cost, cost.microusd)


def charge(job: Job) -> str:
    """Return what a job did cost; "" where that is an amount, and amounts are not said."""
    if _is_included(job):
        return _("included")
    if job.consumed_microusd == 0:
        return _("nothing charged")
    if not amounts_said():
        return ""
    return _("charge not known yet") if job.consumed_microusd is None else dollars(job.consumed_microusd)


def charged_amount(job: Job) -> str:
    """Return what a job did cost where the line says already what it is; "" where amounts are not said."""
    if _is_included(job) or not amounts_said():
        return charge(job)
    return _("not known yet") if job.consumed_microusd is None else dollars(job.consumed_microusd)


def charged_sentence(job: Job) -> str:
    """Return what the provider charged, as a sentence; only a known nought is nothing."""
    if _is_included(job) or job.consumed_microusd == 0:
        return nothing_charged()
    if job.consumed_microusd is None:
        return _("What the provider charged is not known yet.")
    if not amounts_said():
        return _("The provider charged for it.")
    return _("The provider charged {amount}.").format(amount=dollars(job.consumed_microusd))


def charged(job: Job) -> str:
    """Return what the provider charged where there is little room, and where the number alone would say too little."""
    if _is_included(job) or job.consumed_microusd == 0:
        return _("nothing charged")
    if job.consumed_microusd is None:
        return _("charge not known yet")
    return _("{amount} charged").format(amount=dollars(job.consumed_microusd)) if amounts_said() else _("charged")


def joined(parts: Iterable[str]) -> str:
    """Return "a · b · c", without what is empty."""
    return " · ".join(part for part in parts if part)


def _known(cost: Cost, microusd: int) -> str:
    if cost.basis is PriceBasis.SEEN:
        return _("up to {amount} so far").format(amount=dollars(microusd))
    return dollars(microusd)


def _is_included(job: Job) -> bool:
    """Tell whether a subscription paid for a job; where the provider charged for it all the same, that is said."""
    return job.service_mode == OWN_ACCOUNT and not job.consumed_microusd


def nothing_charged() -> str:
    """Return the sentence that matters most to whoever pays."""
    return _("Nothing was charged.")


def relative(at: int) -> str:
    """Return an instant (UTC milliseconds) as Discord shows it relative to now, moving without edits."""
    return f"<t:{at // SECOND}:R>"


def date_and_time(at: int) -> str:
    """Return an instant (UTC milliseconds) as Discord shows it in the reader's own time zone."""
    return f"<t:{at // SECOND}:f>"


def time_of_day(at: int) -> str:
    """Return an instant (UTC milliseconds) as hours, minutes and seconds in the reader's own time zone."""
    return f"<t:{at // SECOND}:T>"


def age(milliseconds: int) -> str:
    """Return how long ago something was, where Discord's moving times are not shown."""
    if milliseconds < MINUTE:
        return _("just now")
    if milliseconds < HOUR:
        return _("{number} min ago").format(number=milliseconds // MINUTE)
    if milliseconds < DAY:
        return _("{number} h ago").format(number=milliseconds // HOUR)
    return _("{number} d ago").format(number=milliseconds // DAY)


def seconds(length: float) -> str:
    """Return a length: "5 seconds", "61.3 seconds"."""
    if length == int(length):
        return ngettext("{number} second", "{number} seconds", int(length)).format(number=int(length))
    return _("{number} seconds").format(number=number(f"{length:.1f}"))


def short_seconds(length: float) -> str:
    """Return a length where there is little room: "5 s"."""
    return _("{number} s").format(number=round(length))


def days(count: int) -> str:
    """Return a number of days."""
    return ngettext("{number} day", "{number} days", count).format(number=count)


def clips(count: int) -> str:
    """Return a number of clips."""
    return ngettext("{number} clip", "{number} clips", count).format(number=count)


def size(in_bytes: int) -> str:
    """Return a file's size in megabytes, rounded up, so that what is over a limit also looks it."""
    tenths = math.ceil(in_bytes * 10 / _MEGABYTE) / 10
    return _("{number} MB").format(number=number(f"{tenths:g}"))


def upload_limit(in_bytes: int) -> str:
    """Return Discord's limit on a file as Discord names it: 10,485,760 bytes are "10 MB"."""
    return _("{number} MB").format(number=number(f"{in_bytes / _MIB:.3g}"))


def ordinal(place: int) -> str:
    """Return "4th", in English with its other endings "1st", "2nd" and "3rd"."""
    words = pgettext("place in a line, from 2 on", "{number}th")
    endings = {1: "st", 2: "nd", 3: "rd"}
    if words == "{number}th" and place % 10 in endings and place % 100 not in {11, 12, 13}:
        return f"{place}{endings[place % 10]}"
    return words.format(number=place)


def either(items: Sequence[str]) -> str:
    """Return "a", "a or b", "a, b or c"."""
    return _joined(items, _("{first} or {last}"))


def both(items: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    return _joined(items, _("{first} and {last}"))


def listed(items: Sequence[str]) -> str:
    """Return "a", "a, b", "a, b, c"."""
    return pgettext("between the items of a list", ", ").join(items)


def labelled(label: str, words: str) -> str:
    """Return "label: words"."""
    return _("{label}: {words}").format(label=label, words=words)


def _joined(items: Sequence[str], pattern: str) -> str:
    if len(items) < 2:
        return "".join(items)
    return pattern.format(first=listed(items[:-1]), last=items[-1])
