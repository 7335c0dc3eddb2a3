"""What the owner's commands answer."""

from __future__ import annotations

from bot.community.owner import Status
from bot.jobs.credit import AccountSays
from bot.ui import figures
from bot.ui.language import _, ngettext
from bot.ui.message import CONTENT_LIMIT, Message
from bot.ui.outages import owners_words
from bot.ui.owner_alerts import alert_title
from bot.ui.quoting import shorten

_ALERTS_SHOWN = 10


def render_status(status: Status) -> Message:
    """Return how things stand."""
    lines = [
        _process(status),
        _gateway(status),
        _pause(status),
        _queue(status),
        _money(status),
        *_loops(status),
        *_alerts(status),
    ]
    return Message(content=shorten("\n".join(lines), CONTENT_LIMIT))


def render_balance(said: AccountSays) -> Message:
    """Return what the account says."""
    if said.key_refused:
        return Message(content=_("PiAPI does not accept the key. Put the key of your workspace into `PIAPI_KEY`."))
    if said.balance_microusd is None:
        return Message(content=_("There is no balance: your own account pays for the clips, or PiAPI does not say."))
    return Message(content=_("The account at PiAPI has {balance} left.").format(balance=_exactly(said)))


def paused(*, fresh: bool) -> Message:
    """Return the answer to a pause."""
    if not fresh:
        words = _("Submissions were paused already; what you say of it is new. `/owner resume` ends it.")
        return Message(content=words)
    return Message(
        content=_(
            "Submissions are paused. Commands are taken and wait in line; whatever has waited for an hour is given"
            " back. What is at the provider goes on, and is posted. `/owner resume` ends it."
        )
    )


def resumed(*, ended: bool) -> Message:
    """Return the answer to the end of a pause."""
    if not ended:
        return Message(content=_("You had not paused submissions: nothing was changed."))
    return Message(content=_("Submissions go on, in the order of the line."))


def redelivered(number: int, job_id: str) -> Message:
    """Return the answer to another attempt to post."""
    words = ngettext(
        "{number} message about {job} is tried again now.",
        "{number} messages about {job} are tried again now.",
        number,
    )
    return Message(content=words.format(number=number, job=f"`#{job_id}`"))


def bound(job_id: str, task_id: str) -> Message:
    """Return the answer to a task that was named."""
    words = _("{job} made the task {task}. It is followed from now on, and its clip is posted.")
    return Message(content=words.format(job=f"`#{job_id}`", task=f"`{task_id}`"))


def abandoned(job_id: str) -> Message:
    """Return the answer to giving up."""
    words = _("{job} is given up on. Its person has their clip back; if its task turns up after all, it is posted.")
    return Message(content=words.format(job=f"`#{job_id}`"))


def synchronised(number: int) -> Message:
    """Return the answer to telling Discord of every command."""
    words = ngettext(
        "Discord was told of {number} command anew. People may have to restart Discord to see it.",
        "Discord was told of {number} commands anew. People may have to restart Discord to see them.",
        number,
    )
    return Message(content=words.format(number=number))


def choose_one() -> Message:
    """Return the answer to a decision that is none."""
    return Message(content=_("Say either which task it made, with `task_id`, or `abandon`, but not both."))


def _process(status: Status) -> str:
    version = status.process.version or _("not installed")
    words = _("Version {version}, started {time}, on {servers} servers.")
    return words.format(
        version=version, time=figures.relative(status.process.started_at), servers=status.process.servers
    )


def _gateway(status: Status) -> str:
    if not status.process.connected:
        return f"⚠️ {_('Not connected to Discord: commands do not arrive.')}"
    if status.process.latency_ms is None:
        return _("Connected to Discord.")
    return _("Connected to Discord, {latency} ms away.").format(latency=status.process.latency_ms)


def _pause(status: Status) -> str:
    pause = status.pause
    if pause is None:
        return _("Clips are being submitted.")
    since = _("The pause began {time}.").format(time=figures.relative(pause.since))
    return f"⏸️ {since} {owners_words(pause.reason, pause.note)}"


def _queue(status: Status) -> str:
    words = _("In line: {queued}. At the provider: {taken} of {places}. Unknown: {unknown}. Given up on: {abandoned}.")
    line = words.format(
        queued=status.queued,
        taken=status.in_flight,
        places=status.in_flight_limit,
        unknown=status.unknown,
        abandoned=status.abandoned,
    )
    if status.oldest_queued is None:
        return line
    return f"{line} {_('The first was ordered {time}.').format(time=figures.relative(status.oldest_queued))}"


def _money(status: Status) -> str:
    balance = _("not known") if status.balance is None else figures.dollars(status.balance)
    used = figures.dollars(status.month_used)
    if status.month_ceiling is None:
        return _("Balance: {balance}. This month: {used}.").format(balance=balance, used=used)
    return _("Balance: {balance}. This month: {used} of {ceiling}.").format(
        balance=balance, used=used, ceiling=figures.dollars(status.month_ceiling)
    )


def _loops(status: Status) -> list[str]:
    if not status.process.stuck:
        return []
    names = ", ".join(f"`{name}`" for name in status.process.stuck)
    return [f"⚠️ {_('These parts do not go on: {names}.').format(names=names)}"]


def _alerts(status: Status) -> list[str]:
    if not status.alerts:
        return [_("Nothing needs you.")]
    lines = [
        f"🔔 {alert_title(found.alert)} ({figures.relative(found.raised_at)})"
        for found in status.alerts[:_ALERTS_SHOWN]
    ]
    more = len(status.alerts) - len(lines)
    if more > 0:
        lines.append(ngettext("and {number} more", "and {number} more", more).format(number=more))
    return lines


def _exactly(said: AccountSays) -> str:
    return figures.dollars(said.balance_microusd or 0)
