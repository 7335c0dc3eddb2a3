"""What the bot's owner is told in their alert channel: what happened, what it means, what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.community.alerts import Alert, AlertKind, StoredAlert
from bot.jobs.trouble import Trouble
from bot.ui import figures, outages, troubles
from bot.ui.language import _
from bot.ui.message import CONTENT_LIMIT, Message
from bot.ui.quoting import quoted, shorten

_REASON_SHOWN: Final = 300


def render_alert(found: StoredAlert) -> Message:
    """Return what says an alert, or that it is over."""
    if found.alert.kind is AlertKind.OUTAGE:
        return outages.render_notice(found)
    title, *sentences = _WORDS[found.alert.kind](found.alert)
    if found.cleared_at is not None and found.alert.kind.passes:
        over = _("It ended {time}.").format(time=figures.relative(found.cleared_at))
        lines = [f"✅ ~~{title}~~", over]
    else:
        lines = [f"🔔 **{title}**", *sentences]
    return Message(content=shorten("\n".join([*lines, mark(found)]), CONTENT_LIMIT))


def mark(found: StoredAlert) -> str:
    """Return the small line that a message about an alert ends with, and is known by."""
    return f"-# `{found.name}`"


def _amount(detail: Mapping[str, str], name: str) -> str:
    return figures.dollars(int(detail.get(name, "0")))


def _credit_low(alert: Alert) -> tuple[str, ...]:
    return (
        _("The credit runs low"),
        _("The account at PiAPI has {balance} left, which is less than {low}: soon no clip can be bought.").format(
            balance=_amount(alert.detail, "balance"), low=_amount(alert.detail, "low")
        ),
        _("Top it up on piapi.ai. `/owner balance` shows what is there."),
    )


def _credit_gone(_alert: Alert) -> tuple[str, ...]:
    return (
        _("The credit is used up"),
        _(
            "PiAPI refused to sell for lack of credit. New clips wait in line; whatever has waited for an hour is given"
            " back, and nobody is charged for it."
        ),
        _("Top it up on piapi.ai. The bot tries again every five minutes by itself."),
    )


def _key_refused(_alert: Alert) -> tuple[str, ...]:
    return (
        _("PiAPI does not accept the key"),
        _("No clip can be bought, and those that are being made cannot be fetched."),
        _("Copy the key of your workspace from piapi.ai into `PIAPI_KEY`, and restart the bot."),
    )


def _plan_refused(_alert: Alert) -> tuple[str, ...]:
    return (
        _("The plan at PiAPI does not include what was ordered"),
        _("New clips wait in line; whatever has waited for an hour is given back."),
        _("Change the plan on piapi.ai, or take the model away with `CATALOGUE_FILE`."),
    )


def _provider_down(alert: Alert) -> tuple[str, ...]:
    if alert.detail.get("seen") != "account":
        return (
            _("PiAPI takes no orders"),
            _("New clips wait in line; whatever has waited for an hour is given back."),
            _("Look at PiAPI's status page, and at this machine's network. Nothing else has to be done."),
        )
    return (
        _("PiAPI cannot be reached"),
        _("Nothing can be bought or fetched. What is being made goes on there, and is posted once PiAPI is back."),
        _("Look at PiAPI's status page, and at this machine's network. Nothing else has to be done."),
    )


def _budget(alert: Alert) -> tuple[str, ...]:
    return (
        _("Four fifths of the month's budget are used"),
        _(
            "{used} of {ceiling} are spent or reserved. Beyond that the bot refuses new clips until the month ends."
        ).format(used=_amount(alert.detail, "used"), ceiling=_amount(alert.detail, "ceiling")),
        _("To allow more, raise `MAX_USD_PER_MONTH` and restart the bot."),
    )


def _server_budget(alert: Alert) -> tuple[str, ...]:
    used, ceiling = int(alert.detail.get("used", "0")), int(alert.detail.get("ceiling", "0"))
    title = _("Four fifths of this server's budget for the month are used")
    if alert.channel_id is None:
        title = _("Four fifths of a server's budget for the month are used: {server}").format(server=alert.subject)
    if alert.detail.get("unit") == "clips":
        taken = _("{used} of {ceiling} are made or under way.").format(
            used=figures.number(f"{used:,}"), ceiling=figures.clips(ceiling)
        )
    elif alert.detail.get("unit") == "usd":
        taken = _("{used} of {ceiling} are spent or reserved.").format(
            used=figures.dollars(used), ceiling=figures.dollars(ceiling)
        )
    else:
        taken = _("Most of it is spent or reserved.")
    return (
        title,
        f"{taken} {_('Beyond that new clips are refused there until the month ends.')}",
        _("`/usage` shows who used it and for what; `/settings` changes the budget."),
    )


def _backlog(alert: Alert) -> tuple[str, ...]:
    return (
        _("Clips wait in line for long"),
        _("The first has waited for {minutes} minutes, although nothing is paused.").format(
            minutes=alert.detail.get("minutes", "?")
        ),
        _(
            "`/owner status` shows how many places at PiAPI are taken. If all are, raise `MAX_IN_FLIGHT` as far as your"
            " plan allows; if not, the log says what PiAPI answers."
        ),
    )


def _storage(alert: Alert) -> tuple[str, ...]:
    trouble = Trouble(alert.subject)
    return troubles.title(trouble), troubles.meaning(trouble), troubles.remedy(trouble)


def _loop_died(alert: Alert) -> tuple[str, ...]:
    return (
        _("A part of the bot died: {name}").format(name=f"`{alert.subject}`"),
        _("The bot stopped, and was started again. Nothing that was paid for is lost."),
        _("The log has the reason, under “loop died”. If it happens again, report it with that part of the log."),
    )


def _loop_stuck(alert: Alert) -> tuple[str, ...]:
    return (
        _("A part of the bot does not go on: {name}").format(name=f"`{alert.subject}`"),
        _("It has been at the same work for twenty minutes. Clips may wait for it."),
        _("Restart the bot: it takes everything up again where it was. The log may say what it waits for."),
    )


def _undeliverable(alert: Alert) -> tuple[str, ...]:
    return (
        _("A clip could not be posted: {job}").format(job=f"`#{alert.subject}`"),
        _("It is made and kept, but no channel takes it ({reason}).").format(
            reason=f"`{alert.detail.get('reason', '')}`"
        ),
        _("Mend the bot's permissions in its channel, then use `/owner redeliver` with its number."),
    )


def _abandoned(alert: Alert) -> tuple[str, ...]:
    return (
        _("It is not known what became of a purchase: {job}").format(job=f"`#{alert.subject}`"),
        _("PiAPI may have charged for it. It is not bought again, and its person has their clip back."),
        _(
            "Look for a task of that time in your history on piapi.ai. If it is there, use `/owner resolve` with the"
            " task's id, and the clip is posted; if not, use `/owner resolve` with `abandon`."
        ),
    )


def _reported(alert: Alert) -> tuple[str, ...]:
    job, link = f"`#{alert.subject}`", alert.detail.get("link", "")
    where = _("[Go to the clip]({link}).").format(link=link) if link else ""
    return (
        _("Somebody reported a clip: {job}").format(job=job),
        _("They gave this reason: {reason}.").format(reason=quoted(alert.detail.get("reason", ""), _REASON_SHOWN)),
        f"{where} {_('If it breaks the rules, delete it there: More, then Delete.')}".strip(),
    )


_WORDS: Final[Mapping[AlertKind, Callable[[Alert], tuple[str, ...]]]] = {
    AlertKind.CREDIT_LOW: _credit_low,
    AlertKind.CREDIT_GONE: _credit_gone,
    AlertKind.KEY_REFUSED: _key_refused,
    AlertKind.PLAN_REFUSED: _plan_refused,
    AlertKind.PROVIDER_DOWN: _provider_down,
    AlertKind.BUDGET: _budget,
    AlertKind.SERVER_BUDGET: _server_budget,
    AlertKind.BACKLOG: _backlog,
    AlertKind.STORAGE: _storage,
    AlertKind.LOOP_DIED: _loop_died,
    AlertKind.LOOP_STUCK: _loop_stuck,
    AlertKind.UNDELIVERABLE: _undeliverable,
    AlertKind.ABANDONED: _abandoned,
    AlertKind.REPORTED: _reported,
}


def alert_title(alert: Alert) -> str:
    """Return what an alert is about, in a few words."""
    return _WORDS[alert.kind](alert)[0]
